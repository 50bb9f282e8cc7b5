//! Drawing the numbers.

use alloc::vec;

use num_traits::Float;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use super::{Initializer, orthogonal};
use crate::element::Element;

/// The standard deviation that a standard normal has left when it is cut at ±2; Keras divides by it.
const TRUNCATED_STDDEV: f64 = 0.879_625_661_034_239_8;

impl Initializer {
    /// Fills `out`, a weight of this shape. Numbers are drawn in `f64`, so that `f32` and `f64` networks of one seed start alike.
    ///
    /// ```
    /// use nn_core::initializers::Initializer;
    ///
    /// let mut kernel = [0.0_f32; 12];
    /// Initializer::GlorotUniform.fill(&[3, 4], &mut nn_core::rng(0), &mut kernel);
    /// assert!(kernel.iter().all(|weight| weight.abs() <= (6.0_f32 / 7.0).sqrt()));
    /// ```
    pub fn fill<T: Element, R: Rng + ?Sized>(self, shape: &[usize], mut rng: &mut R, out: &mut [T]) {
        let (fan_in, fan_out) = fans(shape);
        let both = (fan_in + fan_out) / 2.0;
        match self {
            Initializer::Zeros => out.fill(T::zero()),
            Initializer::Ones => out.fill(T::one()),
            Initializer::Constant(value) => out.fill(T::from_f64(value)),
            Initializer::Uniform(low, high) => uniform(low, high, rng, out),
            Initializer::Normal(mean, stddev) => normal(mean, stddev, rng, out),
            Initializer::TruncatedNormal(mean, stddev) => truncated_normal(mean, stddev, rng, out),
            Initializer::GlorotUniform => scaled_uniform(1.0, both, rng, out),
            Initializer::GlorotNormal => scaled_normal(1.0, both, rng, out),
            Initializer::HeUniform => scaled_uniform(2.0, fan_in, rng, out),
            Initializer::HeNormal => scaled_normal(2.0, fan_in, rng, out),
            Initializer::LecunUniform => scaled_uniform(1.0, fan_in, rng, out),
            Initializer::LecunNormal => scaled_normal(1.0, fan_in, rng, out),
            Initializer::Orthogonal(gain) => orthogonal::fill(gain, columns(shape), rng, out),
            Initializer::Identity(gain) => identity(gain, columns(shape), out),
            Initializer::UnitForgetBias(others) => {
                let units = out.len() / 4;
                let (input, rest) = out.split_at_mut(units);
                let (forget, candidate_and_output) = rest.split_at_mut(units);
                others.fill(&[units], rng, input);
                forget.fill(T::one());
                others.fill(&[candidate_and_output.len()], rng, candidate_and_output);
            }
            Initializer::Matrix(matrix, shape) => matrix.fill(&shape, rng, out),
            Initializer::Custom(fill) => {
                let mut weight = vec![0.0; out.len()];
                fill(shape, &mut rng, &mut weight);
                out.iter_mut().zip(weight).for_each(|(out, value)| *out = T::from_f64(value));
            }
        }
    }
}

/// Keras' `compute_fans`.
pub(super) fn fans(shape: &[usize]) -> (f64, f64) {
    match *shape {
        [] => (1.0, 1.0),
        [length] => (length as f64, length as f64),
        [ref receptive_field @ .., inputs, outputs] => {
            let field: f64 = receptive_field.iter().map(|&size| size as f64).product();
            (inputs as f64 * field, outputs as f64 * field)
        }
    }
}

fn columns(shape: &[usize]) -> usize {
    shape.last().copied().unwrap_or(1).max(1)
}

fn uniform<T: Element, R: Rng + ?Sized>(low: f64, high: f64, rng: &mut R, out: &mut [T]) {
    for out in out {
        *out = T::from_f64(low + (high - low) * rng.random::<f64>());
    }
}

fn normal<T: Element, R: Rng + ?Sized>(mean: f64, stddev: f64, rng: &mut R, out: &mut [T]) {
    for out in out {
        *out = T::from_f64(mean + stddev * rng.sample::<f64, _>(StandardNormal));
    }
}

fn truncated_normal<T: Element, R: Rng + ?Sized>(mean: f64, stddev: f64, rng: &mut R, out: &mut [T]) {
    for out in out {
        let mut z: f64 = rng.sample(StandardNormal);
        while z.abs() > 2.0 {
            z = rng.sample(StandardNormal);
        }
        *out = T::from_f64(mean + stddev * z);
    }
}

/// Uniform with variance `scale / fan`.
fn scaled_uniform<T: Element, R: Rng + ?Sized>(scale: f64, fan: f64, rng: &mut R, out: &mut [T]) {
    let limit = Float::sqrt(3.0 * scale / fan.max(1.0));
    uniform(-limit, limit, rng, out);
}

/// Truncated normal with variance `scale / fan`.
fn scaled_normal<T: Element, R: Rng + ?Sized>(scale: f64, fan: f64, rng: &mut R, out: &mut [T]) {
    truncated_normal(0.0, Float::sqrt(scale / fan.max(1.0)) / TRUNCATED_STDDEV, rng, out);
}

fn identity<T: Element>(gain: f64, columns: usize, out: &mut [T]) {
    out.fill(T::zero());
    for (row, out) in out.chunks_exact_mut(columns).take(columns).enumerate() {
        out[row] = T::from_f64(gain);
    }
}
