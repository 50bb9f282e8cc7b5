//! The types that are plain data: nothing but elements, without padding.
//!
//! This is one of the three fenced modules that may say `unsafe`: bytemuck's derives take no
//! generic structs, so the layer structs are declared plain by hand, each with its proof. What `network!` defines is
//! declared plain by macros, which have the compiler check it: `bytemuck`'s derives would have to be told, in a string, where they are.
#![allow(unsafe_code)]

use bytemuck::{Pod, Zeroable};

use crate::element::Element;
use crate::tensor::{Tensor1, Tensor2, Tensor3, Tensor4, Tensor5, Tensor6};

// SAFETY (all six): `#[repr(transparent)]` over nested arrays of `T`, so the tensor has exactly
// the layout, padding (none) and valid bit patterns of an array of `T`.
unsafe impl<const N: usize, T: Zeroable> Zeroable for Tensor1<N, T> {}
unsafe impl<const N: usize, T: Pod> Pod for Tensor1<N, T> {}
unsafe impl<const R: usize, const C: usize, T: Zeroable> Zeroable for Tensor2<R, C, T> {}
unsafe impl<const R: usize, const C: usize, T: Pod> Pod for Tensor2<R, C, T> {}
unsafe impl<const H: usize, const W: usize, const C: usize, T: Zeroable> Zeroable for Tensor3<H, W, C, T> {}
unsafe impl<const H: usize, const W: usize, const C: usize, T: Pod> Pod for Tensor3<H, W, C, T> {}
unsafe impl<const D: usize, const H: usize, const W: usize, const C: usize, T: Zeroable> Zeroable
    for Tensor4<D, H, W, C, T>
{
}
unsafe impl<const D: usize, const H: usize, const W: usize, const C: usize, T: Pod> Pod for Tensor4<D, H, W, C, T> {}
unsafe impl<const R: usize, const D: usize, const H: usize, const W: usize, const C: usize, T: Zeroable> Zeroable
    for Tensor5<R, D, H, W, C, T>
{
}
unsafe impl<const R: usize, const D: usize, const H: usize, const W: usize, const C: usize, T: Pod> Pod
    for Tensor5<R, D, H, W, C, T>
{
}
unsafe impl<const B: usize, const R: usize, const D: usize, const H: usize, const W: usize, const C: usize, T: Zeroable>
    Zeroable for Tensor6<B, R, D, H, W, C, T>
{
}
unsafe impl<const B: usize, const R: usize, const D: usize, const H: usize, const W: usize, const C: usize, T: Pod> Pod
    for Tensor6<B, R, D, H, W, C, T>
{
}

use crate::layers::attend::Attend;
use crate::layers::batch_normalization::BatchNormalization;
use crate::layers::conv_lstm::{ConvLSTM1D, ConvLSTM2D};
use crate::layers::conv1d::Conv1D;
use crate::layers::conv2d::Conv2D;
use crate::layers::conv3d::{Conv1DTranspose, Conv2DTranspose, Conv3D, Conv3DTranspose};
use crate::layers::custom::CustomWeights;
use crate::layers::dense::Dense;
use crate::layers::embedding::Embedding;
use crate::layers::group_normalization::GroupNormalization;
use crate::layers::gru::GRU;
use crate::layers::layer_normalization::LayerNormalization;
use crate::layers::lstm::LSTM;
use crate::layers::multi_head_attention::{Heads, MultiHeadAttention, Output};
use crate::layers::prelu::PReLU;
use crate::layers::rms_normalization::RMSNormalization;
use crate::layers::separable_conv::{SeparableConv1D, SeparableConv2D};
use crate::layers::simple_rnn::SimpleRNN;

// SAFETY (all below): `#[repr(C)]` structs whose fields are arrays of `T`, or the optional weights
// `B` and `G`, which the impls limit to arrays of `T`. All fields have the alignment of
// `T` and a size that is a multiple of it, so there is no padding; every bit pattern of `T` is valid.
unsafe impl<const KH: usize, const KW: usize, const C: usize, const F: usize, T: Zeroable, B: Zeroable> Zeroable
    for Conv2D<KH, KW, C, F, T, B>
{
}
unsafe impl<const KH: usize, const KW: usize, const C: usize, const F: usize, T: Element, const B: usize> Pod
    for Conv2D<KH, KW, C, F, T, [T; B]>
{
}
unsafe impl<const N: usize, T: Zeroable> Zeroable for CustomWeights<N, T> {}
unsafe impl<const N: usize, T: Element> Pod for CustomWeights<N, T> {}
unsafe impl<const KD: usize, const KH: usize, const KW: usize, const C: usize, const F: usize, T: Zeroable, B: Zeroable>
    Zeroable for Conv3D<KD, KH, KW, C, F, T, B>
{
}
unsafe impl<
    const KD: usize,
    const KH: usize,
    const KW: usize,
    const C: usize,
    const F: usize,
    T: Element,
    const B: usize,
> Pod for Conv3D<KD, KH, KW, C, F, T, [T; B]>
{
}
unsafe impl<const K: usize, const F: usize, const C: usize, T: Zeroable, B: Zeroable> Zeroable
    for Conv1DTranspose<K, F, C, T, B>
{
}
unsafe impl<const K: usize, const F: usize, const C: usize, T: Element, const B: usize> Pod
    for Conv1DTranspose<K, F, C, T, [T; B]>
{
}
unsafe impl<const KH: usize, const KW: usize, const F: usize, const C: usize, T: Zeroable, B: Zeroable> Zeroable
    for Conv2DTranspose<KH, KW, F, C, T, B>
{
}
unsafe impl<const KH: usize, const KW: usize, const F: usize, const C: usize, T: Element, const B: usize> Pod
    for Conv2DTranspose<KH, KW, F, C, T, [T; B]>
{
}
unsafe impl<const KD: usize, const KH: usize, const KW: usize, const F: usize, const C: usize, T: Zeroable, B: Zeroable>
    Zeroable for Conv3DTranspose<KD, KH, KW, F, C, T, B>
{
}
unsafe impl<
    const KD: usize,
    const KH: usize,
    const KW: usize,
    const F: usize,
    const C: usize,
    T: Element,
    const B: usize,
> Pod for Conv3DTranspose<KD, KH, KW, F, C, T, [T; B]>
{
}
unsafe impl<const K: usize, const C: usize, const F: usize, T: Zeroable, B: Zeroable> Zeroable
    for Conv1D<K, C, F, T, B>
{
}
unsafe impl<const K: usize, const C: usize, const F: usize, T: Element, const B: usize> Pod
    for Conv1D<K, C, F, T, [T; B]>
{
}
unsafe impl<
    const KH: usize,
    const KW: usize,
    const C: usize,
    const M: usize,
    const CM: usize,
    const F: usize,
    T: Zeroable,
    B: Zeroable,
> Zeroable for SeparableConv2D<KH, KW, C, M, CM, F, T, B>
{
}
unsafe impl<
    const KH: usize,
    const KW: usize,
    const C: usize,
    const M: usize,
    const CM: usize,
    const F: usize,
    T: Element,
    const B: usize,
> Pod for SeparableConv2D<KH, KW, C, M, CM, F, T, [T; B]>
{
}
unsafe impl<const K: usize, const C: usize, const M: usize, const CM: usize, const F: usize, T: Zeroable, B: Zeroable>
    Zeroable for SeparableConv1D<K, C, M, CM, F, T, B>
{
}
unsafe impl<const K: usize, const C: usize, const M: usize, const CM: usize, const F: usize, T: Element, const B: usize>
    Pod for SeparableConv1D<K, C, M, CM, F, T, [T; B]>
{
}
unsafe impl<const IN: usize, const OUT: usize, T: Zeroable, B: Zeroable> Zeroable for Dense<IN, OUT, T, B> {}
unsafe impl<const IN: usize, const OUT: usize, T: Element, const B: usize> Pod for Dense<IN, OUT, T, [T; B]> {}
unsafe impl<const N: usize, T: Zeroable, G: Zeroable, B: Zeroable> Zeroable for BatchNormalization<N, T, G, B> {}
unsafe impl<const N: usize, T: Element, const G: usize, const B: usize> Pod
    for BatchNormalization<N, T, [T; G], [T; B]>
{
}
unsafe impl<const SCALE: usize, const WEIGHT: usize, T: Zeroable> Zeroable for Attend<SCALE, WEIGHT, T> {}
unsafe impl<const SCALE: usize, const WEIGHT: usize, T: Element> Pod for Attend<SCALE, WEIGHT, T> {}
unsafe impl<const K: usize, const C: usize, const F: usize, const G: usize, const B: usize, T: Zeroable> Zeroable
    for ConvLSTM1D<K, C, F, G, B, T>
{
}
unsafe impl<const K: usize, const C: usize, const F: usize, const G: usize, const B: usize, T: Element> Pod
    for ConvLSTM1D<K, C, F, G, B, T>
{
}
unsafe impl<
    const KH: usize,
    const KW: usize,
    const C: usize,
    const F: usize,
    const G: usize,
    const B: usize,
    T: Zeroable,
> Zeroable for ConvLSTM2D<KH, KW, C, F, G, B, T>
{
}
unsafe impl<
    const KH: usize,
    const KW: usize,
    const C: usize,
    const F: usize,
    const G: usize,
    const B: usize,
    T: Element,
> Pod for ConvLSTM2D<KH, KW, C, F, G, B, T>
{
}
unsafe impl<const N: usize, T: Zeroable> Zeroable for PReLU<N, T> {}
unsafe impl<const N: usize, T: Element> Pod for PReLU<N, T> {}
unsafe impl<const IN: usize, const UNITS: usize, T: Zeroable, B: Zeroable> Zeroable for SimpleRNN<IN, UNITS, T, B> {}
unsafe impl<const IN: usize, const UNITS: usize, T: Element, const B: usize> Pod for SimpleRNN<IN, UNITS, T, [T; B]> {}
unsafe impl<const IN: usize, const UNITS: usize, T: Zeroable, const B: usize> Zeroable for LSTM<IN, UNITS, T, B> {}
unsafe impl<const IN: usize, const UNITS: usize, T: Element, const B: usize> Pod for LSTM<IN, UNITS, T, B> {}
unsafe impl<const IN: usize, const UNITS: usize, T: Zeroable, const B: usize> Zeroable for GRU<IN, UNITS, T, B> {}
unsafe impl<const IN: usize, const UNITS: usize, T: Element, const B: usize> Pod for GRU<IN, UNITS, T, B> {}

// SAFETY: `#[repr(C)]` with two fields of the same plain type, laid out as an array of two of them: no padding.
unsafe impl<L: Zeroable> Zeroable for crate::layers::bidirectional::Bidirectional<L> {}
unsafe impl<L: Pod> Pod for crate::layers::bidirectional::Bidirectional<L> {}
unsafe impl<const G: usize, const B: usize, T: Zeroable> Zeroable for LayerNormalization<G, B, T> {}
unsafe impl<const G: usize, const B: usize, T: Element> Pod for LayerNormalization<G, B, T> {}
unsafe impl<const N: usize, T: Zeroable> Zeroable for RMSNormalization<N, T> {}
unsafe impl<const N: usize, T: Element> Pod for RMSNormalization<N, T> {}
unsafe impl<const G: usize, const B: usize, T: Zeroable> Zeroable for GroupNormalization<G, B, T> {}
unsafe impl<const G: usize, const B: usize, T: Element> Pod for GroupNormalization<G, B, T> {}
unsafe impl<const IN: usize, const OUT: usize, T: Zeroable> Zeroable for Embedding<IN, OUT, T> {}
unsafe impl<const IN: usize, const OUT: usize, T: Element> Pod for Embedding<IN, OUT, T> {}
unsafe impl<const I: usize, const H: usize, const D: usize, const B: usize, T: Zeroable> Zeroable
    for Heads<I, H, D, B, T>
{
}
unsafe impl<const I: usize, const H: usize, const D: usize, const B: usize, T: Element> Pod for Heads<I, H, D, B, T> {}
unsafe impl<const H: usize, const D: usize, const O: usize, const B: usize, T: Zeroable> Zeroable
    for Output<H, D, O, B, T>
{
}
unsafe impl<const H: usize, const D: usize, const O: usize, const B: usize, T: Element> Pod for Output<H, D, O, B, T> {}

// SAFETY (both): `#[repr(C)]` over four structs that are arrays of `T`, as shown above; so it is arrays of `T` too.
unsafe impl<
    const Q: usize,
    const K: usize,
    const V: usize,
    const H: usize,
    const KD: usize,
    const VD: usize,
    const O: usize,
    const HB: usize,
    const OB: usize,
    T: Zeroable,
> Zeroable for MultiHeadAttention<Q, K, V, H, KD, VD, O, HB, OB, T>
{
}
unsafe impl<
    const Q: usize,
    const K: usize,
    const V: usize,
    const H: usize,
    const KD: usize,
    const VD: usize,
    const O: usize,
    const HB: usize,
    const OB: usize,
    T: Element,
> Pod for MultiHeadAttention<Q, K, V, H, KD, VD, O, HB, OB, T>
{
}

/// The size of a field of `S`, which is plain itself; `field` is never called.
#[doc(hidden)]
pub const fn plain_field<S, T: Pod>(_field: fn(&S) -> &T) -> usize {
    size_of::<T>()
}

/// That a field of `S` may be zero.
#[doc(hidden)]
pub const fn zeroable_field<S, T: Zeroable>(_field: fn(&S) -> &T) {}

/// Declares a `#[repr(C)]` struct plain; all of its fields are listed.
///
/// What of that is not so is a compile error.
#[macro_export]
#[doc(hidden)]
macro_rules! plain {
    ($name:ident { $($field:tt),* $(,)? }) => {
        $crate::zeroable!($name { $($field),* });
        const _: () = {
            let fields = 0 $(+ $crate::rt::plain_field(|value: &$name| &value.$field))*;
            ::core::assert!(::core::mem::size_of::<$name>() == fields, "plain data has no padding");
        };
        // SAFETY: `zeroable` has checked that these are all fields, each once. All are `Pod`, as `plain_field` asks, so every
        // bit pattern is valid, and there is nothing to share or to drop. As large as all fields together, there is no room
        // for padding between, before or behind them. It is `Copy` and `'static`, since `Pod` asks for that.
        unsafe impl $crate::rt::bytemuck::Pod for $name {}
    };
}

/// Declares that a struct may be zero; all of its fields are listed.
#[macro_export]
#[doc(hidden)]
macro_rules! zeroable {
    ($name:ident { $($field:tt),* $(,)? }) => {
        const _: () = {
            // A pattern without `..` names every field, and none twice.
            let _: fn($name) = |value| { let $name { $($field: _),* } = value; };
            $($crate::rt::zeroable_field(|value: &$name| &value.$field);)*
        };
        // SAFETY: each of its fields may be zero, as `zeroable_field` asks, and above they are all there. What lies between
        // them may be anything.
        unsafe impl $crate::rt::bytemuck::Zeroable for $name {}
    };
}
