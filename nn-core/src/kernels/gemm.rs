//! Matrix products on register tiles: some rows times some vectors of the result stay in registers
//! while the rows of the right factor stream by.
//!
//! The sizes are not known at compile time: one piece of code for every layer of an element type.

use alloc::vec::Vec;
use core::ops::Range;

use fearless_simd::prelude::*;

use crate::activations::Activation;
use crate::element::Element;
#[cfg(feature = "std")]
use crate::kernels::blas::{self, Strided};
use crate::kernels::frame;
use crate::kernels::lanes;
use crate::kernels::transpose::transpose;

/// Most rows of the right factor that are worked through at a time: they stay in the cache.
const DEPTH: usize = 256;

/// From how many elements on the right factor is too large for the caches next to the core.
const LARGE: usize = 1 << 20;

/// The left factor of a product.
#[derive(Clone, Copy, Debug)]
pub enum Left<'a, T> {
    /// In row order.
    Rows(&'a [T]),
    /// The transpose of a matrix in row order.
    Columns(&'a [T]),
}

/// `c += a · b`: `m × n` from `m × k` and `k × n`, for `[m, n, k]`; `b` and `c` are in row order.
#[inline(always)]
pub fn multiply<S: Simd, T: Element>(simd: S, sizes: [usize; 3], a: Left<'_, T>, b: &[T], c: &mut [T]) {
    T::multiply(simd.level(), sizes, a, b, c);
}

/// The same, where it is compiled.
#[inline(never)]
pub(super) fn multiply_on<S: Simd, T: Element>(simd: S, [m, n, k]: [usize; 3], a: Left<'_, T>, b: &[T], c: &mut [T]) {
    if n == 0 {
        return;
    }
    // As measured, see benches/training_kernels.rs: everywhere else the tiles are faster.
    #[cfg(feature = "std")]
    match a {
        Left::Rows(a) if k * n > 2 * LARGE => {
            return blas::multiply([m, n, k], Strided::rows(a, k), Strided::rows(b, n), true, c);
        }
        Left::Columns(a) if n < T::Vector::<S>::LEN => {
            return blas::multiply([m, n, k], Strided::columns(a, m), Strided::rows(b, n), true, c);
        }
        _ => {}
    }
    // Of a large factor, fewer rows at a time: then it is read nearly in the order of memory.
    let most = if k * n > LARGE { 32 } else { DEPTH };
    let step = k.div_ceil(k.div_ceil(most).max(1)).max(1);
    for first in (0..k).step_by(step) {
        let (depth, b) = (step.min(k - first), &b[first * n..]);
        let lanes = T::Vector::<S>::LEN;
        let mut wide = None;
        let product = if n < lanes {
            let wide = wide.insert([T::zero(); DEPTH * 16]);
            widen(b, n, lanes, wide);
            Product { n, b: wide, stride: lanes }
        } else {
            Product { n, b, stride: n }
        };
        match a {
            Left::Rows(a) => product.stripes(simd, 0..m, Rows { values: &a[first..], stride: k, depth }, c),
            // Here the result is the largest: it is worked through nearly in the order of memory.
            Left::Columns(a) => {
                let a = Columns { values: &a[first * m..], stride: m, depth };
                for row in (0..m).step_by(32) {
                    product.stripes(simd, row..m.min(row + 32), a, c);
                }
            }
        }
    }
}

/// Copies rows of `n` elements to rows of `lanes` elements.
fn widen<T: Element>(rows: &[T], n: usize, lanes: usize, wide: &mut [T]) {
    for (row, wide) in rows.chunks_exact(n).zip(wide.chunks_exact_mut(lanes)) {
        for (wide, value) in wide.iter_mut().zip(row) {
            *wide = *value;
        }
    }
}

/// Some rows of the left factor.
trait Factor<T>: Copy {
    /// Adds the products of rows `row..row + MR` and the vectors of `b` to `sums`.
    fn tile<S: Simd, const MR: usize, const NV: usize>(
        self,
        simd: S,
        row: usize,
        b: &[T],
        vectors: Vectors<NV>,
        sums: [[T::Vector<S>; NV]; MR],
    ) -> [[T::Vector<S>; NV]; MR]
    where
        T: Element;
}

/// Vectors of the rows of a matrix.
#[derive(Clone, Copy)]
struct Vectors<const NV: usize> {
    /// From one row to the next.
    stride: usize,
    /// Where the vectors start in a row.
    at: [usize; NV],
}

impl<const NV: usize> Vectors<NV> {
    #[inline(always)]
    fn load<S: Simd, T: Element>(&self, simd: S, from: &[T], row: usize) -> [T::Vector<S>; NV] {
        let mut vectors = [lanes::zeros::<S, T>(simd); NV];
        let first = row * self.stride + self.at[0];
        if let Some(from) = from.get(first..first + self.at[NV - 1] - self.at[0] + T::Vector::<S>::LEN) {
            for (vector, at) in vectors.iter_mut().zip(&self.at) {
                *vector = lanes::load(simd, from, at - self.at[0]);
            }
        }
        vectors
    }
}

#[derive(Clone, Copy)]
struct Rows<'a, T> {
    values: &'a [T],
    stride: usize,
    depth: usize,
}

impl<T: Element> Factor<T> for Rows<'_, T> {
    #[inline(always)]
    fn tile<S: Simd, const MR: usize, const NV: usize>(
        self,
        simd: S,
        row: usize,
        b: &[T],
        vectors: Vectors<NV>,
        mut sums: [[T::Vector<S>; NV]; MR],
    ) -> [[T::Vector<S>; NV]; MR] {
        let mut rows = [&self.values[..0]; MR];
        for (m, a) in rows.iter_mut().enumerate() {
            *a = &self.values[(row + m) * self.stride..][..self.depth];
        }
        for k in 0..self.depth {
            let vectors = vectors.load(simd, b, k);
            for m in 0..MR {
                let factor = lanes::splat(simd, rows[m], k);
                for v in 0..NV {
                    sums[m][v] = vectors[v].mul_add(factor, sums[m][v]);
                }
            }
        }
        sums
    }
}

#[derive(Clone, Copy)]
struct Columns<'a, T> {
    values: &'a [T],
    stride: usize,
    depth: usize,
}

impl<T: Element> Factor<T> for Columns<'_, T> {
    #[inline(always)]
    fn tile<S: Simd, const MR: usize, const NV: usize>(
        self,
        simd: S,
        row: usize,
        b: &[T],
        vectors: Vectors<NV>,
        mut sums: [[T::Vector<S>; NV]; MR],
    ) -> [[T::Vector<S>; NV]; MR] {
        for k in 0..self.depth {
            let vectors = vectors.load(simd, b, k);
            let column = &self.values[k * self.stride + row..][..MR];
            for (m, sums) in sums.iter_mut().enumerate() {
                let factor = lanes::splat(simd, column, m);
                for v in 0..NV {
                    sums[v] = vectors[v].mul_add(factor, sums[v]);
                }
            }
        }
        sums
    }
}

/// A product whose left factor is yet to come.
#[derive(Clone, Copy)]
struct Product<'a, T> {
    n: usize,
    b: &'a [T],
    /// From one row of `b` to the next.
    stride: usize,
}

impl<T: Element> Product<'_, T> {
    /// One stripe of columns after the other. The last vector may overlap the one before it; it is in the same
    /// stripe then, so that both start from the same values.
    fn stripes<S: Simd, A: Factor<T>>(self, simd: S, rows: Range<usize>, a: A, c: &mut [T]) {
        let lanes = T::Vector::<S>::LEN;
        let last = self.n.saturating_sub(lanes);
        let (mut first, mut left) = (0, self.n.div_ceil(lanes));
        while left > 0 {
            // Three whole vectors at a time, but so that two are left where the last one overlaps.
            let count = match left {
                1 => 1,
                3 | 6 if !self.n.is_multiple_of(lanes) => left / 3,
                2 | 4 => 2,
                _ => 3,
            };
            match count {
                1 => self.rows(simd, rows.clone(), a, [first.min(last)], c),
                2 => self.rows(simd, rows.clone(), a, [first, last.min(first + lanes)], c),
                _ => self.rows(simd, rows.clone(), a, [first, first + lanes, first + 2 * lanes], c),
            }
            first += count * lanes;
            left -= count;
        }
    }

    /// One block of rows after the other. A function of its own, so that the tiles have the registers for themselves.
    #[inline(never)]
    fn rows<S: Simd, A: Factor<T>, const NV: usize>(
        self,
        simd: S,
        rows: Range<usize>,
        a: A,
        at: [usize; NV],
        c: &mut [T],
    ) {
        frame::vectorize(
            simd,
            #[inline(always)]
            || {
                let Range { start: mut row, end } = rows;
                while size_of::<T::Vector<S>>() == 64 && row + 8 <= end {
                    self.tile::<S, A, 8, NV>(simd, a, row, at, c);
                    row += 8;
                }
                while row + 4 <= end {
                    self.tile::<S, A, 4, NV>(simd, a, row, at, c);
                    row += 4;
                }
                while row < end {
                    self.tile::<S, A, 1, NV>(simd, a, row, at, c);
                    row += 1;
                }
            },
        );
    }

    #[inline(always)]
    fn tile<S: Simd, A: Factor<T>, const MR: usize, const NV: usize>(
        self,
        simd: S,
        a: A,
        row: usize,
        at: [usize; NV],
        c: &mut [T],
    ) {
        let lanes = if NV > 1 { T::Vector::<S>::LEN } else { self.n.min(T::Vector::<S>::LEN) };
        let mut sums = [[lanes::zeros::<S, T>(simd); NV]; MR];
        for (m, sums) in sums.iter_mut().enumerate() {
            for (sum, at) in sums.iter_mut().zip(at) {
                *sum = lanes::load_part(simd, c, (row + m) * self.n + at, lanes);
            }
        }
        let sums = a.tile(simd, row, self.b, Vectors { stride: self.stride, at }, sums);
        for (m, sums) in sums.iter().enumerate() {
            for (sum, at) in sums.iter().zip(at) {
                lanes::store_part::<S, T>(*sum, c, (row + m) * self.n + at, lanes);
            }
        }
    }
}

/// `c = a · bᵀ`: `m × n` from `m × k` and `n × k`, for `[m, n, k]`; all in row order.
///
/// For few rows: they become the lanes of `b · aᵀ`, which is transposed back.
#[inline(always)]
pub fn multiply_transposed<S: Simd, T: Element>(
    simd: S,
    sizes: [usize; 3],
    a: &[T],
    b: &[T],
    c: &mut [T],
    scratch: &mut Vec<T>,
) {
    T::multiply_transposed(simd.level(), sizes, a, b, c, scratch);
}

/// The same, where it is compiled.
#[inline(never)]
pub(super) fn multiply_transposed_on<S: Simd, T: Element>(
    simd: S,
    [m, n, k]: [usize; 3],
    a: &[T],
    b: &[T],
    c: &mut [T],
    scratch: &mut Vec<T>,
) {
    let lanes = m.next_multiple_of(T::Vector::<S>::LEN);
    let (transposed, product) = room(scratch, (k + n) * lanes).split_at_mut(k * lanes);
    if lanes > m {
        transposed.fill(T::zero());
    }
    transpose(simd, [m, k], (a, k), (transposed, lanes));
    product.fill(T::zero());
    multiply_on(simd, [n, lanes, k], Left::Rows(b), transposed, product);
    transpose(simd, [n, m], (product, lanes), (c, n));
}

/// The first `len` elements of `scratch`, which grows if it is shorter.
pub(crate) fn room<T: Element>(scratch: &mut Vec<T>, len: usize) -> &mut [T] {
    if scratch.len() < len {
        scratch.resize(len, T::zero());
    }
    &mut scratch[..len]
}

/// Adds every row of `rows` to `sums`, whose length is that of a row.
///
/// Short rows are added up several at a time, side by side.
#[inline(always)]
pub fn add_rows<S: Simd, T: Element>(simd: S, rows: &[T], sums: &mut [T]) {
    frame::apart(
        simd,
        #[inline(always)]
        || add_rows_here(rows, sums),
    );
}

#[inline(always)]
fn add_rows_here<T: Element>(rows: &[T], sums: &mut [T]) {
    const WIDTH: usize = 256;
    let len = sums.len();
    if len == 0 {
        return;
    }
    if len > WIDTH / 2 {
        return rows.chunks_exact(len).for_each(|row| add(row, sums));
    }
    let mut wide = [T::zero(); WIDTH];
    rows.chunks(WIDTH / len * len).for_each(|rows| add(rows, &mut wide));
    wide.chunks_exact(len).for_each(|row| add(row, sums));
}

/// Adds the elements of `from` to those of `to`, as far as both go.
#[inline(always)]
fn add<T: Element>(from: &[T], to: &mut [T]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += *from;
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

#[cfg(all(test, feature = "std"))]
mod tests {
    use crate::kernels::vectors::dispatch;

    use super::*;
    use crate::kernels::testing::{assert_close, levels, random};

    fn check<T: Element>([m, n, k]: [usize; 3]) {
        let (a, b, c) = (random::<T>(1, m * k), random::<T>(2, k * n), random::<T>(3, m * n));
        let at = |values: &[T], row: usize, column: usize, stride: usize| values[row * stride + column];
        let product = |a: &dyn Fn(usize, usize) -> T, b: &dyn Fn(usize, usize) -> T| -> Vec<T> {
            (0..m * n).map(|i| (0..k).map(|p| a(i / n, p) * b(p, i % n)).sum()).collect()
        };
        let add = |product: Vec<T>| -> Vec<T> { product.iter().zip(&c).map(|(p, c)| *p + *c).collect() };
        let rows = add(product(&|i, p| at(&a, i, p, k), &|p, j| at(&b, p, j, n)));
        let columns = add(product(&|i, p| at(&a, p, i, m), &|p, j| at(&b, p, j, n)));
        let transposed = product(&|i, p| at(&a, i, p, k), &|p, j| at(&b, j, p, k));
        for level in levels() {
            let (mut by_rows, mut by_columns, mut by_transposed) = (c.clone(), c.clone(), c.clone());
            let mut scratch = vec![T::nan(); 5];
            dispatch!(level, simd => {
                multiply(simd, [m, n, k], Left::Rows(&a), &b, &mut by_rows);
                multiply(simd, [m, n, k], Left::Columns(&a), &b, &mut by_columns);
                multiply_transposed(simd, [m, n, k], &a, &b, &mut by_transposed, &mut scratch);
            });
            let what = format!("{m} x {n} x {k}, {:?} at {level:?}", T::DTYPE);
            assert_close(&by_rows, &rows, k, &format!("{what}: rows"));
            assert_close(&by_columns, &columns, k, &format!("{what}: columns"));
            assert_close(&by_transposed, &transposed, k, &format!("{what}: transposed"));
        }
    }

    #[test]
    fn products_agree_with_the_formula() {
        for n in [1, 3, 4, 7, 8, 9, 16, 17, 31, 32, 33, 48, 49, 65, 80, 97, 112, 113] {
            check::<f32>([5, n, 6]);
            check::<f64>([9, n, 3]);
        }
        for m in [0, 1, 4, 7, 8, 13, 16, 20] {
            check::<f32>([m, 20, 5]);
        }
        for k in [0, 1, 255, 256, 257, 600] {
            check::<f64>([3, 18, k]);
        }
    }

    #[test]
    fn large_factors() {
        check::<f32>([2, 1030, 1030]);
        check::<f32>([2, 1030, 2060]);
    }

    #[test]
    fn rows_add_up() {
        for len in [0, 1, 6, 100, 128, 129, 300] {
            let (rows, before) = (random::<f64>(1, len * 7), random::<f64>(2, len));
            let expected: Vec<f64> =
                (0..len).map(|i| before[i] + (0..7).map(|row| rows[row * len + i]).sum::<f64>()).collect();
            let mut sums = before.clone();
            dispatch!(levels()[0], simd => add_rows(simd, &rows, &mut sums));
            assert_close(&sums, &expected, 7, &format!("rows of {len}"));
        }
    }
}
