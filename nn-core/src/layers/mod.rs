//! The layers: one file or folder each, named as in the macro.
//!
//! A layer is its struct of weights, its geometry as a trait of constants, `infer` for one sample,
//! `forward` and `backward` for the samples of a shard, and a naive oracle with its tests.

pub mod activation;
pub mod batch_normalization;
pub mod conv1d;
pub mod conv2d;
pub mod dense;
#[cfg(feature = "alloc")]
pub mod dropout;
pub mod epilogue;
pub mod global_pool2d;
pub mod pool2d;
pub mod prelu;
pub mod softmax;

use crate::element::Element;

/// A weight that may be left out: `[T; N]`, or `[T; 0]` where the option says so.
pub trait Bias<T>: bytemuck::Pod + Send + Sync + AsRef<[T]> + AsMut<[T]> {}

impl<const N: usize, T: Element> Bias<T> for [T; N] where [T; N]: bytemuck::Pod {}
