//! `ZeroPadding1D`, `2D` and `3D`: zeros around the input.

use crate::element::Element;
use crate::geometry::{Geometry, geometry};
use crate::layers::pad::Pad;

/// The geometry of one padding in a network: a unit struct that the macro emits.
pub trait ZeroPaddingShape: Copy + Send + Sync + 'static {
    /// The axes of the input, at most four, in memory order; so channels may come first or last.
    const INPUT: &'static [usize];
    /// Zeros before and after the input along each of them; none along the channels.
    const PADDING: &'static [[usize; 2]];

    /// Both of it.
    const SIZES: ZeroPaddingSizes = ZeroPaddingSizes::new(Self::INPUT, Self::PADDING);
}

/// The sizes of one padding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ZeroPaddingSizes {
    /// Where the input lies in the output.
    pub pad: Pad,
}

impl ZeroPaddingSizes {
    /// The sizes for an input of at most four axes with so many zeros before and after it along each of them.
    pub const fn new(input: &[usize], padding: &[[usize; 2]]) -> Self {
        ZeroPaddingSizes { pad: Pad::new(input, padding) }
    }
}

geometry!(ZeroPaddingShape, ZeroPaddingSizes);

/// Writes the input with zeros around it; one sample, or several.
///
/// ```
/// use nn_core::layers::zero_padding::{self, ZeroPaddingShape};
/// #[derive(Clone, Copy)]
/// struct Causal;
/// impl ZeroPaddingShape for Causal {
///     const INPUT: &'static [usize] = &[2, 1];
///     const PADDING: &'static [[usize; 2]] = &[[1, 0], [0, 0]];
/// }
/// let mut y = [7.0; 3];
/// zero_padding::infer(Causal, &[1.0, 2.0], &mut y);
/// assert_eq!(y, [0.0, 1.0, 2.0]);
/// ```
#[inline(always)]
pub fn infer<L: Geometry<ZeroPaddingSizes>, T: Element>(shape: L, x: &[T], y: &mut [T]) {
    shape.sizes().pad.pad(x, y);
}

/// The gradient of the input, for all samples: `dy` without what was around it; overwrites `dx`.
#[inline(always)]
pub fn backward<L: Geometry<ZeroPaddingSizes>, T: Element>(shape: L, dy: &[T], dx: &mut [T]) {
    shape.sizes().pad.crop(dy, dx);
}
