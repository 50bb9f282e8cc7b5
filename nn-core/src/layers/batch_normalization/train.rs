//! Training: the samples of a shard, with the statistics of the whole batch between two passes.
//!
//! Forward: every shard [`gather`]s, the shards meet in [`Statistics::combine`], then each goes [`forward`].
//! Backward: [`gather_backward`], [`Statistics::combine_backward`], [`backward`].

use fearless_simd::prelude::*;

use super::infer::{affine, fold};
use super::{BatchNormalization, Gathered, Statistics, passes};
use crate::element::Element;
use crate::layers::Bias;

/// Fills the mean and the squared distances of every channel from the samples of a shard.
///
/// `x`: `samples` samples of `dims[0] · dims[1] · dims[2]` elements.
pub fn gather<S: Simd, T: Element>(simd: S, dims: [usize; 3], samples: usize, x: &[T], gathered: &mut Gathered<T>) {
    let [outer, channels, inner] = dims;
    let Gathered { mean, m2, count, dbeta: distance, scratch, .. } = gathered;
    *count = samples * outer * inner;
    for sums in [&mut *mean, &mut *m2, &mut *distance] {
        sums.clear();
        sums.resize(channels, T::zero());
    }
    if *count == 0 {
        return;
    }
    let count = T::from_f64(*count as f64);
    passes::sum(simd, dims, samples, x, scratch, mean);
    mean.iter_mut().for_each(|mean| *mean /= count);
    passes::distances(simd, dims, samples, mean, x, scratch, [distance, m2]);
    // What the rounding of the mean left over.
    for ((mean, m2), distance) in mean.iter_mut().zip(m2).zip(distance) {
        *mean += *distance / count;
        *m2 -= *distance * *distance / count;
    }
}

/// `y = (x − mean) / √(variance + epsilon) · gamma + beta`, with the statistics of the batch.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn forward<S: Simd, const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    simd: S,
    dims: [usize; 3],
    weights: &BatchNormalization<N, T, G, B>,
    statistics: &Statistics<T>,
    epsilon: f64,
    samples: usize,
    x: &[T],
    y: &mut [T],
) {
    let (mut scale, mut shift) = ([T::zero(); N], [T::zero(); N]);
    let Statistics { mean, variance, .. } = statistics;
    let (gamma, beta) = (weights.gamma.as_ref(), weights.beta.as_ref());
    affine(mean, variance, gamma, &[], T::from_f64(epsilon), &mut scale, &mut shift);
    // Subtracting first keeps the digits of an input that is far from zero.
    shift.iter_mut().enumerate().for_each(|(i, shift)| *shift = beta.get(i).copied().unwrap_or(T::zero()));
    passes::normalize(simd, dims, samples, [mean, &scale, &shift], x, y);
}

/// Fills the sums that [`backward`] needs, and adds the gradients of `gamma` and `beta` to `gradients`.
///
/// `x`: what went into [`forward`]; `dy`: the gradient of what came out.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn gather_backward<S: Simd, const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    simd: S,
    dims: [usize; 3],
    statistics: &Statistics<T>,
    epsilon: f64,
    samples: usize,
    x: &[T],
    dy: &[T],
    gathered: &mut Gathered<T>,
    gradients: &mut BatchNormalization<N, T, G, B>,
) {
    let Gathered { dbeta, dgamma, scratch, .. } = gathered;
    for sums in [&mut *dbeta, &mut *dgamma] {
        sums.clear();
        sums.resize(N, T::zero());
    }
    let totals: [&mut [T]; 2] = [dbeta, dgamma];
    passes::products(simd, dims, samples, &statistics.mean, (x, dy), scratch, totals);
    for (dgamma, variance) in dgamma.iter_mut().zip(&statistics.variance) {
        *dgamma /= (*variance + T::from_f64(epsilon)).sqrt();
    }
    for (gradient, sums) in [(gradients.gamma.as_mut(), dgamma), (gradients.beta.as_mut(), dbeta)] {
        gradient.iter_mut().zip(sums).for_each(|(gradient, sum)| *gradient += *sum);
    }
}

/// Writes the gradient of the input: `dx = gamma / σ · (dy − mean(dy) − x̂ · mean(dy · x̂))`.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn backward<S: Simd, const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    simd: S,
    dims: [usize; 3],
    weights: &BatchNormalization<N, T, G, B>,
    statistics: &Statistics<T>,
    epsilon: f64,
    samples: usize,
    x: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    let Statistics { mean, variance, count, dbeta, dgamma } = statistics;
    let count = T::from_f64(*count as f64);
    let (mut scale, mut along, mut level) = ([T::zero(); N], [T::zero(); N], [T::zero(); N]);
    let gamma = weights.gamma.as_ref();
    for i in 0..N {
        let inverse = (variance[i] + T::from_f64(epsilon)).sqrt().recip();
        scale[i] = gamma.get(i).copied().unwrap_or(T::one()) * inverse;
        along[i] = dgamma[i] / count * inverse;
        level[i] = dbeta[i] / count;
    }
    let factors: [&[T]; 4] = [mean, &scale, &along, &level];
    passes::gradient(simd, dims, samples, factors, (x, dy), dx);
}

/// Forward with `trainable = false`: the moving statistics, as in inference.
#[inline(always)]
pub fn forward_frozen<S: Simd, const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    simd: S,
    dims: [usize; 3],
    weights: &BatchNormalization<N, T, G, B>,
    epsilon: f64,
    samples: usize,
    x: &[T],
    y: &mut [T],
) {
    let (mut scale, mut shift) = ([T::zero(); N], [T::zero(); N]);
    fold(simd, weights, epsilon, &mut scale, &mut shift);
    passes::affine(simd, dims, samples, [&scale, &shift], x, y);
}

/// Backward with `trainable = false`: `dx = dy · scale`, and nothing for the weights.
#[inline(always)]
pub fn backward_frozen<S: Simd, const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    simd: S,
    dims: [usize; 3],
    weights: &BatchNormalization<N, T, G, B>,
    epsilon: f64,
    samples: usize,
    dy: &[T],
    dx: &mut [T],
) {
    let (mut scale, mut shift) = ([T::zero(); N], [T::zero(); N]);
    fold(simd, weights, epsilon, &mut scale, &mut shift);
    let zeros = [T::zero(); N];
    passes::affine(simd, dims, samples, [&scale, &zeros], dy, dx);
}

/// `moving = moving · momentum + batch · (1 − momentum)`, with the variance as it is, as in Keras.
pub fn update_moving<const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    weights: &mut BatchNormalization<N, T, G, B>,
    statistics: &Statistics<T>,
    momentum: f64,
) {
    let (keep, take) = (T::from_f64(momentum), T::from_f64(1.0 - momentum));
    let mean = (&mut weights.moving_mean, &statistics.mean);
    let variance = (&mut weights.moving_variance, &statistics.variance);
    for (moving, batch) in [mean, variance] {
        moving.iter_mut().zip(batch).for_each(|(moving, batch)| *moving = *moving * keep + *batch * take);
    }
}
