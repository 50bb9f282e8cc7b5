//! A head's rows as columns, so that the lanes run over the steps.

use fearless_simd::prelude::*;

use crate::element::Element;
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

/// `to[column][row] = from[row][column] · factor`, with zeros past the last row; `width` elements in a row of `to`,
/// a multiple of a vector.
#[inline(never)]
pub(super) fn turn<S: Simd, T: Element>(simd: S, from: Rows<'_, T>, factor: T, to: &mut [T], width: usize) {
    simd.vectorize(
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
    for row in (0..width).step_by(N) {
        let rows = from.rows.saturating_sub(row);
        for column in (0..from.columns).step_by(N) {
            let count = N.min(from.columns - column);
            let mut block = [lanes::zeros::<S, T>(simd); N];
            for (i, vector) in block.iter_mut().enumerate().take(rows) {
                *vector = lanes::load_part(simd, from.values, (row + i) * from.stride + column, count);
            }
            for (i, vector) in transpose::turn::<S, T, N>(block).iter().enumerate().take(count) {
                lanes::store::<S, T>(*vector * factor, to, (column + i) * width + row);
            }
        }
    }
}
