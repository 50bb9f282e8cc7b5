//! Softmax over the keys, in the lanes of the queries.

use fearless_simd::prelude::*;

use super::masks::Seen;
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::{lanes, math};

/// The scores of some queries: a row of `width` queries for each key.
pub(super) struct Scores<'a, T> {
    pub(super) values: &'a mut [T],
    pub(super) width: usize,
    /// The first of the queries.
    pub(super) first: usize,
}

/// Turns scores into shares of one, in place.
#[inline(never)]
pub(super) fn softmax<S: Simd, T: Element>(simd: S, scores: Scores<'_, T>, seen: Seen<'_, T>) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            let Scores { values, width, first } = scores;
            for column in (0..width).step_by(T::Vector::<S>::LEN) {
                if !seen.everything() {
                    hide(simd, values, width, column, seen, (first, T::min_value() * T::from_f64(0.7)));
                }
                one(simd, values, width, column);
                if seen.nothing && !seen.everything() {
                    hide(simd, values, width, column, seen, (first, T::zero()));
                }
            }
        },
    );
}

/// Puts `filling` in place of what a query from `first + column` on does not see.
#[inline(always)]
fn hide<S: Simd, T: Element>(
    simd: S,
    values: &mut [T],
    width: usize,
    column: usize,
    seen: Seen<'_, T>,
    (first, filling): (usize, T),
) {
    let limits = seen.limits(simd, first + column);
    for (index, row) in values.chunks_exact_mut(width).enumerate() {
        let filling = T::Vector::<S>::splat(simd, filling);
        let score = match seen.key(index) {
            true => limits.simd_gt(T::from_f64(index as f64)).select(lanes::load(simd, row, column), filling),
            false => filling,
        };
        let score = match seen.pairs(simd, first + column, index) {
            Some(pairs) => pairs.simd_gt(T::zero()).select(score, filling),
            None => score,
        };
        lanes::store::<S, T>(score, row, column);
    }
}

/// One vector of queries.
#[inline(always)]
fn one<S: Simd, T: Element>(simd: S, values: &mut [T], width: usize, column: usize) {
    let mut max = T::Vector::<S>::splat(simd, T::neg_infinity());
    for row in values.chunks_exact(width) {
        max = max.max(lanes::load::<S, T>(simd, row, column));
    }
    let mut sum = lanes::zeros::<S, T>(simd);
    for row in values.chunks_exact_mut(width) {
        let exp = math::exp_below::<S, T>(simd, lanes::load::<S, T>(simd, row, column) - max);
        sum += exp;
        lanes::store::<S, T>(exp, row, column);
    }
    let scale = T::Vector::<S>::splat(simd, T::one()) / sum;
    for row in values.chunks_exact_mut(width) {
        lanes::store::<S, T>(lanes::load::<S, T>(simd, row, column) * scale, row, column);
    }
}

/// `ds = p · (dp − Σ p · dp) · factor` in place of `dp`; nothing where a query does not see.
#[cfg(feature = "alloc")]
#[inline(never)]
pub(super) fn backward<S: Simd, T: Element>(simd: S, p: &[T], dp: Scores<'_, T>, seen: Seen<'_, T>, factor: T) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            let Scores { values, width, first } = dp;
            for column in (0..width).step_by(T::Vector::<S>::LEN) {
                let mut sum = lanes::zeros::<S, T>(simd);
                for (p, dp) in p.chunks_exact(width).zip(values.chunks_exact(width)) {
                    sum = lanes::load::<S, T>(simd, p, column).mul_add(lanes::load::<S, T>(simd, dp, column), sum);
                }
                for (p, dp) in p.chunks_exact(width).zip(values.chunks_exact_mut(width)) {
                    let share = lanes::load::<S, T>(simd, p, column) * factor;
                    lanes::store::<S, T>(share * (lanes::load::<S, T>(simd, dp, column) - sum), dp, column);
                }
                if !seen.everything() {
                    hide(simd, values, width, column, seen, (first, T::zero()));
                }
            }
        },
    );
}
