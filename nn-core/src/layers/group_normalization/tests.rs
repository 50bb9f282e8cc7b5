//! Against the formula and its differences, and against Keras' results.

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;

use super::*;
use crate::kernels::testing::levels;
use crate::layers::normalization::oracle::{Golden, Oracle};

fn run<G: GroupNormalizationShape, const GAMMA: usize, const BETA: usize, T: Element>(
    level: Level,
    shape: G,
    [gamma, beta]: [&[T]; 2],
    samples: usize,
    x: &[T],
    dy: &[T],
) -> [Vec<T>; 5] {
    let weights =
        GroupNormalization::<GAMMA, BETA, T> { gamma: gamma.try_into().unwrap(), beta: beta.try_into().unwrap() };
    let mut gradients = GroupNormalization::<GAMMA, BETA, T> { gamma: [T::one(); GAMMA], beta: [T::one(); BETA] };
    let mut saved = vec![T::nan(); samples * saved_len::<G>()];
    let [mut inferred, mut y, mut dx] = [(); 3].map(|()| vec![T::nan(); x.len()]);
    let mut scratch = vec![T::nan(); scratch_len::<G>()];
    let (len, mut more) = (x.len() / samples, Vec::new());
    dispatch!(level, simd => {
        for (x, y) in x.chunks_exact(len).zip(inferred.chunks_exact_mut(len)) {
            infer(simd, shape, &weights, x, y, &mut scratch);
        }
        forward(simd, shape, &weights, samples, x, &mut y, &mut saved);
        let mut unused = weights;
        backward(simd, shape, &weights, samples, x, &saved, dy, &mut unused, None, &mut more);
        backward(simd, shape, &weights, samples, x, &saved, dy, &mut gradients, Some(&mut dx), &mut more);
    });
    [inferred, y, gradients.gamma.to_vec(), gradients.beta.to_vec(), dx]
}

fn check<G: GroupNormalizationShape, const GAMMA: usize, const BETA: usize>(shape: G, offset: f64, what: &str) {
    let oracle = Oracle::groups(G::DIMS, G::GROUPS, G::EPSILON);
    let options = [GAMMA > 0, BETA > 0];
    oracle.check::<f32>(options, offset, what, |level, gamma, beta, samples, x, dy| {
        run::<G, GAMMA, BETA, f32>(level, shape, [gamma, beta], samples, x, dy)
    });
    oracle.check::<f64>(options, offset, what, |level, gamma, beta, samples, x, dy| {
        run::<G, GAMMA, BETA, f64>(level, shape, [gamma, beta], samples, x, dy)
    });
}

macro_rules! shape {
    ($name:ident, $dims:expr, $groups:literal $(, $epsilon:literal)?) => {
        #[derive(Clone, Copy)]
        struct $name;
        impl GroupNormalizationShape for $name {
            const DIMS: [usize; 3] = $dims;
            const GROUPS: usize = $groups;
            $(const EPSILON: f64 = $epsilon;)?
        }
    };
}

shape!(Image, [20, 6, 1], 3);
shape!(Instance, [4, 3, 1], 3);
shape!(One, [20, 3, 1], 1, 0.01);
shape!(Two, [5, 4, 1], 2);
shape!(Vector, [1, 8, 1], 4);
shape!(First, [1, 4, 15], 2);
shape!(Many, [3, 40, 1], 8);
shape!(Middle, [3, 6, 19], 2);
shape!(Channel, [9, 1, 1], 1);

#[test]
fn every_place_of_the_channels() {
    check::<_, 6, 6>(Image, 0.0, "image");
    check::<_, 3, 3>(Instance, 0.0, "instance");
    check::<_, 3, 3>(One, 0.0, "one group");
    check::<_, 8, 8>(Vector, 0.0, "vector");
    check::<_, 4, 4>(First, 0.0, "channels first");
    check::<_, 40, 40>(Many, 0.0, "many");
    check::<_, 6, 6>(Middle, 0.0, "middle");
    check::<_, 1, 1>(Channel, 0.0, "one channel");
}

#[test]
fn without_weights() {
    check::<_, 0, 6>(Image, 0.0, "no scale");
    check::<_, 6, 0>(Middle, 0.0, "no center");
    check::<_, 0, 0>(Two, 0.0, "neither");
}

#[test]
fn a_mean_far_from_zero_keeps_the_variance() {
    check::<_, 6, 6>(Middle, 100.0, "far from zero");
}

fn golden<G: GroupNormalizationShape, const GAMMA: usize, const BETA: usize, T: Element>(
    golden: &Golden,
    case: &str,
    shape: G,
) {
    let read = |name: &str| golden.tensor::<T>(case, name);
    let weight = |name: &str, len: usize| if len == 0 { Vec::new() } else { read(name) };
    let gamma = weight("param.group_normalization.gamma", GAMMA);
    let beta = weight("param.group_normalization.beta", BETA);
    let (x, dy) = (read("input.x"), read("dy.y"));
    let samples = x.len() / G::DIMS.iter().product::<usize>();
    for level in levels() {
        let [inferred, y, dgamma, dbeta, dx] =
            run::<G, GAMMA, BETA, T>(level, shape, [&gamma, &beta], samples, &x, &dy);
        let less_one = |values: &[T]| -> Vec<T> { values.iter().map(|value| *value - T::one()).collect() };
        golden.compare(case, "output.y", &inferred);
        golden.compare(case, "output.y", &y);
        golden.compare(case, "grad_input.x", &dx);
        if GAMMA > 0 {
            golden.compare(case, "grad_param.group_normalization.gamma", &less_one(&dgamma));
        }
        if BETA > 0 {
            golden.compare(case, "grad_param.group_normalization.beta", &less_one(&dbeta));
        }
    }
}

#[test]
fn as_keras() {
    let Some(file) = Golden::open("norm") else { return };
    golden::<_, 6, 6, f32>(&file, "group_norm", Image);
    golden::<_, 3, 3, f32>(&file, "group_norm_instance", Instance);
    golden::<_, 3, 3, f32>(&file, "group_norm_one", One);
    golden::<_, 0, 0, f32>(&file, "group_norm_plain", Two);
    golden::<_, 8, 8, f32>(&file, "group_norm_vector", Vector);
    golden::<_, 4, 4, f32>(&file, "group_norm_channels_first", First);
}
