//! `SimpleRNN`: the output of a step goes into the next one.
//!
//! `h = activation(x · kernel + h · recurrent_kernel + bias)` for each step, by default with `tanh`; the output of a
//! step is `h`.
//!
//! Elman: [Finding Structure in Time](https://doi.org/10.1207/s15516709cog1402_1), 1990.

mod infer;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "alloc")]
pub(crate) mod train;

pub(crate) use infer::Cell;
pub use infer::{infer, scratch_len, step, step_scratch_len, steps};
#[cfg(feature = "alloc")]
pub use train::{backward, forward, saved_len};

use crate::element::Element;
use crate::layers::Bias;
use crate::layers::recurrent::Weights;

/// The weights of a `SimpleRNN` (or `SimpleRNNCell`) in Keras' layout: `IN` inputs, `UNITS` units.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct SimpleRNN<const IN: usize, const UNITS: usize, T = f32, B = [T; UNITS]> {
    /// For the inputs: `kernel[input][unit]`.
    pub kernel: [[T; UNITS]; IN],
    /// For the output of the step before: `recurrent_kernel[unit before][unit]`.
    pub recurrent_kernel: [[T; UNITS]; UNITS],
    /// One number for each unit; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

impl<const IN: usize, const UNITS: usize, T: Element, B: Bias<T>> SimpleRNN<IN, UNITS, T, B> {
    /// The weights as slices in memory order.
    #[inline(always)]
    pub(crate) fn weights(&self) -> Weights<'_, T> {
        Weights {
            kernel: self.kernel.as_flattened(),
            recurrent_kernel: self.recurrent_kernel.as_flattened(),
            bias: self.bias.as_ref(),
        }
    }
}
