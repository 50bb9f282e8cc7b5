//! Elementwise loops with a factor for each channel, shaped so that the compiler makes vectors of them.
//!
//! Few channels would make short loops; so their factors are repeated up to [`WIDTH`] elements.

use core::ops::Range;

use crate::element::Element;
#[cfg(feature = "alloc")]
use crate::kernels::slices;

/// The least length of an inner loop, where there are that many elements.
const WIDTH: usize = 64;
/// How many rows are added up, in pairs, before their sum goes to a total in `f64`.
#[cfg(feature = "alloc")]
const AT_ONCE: usize = 4;

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
    mut totals: [&mut [f64]; K],
    f: impl Fn(T, T, T) -> [T; K] + Copy,
) {
    totals.iter_mut().for_each(|totals| totals.fill(0.0));
    for_each_run(
        dims,
        samples,
        usize::MAX,
        #[inline(always)]
        |first, channels, elements| {
            let (x, dy) = (&x[elements.clone()], &dy[elements]);
            // Few channels: rows of several pixels. Many: columns of the pixels, all of about the same width.
            let stride = width(channels);
            let step = if stride > WIDTH { channels.div_ceil(channels.div_ceil(WIDTH)) } else { channels };
            for from in (0..channels).step_by(step) {
                let to = channels.min(from + step);
                let totals = totals.each_mut().map(
                    #[inline(always)]
                    |totals| &mut totals[first + from..first + to],
                );
                let factors = factors.get(first + from..first + to).unwrap_or_default();
                let width = if stride > WIDTH { to - from } else { stride };
                sum_rows::<T, K>([stride, width], factors, (&x[from..], &dy[from..]), totals, f);
            }
        },
    );
}

/// Adds up the first `width` elements of the rows that begin every `stride` elements; the totals repeat within a row.
///
/// The sums and the factors are arrays of this function: so the compiler sees that nothing else writes to them, and makes
/// vectors.
#[cfg(feature = "alloc")]
#[inline(always)]
fn sum_rows<T: Element, const K: usize>(
    [stride, width]: [usize; 2],
    factors: &[T],
    (x, dy): (&[T], &[T]),
    mut totals: [&mut [f64]; K],
    f: impl Fn(T, T, T) -> [T; K],
) {
    let (stride, width) = (stride.max(1), width.min(WIDTH));
    let (mut repeated, mut sums) = ([T::zero(); WIDTH], [[0.0_f64; WIDTH]; K]);
    repeat(factors, &mut repeated);
    let (mut xs, mut dys) = (x.chunks_exact(AT_ONCE * stride), dy.chunks_exact(AT_ONCE * stride));
    for (x, dy) in (&mut xs).zip(&mut dys) {
        // All of one visible length: then nothing is checked in the loop.
        let row = |x, at: usize| slices::part::<T>(x, at * stride, at * stride + width);
        let [x0, x1, x2, x3] = [row(x, 0), row(x, 1), row(x, 2), row(x, 3)].map(|row| &row[..width]);
        let [dy0, dy1, dy2, dy3] = [row(dy, 0), row(dy, 1), row(dy, 2), row(dy, 3)].map(|row| &row[..width]);
        for i in 0..width {
            let [a, b] = [f(repeated[i], x0[i], dy0[i]), f(repeated[i], x1[i], dy1[i])];
            let [c, d] = [f(repeated[i], x2[i], dy2[i]), f(repeated[i], x3[i], dy3[i])];
            for k in 0..K {
                sums[k][i] += Element::to_f64((a[k] + b[k]) + (c[k] + d[k]));
            }
        }
    }
    for (x, dy) in xs.remainder().chunks(stride).zip(dys.remainder().chunks(stride)) {
        for (i, (&x, &dy)) in x.iter().zip(dy).take(width).enumerate() {
            let terms = f(repeated[i], x, dy);
            for k in 0..K {
                sums[k][i] += Element::to_f64(terms[k]);
            }
        }
    }
    for (totals, sums) in totals.iter_mut().zip(&sums) {
        for sums in sums[..width].chunks_exact(totals.len().max(1)) {
            for (total, sum) in totals.iter_mut().zip(sums) {
                *total += *sum;
            }
        }
    }
}
