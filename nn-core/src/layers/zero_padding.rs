//! `ZeroPadding1D`, `2D` and `3D`: zeros around the input.

use crate::element::Element;
use crate::layers::inset::Inset;

/// The geometry of one padding in a network: a unit struct that the macro emits.
pub trait ZeroPaddingShape: Copy + Send + Sync + 'static {
    /// The axes of the input, at most four, in memory order; so channels may come first or last.
    const INPUT: &'static [usize];
    /// Zeros before and after the input along each of them; none along the channels.
    const PADDING: &'static [[usize; 2]];

    /// Where the input lies in the output.
    const INSET: Inset = Inset::new(Self::INPUT, Self::PADDING);
}

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
pub fn infer<L: ZeroPaddingShape, T: Element>(_shape: L, x: &[T], y: &mut [T]) {
    const { L::INSET }.embed(x, y);
}

/// The gradient of the input, for all samples: `dy` without what was around it; overwrites `dx`.
#[inline(always)]
pub fn backward<L: ZeroPaddingShape, T: Element>(_shape: L, dy: &[T], dx: &mut [T]) {
    const { L::INSET }.extract(dy, dx);
}
