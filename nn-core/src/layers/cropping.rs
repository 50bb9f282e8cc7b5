//! `Cropping1D`, `2D` and `3D`: the input without its edges.

use crate::element::Element;
use crate::geometry::{Geometry, geometry};
use crate::layers::pad::Pad;

/// The geometry of one cropping in a network: a unit struct that the macro emits.
pub trait CroppingShape: Copy + Send + Sync + 'static {
    /// The axes of the **output**, at most four, in memory order; so channels may come first or last.
    const OUTPUT: &'static [usize];
    /// What the input has before and after that along each of them; nothing along the channels.
    const CROPPING: &'static [[usize; 2]];

    /// Both of it.
    const SIZES: CroppingSizes = CroppingSizes::new(Self::OUTPUT, Self::CROPPING);
}

/// The sizes of one cropping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CroppingSizes {
    /// Where the output lies in the input.
    pub pad: Pad,
}

impl CroppingSizes {
    /// The sizes for an output of at most four axes, with what the input has before and after it along each of them.
    pub const fn new(output: &[usize], cropping: &[[usize; 2]]) -> Self {
        CroppingSizes { pad: Pad::new(output, cropping) }
    }
}

geometry!(CroppingShape, CroppingSizes);

/// Writes what is left of the input; one sample, or several.
///
/// ```
/// use nn_core::layers::cropping::{self, CroppingShape};
/// #[derive(Clone, Copy)]
/// struct Inner;
/// impl CroppingShape for Inner {
///     const OUTPUT: &'static [usize] = &[2, 1];
///     const CROPPING: &'static [[usize; 2]] = &[[1, 2], [0, 0]];
/// }
/// let mut y = [7.0; 2];
/// cropping::infer(Inner, &[1.0, 2.0, 3.0, 4.0, 5.0], &mut y);
/// assert_eq!(y, [2.0, 3.0]);
/// ```
#[inline(always)]
pub fn infer<L: Geometry<CroppingSizes>, T: Element>(shape: L, x: &[T], y: &mut [T]) {
    shape.sizes().pad.crop(x, y);
}

/// The gradient of the input, for all samples: `dy` with zeros around it; overwrites `dx`.
#[inline(always)]
pub fn backward<L: Geometry<CroppingSizes>, T: Element>(shape: L, dy: &[T], dx: &mut [T]) {
    shape.sizes().pad.pad(dy, dx);
}
