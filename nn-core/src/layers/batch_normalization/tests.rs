//! Against the formula in f64, against differences, and against what Keras computes.

use std::path::Path;

use crate::kernels::vectors::dispatch;

use super::*;
use crate::element::Element;
use crate::kernels::testing::{assert_close, levels, random};

const EPSILON: f64 = 1e-3;

/// Mean and variance of each channel, by the textbook.
fn moments(dims: [usize; 3], x: &[f64]) -> [Vec<f64>; 2] {
    let [_, channels, inner] = dims;
    let (mut mean, mut variance) = (vec![0.0; channels], vec![0.0; channels]);
    let count = (x.len() / channels) as f64;
    x.iter().enumerate().for_each(|(i, x)| mean[i / inner % channels] += x / count);
    for (i, x) in x.iter().enumerate() {
        let channel = i / inner % channels;
        variance[channel] += (x - mean[channel]).powi(2) / count;
    }
    [mean, variance]
}

/// The whole batch, by the formula.
fn normalize(dims: [usize; 3], gamma: &[f64], beta: &[f64], x: &[f64]) -> Vec<f64> {
    let [mean, variance] = moments(dims, x);
    let normalized = x.iter().enumerate().map(|(i, x)| {
        let channel = i / dims[2] % dims[1];
        (x - mean[channel]) / (variance[channel] + EPSILON).sqrt() * gamma[channel] + beta[channel]
    });
    normalized.collect()
}

/// `(dgamma, dbeta, dx)` of `Σ y · dy`, by the chain rule through mean and variance, one after the other.
fn derive(dims: [usize; 3], gamma: &[f64], x: &[f64], dy: &[f64]) -> [Vec<f64>; 3] {
    let [mean, variance] = moments(dims, x);
    let ones = vec![1.0; dims[1]];
    let normalized = normalize(dims, &ones, &vec![0.0; dims[1]], x);
    let channel = |i: usize| i / dims[2] % dims[1];
    let [mut dgamma, mut dbeta, mut dmean, mut dvariance] = [(); 4].map(|()| vec![0.0; dims[1]]);
    let sigma: Vec<f64> = variance.iter().map(|variance| (variance + EPSILON).sqrt()).collect();
    for (i, dy) in dy.iter().enumerate() {
        let c = channel(i);
        dgamma[c] += dy * normalized[i];
        dbeta[c] += dy;
        dmean[c] -= dy * gamma[c] / sigma[c];
        dvariance[c] -= dy * gamma[c] * (x[i] - mean[c]) / (2.0 * sigma[c].powi(3));
    }
    let count = (x.len() / dims[1]) as f64;
    let dx = dy.iter().enumerate().map(|(i, dy)| {
        let c = channel(i);
        dy * gamma[c] / sigma[c] + dmean[c] / count + dvariance[c] * 2.0 * (x[i] - mean[c]) / count
    });
    [dgamma, dbeta, dx.collect()]
}

#[test]
fn the_oracle_agrees_with_differences() {
    let dims = [2, 3, 2];
    let (x, dy) = (random::<f64>(1, 36), random::<f64>(2, 36));
    let (gamma, beta) = (random::<f64>(3, 3), random::<f64>(4, 3));
    let loss = |x: &[f64]| normalize(dims, &gamma, &beta, x).iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>();
    let [_, _, dx] = derive(dims, &gamma, &x, &dy);
    for i in 0..x.len() {
        let moved = |by: f64| {
            let mut x = x.clone();
            x[i] += by;
            loss(&x)
        };
        let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        assert!((dx[i] - difference).abs() < 1e-8, "element {i}: {}, not {difference}", dx[i]);
    }
}

fn narrow<T: Element>(values: &[f64]) -> Vec<T> {
    values.iter().map(|value| T::from_f64(*value)).collect()
}

/// All passes over a batch in shards of these sizes, with inputs of mean `offset`.
fn check<const N: usize, T: Element>(dims: [usize; 3], shards: &[usize], offset: f64) {
    let size = dims[0] * N * dims[2];
    let all = shards.iter().sum::<usize>() * size;
    let exact =
        |seed: u64, count: usize| -> Vec<f64> { random::<f32>(seed, count).iter().map(|x| f64::from(*x)).collect() };
    let x: Vec<f64> = exact(1, all).iter().map(|x| x + offset).map(|x| f64::from(x as f32)).collect();
    let (dy, gamma, beta) = (exact(2, all), exact(3, N), exact(4, N));
    let [mean, variance] = moments([dims[0], N, dims[2]], &x);
    let expected = normalize([dims[0], N, dims[2]], &gamma, &beta, &x);
    let [dgamma, dbeta, dx] = derive([dims[0], N, dims[2]], &gamma, &x, &dy);

    let array = |values: &[f64]| -> [T; N] { core::array::from_fn(|i| T::from_f64(values[i])) };
    let mut weights = BatchNormalization {
        gamma: array(&gamma),
        beta: array(&beta),
        moving_mean: [T::zero(); N],
        moving_variance: [T::one(); N],
    };
    let mut gradients = BatchNormalization { gamma: [T::zero(); N], beta: [T::zero(); N], ..weights };
    let (x, dy) = (narrow::<T>(&x), narrow::<T>(&dy));
    let terms = 40 + offset as usize * 10;
    for level in levels() {
        (gradients.gamma, gradients.beta) = ([T::zero(); N], [T::zero(); N]);
        let mut statistics = Statistics::default();
        let mut partial = vec![Partial::default(); shards.len()];
        let (mut got, mut got_dx) = (vec![T::nan(); all], vec![T::nan(); all]);
        dispatch!(level, simd => {
            let mut first = 0;
            for (samples, partial) in shards.iter().zip(&mut partial) {
                gather(simd, dims, *samples, &x[first * size..], partial);
                first += samples;
            }
            statistics.combine(&partial);
            let mut first = 0;
            for (samples, partial) in shards.iter().zip(&mut partial) {
                let (x, dy, y) = (&x[first * size..], &dy[first * size..], &mut got[first * size..]);
                forward(simd, dims, &weights, &statistics, EPSILON, *samples, x, y);
                gather_backward(simd, dims, &statistics, EPSILON, *samples, x, dy, partial, &mut gradients);
                first += samples;
            }
            statistics.combine_backward(&partial);
            let mut first = 0;
            for samples in shards {
                let (x, dy, dx) = (&x[first * size..], &dy[first * size..], &mut got_dx[first * size..]);
                backward(simd, dims, &weights, &statistics, EPSILON, *samples, x, dy, dx);
                first += samples;
            }
        });
        let what = format!("{dims:?} in {shards:?}, {:?} at {level:?}", T::DTYPE);
        assert_close(&narrow::<T>(&statistics.mean), &narrow(&mean), terms, &format!("{what}: mean"));
        assert_close(&narrow::<T>(&statistics.variance), &narrow(&variance), terms, &format!("{what}: variance"));
        assert_close(&got, &narrow(&expected), terms, &format!("{what}: y"));
        assert_close(&gradients.gamma, &narrow::<T>(&dgamma), 4 * all / N, &format!("{what}: dgamma"));
        assert_close(&gradients.beta, &narrow::<T>(&dbeta), 4 * all / N, &format!("{what}: dbeta"));
        assert_close(&got_dx, &narrow(&dx), terms, &format!("{what}: dx"));
    }
    update_moving(&mut weights, &Statistics { mean, variance: variance.clone(), ..Statistics::default() }, 0.9);
    let moved: Vec<f64> = variance.iter().map(|variance| 0.9 + variance * 0.1).collect();
    assert_close(&weights.moving_variance, &narrow::<T>(&moved), 1, "moving variance");
}

#[test]
fn vectors() {
    check::<5, f32>([1, 5, 1], &[16, 16, 3], 0.0);
    check::<5, f64>([1, 5, 1], &[4], 0.0);
    check::<100, f32>([1, 100, 1], &[16, 0, 1], 0.0);
}

#[test]
fn images() {
    check::<6, f32>([35, 6, 1], &[16, 5], 0.0);
    check::<6, f64>([35, 6, 1], &[2, 5], 10.0);
    check::<70, f32>([9, 70, 1], &[3, 2], 0.0);
    check::<16, f32>([400, 16, 1], &[16, 16], 0.0);
}

#[test]
fn other_axes() {
    check::<3, f32>([1, 3, 4], &[4, 2], 0.0);
    check::<4, f64>([3, 4, 90], &[3], 1.0);
}

#[test]
fn a_mean_far_from_zero_keeps_the_variance() {
    check::<6, f32>([49, 6, 1], &[16, 16], 100.0);
}

/// Gradients whose second half takes back the first: what is left of their sums is far below the terms. The bounds are what
/// rounding makes of one term, times the root of their number.
#[test]
fn sums_that_nearly_cancel() {
    const N: usize = 6;
    let (dims, shards, samples) = ([256, N, 1], 8, 16);
    let (size, all) = (samples * 256 * N, shards * samples * 256 * N);
    let x: Vec<f32> = random::<f32>(1, all).iter().map(|x| x + 3.0).collect();
    let mut dy = random::<f32>(2, all);
    let rest = random::<f32>(3, all / 2);
    let (first, second) = dy.split_at_mut(all / 2);
    for ((second, first), rest) in second.iter_mut().zip(first).zip(rest) {
        *second = rest * 1e-6 - *first;
    }
    let wide = |values: &[f32]| -> Vec<f64> { values.iter().map(|x| f64::from(*x)).collect() };
    let (exact_x, exact_dy) = (wide(&x), wide(&dy));
    let [mean, variance] = moments([256, N, 1], &exact_x);
    let [dgamma, dbeta, _] = derive([256, N, 1], &[1.0; N], &exact_x, &exact_dy);

    let weights = BatchNormalization {
        gamma: [1.0_f32; N],
        beta: [0.0_f32; N],
        moving_mean: [0.0; N],
        moving_variance: [1.0; N],
    };
    let rounding = f64::from(f32::EPSILON) / 2.0;
    let bound = rounding * ((all / N) as f64).sqrt();
    for level in levels() {
        let (mut statistics, mut partial) = (Statistics::default(), vec![Partial::default(); shards]);
        let mut gradients = BatchNormalization { gamma: [0.0; N], ..weights };
        let mut dx = vec![0.0; all];
        dispatch!(level, simd => {
            for (x, partial) in x.chunks(size).zip(&mut partial) {
                gather(simd, dims, samples, x, partial);
            }
            statistics.combine(&partial);
            for ((x, dy), partial) in x.chunks(size).zip(dy.chunks(size)).zip(&mut partial) {
                gather_backward(simd, dims, &statistics, EPSILON, samples, x, dy, partial, &mut gradients);
            }
            statistics.combine_backward(&partial);
            for ((x, dy), dx) in x.chunks(size).zip(dy.chunks(size)).zip(dx.chunks_mut(size)) {
                backward(simd, dims, &weights, &statistics, EPSILON, samples, x, dy, dx);
            }
        });
        for c in 0..N {
            let off = |what: &str, got: f64, want: f64, bound: f64| {
                let off = (got - want).abs();
                assert!(off <= bound, "{what} of {c} at {level:?}: {got}, not {want}: {:.2} bounds", off / bound);
            };
            off("mean", statistics.mean[c], mean[c], rounding * mean[c]);
            off("variance", statistics.variance[c], variance[c], rounding * variance[c]);
            off("dbeta", statistics.dbeta[c], dbeta[c], 2.0 * bound);
            off("dgamma", statistics.dgamma[c], dgamma[c], 2.0 * bound);
            // What is before the layer adds these up: for a bias there they come to nothing.
            let sum: f64 = dx.iter().skip(c).step_by(N).map(|dx| f64::from(*dx)).sum();
            off("the sum of dx", sum, 0.0, 6.0 * bound);
        }
    }
}

#[test]
fn inference_takes_the_moving_statistics() {
    let weights = BatchNormalization::<2, f64, [f64; 0], [f64; 2]> {
        gamma: [],
        beta: [1.0, -1.0],
        moving_mean: [2.0, 4.0],
        moving_variance: [3.0, 8.0],
    };
    let (x, expected) = ([4.0, 6.0, 0.0, 4.0], [2.0, -1.0 / 3.0, 0.0, -1.0]);
    let (mut y, mut frozen, mut dx) = ([0.0; 4], [0.0; 4], [0.0; 4]);
    dispatch!(levels()[0], simd => {
        let (mut scale, mut shift) = ([0.0; 2], [0.0; 2]);
        fold(simd, &weights, 1.0, &mut scale, &mut shift);
        infer(simd, [2, 2, 1], &scale, &shift, &x, &mut y);
        forward_frozen(simd, [1, 2, 1], &weights, 1.0, 2, &x, &mut frozen);
        backward_frozen(simd, [1, 2, 1], &weights, 1.0, 2, &[2.0, 3.0, 4.0, 6.0], &mut dx);
    });
    assert_close(&y, &expected, 1, "inference");
    assert_close(&frozen, &expected, 1, "frozen");
    assert_close(&dx, &[1.0, 1.0, 2.0, 2.0], 1, "frozen backward");
}

/// A tensor of Keras' results, if they are at hand: 8 bytes of header length, the header in JSON, the data.
fn tensor(name: &str) -> Option<Vec<f32>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/batch_norm.safetensors");
    let file =
        std::fs::read(std::env::var("NN_GOLDEN").map_or(root, |root| Path::new(&root).join("batch_norm.safetensors")));
    let file = file.ok()?;
    let tensors = safetensors::SafeTensors::deserialize(&file).unwrap();
    let bytes = tensors.tensor(name).unwrap().data().to_vec();
    Some(bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect())
}

#[test]
fn keras_agrees() {
    const CASE: &str = "batch_norm_2d";
    let of = |name: &str| tensor(&format!("{CASE}/{name}"));
    let Some(x) = of("input.x") else { return };
    let get = |kind: &str, weight: &str| -> [f32; 5] {
        of(&format!("{kind}.batch_normalization.{weight}")).unwrap().try_into().unwrap()
    };
    let mut weights = BatchNormalization {
        gamma: get("param", "gamma"),
        beta: get("param", "beta"),
        moving_mean: get("param", "moving_mean"),
        moving_variance: get("param", "moving_variance"),
    };
    let mut gradients = BatchNormalization { gamma: [0.0; 5], beta: [0.0; 5], ..weights };
    let (dims, samples) = ([12, 5, 1], 3);
    let (mut partial, mut statistics) = (Partial::default(), Statistics::default());
    let (mut y, mut dx) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    let dy = of("dy.y").unwrap();
    dispatch!(levels()[0], simd => {
        gather(simd, dims, samples, &x, &mut partial);
        statistics.combine([&partial]);
        forward(simd, dims, &weights, &statistics, EPSILON, samples, &x, &mut y);
        gather_backward(simd, dims, &statistics, EPSILON, samples, &x, &dy, &mut partial, &mut gradients);
        statistics.combine_backward([&partial]);
        backward(simd, dims, &weights, &statistics, EPSILON, samples, &x, &dy, &mut dx);
    });
    update_moving(&mut weights, &statistics, 0.99);
    assert_close(&y, &of("train_output.y").unwrap(), 20, "y");
    assert_close(&dx, &of("grad_input.x").unwrap(), 20, "dx");
    assert_close(&gradients.gamma, &get("grad_param", "gamma"), 60, "dgamma");
    assert_close(&gradients.beta, &get("grad_param", "beta"), 60, "dbeta");
    assert_close(&weights.moving_mean, &get("after", "moving_mean"), 5, "moving mean");
    assert_close(&weights.moving_variance, &get("after", "moving_variance"), 5, "moving variance");
}
