//! A weight that is a value by itself, the same for every sample.

use fearless_simd::Simd;

use crate::element::Element;
use crate::kernels::slices;

/// Writes the weight for each sample.
///
/// ```
/// let mut y = [0.0; 4];
/// nn_core::layers::weight::forward(&[1.0, 2.0], &mut y);
/// assert_eq!(y, [1.0, 2.0, 1.0, 2.0]);
/// ```
pub fn forward<T: Element>(weight: &[T], y: &mut [T]) {
    for y in y.chunks_exact_mut(weight.len().max(1)) {
        slices::copy(weight, y);
    }
}

/// Adds the gradients of all samples to that of the weight, sample after sample.
#[inline(always)]
pub fn backward<S: Simd, T: Element>(simd: S, dy: &[T], sum: &mut [T]) {
    for dy in dy.chunks_exact(sum.len().max(1)) {
        super::merge::add_in_place(simd, sum, dy);
    }
}
