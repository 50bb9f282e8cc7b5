//! Inference: the moving statistics, folded into a scale and a shift for each channel.

use fearless_simd::prelude::*;

use super::{BatchNormalization, Weights};
use crate::element::Element;
use crate::kernels::lanes;
use crate::layers::Bias;

/// Folds the layer into `y = x · scale + shift`, a number each for every channel.
///
/// `scale` and `shift` have `N` elements. A layer before can take them into its own
/// [epilogue](crate::layers::epilogue::Epilogue::affine); otherwise [`infer`] applies them.
///
/// ```
/// use nn_core::layers::batch_normalization::{BatchNormalization, fold};
/// let layer = BatchNormalization::<1> { gamma: [3.0], beta: [1.0], moving_mean: [2.0], moving_variance: [3.0] };
/// let (mut scale, mut shift) = ([0.0], [0.0]);
/// let level = nn_core::rt::fearless_simd::Level::new();
/// fearless_simd::dispatch!(level, simd => fold(simd, &layer, 1.0, &mut scale, &mut shift));
/// assert_eq!((scale, shift), ([1.5], [-2.0]));
/// ```
#[inline(always)]
pub fn fold<S: Simd, const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    simd: S,
    weights: &BatchNormalization<N, T, G, B>,
    epsilon: f64,
    scale: &mut [T],
    shift: &mut [T],
) {
    fold_with(simd, weights.parts(), epsilon, scale, shift);
}

/// [`fold`] with the weights as slices.
#[inline(always)]
pub fn fold_with<S: Simd, T: Element>(
    simd: S,
    weights: Weights<'_, T>,
    epsilon: f64,
    scale: &mut [T],
    shift: &mut [T],
) {
    let (channels, lanes) = (weights.moving_mean.len(), T::Vector::<S>::LEN);
    let whole = channels - channels % lanes;
    // Apart from the last one, so that the compiler sees whole vectors here.
    for at in (0..whole).step_by(lanes) {
        fold_vector(simd, weights, epsilon, [at, lanes], scale, shift);
    }
    if whole < channels {
        fold_vector(simd, weights, epsilon, [whole, channels - whole], scale, shift);
    }
}

/// `scale = gamma / √(variance + epsilon)` and `shift = beta − mean · scale`, for `count` channels from `at` on.
#[inline(always)]
fn fold_vector<S: Simd, T: Element>(
    simd: S,
    Weights { gamma, beta, moving_mean, moving_variance }: Weights<'_, T>,
    epsilon: f64,
    [at, count]: [usize; 2],
    scale: &mut [T],
    shift: &mut [T],
) {
    let splat = |value: T| T::Vector::<S>::splat(simd, value);
    let load = |values: &[T]| lanes::load_or::<S, T>(simd, values, at, count, T::one());
    let gamma = if gamma.is_empty() { splat(T::one()) } else { load(gamma) };
    let beta = if beta.is_empty() { splat(T::zero()) } else { load(beta) };
    let factor = gamma / (load(moving_variance) + splat(T::from_f64(epsilon))).sqrt();
    lanes::store_part::<S, T>(factor, scale, at, count);
    lanes::store_part::<S, T>(beta - load(moving_mean) * factor, shift, at, count);
}

/// `y = x · scale + shift` for one sample: a pass of its own, where no layer before takes it.
///
/// `x` and `y` have `dims[0] · dims[1] · dims[2]` elements, `scale` and `shift` have `dims[1]`.
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
#[inline(always)]
pub fn infer<S: Simd, T: Element>(_simd: S, dims: [usize; 3], scale: &[T], shift: &[T], x: &[T], y: &mut [T]) {
    let [outer, channels, inner] = dims;
    let all = outer * channels * inner;
    if x.len() >= all && y.len() >= all && scale.len() >= channels && shift.len() >= channels {
        super::lanes::map(
            dims,
            1,
            [scale, shift],
            (x, x, y),
            #[inline(always)]
            |[scale, shift], x, _| x * scale + shift,
        );
    }
}
