//! Transposing a matrix, square blocks of vectors at a time.

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::interleave::interleave;
use crate::kernels::lanes;

/// `to[column][row] = from[row][column]`, for `rows × columns` elements of `from`.
///
/// A stride is the distance between the rows of `from` and between those of `to`.
#[inline(never)]
pub(crate) fn transpose<S: Simd, T: Element>(
    simd: S,
    [rows, columns]: [usize; 2],
    (from, from_stride): (&[T], usize),
    (to, to_stride): (&mut [T], usize),
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || match T::Vector::<S>::LEN {
            16 => blocks::<S, T, 16>(simd, [rows, columns], (from, from_stride), (to, to_stride)),
            8 => blocks::<S, T, 8>(simd, [rows, columns], (from, from_stride), (to, to_stride)),
            4 => blocks::<S, T, 4>(simd, [rows, columns], (from, from_stride), (to, to_stride)),
            _ => blocks::<S, T, 2>(simd, [rows, columns], (from, from_stride), (to, to_stride)),
        },
    );
}

/// Blocks of `N × N`, the length of a vector; what is left over goes element by element.
#[inline(always)]
fn blocks<S: Simd, T: Element, const N: usize>(
    simd: S,
    [rows, columns]: [usize; 2],
    (from, from_stride): (&[T], usize),
    (to, to_stride): (&mut [T], usize),
) {
    let whole = if N == T::Vector::<S>::LEN { [rows - rows % N, columns - columns % N] } else { [0, 0] };
    for row in (0..whole[0]).step_by(N) {
        for column in (0..whole[1]).step_by(N) {
            let mut block = [lanes::zeros::<S, T>(simd); N];
            for (i, vector) in block.iter_mut().enumerate() {
                *vector = lanes::load(simd, from, (row + i) * from_stride + column);
            }
            block = turn::<S, T, N>(block);
            for (i, vector) in block.iter().enumerate() {
                lanes::store::<S, T>(*vector, to, (column + i) * to_stride + row);
            }
        }
    }
    for row in 0..rows {
        let done = if row < whole[0] { whole[1] } else { 0 };
        for column in done..columns {
            // Written so that no panic is compiled into inference.
            if let (Some(to), Some(from)) = (to.get_mut(column * to_stride + row), from.get(row * from_stride + column))
            {
                *to = *from;
            }
        }
    }
}

/// Transposes `N` vectors of `N` lanes.
#[inline(always)]
pub(crate) fn turn<S: Simd, T: Element, const N: usize>(block: [T::Vector<S>; N]) -> [T::Vector<S>; N] {
    interleave::<S, T, N, N>(block)
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use crate::kernels::vectors::dispatch;

    use super::*;
    use crate::kernels::testing::{levels, random};

    fn check<T: Element>(rows: usize, columns: usize) {
        let (from_stride, to_stride) = (columns + 3, rows + 1);
        let from = random::<T>(1, rows * from_stride);
        for level in levels() {
            let mut to = vec![T::from_f64(7.0); columns * to_stride];
            dispatch!(level, simd => transpose(simd, [rows, columns], (&from, from_stride), (&mut to, to_stride)));
            for (i, value) in to.iter().enumerate() {
                let (column, row) = (i / to_stride, i % to_stride);
                let expected = if row < rows { from[row * from_stride + column] } else { T::from_f64(7.0) };
                assert_eq!(*value, expected, "{rows} x {columns} at {level:?}, {column}, {row}");
            }
        }
    }

    #[test]
    fn every_element_changes_places() {
        for (rows, columns) in [(1, 1), (16, 16), (16, 120), (121, 16), (3, 5), (17, 33), (40, 7), (0, 4)] {
            check::<f32>(rows, columns);
            check::<f64>(rows, columns);
        }
    }
}
