//! The types that are plain data: nothing but elements, without padding.
//!
//! This is one of the two fenced modules that may say `unsafe`: bytemuck's derives take no
//! generic structs, so the layer structs are declared plain by hand, each with its proof.
#![allow(unsafe_code)]

use bytemuck::{Pod, Zeroable};

use crate::tensor::{Tensor1, Tensor2, Tensor3, Tensor4};

// SAFETY (all four): `#[repr(transparent)]` over nested arrays of `T`, so the tensor has exactly
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
