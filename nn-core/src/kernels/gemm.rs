//! Matrix products on register tiles.

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use crate::activations::Activation;
use crate::element::Element;

/// The left factor of a product, by its strides; so a transposed matrix needs no copy.
#[derive(Clone, Copy, Debug)]
pub struct Left<'a, T> {
    /// The elements.
    pub values: &'a [T],
    /// From one row to the next, in elements.
    pub row: usize,
    /// From one column to the next, in elements.
    pub column: usize,
}

impl<'a, T> Left<'a, T> {
    /// A matrix in row order, rows of `stride` elements.
    pub fn rows(values: &'a [T], stride: usize) -> Self {
        Left { values, row: stride, column: 1 }
    }

    /// The transpose of a matrix in row order, rows of `stride` elements.
    pub fn columns(values: &'a [T], stride: usize) -> Self {
        Left { values, row: 1, column: stride }
    }
}

/// What the sums of a product start from.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a, T> {
    /// The same row for every row of the result; an empty one stands for zeros.
    Row(&'a [T]),
    /// What the result holds.
    Add,
}

/// `c = start + a · b`: `m × n` from `m × k` and `k × n`, for `[m, n, k]`; `b` and `c` are in row order.
#[inline(always)]
pub fn multiply<S: Simd, T: Element>(
    _simd: S,
    [m, n, k]: [usize; 3],
    a: Left<'_, T>,
    b: &[T],
    start: Start<'_, T>,
    c: &mut [T],
) {
    for (i, c) in c.chunks_exact_mut(n).take(m).enumerate() {
        if let Start::Row(row) = start {
            c.fill(T::zero());
            c[..row.len()].copy_from_slice(row);
        }
        for (p, b) in b.chunks_exact(n).take(k).enumerate() {
            let a = a.values[i * a.row + p * a.column];
            for (c, b) in c.iter_mut().zip(b) {
                *c += a * *b;
            }
        }
    }
}

/// `c = a · bᵀ`: `m × n` from `m × k` and `n × k`, for `[m, n, k]`; all in row order.
#[inline(always)]
pub fn multiply_transposed<S: Simd, T: Element>(
    _simd: S,
    [m, n, k]: [usize; 3],
    a: &[T],
    b: &[T],
    c: &mut [T],
    _scratch: &mut Vec<T>,
) {
    for (a, c) in a.chunks_exact(k).take(m).zip(c.chunks_exact_mut(n)) {
        for (b, c) in b.chunks_exact(k).zip(c) {
            *c = a.iter().zip(b).map(|(a, b)| *a * *b).sum();
        }
    }
}

/// Adds every row of `rows` to `sums`, whose length is that of a row.
#[inline(always)]
pub fn add_rows<S: Simd, T: Element>(_simd: S, rows: &[T], sums: &mut [T]) {
    if sums.is_empty() {
        return;
    }
    for row in rows.chunks_exact(sums.len()) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += *value;
        }
    }
}

/// Applies an activation to every element.
#[inline(always)]
pub fn activate<S: Simd, T: Element, A: Activation<T>>(simd: S, activation: A, values: &mut [T]) {
    let mut vectors = values.chunks_exact_mut(T::Vector::<S>::LEN);
    for lanes in &mut vectors {
        activation.apply(simd, T::Vector::<S>::from_slice(simd, lanes)).store_slice(lanes);
    }
    for value in vectors.into_remainder() {
        *value = activation.apply(simd, T::Vector::<S>::splat(simd, *value))[0];
    }
}
