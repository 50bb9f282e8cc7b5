//! Training behind a mask: the statistics of a batch leave masked rows out, and every row is normalized with them.
//!
//! A row is one step of a sample with all of its channels; its mask is 1 or 0. Keras also adds `1e-7` to the number of
//! rows that count, which is less than the rounding of that number's `f32` quotients.

use alloc::vec::Vec;

use fearless_simd::Simd;

use super::train::inverse;
use super::{BatchNormalization, Partial, Statistics, Weights, backward, backward_with, gather};
use crate::element::Element;
use crate::layers::Bias;

/// [`gather`], of the rows that count alone.
pub fn gather_masked<S: Simd, T: Element>(simd: S, channels: usize, x: &[T], mask: &[T], partial: &mut Partial<T>) {
    let mut counted: Vec<T> = core::mem::take(&mut partial.counted);
    counted.clear();
    for (row, _) in x.chunks_exact(channels.max(1)).zip(mask).filter(|(_, mask)| **mask != T::zero()) {
        counted.extend_from_slice(row);
    }
    let rows = counted.len() / channels.max(1);
    gather(simd, [1, channels, 1], rows, &counted, partial);
    partial.counted = counted;
}

/// [`backward`], where no masked row has moved the statistics: `dx = gamma / σ · dy` for it.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn backward_masked<S: Simd, const N: usize, T: Element, G: Bias<T>, B: Bias<T>>(
    simd: S,
    weights: &BatchNormalization<N, T, G, B>,
    statistics: &Statistics,
    epsilon: f64,
    x: &[T],
    mask: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    backward(simd, [mask.len(), N, 1], weights, statistics, epsilon, 1, x, dy, dx);
    masked_rows(N, weights.gamma.as_ref(), statistics, epsilon, mask, dy, dx);
}

/// [`backward_masked`] with the weights as slices, of so many channels.
///
/// - `scratch`: grows as needed, what it holds does not matter.
#[expect(clippy::too_many_arguments, reason = "one call is one layer of a network")]
pub fn backward_masked_with<S: Simd, T: Element>(
    simd: S,
    channels: usize,
    weights: Weights<'_, T>,
    statistics: &Statistics,
    epsilon: f64,
    x: &[T],
    mask: &[T],
    dy: &[T],
    dx: &mut [T],
    scratch: &mut Vec<T>,
) {
    backward_with(simd, [mask.len(), channels, 1], weights, statistics, epsilon, 1, x, dy, dx, scratch);
    masked_rows(channels, weights.gamma, statistics, epsilon, mask, dy, dx);
}

/// The gradients of the rows that do not count.
#[inline(always)]
fn masked_rows<T: Element>(
    channels: usize,
    gamma: &[T],
    statistics: &Statistics,
    epsilon: f64,
    mask: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    let channels = channels.max(1);
    let rows = dx.chunks_exact_mut(channels).zip(dy.chunks_exact(channels)).zip(mask);
    for ((dx, dy), _) in rows.filter(|(_, mask)| **mask == T::zero()) {
        for (channel, (dx, dy)) in dx.iter_mut().zip(dy).enumerate() {
            let gamma = gamma.get(channel).copied().unwrap_or(T::one());
            *dx = *dy * gamma * T::from_f64(inverse(statistics.variance[channel], epsilon));
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests;
