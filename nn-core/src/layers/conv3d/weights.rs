//! The weights, in Keras' layouts.

use crate::element::Element;
use crate::layers::Bias;
use crate::layers::conv2d::{Filters, FiltersMut};

/// The weights of a `Conv3D`: `F` filters of `KD × KH × KW` over `C` channels (of one group).
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Conv3D<
    const KD: usize,
    const KH: usize,
    const KW: usize,
    const C: usize,
    const F: usize,
    T = f32,
    B = [T; F],
> {
    /// The filters: `kernel[frame][row][column][channel][filter]`.
    pub kernel: [[[[[T; F]; C]; KW]; KH]; KD],
    /// One number for each filter; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

/// The weights of a `Conv1DTranspose`: `F` filters of `K` steps for each of `C` channels.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Conv1DTranspose<const K: usize, const F: usize, const C: usize, T = f32, B = [T; F]> {
    /// The filters: `kernel[step][filter][channel]`.
    pub kernel: [[[T; C]; F]; K],
    /// One number for each filter; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

/// The weights of a `Conv2DTranspose`: `F` filters of `KH × KW` for each of `C` channels.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Conv2DTranspose<const KH: usize, const KW: usize, const F: usize, const C: usize, T = f32, B = [T; F]> {
    /// The filters: `kernel[row][column][filter][channel]`.
    pub kernel: [[[[T; C]; F]; KW]; KH],
    /// One number for each filter; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

/// The weights of a `Conv3DTranspose`: `F` filters of `KD × KH × KW` for each of `C` channels.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Conv3DTranspose<
    const KD: usize,
    const KH: usize,
    const KW: usize,
    const F: usize,
    const C: usize,
    T = f32,
    B = [T; F],
> {
    /// The filters: `kernel[frame][row][column][filter][channel]`.
    pub kernel: [[[[[T; C]; F]; KW]; KH]; KD],
    /// One number for each filter; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

/// The filters of a struct as one slice, by as many `as_flattened` as there are axes but one.
macro_rules! filters {
    ($name:ident<$($size:ident),*>: $($flat:ident $flat_mut:ident),*) => {
        impl<$(const $size: usize,)* T: Element, B: Bias<T>> Filters<T> for $name<$($size,)* T, B> {
            #[inline(always)]
            fn kernel(&self) -> &[T] {
                self.kernel$(.$flat())*
            }

            #[inline(always)]
            fn bias(&self) -> &[T] {
                self.bias.as_ref()
            }
        }

        impl<$(const $size: usize,)* T: Element, B: Bias<T>> FiltersMut<T> for $name<$($size,)* T, B> {
            #[inline(always)]
            fn kernel_mut(&mut self) -> &mut [T] {
                self.kernel$(.$flat_mut())*
            }

            #[inline(always)]
            fn bias_mut(&mut self) -> &mut [T] {
                self.bias.as_mut()
            }

        }
    };
}

filters!(Conv1DTranspose<K, F, C>: as_flattened as_flattened_mut, as_flattened as_flattened_mut);
filters! {
    Conv2DTranspose<KH, KW, F, C>:
    as_flattened as_flattened_mut, as_flattened as_flattened_mut, as_flattened as_flattened_mut
}
filters! {
    Conv3D<KD, KH, KW, C, F>:
    as_flattened as_flattened_mut, as_flattened as_flattened_mut, as_flattened as_flattened_mut, as_flattened as_flattened_mut
}
filters! {
    Conv3DTranspose<KD, KH, KW, F, C>:
    as_flattened as_flattened_mut, as_flattened as_flattened_mut, as_flattened as_flattened_mut, as_flattened as_flattened_mut
}
