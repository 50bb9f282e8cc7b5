//! Products on tiles of registers.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::frame;
use crate::kernels::lanes;
use crate::kernels::tile::{self, Window};

/// `out[r][c] = start[c] + Σ left[r][d] · right[d][c]`.
#[derive(Clone, Copy)]
pub(super) struct ProductSizes {
    /// Rows, columns, depth. Rows there may be more or fewer when it runs.
    pub(super) sizes: [usize; 3],
    /// In the left factor, from one row to the next, and from one element of a row to the next.
    pub(super) left: [usize; 2],
    /// In the right factor, from one row to the next.
    pub(super) right: usize,
    /// In the result, from one row to the next.
    pub(super) out: usize,
}

impl Geometry<ProductSizes> for &ProductSizes {
    const KNOWN: Option<ProductSizes> = None;

    #[inline(always)]
    fn sizes(self) -> ProductSizes {
        *self
    }
}

/// A product that rustc knows, without a value.
struct Known<P>(PhantomData<fn() -> P>);

impl<P> Clone for Known<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Known<P> {}

impl<P: Geometry<ProductSizes>> Geometry<ProductSizes> for Known<P> {
    const KNOWN: Option<ProductSizes> = P::KNOWN;

    #[inline(always)]
    fn sizes(self) -> ProductSizes {
        match P::KNOWN {
            Some(sizes) => sizes,
            None => ProductSizes { sizes: [0; 3], left: [0; 2], right: 0, out: 0 },
        }
    }
}

/// How much of the result is in registers at a time.
#[derive(Clone, Copy)]
pub(super) struct Tile {
    pub(super) rows: usize,
    pub(super) vectors: usize,
}

impl Tile {
    /// The cheapest tile for vectors of `lanes` elements in `bytes` bytes.
    pub(super) const fn new([rows, columns, depth]: [usize; 3], lanes: usize, bytes: usize) -> Self {
        let all = columns.div_ceil(lanes);
        let (mut best, mut cost, mut code) = (Tile { rows: 1, vectors: 1 }, usize::MAX, 4);
        while code < 13 * 4 {
            let tile = Tile { rows: code / 4, vectors: code % 4 + 1 };
            let sums = tile.rows * tile.vectors;
            if tile.rows <= rows && tile.vectors <= all && sums <= tile::sums(bytes) {
                // Bound by multiply-adds, by loads, or by the four cycles that a multiply-add takes.
                let mut step = sums;
                if step < tile.rows + 2 * tile.vectors {
                    step = tile.rows + 2 * tile.vectors;
                }
                if step < 8 {
                    step = 8;
                }
                let new = rows.div_ceil(tile.rows) * all.div_ceil(tile.vectors) * (depth * step + 2 * sums + 16);
                if new < cost {
                    (best, cost) = (tile, new);
                }
            }
            code += 1;
        }
        best
    }

    /// Both numbers in one, to match on.
    const fn code(self) -> usize {
        code(self.rows, self.vectors)
    }
}

const fn code(rows: usize, vectors: usize) -> usize {
    rows * 8 + vectors
}

/// The tile of a product on a machine.
struct Plan<S, P, T>(PhantomData<(S, P, T)>);

impl<S: Simd, P: Geometry<ProductSizes>, T: Element> Plan<S, P, T> {
    /// 0 where rustc does not know the sizes.
    const CODE: usize = match P::KNOWN {
        Some(product) => Tile::new(product.sizes, T::Vector::<S>::LEN, size_of::<T::Vector<S>>()).code(),
        None => 0,
    };
}

/// What a product reads; `start` may be empty.
#[derive(Clone, Copy)]
pub(super) struct Factors<'a, T> {
    pub(super) left: &'a [T],
    pub(super) right: &'a [T],
    pub(super) start: &'a [T],
}

/// Fills `out` with `rows` rows of sums, on a tile that suits the product.
///
/// A left factor in the order of its columns may have a `depth` of fewer of them than the product says.
/// Where a row is no whole vector, as much of the right factor is read past its end.
#[inline(always)]
pub(super) fn multiply<P: Geometry<ProductSizes>, S: Simd, T: Element>(
    simd: S,
    product: P,
    [rows, depth]: [usize; 2],
    factors: Factors<'_, T>,
    out: &mut [T],
) {
    if const { P::KNOWN.is_some() } {
        by_types(simd, Known::<P>(PhantomData), [rows, depth], factors, out);
    } else {
        by_numbers(simd, &product.sizes(), [rows, depth], factors, out);
    }
}

macro_rules! tiles {
    ($($rows:literal x $vectors:literal,)*) => {
        /// On the tile that was planned for the product.
        #[inline(never)]
        fn by_types<P: Geometry<ProductSizes>, S: Simd, T: Element>(
            simd: S,
            product: P,
            [rows, depth]: [usize; 2],
            factors: Factors<'_, T>,
            out: &mut [T],
        ) {
            frame::vectorize(
                simd,
                #[inline(always)]
                || {
                    $(if const { Plan::<S, P, T>::CODE == code($rows, $vectors) } {
                        all::<P, S, T, $rows, $vectors>(simd, product, [rows, depth], factors, out);
                    })*
                },
            );
        }
    };
}

tiles! {
    1 x 1, 2 x 1, 3 x 1, 4 x 1, 5 x 1, 6 x 1, 7 x 1, 8 x 1, 9 x 1, 10 x 1, 11 x 1, 12 x 1,
    1 x 2, 2 x 2, 3 x 2, 4 x 2, 5 x 2, 6 x 2, 7 x 2, 8 x 2, 9 x 2, 10 x 2, 11 x 2, 12 x 2,
    1 x 3, 2 x 3, 3 x 3, 4 x 3, 5 x 3, 6 x 3, 7 x 3, 8 x 3,
    1 x 4, 2 x 4, 3 x 4, 4 x 4, 5 x 4, 6 x 4,
}

/// On one of a few tiles: no sum depends on the tile that it is in.
#[inline(never)]
fn by_numbers<S: Simd, T: Element>(
    simd: S,
    product: &ProductSizes,
    [rows, depth]: [usize; 2],
    factors: Factors<'_, T>,
    out: &mut [T],
) {
    let vectors = match product.sizes[1].div_ceil(T::Vector::<S>::LEN) {
        all @ 1..=3 => all,
        4 => 2,
        _ => 3,
    };
    macro_rules! tiles {
        ($vectors:literal: $($most:literal),*) => {
            // The highest tile that the rows fill comes first.
            $(if vectors == $vectors && rows >= $most {
                return frame::apart(
                    simd,
                    #[inline(always)]
                    || all::<_, S, T, $most, $vectors>(simd, product, [rows, depth], factors, out),
                );
            })*
        };
    }
    tiles!(1: 8, 4, 2, 1);
    tiles!(2: 6, 4, 2, 1);
    tiles!(3: 4, 2, 1);
}

/// One block of columns after the other; the last tiles overlap those before them.
#[inline(always)]
fn all<P: Geometry<ProductSizes>, S: Simd, T: Element, const MR: usize, const NV: usize>(
    simd: S,
    product: P,
    [rows, depth]: [usize; 2],
    factors: Factors<'_, T>,
    out: &mut [T],
) {
    let ([_, columns, _], block) = (product.sizes().sizes, NV * T::Vector::<S>::LEN);
    for column in (0..columns).step_by(block) {
        let column = column.min(columns.saturating_sub(block));
        for row in (0..rows).step_by(MR) {
            one::<P, S, T, MR, NV>(simd, product, [row.min(rows.saturating_sub(MR)), column], depth, factors, out);
        }
    }
}

/// One tile, from its factors to its sums.
#[inline(always)]
fn one<P: Geometry<ProductSizes>, S: Simd, T: Element, const MR: usize, const NV: usize>(
    simd: S,
    product: P,
    [row, column]: [usize; 2],
    depth: usize,
    factors: Factors<'_, T>,
    out: &mut [T],
) {
    let ProductSizes { sizes: [_, columns, planned], left: steps, right: stride, out: out_stride } = product.sizes();
    let lanes = T::Vector::<S>::LEN;
    let count = columns.min(lanes);
    let window = if steps[1] == 1 {
        // A constant where rustc knows it, so that the compiler sees which elements are there.
        Window { rows: 1, row_step: 0, runs: 1, run_step: 0, len: planned, stride }
    } else {
        Window { rows: depth, row_step: steps[1], runs: 1, run_step: 0, len: 1, stride }
    };
    let mut vectors = [0; NV];
    let mut start = [lanes::zeros::<S, T>(simd); NV];
    for v in 0..NV {
        vectors[v] = (v * lanes).min(columns.saturating_sub(lanes));
        if !factors.start.is_empty() {
            start[v] = lanes::load_part(simd, factors.start, column + vectors[v], count);
        }
    }
    let mut pixels = [0; MR];
    for (m, pixel) in pixels.iter_mut().enumerate() {
        *pixel = m * steps[0];
    }
    let left = factors.left.get(row * steps[0]..).unwrap_or(&[]);
    let right = factors.right.get(column..).unwrap_or(&[]);
    let sums = tile::tile(simd, window, left, pixels, right, vectors, start);
    for (m, sums) in sums.iter().enumerate() {
        for v in 0..NV {
            lanes::store_part::<S, T>(sums[v], out, (row + m) * out_stride + column + vectors[v], count);
        }
    }
}

/// Widens the rows of a matrix that do not fill a vector.
#[inline(never)]
pub(super) fn widen<S: Simd, T: Element>(simd: S, columns: usize, rows: &[T], wide: &mut [T]) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            for (row, wide) in rows.chunks_exact(columns.max(1)).zip(wide.chunks_exact_mut(T::Vector::<S>::LEN)) {
                lanes::store::<S, T>(lanes::load_part(simd, row, 0, columns), wide, 0);
            }
        },
    );
}
