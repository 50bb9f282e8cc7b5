//! Training: the samples of a shard.

use alloc::vec::Vec;
use core::ops::Range;

use fearless_simd::prelude::*;

use super::sums::{infer_with, side};
use super::{Conv3DSizes, Side};
use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::gemm::{add_rows, room};
use crate::kernels::{frame, lanes};
use crate::layers::conv2d::{Filters, FiltersMut};
use crate::layers::epilogue::Epilogue;

/// Computes every sample: `y = activation(x * kernel + bias)`.
///
/// - `x`: `samples` inputs, without zeros around them; `y`: as many outputs.
/// - `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn forward<S: Simd, L: Geometry<Conv3DSizes>, W: Filters<T>, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    weights: &W,
    samples: usize,
    x: &[T],
    y: &mut [T],
    activation: A,
    scratch: &mut Vec<T>,
) {
    forward_with(simd, shape, (weights.kernel(), weights.bias(), activation), (samples, x), y, scratch);
}

/// [`forward`] with the weights as slices.
#[inline(always)]
pub fn forward_with<S: Simd, L: Geometry<Conv3DSizes>, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    (kernel, bias, activation): (&[T], &[T], A),
    (samples, x): (usize, &[T]),
    y: &mut [T],
    scratch: &mut Vec<T>,
) {
    let sizes = shape.sizes();
    let scratch = room(scratch, sizes.scratch_len::<T>());
    for (x, y) in each(x, sizes.input(), samples).zip(each_mut(y, sizes.output(), samples)) {
        infer_with(simd, shape, kernel, x, y, scratch, Epilogue::bias(bias).activation(activation));
    }
}

/// Adds the gradients of the weights to `gradients`, and writes that of the input to `dx`.
///
/// - `x`: what went into [`forward`]; `dy`: the gradient before the activation.
/// - `dx`: as long as `x`; `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn backward<S: Simd, L: Geometry<Conv3DSizes>, W: Filters<T>, G: FiltersMut<T>, T: Element>(
    simd: S,
    shape: L,
    weights: &W,
    samples: usize,
    x: &[T],
    dy: &[T],
    gradients: &mut G,
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    add_rows(simd, &dy[..samples * shape.sizes().output().iter().product::<usize>()], gradients.bias_mut());
    kernel_and_input(simd, &shape.sizes(), weights.kernel(), samples, [x, dy], gradients.kernel_mut(), dx, scratch);
}

/// [`backward`] with the weights as slices: the gradients of the kernel and of the bias, which may be empty.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn backward_with<S: Simd, L: Geometry<Conv3DSizes>, T: Element>(
    simd: S,
    shape: L,
    kernel: &[T],
    samples: usize,
    [x, dy]: [&[T]; 2],
    [dkernel, dbias]: [&mut [T]; 2],
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    add_rows(simd, &dy[..samples * shape.sizes().output().iter().product::<usize>()], dbias);
    kernel_and_input(simd, &shape.sizes(), kernel, samples, [x, dy], dkernel, dx, scratch);
}

/// The gradients of kernel and input.
#[inline(never)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
fn kernel_and_input<S: Simd, T: Element>(
    simd: S,
    sizes: &Conv3DSizes,
    kernel: &[T],
    samples: usize,
    [x, dy]: [&[T]; 2],
    dkernel: &mut [T],
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let (input, output) = (sizes.input(), sizes.output());
    for (x, dy) in each(x, input, samples).zip(each(dy, output, samples)) {
        let [large, small] = if sizes.transposed { [dy, x] } else { [x, dy] };
        frame::vectorize(
            simd,
            #[inline(always)]
            || add_products(simd, sizes, large, small, dkernel),
        );
    }
    let Some(dx) = dx else { return };
    let to = if sizes.transposed { Side::Small } else { Side::Large };
    let scratch = room(scratch, sizes.most_packed::<T>(to));
    for (dx, dy) in each_mut(dx, input, samples).zip(each(dy, output, samples)) {
        side(simd, sizes, to, [kernel, dy], dx, scratch, Epilogue::bias(&[]));
    }
}

fn each<T>(values: &[T], shape: [usize; 4], samples: usize) -> impl Iterator<Item = &[T]> {
    values.chunks_exact(shape.iter().product::<usize>().max(1)).take(samples)
}

fn each_mut<T>(values: &mut [T], shape: [usize; 4], samples: usize) -> impl Iterator<Item = &mut [T]> {
    values.chunks_exact_mut(shape.iter().product::<usize>().max(1)).take(samples)
}

/// Adds `Σ large[i] · small[j]` to the gradient of each element of the window under which `i` and `j` meet, for one sample.
///
/// What a frame gives is added up in registers, and then to the gradient: so no sum is long.
#[inline(always)]
fn add_products<S: Simd, T: Element>(simd: S, sizes: &Conv3DSizes, large: &[T], small: &[T], dkernel: &mut [T]) {
    let [depth, height, width] = sizes.kernel_size;
    let mut tap = 0;
    for f in 0..depth {
        for r in 0..height {
            for c in 0..width {
                let [frames, rows, columns] = [meeting(sizes, 0, f), meeting(sizes, 1, r), meeting(sizes, 2, c)];
                for frame in frames.clone() {
                    let pixels = Pixels { sizes, taps: [f, r, c], frame, rows: rows.clone(), columns: columns.clone() };
                    pixels.add(simd, tap, large, small, dkernel);
                }
                tap += 1;
            }
        }
    }
}

/// The pixels of the small side that meet one of the large side under an element of the window, along an axis.
fn meeting(sizes: &Conv3DSizes, axis: usize, tap: usize) -> Range<usize> {
    let (reach, before) = (tap.saturating_mul(sizes.dilation_rate[axis]), sizes.before[axis]);
    let stride = sizes.strides[axis].max(1);
    let first = before.saturating_sub(reach).div_ceil(stride);
    let end = match (sizes.large[axis].saturating_add(before)).checked_sub(reach.saturating_add(1)) {
        Some(room) => (room / stride + 1).min(sizes.small[axis]),
        None => 0,
    };
    first.min(end)..end
}

/// Pixels of a frame of the small side, under one element of the window.
struct Pixels<'a> {
    sizes: &'a Conv3DSizes,
    taps: [usize; 3],
    frame: usize,
    rows: Range<usize>,
    columns: Range<usize>,
}

impl Pixels<'_> {
    /// Adds their products to the gradient.
    #[inline(always)]
    fn add<S: Simd, T: Element>(&self, simd: S, tap: usize, large: &[T], small: &[T], dkernel: &mut [T]) {
        const ROWS: usize = 4;
        let (sizes, lanes) = (self.sizes, T::Vector::<S>::LEN);
        let [rows, columns] = [Side::Large, Side::Small].map(|side| sizes.channels(side));
        for group in 0..sizes.groups {
            let mut row = 0;
            while row < rows {
                let four = rows - row >= ROWS;
                let to = (tap * rows + row) * sizes.small[3] + group * columns;
                let mut column = 0;
                while column < columns {
                    let two = columns - column >= 2 * lanes;
                    let at = [group * rows + row, group * columns + column, to + column];
                    let count = (columns - column).min(lanes);
                    match (four, two) {
                        (true, true) => self.block::<S, T, ROWS, 2>(simd, at, count, large, small, dkernel),
                        (true, false) => self.block::<S, T, ROWS, 1>(simd, at, count, large, small, dkernel),
                        (false, true) => self.block::<S, T, 1, 2>(simd, at, count, large, small, dkernel),
                        (false, false) => self.block::<S, T, 1, 1>(simd, at, count, large, small, dkernel),
                    }
                    column += if two { 2 * lanes } else { lanes };
                }
                row += if four { ROWS } else { 1 };
            }
        }
    }

    /// `MR` channels of the large side times `NV` vectors of those of the small side.
    #[inline(always)]
    fn block<S: Simd, T: Element, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        [large_at, small_at, to]: [usize; 3],
        count: usize,
        large: &[T],
        small: &[T],
        dkernel: &mut [T],
    ) {
        let Conv3DSizes { strides, dilation_rate, before, .. } = *self.sizes;
        let ([_, h, w, c], [_, height, width, channels]) = (self.sizes.large, self.sizes.small);
        let place = |axis: usize, j: usize| j * strides[axis] + self.taps[axis] * dilation_rate[axis] - before[axis];
        let lanes = T::Vector::<S>::LEN;
        let mut sums = [[lanes::zeros::<S, T>(simd); NV]; MR];
        for row in self.rows.clone() {
            let first = (place(0, self.frame) * h + place(1, row)) * w;
            for column in self.columns.clone() {
                let at = (first + place(2, column)) * c + large_at;
                let Some(inputs) = large.get(at..at + MR) else { return };
                let at = ((self.frame * height + row) * width + column) * channels + small_at;
                let mut vectors = [lanes::zeros::<S, T>(simd); NV];
                for (v, vector) in vectors.iter_mut().enumerate() {
                    *vector = lanes::load_or(simd, small, at + v * lanes, count, T::zero());
                }
                for m in 0..MR {
                    let input = lanes::splat::<S, T>(simd, inputs, m);
                    for v in 0..NV {
                        sums[m][v] = vectors[v].mul_add(input, sums[m][v]);
                    }
                }
            }
        }
        for m in 0..MR {
            for v in 0..NV {
                let at = to + m * channels + v * lanes;
                let old = lanes::load_part::<S, T>(simd, dkernel, at, count);
                lanes::store_part::<S, T>(old + sums[m][v], dkernel, at, count);
            }
        }
    }
}
