//! The passes of training over the samples of a shard.
//!
//! None depends on the sizes of a layer: one piece of code for all layers of an element type.

use fearless_simd::prelude::*;

use super::lanes;
use crate::element::Element;
use crate::kernels::frame;

/// Sums of each channel.
#[inline(never)]
pub(super) fn sum<S: Simd, T: Element>(simd: S, dims: [usize; 3], samples: usize, x: &[T], totals: &mut [f64]) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            lanes::sum(
                dims,
                samples,
                &[],
                (x, x),
                [totals],
                #[inline(always)]
                |_, x, _| [x],
            );
        },
    );
}

/// Sums of the distances from the mean, and of their squares.
#[inline(never)]
pub(super) fn distances<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    samples: usize,
    mean: &[T],
    x: &[T],
    totals: [&mut [f64]; 2],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            lanes::sum(
                dims,
                samples,
                mean,
                (x, x),
                totals,
                #[inline(always)]
                |mean, x, _| [x - mean, (x - mean) * (x - mean)],
            );
        },
    );
}

/// Sums of the gradients, and of their products with the distances from the mean.
#[inline(never)]
pub(super) fn products<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    samples: usize,
    mean: &[T],
    (x, dy): (&[T], &[T]),
    totals: [&mut [f64]; 2],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            lanes::sum(
                dims,
                samples,
                mean,
                (x, dy),
                totals,
                #[inline(always)]
                |mean, x, dy| [dy, dy * (x - mean)],
            );
        },
    );
}

/// `y = (x − mean) · scale + shift`, for the factors of each channel in this order.
#[inline(never)]
pub(super) fn normalize<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    samples: usize,
    factors: [&[T]; 3],
    x: &[T],
    y: &mut [T],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            lanes::map(
                dims,
                samples,
                factors,
                (x, x, y),
                #[inline(always)]
                |[mean, scale, shift], x, _| (x - mean) * scale + shift,
            );
        },
    );
}

/// `dx = (dy − ((x − mean) · along + rest + level)) · scale`, for `mean`, `scale`, `along`, `level` and its `rest` of each channel.
#[inline(never)]
pub(super) fn gradient<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    samples: usize,
    factors: [&[T]; 5],
    (x, dy): (&[T], &[T]),
    dx: &mut [T],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            lanes::map(
                dims,
                samples,
                factors,
                (x, dy, dx),
                #[inline(always)]
                |[mean, scale, along, level, rest], x, dy| (dy - ((x - mean) * along + rest + level)) * scale,
            );
        },
    );
}

/// `y = x · scale + shift`.
#[inline(never)]
pub(super) fn affine<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    samples: usize,
    factors: [&[T]; 2],
    x: &[T],
    y: &mut [T],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            lanes::map(
                dims,
                samples,
                factors,
                (x, x, y),
                #[inline(always)]
                |[scale, shift], x, _| x * scale + shift,
            );
        },
    );
}
