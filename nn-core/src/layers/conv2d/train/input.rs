//! The gradient of the input.
//!
//! Every input went into the outputs around it; so its gradient is a convolution of theirs, with the filters turned
//! around and channels and filters exchanged. Strides leave zeros between the rows and columns of `dy`.

use alloc::vec::Vec;
use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::super::channels::Inputs;
use super::super::infer::run;
use super::super::{Border, Conv2DShape, Plain, scratch_len};
use super::samples;
use crate::element::Element;
use crate::kernels::gemm::room;
use crate::layers::epilogue::Epilogue;
use crate::shape::Padding;

/// The convolution of `dy`, spread by the strides and with zeros around it, that gives the gradient of the input.
#[derive(Clone, Copy)]
pub(super) struct Reverse<L>(PhantomData<L>);

impl<L: Conv2DShape> Conv2DShape for Reverse<L> {
    const INPUT: [usize; 3] = [
        L::INPUT[0] + (L::KERNEL_SIZE[0] - 1) * L::DILATION_RATE[0],
        L::INPUT[1] + (L::KERNEL_SIZE[1] - 1) * L::DILATION_RATE[1],
        L::FILTERS,
    ];
    const FILTERS: usize = L::INPUT[2];
    const KERNEL_SIZE: [usize; 2] = L::KERNEL_SIZE;
    const PADDING: Padding = Padding::Valid;
    const DILATION_RATE: [usize; 2] = L::DILATION_RATE;
    const GROUPS: usize = L::GROUPS;
}

/// Writes the gradient of the input of every sample. `kernel` is that of the layer.
#[inline(always)]
pub(super) fn gradient<S: Simd, L: Conv2DShape, T: Element>(
    simd: S,
    shape: L,
    kernel: &[T],
    mut dy: &[T],
    mut dx: &mut [T],
    scratch: &mut Vec<T>,
) {
    let (input, output) = (L::INPUT.iter().product::<usize>(), L::OUTPUT.iter().product::<usize>());
    let mut together = samples::lanes_for::<S, L, T>(simd, shape, dy.len() / output);
    while together > 0 {
        let count = together.min(T::Vector::<S>::LEN);
        let (now, later) = dx.split_at_mut(count * input);
        let scratch = room(scratch, samples::scratch_len::<S, L, T>(simd, shape));
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
fn one_by_one<S: Simd, L: Conv2DShape, T: Element>(
    simd: S,
    _shape: L,
    kernel: &[T],
    dy: &[T],
    dx: &mut [T],
    scratch: &mut Vec<T>,
) {
    let around: usize = Reverse::<L>::INPUT.iter().product();
    let scratch = room(scratch, kernel.len() + around + scratch_len::<Reverse<L>, Plain, T>());
    let (reversed, scratch) = scratch.split_at_mut(kernel.len());
    let (spread, scratch) = scratch.split_at_mut(around);
    reverse::<L, T>(kernel, reversed);
    spread.fill(T::zero());
    let outputs = dy.chunks_exact(L::OUTPUT.iter().product());
    for (dy, dx) in outputs.zip(dx.chunks_exact_mut(L::INPUT.iter().product())) {
        spread_out::<L, T>(dy, spread);
        let inputs = Inputs { kernel: reversed, x: spread, epilogue: Epilogue::bias(&[]) };
        run(simd, (Reverse::<L>(PhantomData), Plain), inputs, dx, scratch);
    }
}

/// Turns the filters around and exchanges channels and filters, group by group.
#[inline(always)]
fn reverse<L: Conv2DShape, T: Element>(kernel: &[T], reversed: &mut [T]) {
    let (channels, filters) = (L::INPUT[2] / L::GROUPS, L::FILTERS / L::GROUPS);
    let place = channels * L::FILTERS;
    for (kernel, reversed) in kernel.chunks_exact(place).zip(reversed.chunks_exact_mut(place).rev()) {
        for (channel, kernel) in kernel.chunks_exact(L::FILTERS).enumerate() {
            for (filter, weight) in kernel.iter().enumerate() {
                let (group, filter) = (filter / filters, filter % filters);
                reversed[filter * L::INPUT[2] + group * channels + channel] = *weight;
            }
        }
    }
}

/// Puts the pixels of `dy` where they belong among the zeros; the others stay as they are.
#[inline(always)]
fn spread_out<L: Conv2DShape, T: Element>(dy: &[T], spread: &mut [T]) {
    let [height, width, filters] = Reverse::<L>::INPUT;
    let Border { top, left, .. } = L::BORDER;
    // May be less than zero: what the border cuts off is left out.
    let first = |size: usize, dilation: usize, border: usize| ((size - 1) * dilation).wrapping_sub(border);
    let row = first(L::KERNEL_SIZE[0], L::DILATION_RATE[0], top);
    let column = first(L::KERNEL_SIZE[1], L::DILATION_RATE[1], left);
    for (i, dy) in dy.chunks_exact(L::OUTPUT[1] * filters).enumerate() {
        let row = row.wrapping_add(i * L::STRIDES[0]);
        if row >= height {
            continue;
        }
        let spread = &mut spread[row * width * filters..][..width * filters];
        if L::STRIDES[1] == 1 && column.checked_add(L::OUTPUT[1]).is_some_and(|end| end <= width) {
            spread[column * filters..][..dy.len()].copy_from_slice(dy);
            continue;
        }
        for (j, dy) in dy.chunks_exact(filters).enumerate() {
            let column = column.wrapping_add(j * L::STRIDES[1]);
            if column < width {
                spread[column * filters..][..filters].copy_from_slice(dy);
            }
        }
    }
}
