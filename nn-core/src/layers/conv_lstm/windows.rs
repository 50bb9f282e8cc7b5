//! Convolutions of one step, by numbers.

use fearless_simd::prelude::*;

use super::windows_along;
use crate::element::Element;
use crate::kernels::{frame, lanes};
use crate::shape::{self, Padding};

/// Where the windows of a convolution lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Windows {
    /// Height, width, channels.
    input: [usize; 3],
    /// Rows and columns of windows.
    pub(super) output: [usize; 2],
    /// The results of a window.
    results: usize,
    kernel: [usize; 2],
    strides: [usize; 2],
    dilation: [usize; 2],
    /// Zeros before the first element.
    before: [usize; 2],
}

impl Windows {
    pub(super) const fn new(
        input: [usize; 3],
        results: usize,
        kernel: [usize; 2],
        strides: [usize; 2],
        dilation: [usize; 2],
        padding: Padding,
    ) -> Self {
        let (mut before, mut output, mut axis) = ([0; 2], [0; 2], 0);
        while axis < 2 {
            let (size, kernel, stride, dilation) = (input[axis], kernel[axis], strides[axis], dilation[axis]);
            [before[axis], _] = shape::padding(padding, size, kernel, stride, dilation);
            output[axis] = windows_along(padding, size, kernel, stride, dilation);
            axis += 1;
        }
        Windows { input, output, results, kernel, strides, dilation, before }
    }

    /// The elements of the input.
    pub(super) const fn len(&self) -> usize {
        self.input[0] * self.input[1] * self.input[2]
    }

    /// The element of the input that a window sees at a place of the kernel, along an axis.
    #[inline(always)]
    fn seen(&self, axis: usize, window: usize, place: usize) -> Option<usize> {
        let at = (window * self.strides[axis] + place * self.dilation[axis]).checked_sub(self.before[axis])?;
        (at < self.input[axis]).then_some(at)
    }

    /// Calls `visit` with the first element of each pixel that a window sees, and the place of its tap in the kernel.
    #[inline(always)]
    fn taps(&self, window: usize, mut visit: impl FnMut(usize, usize)) {
        // Never zero, which the compiler cannot know.
        let columns = self.output[1].max(1);
        let (i, j) = (window / columns, window % columns);
        for row in 0..self.kernel[0] {
            let Some(y) = self.seen(0, i, row) else { continue };
            for column in 0..self.kernel[1] {
                if let Some(x) = self.seen(1, j, column) {
                    visit((y * self.input[1] + x) * self.input[2], row * self.kernel[1] + column);
                }
            }
        }
    }

    /// `out += x ∗ kernel`.
    #[inline(never)]
    pub(super) fn add<S: Simd, T: Element>(&self, simd: S, x: &[T], kernel: &[T], out: &mut [T]) {
        frame::vectorize(
            simd,
            #[inline(always)]
            || {
                for (window, out) in out.chunks_exact_mut(self.results.max(1)).enumerate() {
                    let wide = self.results / (4 * T::Vector::<S>::LEN) * 4 * T::Vector::<S>::LEN;
                    for at in (0..wide).step_by(4 * T::Vector::<S>::LEN) {
                        self.block::<S, T, 4>(simd, window, [x, kernel], at, T::Vector::<S>::LEN, out);
                    }
                    for at in (wide..self.results).step_by(T::Vector::<S>::LEN) {
                        let count = (self.results - at).min(T::Vector::<S>::LEN);
                        self.block::<S, T, 1>(simd, window, [x, kernel], at, count, out);
                    }
                }
            },
        );
    }

    /// Some vectors of the results of a window; `count` elements of the last.
    #[inline(always)]
    fn block<S: Simd, T: Element, const NV: usize>(
        &self,
        simd: S,
        window: usize,
        [x, kernel]: [&[T]; 2],
        at: usize,
        count: usize,
        out: &mut [T],
    ) {
        let len = T::Vector::<S>::LEN;
        let mut sums = [lanes::zeros::<S, T>(simd); NV];
        for (v, sum) in sums.iter_mut().enumerate() {
            *sum = lanes::load_or::<S, T>(simd, out, at + v * len, count, T::zero());
        }
        let channels = self.input[2];
        self.taps(
            window,
            #[inline(always)]
            |pixel, tap| {
                for channel in 0..channels {
                    let x = lanes::splat::<S, T>(simd, x, pixel + channel);
                    let row = (tap * channels + channel) * self.results + at;
                    for (v, sum) in sums.iter_mut().enumerate() {
                        *sum = x.mul_add(lanes::load_or::<S, T>(simd, kernel, row + v * len, count, T::zero()), *sum);
                    }
                }
            },
        );
        for (v, sum) in sums.into_iter().enumerate() {
            lanes::store_part::<S, T>(sum, out, at + v * len, count);
        }
    }

    /// Adds to the gradient of `x`.
    #[cfg(feature = "alloc")]
    #[inline(never)]
    pub(super) fn add_to_input<S: Simd, T: Element>(&self, simd: S, dy: &[T], kernel: &[T], dx: &mut [T]) {
        frame::vectorize(
            simd,
            #[inline(always)]
            || {
                let (channels, results) = (self.input[2], self.results.max(1));
                for (window, dy) in dy.chunks_exact(results).enumerate() {
                    self.taps(
                        window,
                        #[inline(always)]
                        |pixel, tap| {
                            let rows = kernel.get(tap * channels * results..).unwrap_or(&[]).chunks_exact(results);
                            let dx = dx.get_mut(pixel..pixel + channels).unwrap_or_default();
                            for (dx, row) in dx.iter_mut().zip(rows) {
                                *dx += dot(simd, dy, row);
                            }
                        },
                    );
                }
            },
        );
    }

    /// Adds to the gradient of the kernel.
    #[cfg(feature = "alloc")]
    #[inline(never)]
    pub(super) fn add_to_kernel<S: Simd, T: Element>(&self, simd: S, x: &[T], dy: &[T], sums: &mut [T]) {
        frame::vectorize(
            simd,
            #[inline(always)]
            || {
                let (channels, results) = (self.input[2], self.results.max(1));
                for (window, dy) in dy.chunks_exact(results).enumerate() {
                    self.taps(
                        window,
                        #[inline(always)]
                        |pixel, tap| {
                            let rows = sums.get_mut(tap * channels * results..).unwrap_or_default();
                            let x = x.get(pixel..pixel + channels).unwrap_or_default();
                            for (x, row) in x.iter().zip(rows.chunks_exact_mut(results)) {
                                add(simd, *x, dy, row);
                            }
                        },
                    );
                }
            },
        );
    }
}

/// `Σ a · b`.
#[cfg(feature = "alloc")]
#[inline(always)]
fn dot<S: Simd, T: Element>(simd: S, a: &[T], b: &[T]) -> T {
    let mut sum = lanes::zeros::<S, T>(simd);
    for at in (0..a.len()).step_by(T::Vector::<S>::LEN) {
        let count = (a.len() - at).min(T::Vector::<S>::LEN);
        let other = lanes::load_or::<S, T>(simd, b, at, count, T::zero());
        sum = lanes::load_or::<S, T>(simd, a, at, count, T::zero()).mul_add(other, sum);
    }
    sum.as_slice().iter().copied().sum()
}

/// `to += factor · from`.
#[cfg(feature = "alloc")]
#[inline(always)]
fn add<S: Simd, T: Element>(simd: S, factor: T, from: &[T], to: &mut [T]) {
    let factor = T::Vector::<S>::splat(simd, factor);
    for at in (0..from.len()).step_by(T::Vector::<S>::LEN) {
        let count = (from.len() - at).min(T::Vector::<S>::LEN);
        let old = lanes::load_or::<S, T>(simd, to, at, count, T::zero());
        let new = lanes::load_or::<S, T>(simd, from, at, count, T::zero()).mul_add(factor, old);
        lanes::store_part::<S, T>(new, to, at, count);
    }
}
