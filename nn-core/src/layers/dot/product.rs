//! Matrix products with any strides.

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::tile::{Window, tile};
use crate::kernels::transpose::transpose;
use crate::kernels::{lanes, slices};

/// From one row to the next, and from one column to the next.
pub(in crate::layers) type Strides = [usize; 2];

/// `c += a · b`: `m × n` from `m × k` and `k × n`, for `[m, n, k]`; each with its strides.
///
/// Of rows and columns, those become the lanes that lie side by side in a factor and in the product; where the terms
/// do instead, they are the lanes and are added up.
#[inline(never)]
pub(in crate::layers) fn multiply<S: Simd, T: Element>(
    simd: S,
    [m, n, k]: [usize; 3],
    (a, a_strides): (&[T], Strides),
    (b, b_strides): (&[T], Strides),
    (c, c_strides): (&mut [T], Strides),
) {
    let transposed = |[row, column]: Strides| [column, row];
    let columns_aside = b_strides[1] == 1;
    let rows_aside = a_strides[0] == 1;
    let product = if columns_aside && (c_strides[1] == 1 || !rows_aside) {
        Product { sizes: [m, n, k], a, a_strides, b, b_stride: b_strides[0], c_strides }
    } else if rows_aside {
        let (a_strides, b_stride, c_strides) = (transposed(b_strides), a_strides[1], transposed(c_strides));
        Product { sizes: [n, m, k], a: b, a_strides, b: a, b_stride, c_strides }
    } else if m >= 4 && b_strides[0] == 1 {
        return packed(simd, [m, n, k], (a, a_strides), (b, b_strides[1]), (c, c_strides));
    } else {
        return sums(simd, [m, n, k], (a, a_strides), (b, b_strides), (c, c_strides));
    };
    frame::vectorize(
        simd,
        #[inline(always)]
        || product.add_to(simd, c),
    );
}

/// The terms of `b` lie side by side: transposes as many of its columns as there are lanes, some terms at a time.
#[inline(always)]
fn packed<S: Simd, T: Element>(
    simd: S,
    [m, n, k]: [usize; 3],
    (a, a_strides): (&[T], Strides),
    (b, b_stride): (&[T], usize),
    (c, c_strides): (&mut [T], Strides),
) {
    const TERMS: usize = 64;
    let lanes = T::Vector::<S>::LEN;
    // No vector is longer than 16 lanes.
    let mut transposed = [T::zero(); TERMS * 16];
    for column in (0..n).step_by(lanes) {
        for term in (0..k).step_by(TERMS) {
            let (columns, terms) = (lanes.min(n - column), TERMS.min(k - term));
            let (Some(a), Some(b)) = (a.get(term * a_strides[1]..), b.get(column * b_stride + term..)) else { return };
            let Some(c) = c.get_mut(column * c_strides[1]..) else { return };
            transpose(simd, [columns, terms], (b, b_stride), (&mut transposed, lanes));
            let sizes = [m, columns, terms];
            let product = Product { sizes, a, a_strides, b: &transposed, b_stride: lanes, c_strides };
            frame::vectorize(
                simd,
                #[inline(always)]
                || product.add_to(simd, c),
            );
        }
    }
}

/// Every element by itself.
#[inline(always)]
fn sums<S: Simd, T: Element>(
    simd: S,
    [m, n, k]: [usize; 3],
    (a, a_strides): (&[T], Strides),
    (b, b_strides): (&[T], Strides),
    (c, c_strides): (&mut [T], Strides),
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            for (i, j) in (0..m).flat_map(|i| (0..n).map(move |j| (i, j))) {
                let (a, b) = (a.get(i * a_strides[0]..), b.get(j * b_strides[1]..));
                let (Some(a), Some(b), Some(c)) = (a, b, c.get_mut(i * c_strides[0] + j * c_strides[1])) else {
                    return;
                };
                *c += match (a.get(..k), b.get(..k)) {
                    (Some(a), Some(b)) if a_strides[1] == 1 && b_strides[0] == 1 => side_by_side(simd, a, b),
                    _ => {
                        let terms = every(a_strides[1], a).zip(every(b_strides[0], b)).take(k);
                        terms.map(|(a, b)| *a * *b).sum()
                    }
                };
            }
        },
    );
}

/// One element of each `stride`; no stride is zero.
#[inline(always)]
fn every<T>(stride: usize, x: &[T]) -> impl Iterator<Item = &T> {
    x.iter().step_by(stride.max(1))
}

/// `Σ a · b`.
#[inline(always)]
fn side_by_side<S: Simd, T: Element>(simd: S, a: &[T], b: &[T]) -> T {
    let sum = slices::fold_zip(
        simd,
        a,
        b,
        lanes::zeros::<S, T>(simd),
        #[inline(always)]
        |sum, a, b| a.mul_add(b, sum),
    );
    sum.reduce_sum()
}

/// A product whose right factor has its columns side by side.
#[derive(Clone, Copy)]
struct Product<'a, T> {
    sizes: [usize; 3],
    a: &'a [T],
    a_strides: Strides,
    b: &'a [T],
    b_stride: usize,
    c_strides: Strides,
}

impl<T: Element> Product<'_, T> {
    #[inline(always)]
    fn add_to<S: Simd>(self, simd: S, c: &mut [T]) {
        let ([_, n, _], lanes) = (self.sizes, T::Vector::<S>::LEN);
        let Some(last) = n.checked_sub(lanes) else { return self.narrow(simd, c) };
        // The last vector may overlap the one before it: `from` tells where its own columns begin.
        let mut from = 0;
        while from + lanes < n {
            self.rows::<S, 2>(simd, [from, (from + lanes).min(last)], from, c);
            from += 2 * lanes;
        }
        if from < n {
            self.rows::<S, 1>(simd, [last], from, c);
        }
    }

    /// All rows of some vectors of columns.
    #[inline(always)]
    fn rows<S: Simd, const NV: usize>(self, simd: S, columns: [usize; NV], from: usize, c: &mut [T]) {
        let [m, ..] = self.sizes;
        let mut row = 0;
        while row + 4 <= m {
            self.block::<S, 4, NV>(simd, row, columns, from, c);
            row += 4;
        }
        while row < m {
            self.block::<S, 1, NV>(simd, row, columns, from, c);
            row += 1;
        }
    }

    /// Some rows of some vectors of columns; the terms are one run, or runs of one.
    #[inline(always)]
    fn block<S: Simd, const MR: usize, const NV: usize>(
        self,
        simd: S,
        row: usize,
        columns: [usize; NV],
        mut from: usize,
        c: &mut [T],
    ) {
        let ([.., k], [row_stride, term_stride]) = (self.sizes, self.a_strides);
        let (runs, len) = if term_stride == 1 { (1, k) } else { (k, 1) };
        let window = Window { rows: 1, row_step: 0, runs, run_step: term_stride, len, stride: self.b_stride };
        let Some(a) = self.a.get(row * row_stride..) else { return };
        let rows = core::array::from_fn::<_, MR, _>(|row| row * row_stride);
        let start = [lanes::zeros::<S, T>(simd); NV];
        let sums = tile::<S, T, MR, NV>(simd, window, a, rows, self.b, columns, start);
        for v in 0..NV {
            for (m, sums) in sums.iter().enumerate() {
                self.add_vector::<S>(sums[v], row + m, columns[v], from, c);
            }
            from = columns[v] + T::Vector::<S>::LEN;
        }
    }

    /// Adds a vector that starts at `column` to the elements of a row, those before `from` left out.
    #[inline(always)]
    fn add_vector<S: Simd>(self, sum: T::Vector<S>, row: usize, column: usize, from: usize, c: &mut [T]) {
        let ([_, n, _], [row_stride, column_stride]) = (self.sizes, self.c_strides);
        let Some(c) = c.get_mut(row * row_stride + from * column_stride..) else { return };
        let own = sum.as_slice().iter().skip(from - column).take(n - from);
        for (c, sum) in c.iter_mut().step_by(column_stride.max(1)).zip(own) {
            *c += *sum;
        }
    }

    /// Fewer columns than lanes: what is loaded past the end of a row is left out in the end.
    #[inline(always)]
    fn narrow<S: Simd>(self, simd: S, c: &mut [T]) {
        let ([m, n, k], [row_stride, term_stride]) = (self.sizes, self.a_strides);
        let lanes = T::Vector::<S>::LEN;
        for row in 0..m {
            let mut sum = lanes::zeros::<S, T>(simd);
            for term in 0..k {
                let at = term * self.b_stride;
                let count = if at + lanes <= self.b.len() { lanes } else { n };
                let factor = lanes::splat(simd, self.a, row * row_stride + term * term_stride);
                sum = lanes::load_part(simd, self.b, at, count).mul_add(factor, sum);
            }
            self.add_vector::<S>(sum, row, 0, 0, c);
        }
    }
}
