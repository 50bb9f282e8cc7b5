//! Elementwise loops with a factor for each channel, shaped so that the compiler makes vectors of them.
//!
//! Few channels would make short loops; so their factors are repeated up to [`WIDTH`] elements.

use core::ops::Range;

use crate::element::Element;

/// The least length of an inner loop, where there are that many elements.
const WIDTH: usize = 64;
/// How many elements are summed up before the sum goes to a total: keeps rounding errors small.
#[cfg(feature = "alloc")]
const RUN: usize = 4096;

/// How often factors for `channels` channels are repeated, times their number.
pub(super) const fn width(channels: usize) -> usize {
    if channels < WIDTH { channels * (WIDTH / channels) } else { channels }
}

/// Calls `visit(first channel, number of channels, elements)` for stretches of the samples whose channels go round.
#[inline(always)]
fn for_each_run(
    [outer, channels, inner]: [usize; 3],
    samples: usize,
    most: usize,
    mut visit: impl FnMut(usize, usize, Range<usize>),
) {
    let (all, channels) = (samples * outer * channels, channels.max(1));
    if inner > 1 {
        for i in 0..all {
            visit(i % channels, 1, i * inner..(i + 1) * inner);
        }
    } else {
        let step = channels * (most / channels).max(1);
        for first in (0..all).step_by(step) {
            visit(0, channels, first..all.min(first + step));
        }
    }
}

/// `y = f(factors of the channel, x, dy)` for every element.
///
/// Slices that are too short are a mistake of the caller's; they give wrong numbers, never a panic.
/// The functions are inlined, closures included: only so they have the vectors of the caller.
#[inline(always)]
pub(super) fn map<T: Element, const K: usize>(
    dims: [usize; 3],
    samples: usize,
    factors: [&[T]; K],
    (x, dy, y): (&[T], &[T], &mut [T]),
    f: impl Fn([T; K], T, T) -> T + Copy,
) {
    let mut repeated = [[T::zero(); WIDTH]; K];
    for_each_run(
        dims,
        samples,
        usize::MAX,
        #[inline(always)]
        |first, channels, elements| {
            let width = width(channels);
            let (Some(x), Some(dy), Some(y)) = (x.get(elements.clone()), dy.get(elements.clone()), y.get_mut(elements))
            else {
                return;
            };
            let mut wide: [&[T]; K] = [&[]; K];
            for (wide, factors) in wide.iter_mut().zip(factors) {
                *wide = factors.get(first..first + channels).unwrap_or_default();
            }
            if width > WIDTH {
                return map_run(width, wide, (x, dy, y), f);
            }
            for (repeated, wide) in repeated.iter_mut().zip(&mut wide) {
                repeat(wide, repeated);
                *wide = repeated.get(..width).unwrap_or_default();
            }
            map_run(width, wide, (x, dy, y), f);
        },
    );
}

/// Fills `repeated` with copies of `factors`, as often as they fit as a whole.
#[inline(always)]
fn repeat<T: Element>(factors: &[T], repeated: &mut [T]) {
    for repeated in repeated.chunks_exact_mut(factors.len().max(1)) {
        for (repeated, factor) in repeated.iter_mut().zip(factors) {
            *repeated = *factor;
        }
    }
}

#[inline(always)]
fn map_run<T: Element, const K: usize>(
    width: usize,
    factors: [&[T]; K],
    (x, dy, y): (&[T], &[T], &mut [T]),
    f: impl Fn([T; K], T, T) -> T,
) {
    let width = width.max(1);
    for ((x, dy), y) in x.chunks(width).zip(dy.chunks(width)).zip(y.chunks_mut(width)) {
        // All of one visible length: then nothing is checked in the loop.
        let len = y.len();
        let mut cut: [&[T]; K] = [&[]; K];
        for (cut, factors) in cut.iter_mut().zip(factors) {
            let Some(factors) = factors.get(..len) else { return };
            *cut = factors;
        }
        let (Some(x), Some(dy)) = (x.get(..len), dy.get(..len)) else { return };
        for i in 0..len {
            let mut factors = [T::zero(); K];
            for k in 0..K {
                factors[k] = cut[k][i];
            }
            y[i] = f(factors, x[i], dy[i]);
        }
    }
}

/// Sums of `f(factor of the channel, x, dy)` over all elements of each channel, `K` of them.
///
/// `factors` may be empty where `f` does not look at them.
#[cfg(feature = "alloc")]
#[inline(always)]
pub(super) fn sum<T: Element, const K: usize>(
    dims: [usize; 3],
    samples: usize,
    factors: &[T],
    (x, dy): (&[T], &[T]),
    scratch: &mut alloc::vec::Vec<T>,
    mut totals: [&mut [T]; K],
    f: impl Fn(T, T, T) -> [T; K] + Copy,
) {
    totals.iter_mut().for_each(|totals| totals.fill(T::zero()));
    scratch.clear();
    scratch.resize((K + 1) * width(dims[1]).max(WIDTH), T::zero());
    for_each_run(
        dims,
        samples,
        RUN,
        #[inline(always)]
        |first, channels, elements| {
            let width = width(channels);
            let (repeated, sums) = scratch[..(K + 1) * width].split_at_mut(width);
            repeat(factors.get(first..first + channels).unwrap_or_default(), repeated);
            sums.fill(T::zero());
            sum_run::<T, K>(repeated, (&x[elements.clone()], &dy[elements]), sums, f);
            for (totals, sums) in totals.iter_mut().zip(sums.chunks_exact(width)) {
                for sums in sums.chunks_exact(channels) {
                    for (total, sum) in totals[first..first + channels].iter_mut().zip(sums) {
                        *total += *sum;
                    }
                }
            }
        },
    );
}

/// Adds `f(factor, x, dy)` to `K` rows of sums, each as long as the factors.
#[cfg(feature = "alloc")]
#[inline(always)]
fn sum_run<T: Element, const K: usize>(
    factors: &[T],
    (x, dy): (&[T], &[T]),
    sums: &mut [T],
    f: impl Fn(T, T, T) -> [T; K],
) {
    let width = factors.len();
    for (x, dy) in x.chunks(width).zip(dy.chunks(width)) {
        let len = x.len();
        let mut rows = sums.chunks_exact_mut(width);
        let cut: [&mut [T]; K] = core::array::from_fn(
            #[inline(always)]
            |_| &mut rows.next().unwrap_or_default()[..len],
        );
        let (factors, dy) = (&factors[..len], &dy[..len]);
        for i in 0..len {
            let terms = f(factors[i], x[i], dy[i]);
            for k in 0..K {
                cut[k][i] += terms[k];
            }
        }
    }
}
