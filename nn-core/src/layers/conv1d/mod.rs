//! `Conv1D`: a bank of filters slid over the steps of a sequence.
//!
//! A sequence is an image of one row, so all kernels are those of [`conv2d`](super::conv2d), with a
//! [`Conv2DShape`](super::conv2d::Conv2DShape) whose input is `[1, steps, channels]` and whose kernel is `[1, size]`. Only
//! [`step`] and [`steps`] are its own: one step at a time, for causal convolutions, or a block of them.

mod block;
mod step;
#[cfg(all(test, feature = "std"))]
mod tests;
mod windows;

pub use block::{steps, steps_scratch_len, steps_slices};
pub use step::{state_len, state_len_of, step, step_slices};

use crate::element::Element;
use crate::layers::Bias;
use crate::layers::conv2d::{Filters, FiltersMut};

/// The weights of a `Conv1D`: `F` filters of `K` steps over `C` channels (of one group), in Keras' layout.
///
/// Those of a `DepthwiseConv1D` are the same with all `C` channels and `F` filters for each of them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Conv1D<const K: usize, const C: usize, const F: usize, T = f32, B = [T; F]> {
    /// The filters: `kernel[step][channel][filter]`.
    pub kernel: [[[T; F]; C]; K],
    /// One number for each filter; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

impl<const K: usize, const C: usize, const F: usize, T: Element, B: Bias<T>> Filters<T> for Conv1D<K, C, F, T, B> {
    #[inline(always)]
    fn kernel(&self) -> &[T] {
        self.kernel.as_flattened().as_flattened()
    }

    #[inline(always)]
    fn bias(&self) -> &[T] {
        self.bias.as_ref()
    }
}

impl<const K: usize, const C: usize, const F: usize, T: Element, B: Bias<T>> FiltersMut<T> for Conv1D<K, C, F, T, B> {
    #[inline(always)]
    fn kernel_mut(&mut self) -> &mut [T] {
        self.kernel.as_flattened_mut().as_flattened_mut()
    }

    #[inline(always)]
    fn bias_mut(&mut self) -> &mut [T] {
        self.bias.as_mut()
    }
}
