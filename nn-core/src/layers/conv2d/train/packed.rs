//! Few filters: neighbouring pixels share a vector.
//!
//! The outputs of neighbouring pixels lie side by side, as the outputs of one pixel do. So `P` pixels of `F` filters
//! are one pixel of `P · F` filters, whose windows are some columns wider and whose strides are `P` times as long;
//! the weights of the columns that a pixel does not see are zero.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::super::choice::machine;
use super::super::geometry::geometry;
use super::super::{Conv2DShape, Plain};
use crate::element::Element;
use crate::shape::Padding;
use crate::shape::tiles::{Geometry, Machine, PixelsPlan, Tile};

/// The convolution of as many pixels at a time as [`PIXELS`](Choice::PIXELS) says.
#[derive(Clone, Copy)]
pub(super) struct Packed<S, L, T>(PhantomData<(S, L, T)>);

impl<S: Simd, L: Conv2DShape, T: Element> Packed<S, L, T> {
    pub(super) const NEW: Self = Packed(PhantomData);
    /// How many weights it has.
    pub(super) const WEIGHTS: usize = Self::KERNEL_SIZE[0] * Self::KERNEL_SIZE[1] * L::INPUT[2] * Self::FILTERS;
}

impl<S: Simd, L: Conv2DShape, T: Element> Conv2DShape for Packed<S, L, T> {
    const INPUT: [usize; 3] = L::BORDER.around(L::INPUT);
    const FILTERS: usize = Choice::<S, L, T>::PIXELS * L::FILTERS;
    const KERNEL_SIZE: [usize; 2] = [L::KERNEL_SIZE[0], columns::<L>(Choice::<S, L, T>::PIXELS)];
    const STRIDES: [usize; 2] = [L::STRIDES[0], Choice::<S, L, T>::PIXELS * L::STRIDES[1]];
    const PADDING: Padding = Padding::Valid;
    const DILATION_RATE: [usize; 2] = [L::DILATION_RATE[0], 1];
}

/// Columns that the windows of so many neighbouring pixels span.
const fn columns<L: Conv2DShape>(pixels: usize) -> usize {
    (L::KERNEL_SIZE[1] - 1) * L::DILATION_RATE[1] + (pixels - 1) * L::STRIDES[1] + 1
}

/// How many pixels it is best to take at a time, on a machine.
pub(super) struct Choice<S, L, T>(PhantomData<(S, L, T)>);

impl<S: Simd, L: Conv2DShape, T: Element> Choice<S, L, T> {
    pub(super) const PIXELS: usize = choose::<L>(&machine::<T>(size_of::<T::Vector<S>>()));
}

const fn choose<L: Conv2DShape>(machine: &Machine) -> usize {
    let (plain, lanes) = (geometry::<L, Plain>(), machine.lanes);
    if 2 * L::FILTERS > lanes || L::GROUPS > 1 {
        return 1;
    }
    let (filters, pixels) = (Tile::new(&plain, machine).cost, PixelsPlan::new(&plain, machine).cost);
    let (mut best, mut cost) = (1, if pixels < filters { pixels } else { filters });
    let mut pixels = 2;
    while pixels <= 8 && pixels * L::FILTERS <= lanes {
        if L::OUTPUT[1].is_multiple_of(pixels) {
            let kernel = [L::KERNEL_SIZE[0], columns::<L>(pixels)];
            let strides = [L::STRIDES[0], pixels * L::STRIDES[1]];
            let dilation = [L::DILATION_RATE[0], 1];
            let (filters, output) = (pixels * L::FILTERS, [L::OUTPUT[0], L::OUTPUT[1] / pixels]);
            let packed = Geometry { kernel, strides, dilation, filters, output, width: output[1], ..plain };
            let new = Tile::new(&packed, machine).cost;
            if new < cost {
                (best, cost) = (pixels, new);
            }
        }
        pixels += 1;
    }
    best
}

/// Fills the kernel of the packed convolution.
#[inline(always)]
pub(super) fn pack<S: Simd, L: Conv2DShape, T: Element>(kernel: &[T], packed: &mut [T]) {
    let (width, channels, pixels) = (L::KERNEL_SIZE[1], L::INPUT[2], Choice::<S, L, T>::PIXELS);
    packed.fill(T::zero());
    for (place, kernel) in kernel.chunks_exact(channels * L::FILTERS).enumerate() {
        for pixel in 0..pixels {
            let column = place % width * L::DILATION_RATE[1] + pixel * L::STRIDES[1];
            let first = (place / width * columns::<L>(pixels) + column) * channels * pixels * L::FILTERS;
            for (channel, kernel) in kernel.chunks_exact(L::FILTERS).enumerate() {
                let at = first + (channel * pixels + pixel) * L::FILTERS;
                packed[at..at + L::FILTERS].copy_from_slice(kernel);
            }
        }
    }
}
