//! `SeparableConv2D` and `SeparableConv1D`: filters for each channel of its own, then a pointwise convolution.
//!
//! Both are convolutions, each a step of its own by the kernels of [`conv2d`](super::conv2d): one with as many groups as channels, and
//! one of a single pixel. What is here is the layer that has the weights of both.

use crate::element::Element;
use crate::layers::Bias;
use crate::layers::conv2d::{Filters, FiltersMut};

/// The weights of a `SeparableConv2D`: `M` filters of `KH × KW` for each of `C` channels, and `F` pointwise filters of the `CM`
/// channels that they give, in Keras' layouts.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct SeparableConv2D<
    const KH: usize,
    const KW: usize,
    const C: usize,
    const M: usize,
    const CM: usize,
    const F: usize,
    T = f32,
    B = [T; F],
> {
    /// The filters of each channel: `depthwise_kernel[row][column][channel][filter]`.
    pub depthwise_kernel: [[[[T; M]; C]; KW]; KH],
    /// The pointwise filters: `pointwise_kernel[0][0][channel][filter]`.
    pub pointwise_kernel: [[[[T; F]; CM]; 1]; 1],
    /// One number for each pointwise filter; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

/// The weights of a `SeparableConv1D`: the same for sequences.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct SeparableConv1D<
    const K: usize,
    const C: usize,
    const M: usize,
    const CM: usize,
    const F: usize,
    T = f32,
    B = [T; F],
> {
    /// The filters of each channel: `depthwise_kernel[step][channel][filter]`.
    pub depthwise_kernel: [[[T; M]; C]; K],
    /// The pointwise filters: `pointwise_kernel[0][channel][filter]`.
    pub pointwise_kernel: [[[T; F]; CM]; 1],
    /// One number for each pointwise filter; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

/// The two convolutions of a layer, by their weights.
pub trait SeparableFilters<T> {
    /// The first, which has no bias.
    fn depthwise(&self) -> Part<'_, T>;
    /// The second.
    fn pointwise(&self) -> Part<'_, T>;
    /// The first, to write to.
    fn depthwise_mut(&mut self) -> PartMut<'_, T>;
    /// The second, to write to.
    fn pointwise_mut(&mut self) -> PartMut<'_, T>;
}

/// The weights of one convolution of a layer.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a, T> {
    kernel: &'a [T],
    bias: &'a [T],
}

/// The same, to write to.
#[derive(Debug)]
pub struct PartMut<'a, T> {
    kernel: &'a mut [T],
    bias: &'a mut [T],
}

impl<T> Filters<T> for Part<'_, T> {
    #[inline(always)]
    fn kernel(&self) -> &[T] {
        self.kernel
    }

    #[inline(always)]
    fn bias(&self) -> &[T] {
        self.bias
    }
}

impl<T> FiltersMut<T> for PartMut<'_, T> {
    #[inline(always)]
    fn kernel_mut(&mut self) -> &mut [T] {
        self.kernel
    }

    #[inline(always)]
    fn bias_mut(&mut self) -> &mut [T] {
        self.bias
    }
}

/// The parts of a struct, whose filters are one slice by so many `as_flattened`.
macro_rules! parts {
    ($name:ident<$($size:ident),*>: $($flat:ident $flat_mut:ident),*) => {
        impl<$(const $size: usize,)* T: Element, B: Bias<T>> SeparableFilters<T> for $name<$($size,)* T, B> {
            #[inline(always)]
            fn depthwise(&self) -> Part<'_, T> {
                Part { kernel: self.depthwise_kernel$(.$flat())*, bias: &[] }
            }

            #[inline(always)]
            fn pointwise(&self) -> Part<'_, T> {
                Part { kernel: self.pointwise_kernel$(.$flat())*, bias: self.bias.as_ref() }
            }

            #[inline(always)]
            fn depthwise_mut(&mut self) -> PartMut<'_, T> {
                PartMut { kernel: self.depthwise_kernel$(.$flat_mut())*, bias: &mut [] }
            }

            #[inline(always)]
            fn pointwise_mut(&mut self) -> PartMut<'_, T> {
                PartMut { kernel: self.pointwise_kernel$(.$flat_mut())*, bias: self.bias.as_mut() }
            }
        }
    };
}

parts! {
    SeparableConv2D<KH, KW, C, M, CM, F>:
    as_flattened as_flattened_mut, as_flattened as_flattened_mut, as_flattened as_flattened_mut
}
parts!(SeparableConv1D<K, C, M, CM, F>: as_flattened as_flattened_mut, as_flattened as_flattened_mut);
