//! `LSTM`: a layer with a memory of its own, which gates open and close.
//!
//! With `·` a product of matrices and `∘` one of elements, for each step:
//!
//! ```text
//! [zi, zf, zc, zo] = x · kernel + h · recurrent_kernel + bias
//! c = recurrent_activation(zf) ∘ c + recurrent_activation(zi) ∘ activation(zc)
//! h = recurrent_activation(zo) ∘ activation(c)
//! ```
//!
//! The output of a step is `h`. By default `activation` is `tanh` and `recurrent_activation` is `sigmoid`.
//!
//! Hochreiter, Schmidhuber: [Long Short-Term Memory](https://doi.org/10.1162/neco.1997.9.8.1735), 1997; with the
//! forget gate of Gers, Schmidhuber, Cummins: [Learning to Forget](https://doi.org/10.1162/089976600300015015), 2000.

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
use crate::layers::recurrent::Weights;

/// The gates, in Keras' order: input, forget, candidate, output.
pub(crate) const GATES: usize = 4;

/// The weights of an `LSTM` (or `LSTMCell`) in Keras' layout: `IN` inputs, `UNITS` units, gates in the order input,
/// forget, candidate, output.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct LSTM<const IN: usize, const UNITS: usize, T = f32, const BIASES: usize = 4> {
    /// For the inputs: `kernel[input][gate][unit]`.
    pub kernel: [[[T; UNITS]; 4]; IN],
    /// For the output of the step before: `recurrent_kernel[unit before][gate][unit]`.
    pub recurrent_kernel: [[[T; UNITS]; 4]; UNITS],
    /// `bias[gate][unit]`; `BIASES` is 0 with `use_bias = false`.
    pub bias: [[T; UNITS]; BIASES],
}

impl<const IN: usize, const UNITS: usize, T: Element, const BIASES: usize> LSTM<IN, UNITS, T, BIASES> {
    /// The weights as slices in memory order.
    #[inline(always)]
    pub(crate) fn weights(&self) -> Weights<'_, T> {
        Weights {
            kernel: self.kernel.as_flattened().as_flattened(),
            recurrent_kernel: self.recurrent_kernel.as_flattened().as_flattened(),
            bias: self.bias.as_flattened(),
        }
    }
}
