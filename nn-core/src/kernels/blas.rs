//! matrixmultiply, the GEMM of the batched training path; one of the three fenced modules.
#![allow(unsafe_code)]

use crate::element::{Dtype, Element};

/// A matrix, or its transpose, by its strides.
#[derive(Clone, Copy, Debug)]
pub struct Strided<'a, T> {
    /// The elements.
    pub values: &'a [T],
    /// From one row to the next.
    pub row: usize,
    /// From one column to the next.
    pub column: usize,
}

impl<'a, T> Strided<'a, T> {
    /// In row order, with `stride` elements in a row.
    pub fn rows(values: &'a [T], stride: usize) -> Self {
        Strided { values, row: stride, column: 1 }
    }

    /// The transpose of a matrix in row order with `stride` elements in a row.
    pub fn columns(values: &'a [T], stride: usize) -> Self {
        Strided { values, row: 1, column: stride }
    }

    /// Whether every element of `rows × columns` is there.
    fn holds(&self, rows: usize, columns: usize) -> bool {
        reach(rows, self.row).zip(reach(columns, self.column)).and_then(|(a, b)| a.checked_add(b)).is_some_and(|last| {
            rows == 0 || columns == 0 || last < self.values.len() && isize::try_from(self.row.max(self.column)).is_ok()
        })
    }
}

/// From the first of `count` steps to the last.
fn reach(count: usize, step: usize) -> Option<usize> {
    count.saturating_sub(1).checked_mul(step)
}

/// `c = a · b`, or `c += a · b` with `add`: `m × n` from `m × k` and `k × n`, for `[m, n, k]`; `c` in row order.
///
/// # Panics
///
/// If a slice is shorter than its matrix.
///
/// ```
/// use nn_core::kernels::blas::{Strided, multiply};
/// let mut c = [0.0; 2];
/// multiply([1, 2, 2], Strided::rows(&[1.0, 2.0], 2), Strided::rows(&[1.0, 2.0, 3.0, 4.0], 2), false, &mut c);
/// assert_eq!(c, [7.0, 10.0]);
/// ```
pub fn multiply<T: Element>([m, n, k]: [usize; 3], a: Strided<'_, T>, b: Strided<'_, T>, add: bool, c: &mut [T]) {
    assert!(a.holds(m, k), "the left factor is too short");
    assert!(b.holds(k, n), "the right factor is too short");
    assert!(m.checked_mul(n).is_some_and(|all| all <= c.len()), "the product is too short");
    let strides = [a.row, a.column, b.row, b.column, n].map(|stride| stride as isize);
    let [a_row, a_column, b_row, b_column, c_row] = strides;
    // SAFETY: a and b hold every element that their sizes and strides reach, as checked above; c holds
    // m rows of n elements, which do not overlap each other, nor a or b, because c is borrowed mutably.
    // The element type is checked by `cast_slice` against the size and alignment of T, and by DTYPE.
    match T::DTYPE {
        Dtype::F32 => {
            let (a, b): (&[f32], &[f32]) = (bytemuck::cast_slice(a.values), bytemuck::cast_slice(b.values));
            let (beta, c) = (f32::from(u8::from(add)), bytemuck::cast_slice_mut::<T, f32>(c).as_mut_ptr());
            unsafe {
                matrixmultiply::sgemm(
                    m,
                    k,
                    n,
                    1.0,
                    a.as_ptr(),
                    a_row,
                    a_column,
                    b.as_ptr(),
                    b_row,
                    b_column,
                    beta,
                    c,
                    c_row,
                    1,
                );
            }
        }
        Dtype::F64 => {
            let (a, b): (&[f64], &[f64]) = (bytemuck::cast_slice(a.values), bytemuck::cast_slice(b.values));
            let (beta, c) = (f64::from(u8::from(add)), bytemuck::cast_slice_mut::<T, f64>(c).as_mut_ptr());
            unsafe {
                matrixmultiply::dgemm(
                    m,
                    k,
                    n,
                    1.0,
                    a.as_ptr(),
                    a_row,
                    a_column,
                    b.as_ptr(),
                    b_row,
                    b_column,
                    beta,
                    c,
                    c_row,
                    1,
                );
            }
        }
        Dtype::U32 | Dtype::I32 | Dtype::U8 => unreachable!("an element is `f32` or `f64`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::testing::{assert_close, random};

    fn check<T: Element>([m, n, k]: [usize; 3]) {
        let (a, b) = (random::<T>(1, m * k), random::<T>(2, k * n));
        let mut expected = random::<T>(3, m * n);
        let mut c = expected.clone();
        for (at, c) in expected.iter_mut().enumerate() {
            *c += (0..k).map(|p| a[p * m + at / n] * b[p * n + at % n]).sum::<T>();
        }
        multiply([m, n, k], Strided::columns(&a, m), Strided::rows(&b, n), true, &mut c);
        assert_close(&c, &expected, k, "add to what is there");
    }

    #[test]
    fn products_agree_with_the_formula() {
        check::<f32>([5, 7, 3]);
        check::<f64>([17, 4, 9]);
        check::<f64>([3, 4, 0]);
    }

    #[test]
    #[should_panic(expected = "the left factor is too short")]
    fn a_short_slice_is_refused() {
        multiply([2, 2, 2], Strided::rows(&[1.0; 3], 2), Strided::rows(&[1.0; 4], 2), false, &mut [0.0; 4]);
    }

    #[test]
    #[should_panic(expected = "the right factor is too short")]
    fn a_stride_beyond_the_address_space_is_refused() {
        multiply([1, 1, 2], Strided::rows(&[1.0; 2], 2), Strided::rows(&[1.0; 4], usize::MAX), false, &mut [0.0]);
    }
}
