//! A head's rows as columns, so that the lanes run over the steps.

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::lanes;
use crate::kernels::transpose;

/// Some rows of one head of a projection.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, T> {
    /// From the first number of the first row on.
    pub(super) values: &'a [T],
    /// From one row to the next.
    pub(super) stride: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// `to[column][row] = from[row][column] · factor`; `width` elements in a row of `to`, a multiple of a vector. Past the
/// last row comes the last row again.
#[inline(never)]
pub(super) fn transpose<S: Simd, T: Element>(simd: S, from: Rows<'_, T>, factor: T, to: &mut [T], width: usize) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || match T::Vector::<S>::LEN {
            16 => blocks::<S, T, 16>(simd, from, factor, to, width),
            8 => blocks::<S, T, 8>(simd, from, factor, to, width),
            4 => blocks::<S, T, 4>(simd, from, factor, to, width),
            _ => blocks::<S, T, 2>(simd, from, factor, to, width),
        },
    );
}

#[inline(always)]
fn blocks<S: Simd, T: Element, const N: usize>(simd: S, from: Rows<'_, T>, factor: T, to: &mut [T], width: usize) {
    let whole = from.columns - from.columns % N;
    for row in (0..width).step_by(N) {
        for column in (0..whole).step_by(N) {
            block::<S, T, N>(simd, from, factor, [row, column, N], to, width);
        }
        if whole < from.columns {
            block::<S, T, N>(simd, from, factor, [row, whole, from.columns - whole], to, width);
        }
    }
}

/// `count` columns from `column` on, `N` rows from `row` on.
#[inline(always)]
fn block<S: Simd, T: Element, const N: usize>(
    simd: S,
    from: Rows<'_, T>,
    factor: T,
    [row, column, count]: [usize; 3],
    to: &mut [T],
    width: usize,
) {
    let mut block = [lanes::zeros::<S, T>(simd); N];
    for (i, vector) in block.iter_mut().enumerate() {
        let row = (row + i).min(from.rows.saturating_sub(1));
        *vector = lanes::load_part(simd, from.values, row * from.stride + column, count);
    }
    for (i, vector) in transpose::turn::<S, T, N>(block).iter().enumerate().take(count) {
        lanes::store::<S, T>(*vector * factor, to, (column + i) * width + row);
    }
}
