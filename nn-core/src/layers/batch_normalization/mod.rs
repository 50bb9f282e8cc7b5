//! `BatchNormalization`: mean zero and variance one along an axis, then a learned scale and shift.
//!
//! `y = (x − mean) / √(variance + epsilon) · gamma + beta`. Training takes mean and variance of the whole
//! batch, inference the moving ones.
//!
//! A sample is seen as `dims = [outer, channels, inner]`: what is before the axis, the axis, and what is after
//! it. With the channels last, `inner` is 1.
//!
//! Ioffe, Szegedy: *Batch Normalization*, 2015, <https://arxiv.org/abs/1502.03167>.

mod infer;
mod lanes;
#[cfg(feature = "alloc")]
mod masked;
#[cfg(feature = "alloc")]
mod passes;
#[cfg(feature = "alloc")]
mod statistics;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "alloc")]
mod train;

pub use infer::{fold, fold_with, infer};
#[cfg(feature = "alloc")]
pub use masked::{backward_masked, backward_masked_with, gather_masked};
#[cfg(feature = "alloc")]
pub use statistics::{Partial, Statistics};
#[cfg(feature = "alloc")]
pub use train::{
    backward, backward_frozen, backward_frozen_with, backward_with, forward, forward_frozen, forward_frozen_with,
    forward_with, gather, gather_backward, gather_backward_with, update_moving, update_moving_with,
};

use crate::layers::Bias;

/// The weights of a `BatchNormalization` over `N` channels.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct BatchNormalization<const N: usize, T = f32, G = [T; N], B = [T; N]> {
    /// The scale; `[T; 0]` with `scale = false`.
    pub gamma: G,
    /// The shift; `[T; 0]` with `center = false`.
    pub beta: B,
    /// The mean that inference subtracts.
    pub moving_mean: [T; N],
    /// The variance that inference divides by.
    pub moving_variance: [T; N],
}

impl<const N: usize, T, G: Bias<T>, B: Bias<T>> BatchNormalization<N, T, G, B> {
    #[inline(always)]
    fn parts(&self) -> Weights<'_, T> {
        Weights {
            gamma: self.gamma.as_ref(),
            beta: self.beta.as_ref(),
            moving_mean: &self.moving_mean,
            moving_variance: &self.moving_variance,
        }
    }
}

/// The weights as slices, a number for each channel.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, T> {
    /// The scale; empty with `scale = false`.
    pub gamma: &'a [T],
    /// The shift; empty with `center = false`.
    pub beta: &'a [T],
    /// The mean that inference subtracts.
    pub moving_mean: &'a [T],
    /// The variance that inference divides by.
    pub moving_variance: &'a [T],
}

/// The gradients of the weights that are learned, as long as these.
#[derive(Debug)]
pub struct Gradients<'a, T> {
    /// That of the scale.
    pub gamma: &'a mut [T],
    /// That of the shift.
    pub beta: &'a mut [T],
}
