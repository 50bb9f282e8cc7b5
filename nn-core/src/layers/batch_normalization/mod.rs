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

pub use infer::{fold, infer};
#[cfg(feature = "alloc")]
pub use masked::{backward_masked, gather_masked};
#[cfg(feature = "alloc")]
pub use statistics::{Gathered, Statistics};
#[cfg(feature = "alloc")]
pub use train::{backward, backward_frozen, forward, forward_frozen, gather, gather_backward, update_moving};

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
