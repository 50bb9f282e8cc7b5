//! The layers: one file or folder each, named as in the macro.
//!
//! A layer is its struct of weights, its geometry as a trait of constants, `infer` for one sample,
//! `forward` and `backward` for the samples of a shard, and a naive oracle with its tests.

pub mod activation;
pub mod attend;
pub mod batch_normalization;
pub mod bidirectional;
pub mod carry;
pub mod concatenate;
pub mod conv1d;
pub mod conv2d;
pub mod conv3d;
pub mod conv_lstm;
pub mod cropping;
pub mod cum_sum;
pub mod custom;
pub mod dense;
pub mod dot;
#[cfg(feature = "alloc")]
pub mod dropout;
pub mod embedding;
pub mod epilogue;
pub mod extend;
pub mod global_pool1d;
pub mod global_pool2d;
pub mod group_normalization;
pub mod gru;
pub mod layer_normalization;
pub mod lstm;
pub mod masking;
pub mod masks;
pub mod matmul;
pub mod merge;
pub mod multi_head_attention;
mod normalization;
pub mod pad;
pub mod permute;
pub mod pool2d;
pub mod pool3d;
pub mod prelu;
pub mod recurrent;
pub mod reduce;
pub mod repeat_vector;
pub mod rescaling;
pub mod resizing;
pub mod rms_normalization;
pub mod separable_conv;
pub mod simple_rnn;
pub mod slice;
pub mod softmax;
mod state;
pub mod take;
#[cfg(feature = "std")]
pub mod tone;
pub mod up_sampling;
#[cfg(feature = "std")]
pub mod warp;
pub mod weight;
pub mod zero_padding;

use crate::element::Element;

/// A weight that may be left out: `[T; N]`, or `[T; 0]` where the option says so.
pub trait Bias<T>: bytemuck::Pod + Send + Sync + AsRef<[T]> + AsMut<[T]> {}

impl<const N: usize, T: Element> Bias<T> for [T; N] where [T; N]: bytemuck::Pod {}
