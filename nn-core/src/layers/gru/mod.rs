//! `GRU`: a layer whose gates say how much of its state is renewed, and from what.
//!
//! With `·` a product of matrices and `∘` one of elements, for each step, where `reset_after` is true (the default):
//!
//! ```text
//! [xz, xr, xh] = x · kernel + bias[0]
//! [hz, hr, hh] = h · recurrent_kernel + bias[1]
//! z = recurrent_activation(xz + hz)
//! r = recurrent_activation(xr + hr)
//! h = z ∘ h + (1 - z) ∘ activation(xh + r ∘ hh)
//! ```
//!
//! Otherwise there is one bias, and `r` acts before the product: `hh = (r ∘ h) · recurrent_kernel`. The output of a
//! step is `h`. By default `activation` is `tanh` and `recurrent_activation` is `sigmoid`.
//!
//! Cho et al.: [Learning Phrase Representations using RNN Encoder–Decoder](https://arxiv.org/abs/1406.1078), 2014: its first
//! version resets after the product, its third one before.

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

/// The gates, in Keras' order: update, reset, candidate.
pub(crate) const GATES: usize = 3;

/// The weights of a `GRU` (or `GRUCell`) in Keras' layout: `IN` inputs, `UNITS` units, gates in the order update,
/// reset, candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct GRU<const IN: usize, const UNITS: usize, T = f32, const BIASES: usize = 2> {
    /// For the inputs: `kernel[input][gate][unit]`.
    pub kernel: [[[T; UNITS]; 3]; IN],
    /// For the output of the step before: `recurrent_kernel[unit before][gate][unit]`.
    pub recurrent_kernel: [[[T; UNITS]; 3]; UNITS],
    /// `bias[0][gate][unit]` for the inputs and, with `reset_after`, `bias[1][gate][unit]` for the output of the step
    /// before. So `BIASES` is 2 with `reset_after`, else 1; 0 with `use_bias = false`.
    pub bias: [[[T; UNITS]; 3]; BIASES],
}

impl<const IN: usize, const UNITS: usize, T: Element, const BIASES: usize> GRU<IN, UNITS, T, BIASES> {
    /// The weights as slices in memory order.
    #[inline(always)]
    pub(crate) fn weights(&self) -> Weights<'_, T> {
        Weights {
            kernel: self.kernel.as_flattened().as_flattened(),
            recurrent_kernel: self.recurrent_kernel.as_flattened().as_flattened(),
            bias: self.bias.as_flattened().as_flattened(),
        }
    }
}
