//! Training: the samples of a shard, with the statistics of the whole batch between two passes.
//!
//! Forward: every shard [`gather`]s, the shards synchronise in [`Statistics::combine`], then each goes [`forward`].
//! Backward: [`gather_backward`], [`Statistics::combine_backward`], [`backward`].

use alloc::vec::Vec;

use fearless_simd::prelude::*;
use num_traits::Float;

use super::infer::fold_with;
use super::{BatchNormalization, Gradients, Partial, Statistics, Weights, passes};
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::gemm::room;
use crate::layers::Bias;

/// Fills the mean and the squared distances of every channel from the samples of a shard.
///
/// `x`: `samples` samples of `dims[0] · dims[1] · dims[2]` elements.
pub fn gather<S: Simd, T: Element>(simd: S, dims: [usize; 3], samples: usize, x: &[T], partial: &mut Partial<T>) {
    let [outer, channels, inner] = dims;
    let Partial { mean, m2, count, dbeta: distance, centre, .. } = partial;
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
    let mut factors = [[T::zero(); N]; 3];
    let factors = factors.each_mut().map(|factors| &mut factors[..]);
    forward_by(simd, dims, weights.parts(), statistics, epsilon, samples, x, y, factors);
}

/// [`forward`] with the weights as slices.
///
/// - `scratch`: grows as needed, what it holds does not matter.
#[expect(clippy::too_many_arguments, reason = "one call is one layer of a network")]
pub fn forward_with<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    weights: Weights<'_, T>,
    statistics: &Statistics,
    epsilon: f64,
    samples: usize,
    x: &[T],
    y: &mut [T],
    scratch: &mut Vec<T>,
) {
    forward_by(simd, dims, weights, statistics, epsilon, samples, x, y, rows(scratch, dims[1]));
}

/// So many slices of `len` elements.
fn rows<T: Element, const K: usize>(scratch: &mut Vec<T>, len: usize) -> [&mut [T]; K] {
    let mut rest = room(scratch, K * len);
    core::array::from_fn(|_| {
        let (row, others) = core::mem::take(&mut rest).split_at_mut(len);
        rest = others;
        row
    })
}

/// [`forward`] with memory for the factors of the channels.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of a network")]
fn forward_by<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    Weights { gamma, beta, .. }: Weights<'_, T>,
    statistics: &Statistics,
    epsilon: f64,
    samples: usize,
    x: &[T],
    y: &mut [T],
    [mean, scale, shift]: [&mut [T]; 3],
) {
    for i in 0..mean.len() {
        let factor = gamma.get(i).map_or(1.0, |gamma| Element::to_f64(*gamma));
        let factor = factor * inverse(statistics.variance[i], epsilon);
        let beta = beta.get(i).map_or(0.0, |beta| Element::to_f64(*beta));
        // Subtracting first keeps the digits of an input that is far from zero.
        let [centre, rest] = split::<T>(statistics.mean[i]);
        (mean[i], scale[i]) = (centre, T::from_f64(factor));
        shift[i] = T::from_f64(beta - Element::to_f64(rest) * factor);
    }
    passes::normalize(simd, dims, samples, [mean, scale, shift], x, y);
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
    partial: &mut Partial<T>,
    gradients: &mut BatchNormalization<N, T, G, B>,
) {
    let gradients = Gradients { gamma: gradients.gamma.as_mut(), beta: gradients.beta.as_mut() };
    debug_assert_eq!(dims[1], N);
    gather_backward_with(simd, dims, statistics, epsilon, samples, x, dy, partial, gradients);
}

/// [`gather_backward`] with the gradients as slices.
#[expect(clippy::too_many_arguments, reason = "one call is one layer of a network")]
pub fn gather_backward_with<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    statistics: &Statistics,
    epsilon: f64,
    samples: usize,
    x: &[T],
    dy: &[T],
    partial: &mut Partial<T>,
    gradients: Gradients<'_, T>,
) {
    let Partial { dbeta, dgamma, centre, .. } = partial;
    for sums in [&mut *dbeta, &mut *dgamma] {
        sums.clear();
        sums.resize(dims[1], 0.0);
    }
    centre.clear();
    centre.extend(statistics.mean.iter().map(|mean| T::from_f64(*mean)));
    passes::products(simd, dims, samples, centre, (x, dy), [dbeta, dgamma]);
    for (i, (dgamma, dbeta)) in dgamma.iter_mut().zip(&*dbeta).enumerate() {
        // What the rounding of the mean left over.
        let [_, rest] = split::<T>(statistics.mean[i]);
        *dgamma = (*dgamma - Element::to_f64(rest) * dbeta) * inverse(statistics.variance[i], epsilon);
    }
    for (gradient, sums) in [(gradients.gamma, dgamma), (gradients.beta, dbeta)] {
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
    let mut factors = [[T::zero(); N]; 5];
    let factors = factors.each_mut().map(|factors| &mut factors[..]);
    backward_by(simd, dims, weights.parts(), statistics, epsilon, samples, [x, dy], dx, factors);
}

/// [`backward`] with the weights as slices.
///
/// - `scratch`: grows as needed, what it holds does not matter.
#[expect(clippy::too_many_arguments, reason = "one call is one layer of a network")]
pub fn backward_with<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    weights: Weights<'_, T>,
    statistics: &Statistics,
    epsilon: f64,
    samples: usize,
    x: &[T],
    dy: &[T],
    dx: &mut [T],
    scratch: &mut Vec<T>,
) {
    backward_by(simd, dims, weights, statistics, epsilon, samples, [x, dy], dx, rows(scratch, dims[1]));
}

/// [`backward`] with memory for the factors of the channels.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of a network")]
fn backward_by<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    Weights { gamma, .. }: Weights<'_, T>,
    statistics: &Statistics,
    epsilon: f64,
    samples: usize,
    [x, dy]: [&[T]; 2],
    dx: &mut [T],
    [mean, scale, along, level, rest]: [&mut [T]; 5],
) {
    let count = statistics.count as f64;
    for i in 0..mean.len() {
        let inverse = inverse(statistics.variance[i], epsilon);
        let [centre, beyond] = split::<T>(statistics.mean[i]);
        let slope = statistics.dgamma[i] / count * inverse;
        (mean[i], along[i]) = (centre, T::from_f64(slope));
        scale[i] = T::from_f64(gamma.get(i).map_or(1.0, |gamma| Element::to_f64(*gamma)) * inverse);
        // The rounding of a level that all elements share would add up in the gradients of what is before the layer.
        [level[i], rest[i]] = split(statistics.dbeta[i] / count - Element::to_f64(beyond) * slope);
    }
    passes::gradient(simd, dims, samples, [mean, scale, along, level, rest], (x, dy), dx);
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
    let [mut scale, mut shift] = [[T::zero(); N]; 2];
    frozen(simd, dims, weights.parts(), epsilon, samples, x, y, [&mut scale, &mut shift]);
}

/// [`forward_frozen`] with the weights as slices.
///
/// - `scratch`: grows as needed, what it holds does not matter.
#[expect(clippy::too_many_arguments, reason = "one call is one layer of a network")]
pub fn forward_frozen_with<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    weights: Weights<'_, T>,
    epsilon: f64,
    samples: usize,
    x: &[T],
    y: &mut [T],
    scratch: &mut Vec<T>,
) {
    frozen(simd, dims, weights, epsilon, samples, x, y, rows(scratch, dims[1]));
}

/// [`forward_frozen`] with memory for the factors of the channels.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of a network")]
fn frozen<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    weights: Weights<'_, T>,
    epsilon: f64,
    samples: usize,
    x: &[T],
    y: &mut [T],
    [scale, shift]: [&mut [T]; 2],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || fold_with(simd, weights, epsilon, scale, shift),
    );
    passes::affine(simd, dims, samples, [scale, shift], x, y);
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
    let [mut scale, mut shift] = [[T::zero(); N]; 2];
    scaled(simd, dims, weights.parts(), epsilon, samples, dy, dx, [&mut scale, &mut shift]);
}

/// [`backward_frozen`] with the weights as slices.
///
/// - `scratch`: grows as needed, what it holds does not matter.
#[expect(clippy::too_many_arguments, reason = "one call is one layer of a network")]
pub fn backward_frozen_with<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    weights: Weights<'_, T>,
    epsilon: f64,
    samples: usize,
    dy: &[T],
    dx: &mut [T],
    scratch: &mut Vec<T>,
) {
    scaled(simd, dims, weights, epsilon, samples, dy, dx, rows(scratch, dims[1]));
}

/// [`backward_frozen`] with memory for the factors of the channels.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of a network")]
fn scaled<S: Simd, T: Element>(
    simd: S,
    dims: [usize; 3],
    weights: Weights<'_, T>,
    epsilon: f64,
    samples: usize,
    dy: &[T],
    dx: &mut [T],
    [scale, shift]: [&mut [T]; 2],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || fold_with(simd, weights, epsilon, scale, shift),
    );
    shift.fill(T::zero());
    passes::affine(simd, dims, samples, [scale, shift], dy, dx);
}

/// `moving = moving · momentum + batch · (1 − momentum)`, with the variance as it is, as in Keras.
pub fn update_moving<const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    weights: &mut BatchNormalization<N, T, G, B>,
    statistics: &Statistics,
    momentum: f64,
) {
    update_moving_with([&mut weights.moving_mean, &mut weights.moving_variance], statistics, momentum);
}

/// [`update_moving`] with the moving mean and variance as slices.
pub fn update_moving_with<T: Element>([mean, variance]: [&mut [T]; 2], statistics: &Statistics, momentum: f64) {
    for (moving, batch) in [(mean, &statistics.mean), (variance, &statistics.variance)] {
        for (moving, batch) in moving.iter_mut().zip(batch) {
            *moving = T::from_f64(Element::to_f64(*moving) * momentum + *batch * (1.0 - momentum));
        }
    }
}
