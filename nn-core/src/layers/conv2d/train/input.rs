//! The gradient of the input.
//!
//! Every input went into the outputs around it; so its gradient is a convolution of theirs, with the filters flipped
//! in both axes, and channels and filters exchanged. Strides leave zeros between the rows and columns of `dy`.

use alloc::vec::Vec;
use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::super::channels::Inputs;
use super::super::infer::run;
use super::super::plan::Planned;
use super::super::{Border, Conv2DShape, Conv2DSizes};
use super::layer::Layer;
use super::samples;
use crate::element::Element;
use crate::kernels::gemm::room;
use crate::layers::epilogue::Epilogue;

/// The convolution of `dy`, spread by the strides and with zeros around it, that gives the gradient of the input.
#[derive(Clone, Copy)]
pub(crate) struct Reverse<L>(pub(super) PhantomData<L>);

impl<L: Conv2DShape> Reverse<L> {
    const REVERSE: Conv2DSizes = reverse(&L::SIZES);
}

impl<L: Conv2DShape> Conv2DShape for Reverse<L> {
    const INPUT: [usize; 3] = Self::REVERSE.input;
    const FILTERS: usize = Self::REVERSE.filters;
    const KERNEL_SIZE: [usize; 2] = Self::REVERSE.kernel_size;
    const DILATION_RATE: [usize; 2] = Self::REVERSE.dilation_rate;
    const GROUPS: usize = Self::REVERSE.groups;
}

/// The sizes of that convolution.
pub(super) const fn reverse(layer: &Conv2DSizes) -> Conv2DSizes {
    Conv2DSizes {
        input: spread(layer),
        filters: layer.input[2],
        kernel_size: layer.kernel_size,
        strides: [1, 1],
        pads: [[0; 2]; 2],
        dilation_rate: layer.dilation_rate,
        groups: layer.groups,
    }
}

/// Height, width and filters of `dy` among the zeros.
#[inline(always)]
const fn spread(layer: &Conv2DSizes) -> [usize; 3] {
    [
        layer.input[0] + (layer.kernel_size[0] - 1) * layer.dilation_rate[0],
        layer.input[1] + (layer.kernel_size[1] - 1) * layer.dilation_rate[1],
        layer.filters,
    ]
}

/// Writes the gradient of the input of every sample. `kernel` is that of the layer.
#[inline(always)]
pub(super) fn gradient<S: Simd, L: Layer<T>, T: Element>(
    simd: S,
    shape: L,
    kernel: &[T],
    mut dy: &[T],
    mut dx: &mut [T],
    scratch: &mut Vec<T>,
) {
    let (input, output) = (shape.sizes().input.iter().product::<usize>(), shape.output().iter().product::<usize>());
    let mut together = samples::lanes_for(simd, shape, dy.len() / output);
    while together > 0 {
        let count = together.min(T::Vector::<S>::LEN);
        let (now, later) = dx.split_at_mut(count * input);
        let scratch = room(scratch, samples::scratch_len(simd, shape));
        samples::gradient(simd, shape, kernel, &dy[..count * output], now, scratch);
        (dy, dx) = (&dy[count * output..], later);
        together -= count;
    }
    if !dy.is_empty() {
        one_by_one(simd, shape, kernel, dy, dx, scratch);
    }
}

/// The same, one sample after the other.
#[inline(always)]
fn one_by_one<S: Simd, L: Layer<T>, T: Element>(
    simd: S,
    shape: L,
    kernel: &[T],
    dy: &[T],
    dx: &mut [T],
    scratch: &mut Vec<T>,
) {
    let (layer, reverse) = (shape.sizes(), shape.reverse());
    let around: usize = spread(&layer).iter().product();
    let scratch = room(scratch, kernel.len() + around + reverse.scratch_len());
    let (reversed, scratch) = scratch.split_at_mut(kernel.len());
    let (zeros, scratch) = scratch.split_at_mut(around);
    flip(&layer, kernel, reversed);
    zeros.fill(T::zero());
    let outputs = dy.chunks_exact(shape.output().iter().product());
    for (dy, dx) in outputs.zip(dx.chunks_exact_mut(layer.input.iter().product())) {
        spread_out(shape, dy, zeros);
        let inputs = Inputs { kernel: reversed, x: zeros, epilogue: Epilogue::bias(&[]) };
        run(simd, reverse, inputs, dx, scratch);
    }
}

/// Flips the filters in both axes and exchanges channels and filters, group by group.
#[inline(always)]
fn flip<T: Element>(layer: &Conv2DSizes, kernel: &[T], reversed: &mut [T]) {
    let (channels, filters) = (layer.input[2] / layer.groups, layer.filters / layer.groups);
    let place = channels * layer.filters;
    for (kernel, reversed) in kernel.chunks_exact(place).zip(reversed.chunks_exact_mut(place).rev()) {
        for (channel, kernel) in kernel.chunks_exact(layer.filters).enumerate() {
            for (filter, weight) in kernel.iter().enumerate() {
                let (group, filter) = (filter / filters, filter % filters);
                reversed[filter * layer.input[2] + group * channels + channel] = *weight;
            }
        }
    }
}

/// Puts the pixels of `dy` where they belong among the zeros; the others stay as they are.
#[inline(always)]
fn spread_out<L: Layer<T>, T: Element>(shape: L, dy: &[T], zeros: &mut [T]) {
    let (layer, [_, columns, _]) = (shape.sizes(), shape.output());
    let [height, width, filters] = spread(&layer);
    let Border { top, left, .. } = shape.border();
    // May be less than zero: what the border cuts off is left out.
    let first = |size: usize, dilation: usize, border: usize| ((size - 1) * dilation).wrapping_sub(border);
    let row = first(layer.kernel_size[0], layer.dilation_rate[0], top);
    let column = first(layer.kernel_size[1], layer.dilation_rate[1], left);
    for (i, dy) in dy.chunks_exact(columns * filters).enumerate() {
        let row = row.wrapping_add(i * layer.strides[0]);
        if row >= height {
            continue;
        }
        let zeros = &mut zeros[row * width * filters..][..width * filters];
        if layer.strides[1] == 1 && column.checked_add(columns).is_some_and(|end| end <= width) {
            zeros[column * filters..][..dy.len()].copy_from_slice(dy);
            continue;
        }
        for (j, dy) in dy.chunks_exact(filters).enumerate() {
            let column = column.wrapping_add(j * layer.strides[1]);
            if column < width {
                zeros[column * filters..][..filters].copy_from_slice(dy);
            }
        }
    }
}
