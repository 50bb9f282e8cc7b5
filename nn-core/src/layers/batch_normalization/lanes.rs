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
    let all = samples * outer * channels;
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
#[inline(always)]
pub(super) fn map<T: Element, const K: usize>(
    dims: [usize; 3],
    samples: usize,
    factors: [&[T]; K],
    (x, dy, y): (&[T], &[T], &mut [T]),
    f: impl Fn([T; K], T, T) -> T,
) {
    let mut repeated = [[T::zero(); WIDTH]; K];
    for_each_run(dims, samples, usize::MAX, |first, channels, elements| {
        let width = width(channels);
        let wide: [&[T]; K] = core::array::from_fn(|k| &factors[k][first..first + channels]);
        let (x, dy, y) = (&x[elements.clone()], &dy[elements.clone()], &mut y[elements]);
        if width > WIDTH {
            return map_run(width, wide, (x, dy, y), &f);
        }
        for (repeated, wide) in repeated.iter_mut().zip(wide) {
            for repeated in repeated.chunks_exact_mut(channels) {
                repeated.copy_from_slice(wide);
            }
        }
        map_run(width, core::array::from_fn(|k| &repeated[k][..width]), (x, dy, y), &f);
    });
}

#[inline(always)]
fn map_run<T: Element, const K: usize>(
    width: usize,
    factors: [&[T]; K],
    (x, dy, y): (&[T], &[T], &mut [T]),
    f: &impl Fn([T; K], T, T) -> T,
) {
    for ((x, dy), y) in x.chunks(width).zip(dy.chunks(width)).zip(y.chunks_mut(width)) {
        let factors = factors.map(|factors| &factors[..y.len()]);
        let (x, dy) = (&x[..y.len()], &dy[..y.len()]);
        for (i, y) in y.iter_mut().enumerate() {
            *y = f(core::array::from_fn(|k| factors[k][i]), x[i], dy[i]);
        }
    }
}

/// Sums of `f(factor of the channel, x, dy)` over all elements of each channel, `K` of them.
#[cfg(feature = "alloc")]
#[inline(always)]
pub(super) fn sum<T: Element, const K: usize>(
    dims: [usize; 3],
    samples: usize,
    factors: &[T],
    (x, dy): (&[T], &[T]),
    scratch: &mut alloc::vec::Vec<T>,
    mut totals: [&mut [T]; K],
    f: impl Fn(T, T, T) -> [T; K],
) {
    totals.iter_mut().for_each(|totals| totals.fill(T::zero()));
    scratch.clear();
    scratch.resize((K + 1) * width(dims[1]).max(WIDTH), T::zero());
    for_each_run(dims, samples, RUN, |first, channels, elements| {
        let width = width(channels);
        let (repeated, sums) = scratch[..(K + 1) * width].split_at_mut(width);
        for repeated in repeated.chunks_exact_mut(channels) {
            repeated.copy_from_slice(&factors[first..first + channels]);
        }
        sums.fill(T::zero());
        let mut sums = sums.chunks_exact_mut(width);
        let sums: [&mut [T]; K] = core::array::from_fn(|_| sums.next().unwrap_or_default());
        for (x, dy) in x[elements.clone()].chunks(width).zip(dy[elements].chunks(width)) {
            for (i, (x, dy)) in x.iter().zip(dy).enumerate() {
                let terms = f(repeated[i], *x, *dy);
                for k in 0..K {
                    sums[k][i] += terms[k];
                }
            }
        }
        for (totals, sums) in totals.iter_mut().zip(&sums) {
            for sums in sums.chunks_exact(channels) {
                for (total, sum) in totals[first..first + channels].iter_mut().zip(sums) {
                    *total += *sum;
                }
            }
        }
    });
}
