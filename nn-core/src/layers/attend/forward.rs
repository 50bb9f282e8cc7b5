//! From query, value and key to the output.

use fearless_simd::prelude::*;

#[cfg(feature = "alloc")]
use super::Dropout;
use super::{AttendSizes, Masks, Score, Weights};
use crate::element::Element;
use crate::kernels::{frame, lanes, math};
#[cfg(feature = "alloc")]
use crate::layers::dropout;
use crate::layers::softmax;

/// What stands before the score of a key that is not seen: so much less that nothing is left of its share.
const HIDDEN: f64 = 1e9;

/// The layer on one sample.
///
/// - `inputs`: query, value and key, of the shapes that `sizes` says; two of them may be the same slice.
/// - `y`: as many steps as the query, with the features of the value; `scratch`: [`AttendSizes::shares`] elements.
///
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::layers::attend::{self, AttendSizes, Masks, Score, Weights};
///
/// let sizes = AttendSizes { query: [1, 1], value: [3, 1], score: Score::Dot, use_causal_mask: false };
/// let weights = Weights { scale: &[], concat: &[] };
/// // All keys are alike, so every step of the value counts the same.
/// let (query, value, key) = ([7.0_f32], [1.0, 2.0, 6.0], [1.0; 3]);
/// let (mut y, mut scratch) = ([0.0], [0.0; 3]);
/// dispatch!(Level::new(), simd => {
///     attend::infer(simd, &sizes, weights, [&query, &value, &key], Masks::NONE, &mut y, &mut scratch)
/// });
/// assert!((y[0] - 3.0).abs() < 1e-6);
/// ```
#[inline(always)]
pub fn infer<S: Simd, T: Element>(
    simd: S,
    sizes: &AttendSizes,
    weights: Weights<'_, T>,
    inputs: [&[T]; 3],
    masks: Masks<'_, T>,
    y: &mut [T],
    scratch: &mut [T],
) {
    let [query, value, key] = inputs;
    let Some(shares) = scratch.get_mut(..sizes.shares()) else { return };
    shares_of(simd, sizes, weights, [query, key], masks, shares);
    answers(simd, sizes, [shares, value], masks.query, y);
}

/// The layer on every sample, with `dropout` on the shares.
///
/// - `inputs`, `masks`, `y`: those of `samples` samples; `saved`: [`AttendSizes::shares`] elements for each.
/// - `scratch`: grows as needed, what it holds does not matter.
#[cfg(feature = "alloc")]
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn forward<S: Simd, T: Element>(
    simd: S,
    sizes: &AttendSizes,
    weights: Weights<'_, T>,
    samples: usize,
    inputs: [&[T]; 3],
    masks: Masks<'_, T>,
    dropout: Dropout,
    y: &mut [T],
    saved: &mut [T],
    scratch: &mut alloc::vec::Vec<T>,
) {
    let AttendSizes { query: [steps, features], value: [keys, width], .. } = *sizes;
    let len = sizes.shares();
    for sample in 0..samples {
        let masks = masks.sample(sample, [steps, keys]);
        let part = |x: usize, len: usize| inputs[x].get(sample * len..(sample + 1) * len).unwrap_or_default();
        let (query, value, key) = (part(0, steps * features), part(1, keys * width), part(2, keys * features));
        let shares = saved.get_mut(sample * len..(sample + 1) * len).unwrap_or_default();
        let y = y.get_mut(sample * steps * width..(sample + 1) * steps * width).unwrap_or_default();
        shares_of(simd, sizes, weights, [query, key], masks, shares);
        if dropout.rate > 0.0 {
            let dropped = crate::kernels::gemm::room(scratch, len);
            drop(simd, dropout, sample, shares, dropped);
            answers(simd, sizes, [dropped, value], masks.query, y);
        } else {
            answers(simd, sizes, [shares, value], masks.query, y);
        }
    }
}

/// The dropout of the shares of a sample, or of their gradients.
#[cfg(feature = "alloc")]
#[inline(always)]
pub(super) fn drop<S: Simd, T: Element>(simd: S, how: Dropout, sample: usize, from: &[T], to: &mut [T]) {
    let first = (how.first + sample) * from.len();
    dropout::forward(simd, how.rate, how.key, how.stream, first as u64, from, to);
}

/// What each query gives to each key: a row of shares for each query.
#[inline(always)]
fn shares_of<S: Simd, T: Element>(
    simd: S,
    sizes: &AttendSizes,
    weights: Weights<'_, T>,
    inputs: [&[T]; 2],
    masks: Masks<'_, T>,
    shares: &mut [T],
) {
    scores(simd, sizes, weights, inputs, shares);
    hide(sizes, masks.value, shares);
    softmax::in_place(simd, [sizes.query[0], sizes.value[0], 1], shares);
}

/// Takes so much from what is not seen that nothing is left of it beside anything that is.
fn hide<T: Element>(sizes: &AttendSizes, mask: Option<&[T]>, scores: &mut [T]) {
    if mask.is_none() && !sizes.use_causal_mask {
        return;
    }
    for (query, scores) in scores.chunks_exact_mut(sizes.value[0].max(1)).enumerate() {
        for (key, score) in scores.iter_mut().enumerate() {
            let padding = mask.and_then(|mask| mask.get(key)).is_some_and(|mask| *mask <= T::zero());
            if padding || sizes.use_causal_mask && key > query {
                *score -= T::from_f64(HIDDEN);
            }
        }
    }
}

/// The score of each query and each key.
#[inline(never)]
pub(super) fn scores<S: Simd, T: Element>(
    simd: S,
    sizes: &AttendSizes,
    weights: Weights<'_, T>,
    [query, key]: [&[T]; 2],
    scores: &mut [T],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            // Neither is zero, which the compiler cannot know.
            let (features, keys) = (sizes.query[1].max(1), sizes.value[0].max(1));
            for (query, scores) in query.chunks_exact(features).zip(scores.chunks_exact_mut(keys)) {
                for (key, score) in key.chunks_exact(features).zip(scores) {
                    *score = match sizes.score {
                        Score::Dot => dot(simd, weights, query, key),
                        Score::Concat | Score::Additive => of_sums(simd, sizes.score, weights, query, key),
                    };
                }
            }
        },
    );
}

/// The first of some numbers, or 1.
#[inline(always)]
pub(super) fn one_or<T: Element>(numbers: &[T]) -> T {
    numbers.first().copied().unwrap_or(T::one())
}

/// `scale · Σ q · k`.
#[inline(always)]
fn dot<S: Simd, T: Element>(simd: S, weights: Weights<'_, T>, query: &[T], key: &[T]) -> T {
    let mut sum = lanes::zeros::<S, T>(simd);
    for at in (0..query.len()).step_by(T::Vector::<S>::LEN) {
        let count = (query.len() - at).min(T::Vector::<S>::LEN);
        let q = lanes::load_or::<S, T>(simd, query, at, count, T::zero());
        sum = q.mul_add(lanes::load_or::<S, T>(simd, key, at, count, T::zero()), sum);
    }
    let sum: T = sum.as_slice().iter().copied().sum();
    sum * one_or(weights.scale)
}

/// A sum of what `tanh` makes of the sums of query and key.
#[inline(always)]
fn of_sums<S: Simd, T: Element>(simd: S, score: Score, weights: Weights<'_, T>, query: &[T], key: &[T]) -> T {
    let scale = T::Vector::<S>::splat(simd, if score == Score::Concat { one_or(weights.scale) } else { T::one() });
    let mut sum = lanes::zeros::<S, T>(simd);
    for at in (0..query.len()).step_by(T::Vector::<S>::LEN) {
        let count = (query.len() - at).min(T::Vector::<S>::LEN);
        let q = lanes::load_or::<S, T>(simd, query, at, count, T::zero());
        let x = q + lanes::load_or::<S, T>(simd, key, at, count, T::zero());
        // Beyond the end it is the tangent of zero.
        sum = math::tanh::<S, T>(simd, scale * x).mul_add(of_feature(simd, score, weights, at, count), sum);
    }
    let sum: T = sum.as_slice().iter().copied().sum();
    if score == Score::Concat { sum * one_or(weights.concat) } else { sum }
}

/// What the tangents of some features are multiplied by.
#[inline(always)]
pub(super) fn of_feature<S: Simd, T: Element>(
    simd: S,
    score: Score,
    weights: Weights<'_, T>,
    at: usize,
    count: usize,
) -> T::Vector<S> {
    if score == Score::Additive && !weights.scale.is_empty() {
        lanes::load_or::<S, T>(simd, weights.scale, at, count, T::zero())
    } else {
        T::Vector::<S>::splat(simd, T::one())
    }
}

/// `shares · value`; zeros for queries that are masked.
#[inline(never)]
fn answers<S: Simd, T: Element>(
    simd: S,
    sizes: &AttendSizes,
    [shares, value]: [&[T]; 2],
    mask: Option<&[T]>,
    y: &mut [T],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            // Neither is zero, which the compiler cannot know.
            let (keys, width) = (sizes.value[0].max(1), sizes.value[1].max(1));
            for (step, (shares, y)) in shares.chunks_exact(keys).zip(y.chunks_exact_mut(width)).enumerate() {
                if mask.and_then(|mask| mask.get(step)).is_some_and(|mask| *mask <= T::zero()) {
                    y.fill(T::zero());
                    continue;
                }
                for at in (0..width).step_by(T::Vector::<S>::LEN) {
                    let count = (width - at).min(T::Vector::<S>::LEN);
                    let mut sum = lanes::zeros::<S, T>(simd);
                    for (share, value) in shares.iter().zip(value.chunks_exact(width)) {
                        let share = T::Vector::<S>::splat(simd, *share);
                        sum = share.mul_add(lanes::load_or::<S, T>(simd, value, at, count, T::zero()), sum);
                    }
                    lanes::store_part::<S, T>(sum, y, at, count);
                }
            }
        },
    );
}
