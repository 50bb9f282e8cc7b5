//! `Dense`: every output is a weighted sum of every input.

mod infer;
#[cfg(all(test, feature = "std"))]
pub(crate) mod oracle;
mod row;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "alloc")]
mod together;
#[cfg(feature = "alloc")]
mod train;

pub use infer::infer;
#[cfg(feature = "alloc")]
pub use together::together;
#[cfg(feature = "alloc")]
pub use train::{backward, forward};

use crate::element::Element;
use crate::layers::Bias;

/// The weights of a `Dense`: `IN` inputs to `OUT` units, in Keras' `[in][out]` layout.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Dense<const IN: usize, const OUT: usize, T = f32, B = [T; OUT]> {
    /// The factors: `kernel[input][unit]`.
    pub kernel: [[T; OUT]; IN],
    /// One number for each unit; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

impl<const IN: usize, const OUT: usize, T: Element, B: Bias<T>> Dense<IN, OUT, T, B> {
    /// The factors as one slice, in memory order.
    #[inline(always)]
    pub fn kernel(&self) -> &[T] {
        self.kernel.as_flattened()
    }

    /// The factors as one slice, to write to.
    #[inline(always)]
    pub fn kernel_mut(&mut self) -> &mut [T] {
        self.kernel.as_flattened_mut()
    }
}
