//! `CumSum`: each element and all before it along an axis, added up.

use crate::element::Element;

/// Writes the sums along the middle of `[outer, n, inner]`; of one sample, or several.
///
/// ```
/// let mut y = [0.0; 6];
/// nn_core::layers::cum_sum::infer([1, 3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut y);
/// assert_eq!(y, [1.0, 2.0, 4.0, 6.0, 9.0, 12.0]);
/// ```
pub fn infer<T: Element>([_, n, inner]: [usize; 3], x: &[T], y: &mut [T]) {
    // No size is zero, which the compiler cannot know of numbers.
    let (len, inner) = ((n * inner).max(1), inner.max(1));
    for (x, y) in x.chunks_exact(len).zip(y.chunks_exact_mut(len)) {
        let mut before: &[T] = &[];
        for (x, y) in x.chunks_exact(inner).zip(y.chunks_exact_mut(inner)) {
            for (column, (x, y)) in x.iter().zip(&mut *y).enumerate() {
                *y = before.get(column).copied().unwrap_or_default() + *x;
            }
            before = y;
        }
    }
}

/// The gradient of the input: the gradients of all sums that it is part of, added up from the end; overwrites `dx`.
pub fn backward<T: Element>([_, n, inner]: [usize; 3], dy: &[T], dx: &mut [T]) {
    let (len, inner) = ((n * inner).max(1), inner.max(1));
    for (dy, dx) in dy.chunks_exact(len).zip(dx.chunks_exact_mut(len)) {
        let mut behind: &[T] = &[];
        for (dy, dx) in dy.chunks_exact(inner).zip(dx.chunks_exact_mut(inner)).rev() {
            for (column, (dy, dx)) in dy.iter().zip(&mut *dx).enumerate() {
                *dx = behind.get(column).copied().unwrap_or_default() + *dy;
            }
            behind = dx;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn from_the_end_backward() {
        let mut dx = [7.0; 8];
        super::backward([2, 2, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], &mut dx);
        assert_eq!(dx, [4.0, 6.0, 3.0, 4.0, 12.0, 14.0, 7.0, 8.0]);
    }
}
