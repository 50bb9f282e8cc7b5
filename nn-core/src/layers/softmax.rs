//! `Softmax` and `log_softmax`: numbers of any size become a distribution along one axis.
//!
//! The axis is the middle one of `[outer, n, inner]`: what lies outside of it (samples included), its size, what lies
//! inside of it. For the last axis `inner` is 1. Slices are equally long: `outer · n · inner`, in memory order.
//!
//! `softmax(x)ᵢ = exp(xᵢ - m) / Σⱼ exp(xⱼ - m)` with `m = maxⱼ xⱼ`, so nothing overflows;
//! `log_softmax(x)ᵢ = xᵢ - m - ln Σⱼ exp(xⱼ - m)`.

use fearless_simd::{Simd, SimdBase, SimdFloat};

use crate::element::Element;
use crate::kernels::math;
use crate::kernels::slices::{self, load, store};

/// `y = softmax(x)`.
#[inline(always)]
pub fn infer<S: Simd, T: Element>(simd: S, dims: [usize; 3], x: &[T], y: &mut [T]) {
    y.copy_from_slice(x);
    in_place(simd, dims, y);
}

/// `y = log_softmax(x)`.
#[inline(always)]
pub fn infer_log<S: Simd, T: Element>(simd: S, dims: [usize; 3], x: &[T], y: &mut [T]) {
    y.copy_from_slice(x);
    in_place_log(simd, dims, y);
}

/// `y = softmax(y)`.
#[inline(always)]
pub fn in_place<S: Simd, T: Element>(simd: S, [outer, n, inner]: [usize; 3], y: &mut [T]) {
    debug_assert_eq!(y.len(), outer * n * inner);
    if inner == 1 {
        for row in rows_mut(y, n) {
            let sum = exp_and_sum(simd, row);
            let scale = T::one() / sum;
            slices::map_in_place(
                simd,
                row,
                #[inline(always)]
                |y| y * scale,
            );
        }
    } else {
        for block in rows_mut(y, n * inner) {
            for_columns::<S, T>(
                inner,
                #[inline(always)]
                |from, to| {
                    let max = column_max(simd, block, inner, from, to);
                    let mut sum = T::Vector::<S>::splat(simd, T::zero());
                    for row in rows_mut(block, inner) {
                        let exp = math::exp::<S, T>(simd, load(simd, &row[from..to], T::zero()) - max);
                        sum += exp;
                        store::<S, T>(exp, &mut row[from..to]);
                    }
                    for row in rows_mut(block, inner) {
                        store::<S, T>(load(simd, &row[from..to], T::zero()) / sum, &mut row[from..to]);
                    }
                },
            );
        }
    }
}

/// `y = log_softmax(y)`.
#[inline(always)]
pub fn in_place_log<S: Simd, T: Element>(simd: S, [outer, n, inner]: [usize; 3], y: &mut [T]) {
    debug_assert_eq!(y.len(), outer * n * inner);
    for block in rows_mut(y, n * inner) {
        if inner == 1 {
            log_row(simd, block);
        } else {
            for_columns::<S, T>(
                inner,
                #[inline(always)]
                |from, to| log_columns(simd, block, inner, from, to),
            );
        }
    }
}

/// `dx = y · (dy - Σ dy·y)` along the axis, from the output of [`infer`]; overwrites `dx`.
#[inline(always)]
pub fn backward<S: Simd, T: Element>(simd: S, [outer, n, inner]: [usize; 3], y: &[T], dy: &[T], dx: &mut [T]) {
    debug_assert!(y.len() == outer * n * inner && dy.len() == y.len() && dx.len() == y.len());
    for ((y, dy), dx) in rows(y, n * inner).zip(rows(dy, n * inner)).zip(rows_mut(dx, n * inner)) {
        if inner == 1 {
            let dot = row_sum::<S, T>(
                simd,
                y,
                dy,
                #[inline(always)]
                |sum, y, dy| y.mul_add(dy, sum),
            );
            slices::zip(
                simd,
                y,
                dy,
                dx,
                #[inline(always)]
                |y, dy| y * (dy - dot),
            );
        } else {
            backward_columns::<S, T>(
                simd,
                inner,
                [y, dy],
                dx,
                #[inline(always)]
                |sum, y, dy| y.mul_add(dy, sum),
                #[inline(always)]
                |sum, y, dy| y * (dy - sum),
            );
        }
    }
}

/// `dx = dy - exp(y) · Σ dy` along the axis, from the output of [`infer_log`]; overwrites `dx`.
#[inline(always)]
pub fn backward_log<S: Simd, T: Element>(simd: S, [outer, n, inner]: [usize; 3], y: &[T], dy: &[T], dx: &mut [T]) {
    debug_assert!(y.len() == outer * n * inner && dy.len() == y.len() && dx.len() == y.len());
    for ((y, dy), dx) in rows(y, n * inner).zip(rows(dy, n * inner)).zip(rows_mut(dx, n * inner)) {
        if inner == 1 {
            let total = row_sum::<S, T>(
                simd,
                y,
                dy,
                #[inline(always)]
                |sum, _, dy| sum + dy,
            );
            slices::zip(
                simd,
                y,
                dy,
                dx,
                #[inline(always)]
                |y, dy| dy - math::exp::<S, T>(simd, y) * total,
            );
        } else {
            backward_columns::<S, T>(
                simd,
                inner,
                [y, dy],
                dx,
                #[inline(always)]
                |sum, _, dy| sum + dy,
                #[inline(always)]
                |sum, y, dy| dy - math::exp::<S, T>(simd, y) * sum,
            );
        }
    }
}

/// Rows of `n`; none where `n` is 0.
#[inline(always)]
fn rows<T>(x: &[T], n: usize) -> impl Iterator<Item = &[T]> {
    x.chunks_exact(n.max(1))
}

/// Rows of `n`, to write to; none where `n` is 0.
#[inline(always)]
fn rows_mut<T>(x: &mut [T], n: usize) -> impl Iterator<Item = &mut [T]> {
    x.chunks_exact_mut(n.max(1))
}

/// `f(from, to)` for each vector of columns.
#[inline(always)]
fn for_columns<S: Simd, T: Element>(inner: usize, mut f: impl FnMut(usize, usize)) {
    let lanes = T::Vector::<S>::LEN;
    for from in (0..inner).step_by(lanes) {
        f(from, inner.min(from + lanes));
    }
}

/// The largest of a row; -∞ of none.
#[inline(always)]
fn row_max<S: Simd, T: Element>(simd: S, row: &[T]) -> T {
    let mut max = T::Vector::<S>::splat(simd, T::neg_infinity());
    for part in row.chunks(T::Vector::<S>::LEN) {
        max = max.max(load::<S, T>(simd, part, T::neg_infinity()));
    }
    max.reduce_max()
}

/// The largest of each column from `from` to `to`; -∞ past them.
#[inline(always)]
fn column_max<S: Simd, T: Element>(simd: S, block: &[T], inner: usize, from: usize, to: usize) -> T::Vector<S> {
    let mut max = T::Vector::<S>::splat(simd, T::neg_infinity());
    for row in rows(block, inner) {
        max = max.max(load::<S, T>(simd, &row[from..to], T::zero()));
    }
    max
}

/// `row = exp(row - max)`; their sum.
#[inline(always)]
fn exp_and_sum<S: Simd, T: Element>(simd: S, row: &mut [T]) -> T {
    let max = row_max(simd, row);
    let mut sum = T::Vector::<S>::splat(simd, T::zero());
    for part in row.chunks_mut(T::Vector::<S>::LEN) {
        // exp(-∞) adds nothing in the lanes past the end.
        let exp = math::exp::<S, T>(simd, load::<S, T>(simd, part, T::neg_infinity()) - max);
        sum += exp;
        store::<S, T>(exp, part);
    }
    sum.reduce_sum()
}

/// `row = row - max - ln Σ exp(row - max)`.
#[inline(always)]
fn log_row<S: Simd, T: Element>(simd: S, row: &mut [T]) {
    let max = row_max(simd, row);
    let mut sum = T::Vector::<S>::splat(simd, T::zero());
    for part in row.chunks(T::Vector::<S>::LEN) {
        sum += math::exp::<S, T>(simd, load::<S, T>(simd, part, T::neg_infinity()) - max);
    }
    let ln = math::ln::<S, T>(simd, T::Vector::<S>::splat(simd, sum.reduce_sum()));
    slices::map_in_place(
        simd,
        row,
        #[inline(always)]
        |x| x - max - ln,
    );
}

/// The same for the columns from `from` to `to`.
#[inline(always)]
fn log_columns<S: Simd, T: Element>(simd: S, block: &mut [T], inner: usize, from: usize, to: usize) {
    let max = column_max(simd, block, inner, from, to);
    let mut sum = T::Vector::<S>::splat(simd, T::zero());
    for row in rows(block, inner) {
        sum += math::exp::<S, T>(simd, load(simd, &row[from..to], T::zero()) - max);
    }
    let ln = math::ln::<S, T>(simd, sum);
    for row in rows_mut(block, inner) {
        store::<S, T>(load(simd, &row[from..to], T::zero()) - max - ln, &mut row[from..to]);
    }
}

/// `add(…, yᵢ, dyᵢ)` over a row, then over the lanes.
#[inline(always)]
fn row_sum<S: Simd, T: Element>(
    simd: S,
    y: &[T],
    dy: &[T],
    add: impl Fn(T::Vector<S>, T::Vector<S>, T::Vector<S>) -> T::Vector<S>,
) -> T {
    let lanes = T::Vector::<S>::LEN;
    let mut sum = T::Vector::<S>::splat(simd, T::zero());
    for (y, dy) in y.chunks(lanes).zip(dy.chunks(lanes)) {
        sum = add(sum, load(simd, y, T::zero()), load(simd, dy, T::zero()));
    }
    sum.reduce_sum()
}

/// `dx = combine(sum, y, dy)`, where `sum` is `add(…, yᵢ, dyᵢ)` over each column.
#[inline(always)]
fn backward_columns<S: Simd, T: Element>(
    simd: S,
    inner: usize,
    [y, dy]: [&[T]; 2],
    dx: &mut [T],
    add: impl Fn(T::Vector<S>, T::Vector<S>, T::Vector<S>) -> T::Vector<S>,
    combine: impl Fn(T::Vector<S>, T::Vector<S>, T::Vector<S>) -> T::Vector<S>,
) {
    for_columns::<S, T>(
        inner,
        #[inline(always)]
        |from, to| {
            let mut sum = T::Vector::<S>::splat(simd, T::zero());
            for (y, dy) in rows(y, inner).zip(rows(dy, inner)) {
                sum = add(sum, load(simd, &y[from..to], T::zero()), load(simd, &dy[from..to], T::zero()));
            }
            for ((y, dy), dx) in rows(y, inner).zip(rows(dy, inner)).zip(rows_mut(dx, inner)) {
                let (y, dy) = (load(simd, &y[from..to], T::zero()), load(simd, &dy[from..to], T::zero()));
                store::<S, T>(combine(sum, y, dy), &mut dx[from..to]);
            }
        },
    );
}

#[cfg(test)]
mod tests;
