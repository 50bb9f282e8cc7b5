//! Inference: one sample.

use fearless_simd::prelude::*;

use super::{Kind, Pool2DShape};
use crate::activations::Activation;
use crate::element::Element;
use crate::layers::conv2d::Border;

/// Pools one sample, then applies the activation.
///
/// - `x`: the input, without zeros around it, of shape `L::INPUT`.
/// - `y`: the output of shape `L::OUTPUT` inside of `border`, whose elements are left alone.
///
/// With `same`, a mean is over the elements inside the input only, as in Keras.
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
#[inline(always)]
pub fn infer<S: Simd, L: Pool2DShape, T: Element, A: Activation<T>>(
    simd: S,
    _shape: L,
    border: Border,
    x: &[T],
    y: &mut [T],
    activation: A,
) {
    let [h, w, c] = L::INPUT;
    let [oh, ow, _] = L::OUTPUT;
    let width = border.around(L::OUTPUT)[1];
    for p in 0..oh * ow * c {
        let (row, column, f) = (p / c / ow, p / c % ow, p % c);
        let mut best: Option<T> = None;
        let mut count = 0;
        for q in 0..L::POOL_SIZE[0] * L::POOL_SIZE[1] {
            let i = (row * L::STRIDES[0] + q / L::POOL_SIZE[1]).wrapping_sub(L::OVERHANG.top);
            let j = (column * L::STRIDES[1] + q % L::POOL_SIZE[1]).wrapping_sub(L::OVERHANG.left);
            if i < h && j < w {
                count += 1;
                let value = x.get((i * w + j) * c + f).copied().unwrap_or_else(T::zero);
                best = Some(match (best, L::KIND) {
                    (None, _) => value,
                    (Some(old), Kind::Max) => old.max(value),
                    (Some(old), Kind::Average) => old + value,
                });
            }
        }
        let mut value = best.unwrap_or_else(T::zero);
        if L::KIND == Kind::Average {
            value = value / T::from_f64(f64::from(count));
        }
        if let Some(y) = y.get_mut(((row + border.top) * width + column + border.left) * c + f) {
            *y = activation.apply(simd, T::Vector::<S>::splat(simd, value))[0];
        }
    }
}
