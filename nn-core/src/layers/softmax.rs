//! `Softmax` and `log_softmax`: numbers of any size become a distribution along one axis.
//!
//! The axis is the middle one of `[outer, n, inner]`: what lies outside of it (samples included), its size, what lies
//! inside of it. For the last axis `inner` is 1. Slices are equally long: `outer · n · inner`, in memory order.
//!
//! `softmax(x)ᵢ = exp(xᵢ - m) / Σⱼ exp(xⱼ - m)` with `m = maxⱼ xⱼ`, so nothing overflows;
//! `log_softmax(x)ᵢ = xᵢ - m - ln Σⱼ exp(xⱼ - m)`.

use fearless_simd::{Simd, SimdBase, SimdFloat};

use crate::element::Element;
use crate::kernels::slices::{self, load, part, part_mut, store};
use crate::kernels::{lanes, math};

/// `y = softmax(x)`.
#[inline(always)]
pub fn infer<S: Simd, T: Element>(simd: S, dims: [usize; 3], x: &[T], y: &mut [T]) {
    slices::copy(x, y);
    in_place(simd, dims, y);
}

/// `y = log_softmax(x)`.
#[inline(always)]
pub fn infer_log<S: Simd, T: Element>(simd: S, dims: [usize; 3], x: &[T], y: &mut [T]) {
    slices::copy(x, y);
    in_place_log(simd, dims, y);
}

/// `y = softmax(y)`.
#[inline(always)]
pub fn in_place<S: Simd, T: Element>(simd: S, [outer, n, inner]: [usize; 3], y: &mut [T]) {
    debug_assert_eq!(y.len(), outer * n * inner);
    if inner == 1 && n <= T::Vector::<S>::LEN {
        for index in 0..outer {
            one_vector(simd, y, index * n, n);
        }
        return;
    }
    for block in rows_mut(y, n * inner) {
        if inner == 1 {
            row(simd, block);
        } else {
            for_columns::<S, T>(
                inner,
                #[inline(always)]
                |from, to| columns(simd, block, inner, from, to),
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
            row_log(simd, block);
        } else {
            for_columns::<S, T>(
                inner,
                #[inline(always)]
                |from, to| columns_log(simd, block, inner, from, to),
            );
        }
    }
}

/// `dx = y · (dy - Σ dy·y)` along the axis, from the output of [`infer`]; overwrites `dx`.
#[inline(always)]
pub fn backward<S: Simd, T: Element>(simd: S, dims: [usize; 3], y: &[T], dy: &[T], dx: &mut [T]) {
    backward_with::<S, T>(
        simd,
        dims,
        [y, dy],
        dx,
        #[inline(always)]
        |sum, y, dy| y.mul_add(dy, sum),
        #[inline(always)]
        |sum, y, dy| y * (dy - sum),
    );
}

/// `dx = dy - exp(y) · Σ dy` along the axis, from the output of [`infer_log`]; overwrites `dx`.
#[inline(always)]
pub fn backward_log<S: Simd, T: Element>(simd: S, dims: [usize; 3], y: &[T], dy: &[T], dx: &mut [T]) {
    backward_with::<S, T>(
        simd,
        dims,
        [y, dy],
        dx,
        #[inline(always)]
        |sum, _, dy| sum + dy,
        #[inline(always)]
        |sum, y, dy| dy - math::exp_below::<S, T>(simd, y) * sum,
    );
}

/// `dx = combine(sum, y, dy)`, where `sum` is `add(…, yᵢ, dyᵢ)` along the axis.
///
/// The functions are handed on as copies: a call through a reference is not inlined with the target features.
#[inline(always)]
fn backward_with<S: Simd, T: Element>(
    simd: S,
    [outer, n, inner]: [usize; 3],
    [y, dy]: [&[T]; 2],
    dx: &mut [T],
    add: impl Fn(T::Vector<S>, T::Vector<S>, T::Vector<S>) -> T::Vector<S> + Copy,
    combine: impl Fn(T::Vector<S>, T::Vector<S>, T::Vector<S>) -> T::Vector<S> + Copy,
) {
    debug_assert!(y.len() == outer * n * inner && dy.len() == y.len() && dx.len() == y.len());
    let zero = T::Vector::<S>::splat(simd, T::zero());
    for ((y, dy), dx) in rows(y, n * inner).zip(rows(dy, n * inner)).zip(rows_mut(dx, n * inner)) {
        if inner == 1 && n <= T::Vector::<S>::LEN {
            let (y, dy) = (load(simd, y, T::zero()), load(simd, dy, T::zero()));
            let sum = T::Vector::<S>::splat(simd, add(zero, y, dy).reduce_sum());
            store::<S, T>(combine(sum, y, dy), dx);
        } else if inner == 1 {
            let sum = T::Vector::<S>::splat(simd, slices::fold_zip::<S, T>(simd, y, dy, zero, add).reduce_sum());
            slices::zip(
                simd,
                y,
                dy,
                dx,
                #[inline(always)]
                |y, dy| combine(sum, y, dy),
            );
        } else {
            backward_columns::<S, T>(simd, inner, [y, dy], dx, add, combine);
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

/// `f(from, to)` for each vector of columns; the last one may be short.
#[inline(always)]
fn for_columns<S: Simd, T: Element>(inner: usize, mut f: impl FnMut(usize, usize)) {
    let lanes = T::Vector::<S>::LEN;
    let whole = inner - inner % lanes;
    // Apart from the last one, so that the compiler sees whole vectors here.
    for from in (0..whole).step_by(lanes) {
        f(from, from + lanes);
    }
    if whole < inner {
        f(whole, inner);
    }
}

/// The row of `n` elements from `at` on, which fits into a vector.
#[inline(always)]
fn one_vector<S: Simd, T: Element>(simd: S, y: &mut [T], at: usize, n: usize) {
    // exp(-∞) adds nothing in the lanes past the end.
    let x = lanes::load_or::<S, T>(simd, y, at, n, T::neg_infinity());
    let exp = math::exp_below::<S, T>(simd, x - x.reduce_max());
    lanes::store_part::<S, T>(exp / exp.reduce_sum(), y, at, n);
}

/// A row of any length.
#[inline(always)]
fn row<S: Simd, T: Element>(simd: S, row: &mut [T]) {
    let max = row_max(simd, row);
    slices::map_in_place(
        simd,
        row,
        #[inline(always)]
        |x| math::exp_below::<S, T>(simd, x - max),
    );
    let sum = row_sum::<S, T>(
        simd,
        row,
        T::zero(),
        #[inline(always)]
        |exp| exp,
    );
    let scale = T::one() / sum;
    slices::map_in_place(
        simd,
        row,
        #[inline(always)]
        |exp| exp * scale,
    );
}

/// The logarithms of a row of any length.
#[inline(always)]
fn row_log<S: Simd, T: Element>(simd: S, row: &mut [T]) {
    let max = row_max(simd, row);
    let sum = row_sum::<S, T>(
        simd,
        row,
        T::neg_infinity(),
        #[inline(always)]
        |x| math::exp_below::<S, T>(simd, x - max),
    );
    let ln = math::ln::<S, T>(simd, T::Vector::<S>::splat(simd, sum));
    slices::map_in_place(
        simd,
        row,
        #[inline(always)]
        |x| x - max - ln,
    );
}

/// The sum of `term` over a row, with `fill` in the lanes past its end; over a long one as a sum of sums.
#[inline(always)]
fn row_sum<S: Simd, T: Element>(simd: S, row: &[T], fill: T, term: impl Fn(T::Vector<S>) -> T::Vector<S>) -> T {
    let mut total = 0.0;
    for part in row.chunks(1024) {
        let sum = slices::fold(
            simd,
            part,
            fill,
            T::Vector::<S>::splat(simd, T::zero()),
            #[inline(always)]
            |sum, x| sum + term(x),
        );
        total += Element::to_f64(sum.reduce_sum());
    }
    T::from_f64(total)
}

/// The largest of a row; -∞ of none.
#[inline(always)]
fn row_max<S: Simd, T: Element>(simd: S, row: &[T]) -> T {
    let none = T::Vector::<S>::splat(simd, T::neg_infinity());
    slices::fold(
        simd,
        row,
        T::neg_infinity(),
        none,
        #[inline(always)]
        |max, x| max.max(x),
    )
    .reduce_max()
}

/// The columns from `from` to `to`, in the lanes of a vector.
#[inline(always)]
fn columns<S: Simd, T: Element>(simd: S, block: &mut [T], inner: usize, from: usize, to: usize) {
    let max = column_max(simd, block, inner, from, to);
    let mut sum = T::Vector::<S>::splat(simd, T::zero());
    for row in rows_mut(block, inner) {
        let exp = math::exp_below::<S, T>(simd, load(simd, part(row, from, to), T::zero()) - max);
        sum += exp;
        store::<S, T>(exp, part_mut(row, from, to));
    }
    for row in rows_mut(block, inner) {
        store::<S, T>(load(simd, part(row, from, to), T::zero()) / sum, part_mut(row, from, to));
    }
}

/// The logarithms of the columns from `from` to `to`.
#[inline(always)]
fn columns_log<S: Simd, T: Element>(simd: S, block: &mut [T], inner: usize, from: usize, to: usize) {
    let max = column_max(simd, block, inner, from, to);
    let mut sum = T::Vector::<S>::splat(simd, T::zero());
    for row in rows(block, inner) {
        sum += math::exp_below::<S, T>(simd, load(simd, part(row, from, to), T::zero()) - max);
    }
    let ln = math::ln::<S, T>(simd, sum);
    for row in rows_mut(block, inner) {
        store::<S, T>(load(simd, part(row, from, to), T::zero()) - max - ln, part_mut(row, from, to));
    }
}

/// The largest of each column from `from` to `to`.
#[inline(always)]
fn column_max<S: Simd, T: Element>(simd: S, block: &[T], inner: usize, from: usize, to: usize) -> T::Vector<S> {
    let mut max = T::Vector::<S>::splat(simd, T::neg_infinity());
    for row in rows(block, inner) {
        max = max.max(load::<S, T>(simd, part(row, from, to), T::zero()));
    }
    max
}

/// `dx = combine(sum, y, dy)`, where `sum` is `add(…, yᵢ, dyᵢ)` over each column.
#[inline(always)]
fn backward_columns<S: Simd, T: Element>(
    simd: S,
    inner: usize,
    [y, dy]: [&[T]; 2],
    dx: &mut [T],
    add: impl Fn(T::Vector<S>, T::Vector<S>, T::Vector<S>) -> T::Vector<S> + Copy,
    combine: impl Fn(T::Vector<S>, T::Vector<S>, T::Vector<S>) -> T::Vector<S> + Copy,
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
