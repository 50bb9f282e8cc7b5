//! Few filters: neighbouring pixels share a vector.
//!
//! The outputs of neighbouring pixels lie side by side, as the outputs of one pixel do. So `P` pixels of `F` filters
//! are one pixel of `P · F` filters, whose windows are some columns wider and whose strides are `P` times as long;
//! the weights of the columns that a pixel does not see are zero.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::super::geometry::geometry;
use super::super::plan::machine;
use super::super::{Conv2DShape, Conv2DSizes, DestinationSizes};
use super::layer::Layer;
use crate::element::Element;
use crate::shape::tiles::{Geometry as Numbers, Machine, PixelsPlan, Tile};

/// The convolution of as many pixels at a time as [`PIXELS`](Known::PIXELS) says.
#[derive(Clone, Copy)]
pub(crate) struct Packed<S, L, T>(PhantomData<(S, L, T)>);

impl<S: Simd, L: Conv2DShape, T: Element> Packed<S, L, T> {
    pub(super) const NEW: Self = Packed(PhantomData);
    const PACKED: Conv2DSizes = sizes(&L::SIZES, Known::<S, L, T>::PIXELS);
}

impl<S: Simd, L: Conv2DShape, T: Element> Conv2DShape for Packed<S, L, T> {
    const INPUT: [usize; 3] = Self::PACKED.input;
    const FILTERS: usize = Self::PACKED.filters;
    const KERNEL_SIZE: [usize; 2] = Self::PACKED.kernel_size;
    const STRIDES: [usize; 2] = Self::PACKED.strides;
    const DILATION_RATE: [usize; 2] = Self::PACKED.dilation_rate;
}

/// The convolution of so many pixels at a time.
pub(super) const fn sizes(layer: &Conv2DSizes, pixels: usize) -> Conv2DSizes {
    Conv2DSizes {
        input: layer.border().around(layer.input),
        filters: pixels * layer.filters,
        kernel_size: [layer.kernel_size[0], columns(layer, pixels)],
        strides: [layer.strides[0], pixels * layer.strides[1]],
        pads: [[0; 2]; 2],
        dilation_rate: [layer.dilation_rate[0], 1],
        groups: 1,
    }
}

/// How many weights that has.
#[inline(always)]
pub(super) const fn weights_len(layer: &Conv2DSizes, pixels: usize) -> usize {
    layer.kernel_size[0] * columns(layer, pixels) * layer.input[2] * pixels * layer.filters
}

/// Columns that the windows of so many neighbouring pixels span.
#[inline(always)]
const fn columns(layer: &Conv2DSizes, pixels: usize) -> usize {
    (layer.kernel_size[1] - 1) * layer.dilation_rate[1] + (pixels - 1) * layer.strides[1] + 1
}

/// How many pixels it is best to take at a time, on a machine.
pub(super) struct Known<S, L, T>(PhantomData<(S, L, T)>);

impl<S: Simd, L: Conv2DShape, T: Element> Known<S, L, T> {
    pub(super) const PIXELS: usize = best::<S, T>(&L::SIZES);
}

/// The best number of pixels for these vectors.
pub(super) const fn best<S: Simd, T: Element>(layer: &Conv2DSizes) -> usize {
    choose(layer, &machine::<T>(size_of::<T::Vector<S>>()))
}

/// The best number of pixels for a machine.
pub(super) const fn choose(layer: &Conv2DSizes, machine: &Machine) -> usize {
    let (plain, lanes) = (geometry(layer, &DestinationSizes::PLAIN), machine.lanes);
    if 2 * layer.filters > lanes || layer.groups > 1 {
        return 1;
    }
    let (filters, pixels) = (Tile::new(&plain, machine).cost, PixelsPlan::new(&plain, machine).cost);
    let (mut best, mut cost) = (1, if pixels < filters { pixels } else { filters });
    let mut pixels = 2;
    while pixels <= 8 && pixels * layer.filters <= lanes {
        if plain.output[1].is_multiple_of(pixels) {
            let kernel = [layer.kernel_size[0], columns(layer, pixels)];
            let strides = [layer.strides[0], pixels * layer.strides[1]];
            let dilation = [layer.dilation_rate[0], 1];
            let (filters, output) = (pixels * layer.filters, [plain.output[0], plain.output[1] / pixels]);
            let packed = Numbers { kernel, strides, dilation, filters, output, width: output[1], ..plain };
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
pub(super) fn pack<S: Simd, L: Layer<T>, T: Element>(_simd: S, shape: L, kernel: &[T], packed: &mut [T]) {
    let (layer, pixels) = (shape.sizes(), shape.pixels::<S>());
    let (width, channels, filters) = (layer.kernel_size[1], layer.input[2], layer.filters);
    packed.fill(T::zero());
    for (place, kernel) in kernel.chunks_exact(channels * filters).enumerate() {
        for pixel in 0..pixels {
            let column = place % width * layer.dilation_rate[1] + pixel * layer.strides[1];
            let first = (place / width * columns(&layer, pixels) + column) * channels * pixels * filters;
            for (channel, kernel) in kernel.chunks_exact(filters).enumerate() {
                let at = first + (channel * pixels + pixel) * filters;
                packed[at..at + filters].copy_from_slice(kernel);
            }
        }
    }
}
