//! Training: the samples of a shard, with the statistics of the whole batch between two passes.
//!
//! Forward: every shard [`gather`]s, the shards meet in [`Statistics::combine`], then each goes [`forward`].
//! Backward: [`gather_backward`], [`Statistics::combine_backward`], [`backward`].

use fearless_simd::prelude::*;
use num_traits::Float;

use super::infer::fold;
use super::{BatchNormalization, Gathered, Statistics, passes};
use crate::element::Element;
use crate::layers::Bias;

/// Fills the mean and the squared distances of every channel from the samples of a shard.
///
/// `x`: `samples` samples of `dims[0] · dims[1] · dims[2]` elements.
pub fn gather<S: Simd, T: Element>(simd: S, dims: [usize; 3], samples: usize, x: &[T], gathered: &mut Gathered<T>) {
    let [outer, channels, inner] = dims;
    let Gathered { mean, m2, count, dbeta: distance, centre, .. } = gathered;
    *count = samples * outer * inner;
    for sums in [&mut *mean, &mut *m2, &mut *distance] {
        sums.clear();
        sums.resize(channels, 0.0);
    }
    if *count == 0 {
        return;
    }
    let count = *count as f64;
    passes::sum(simd, dims, samples, x, mean);
    centre.clear();
    centre.extend(mean.iter().map(|sum| T::from_f64(*sum / count)));
    passes::distances(simd, dims, samples, centre, x, [distance, m2]);
    // What the rounding of the mean left over.
    for (((mean, m2), distance), centre) in mean.iter_mut().zip(m2).zip(distance).zip(centre) {
        *mean = Element::to_f64(*centre) + *distance / count;
        *m2 -= *distance * *distance / count;
    }
}

/// A number, and what its rounding leaves over.
fn split<T: Element>(exact: f64) -> [T; 2] {
    let rounded = T::from_f64(exact);
    [rounded, T::from_f64(exact - Element::to_f64(rounded))]
}

/// One over the standard deviation.
pub(super) fn inverse(variance: f64, epsilon: f64) -> f64 {
    1.0 / Float::sqrt(variance + epsilon)
}

/// `y = (x − mean) / √(variance + epsilon) · gamma + beta`, with the statistics of the batch.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn forward<S: Simd, const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    simd: S,
    dims: [usize; 3],
    weights: &BatchNormalization<N, T, G, B>,
    statistics: &Statistics,
    epsilon: f64,
    samples: usize,
    x: &[T],
    y: &mut [T],
) {
    let (mut mean, mut scale, mut shift) = ([T::zero(); N], [T::zero(); N], [T::zero(); N]);
    let (gamma, beta) = (weights.gamma.as_ref(), weights.beta.as_ref());
    for i in 0..N {
        let factor = gamma.get(i).map_or(1.0, |gamma| Element::to_f64(*gamma));
        let factor = factor * inverse(statistics.variance[i], epsilon);
        let beta = beta.get(i).map_or(0.0, |beta| Element::to_f64(*beta));
        // Subtracting first keeps the digits of an input that is far from zero.
        let [centre, rest] = split::<T>(statistics.mean[i]);
        (mean[i], scale[i]) = (centre, T::from_f64(factor));
        shift[i] = T::from_f64(beta - Element::to_f64(rest) * factor);
    }
    passes::normalize(simd, dims, samples, [&mean, &scale, &shift], x, y);
}

/// Fills the sums that [`backward`] needs, and adds the gradients of `gamma` and `beta` to `gradients`.
///
/// `x`: what went into [`forward`]; `dy`: the gradient of what came out.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn gather_backward<S: Simd, const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    simd: S,
    dims: [usize; 3],
    statistics: &Statistics,
    epsilon: f64,
    samples: usize,
    x: &[T],
    dy: &[T],
    gathered: &mut Gathered<T>,
    gradients: &mut BatchNormalization<N, T, G, B>,
) {
    let Gathered { dbeta, dgamma, centre, .. } = gathered;
    for sums in [&mut *dbeta, &mut *dgamma] {
        sums.clear();
        sums.resize(N, 0.0);
    }
    centre.clear();
    centre.extend(statistics.mean.iter().map(|mean| T::from_f64(*mean)));
    passes::products(simd, dims, samples, centre, (x, dy), [dbeta, dgamma]);
    for (i, (dgamma, dbeta)) in dgamma.iter_mut().zip(&*dbeta).enumerate() {
        // What the rounding of the mean left over.
        let [_, rest] = split::<T>(statistics.mean[i]);
        *dgamma = (*dgamma - Element::to_f64(rest) * dbeta) * inverse(statistics.variance[i], epsilon);
    }
    for (gradient, sums) in [(gradients.gamma.as_mut(), dgamma), (gradients.beta.as_mut(), dbeta)] {
        gradient.iter_mut().zip(sums).for_each(|(gradient, sum)| *gradient += T::from_f64(*sum));
    }
}

/// Writes the gradient of the input: `dx = gamma / σ · (dy − mean(dy) − x̂ · mean(dy · x̂))`.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn backward<S: Simd, const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    simd: S,
    dims: [usize; 3],
    weights: &BatchNormalization<N, T, G, B>,
    statistics: &Statistics,
    epsilon: f64,
    samples: usize,
    x: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    let count = statistics.count as f64;
    let [mut mean, mut scale, mut along, mut level, mut rest] = [[T::zero(); N]; 5];
    let gamma = weights.gamma.as_ref();
    for i in 0..N {
        let inverse = inverse(statistics.variance[i], epsilon);
        let [centre, beyond] = split::<T>(statistics.mean[i]);
        let slope = statistics.dgamma[i] / count * inverse;
        (mean[i], along[i]) = (centre, T::from_f64(slope));
        scale[i] = T::from_f64(gamma.get(i).map_or(1.0, |gamma| Element::to_f64(*gamma)) * inverse);
        // The rounding of a level that all elements share would add up in the gradients of what is before the layer.
        [level[i], rest[i]] = split(statistics.dbeta[i] / count - Element::to_f64(beyond) * slope);
    }
    let factors: [&[T]; 5] = [&mean, &scale, &along, &level, &rest];
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
    statistics: &Statistics,
    momentum: f64,
) {
    let mean = (&mut weights.moving_mean, &statistics.mean);
    let variance = (&mut weights.moving_variance, &statistics.variance);
    for (moving, batch) in [mean, variance] {
        for (moving, batch) in moving.iter_mut().zip(batch) {
            *moving = T::from_f64(Element::to_f64(*moving) * momentum + *batch * (1.0 - momentum));
        }
    }
}
