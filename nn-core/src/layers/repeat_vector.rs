//! `RepeatVector`: copies of a vector as the steps of a sequence.

use fearless_simd::Simd;

use crate::element::Element;
use crate::layers::merge::add_in_place;

/// `y[i] = x` for each of the `n` steps; one sample or several.
///
/// ```
/// let mut y = [0; 6];
/// nn_core::layers::repeat_vector::infer([3, 2], &[1, 2], &mut y);
/// assert_eq!(y, [1, 2, 1, 2, 1, 2]);
/// ```
#[inline(always)]
pub fn infer<T: Copy>(sizes: [usize; 2], x: &[T], y: &mut [T]) {
    // Neither is zero, which the compiler cannot know of numbers.
    let [n, features] = sizes.map(|size| size.max(1));
    for (x, y) in x.chunks_exact(features).zip(y.chunks_exact_mut(n * features)) {
        for y in y.chunks_exact_mut(features) {
            y.copy_from_slice(x);
        }
    }
}

/// `dx = Σ dy[i]` over the steps, for all samples; overwrites `dx`.
#[inline(always)]
pub fn backward<S: Simd, T: Element>(simd: S, sizes: [usize; 2], dy: &[T], dx: &mut [T]) {
    let [n, features] = sizes.map(|size| size.max(1));
    for (dy, dx) in dy.chunks_exact(n * features).zip(dx.chunks_exact_mut(features)) {
        dx.fill(T::zero());
        for dy in dy.chunks_exact(features) {
            add_in_place(simd, dx, dy);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::kernels::vectors::dispatch;
    use fearless_simd::{Fallback, Level};

    use super::*;

    #[test]
    fn copies_and_their_sum() {
        let x: Vec<f32> = (0..2 * 19).map(|i| i as f32 * 0.5).collect();
        let mut y = vec![f32::NAN; 2 * 3 * 19];
        infer([3, 19], &x, &mut y);
        for (at, y) in y.iter().enumerate() {
            assert_eq!(*y, x[at / 57 * 19 + at % 19]);
        }
        let mut dx = vec![f32::NAN; 2 * 19];
        dispatch!(Level::new(), simd => backward(simd, [3, 19], &y, &mut dx));
        assert!(dx.iter().zip(&x).all(|(dx, x)| *dx == 3.0 * x));
        let mut dx = [f64::NAN; 2];
        backward(Fallback::new(), [2, 1], &[1.0, 2.0, 3.0, 5.0], &mut dx);
        assert_eq!(dx, [3.0, 8.0]);
    }
}
