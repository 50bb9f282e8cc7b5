//! Against the formula and its differences, and against Keras' results.

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;

use super::*;
use crate::kernels::testing::levels;
use crate::layers::normalization::oracle::{Golden, Oracle};

fn run<G: LayerNormalizationShape, const GAMMA: usize, const BETA: usize, T: Element>(
    level: Level,
    shape: G,
    [gamma, beta]: [&[T]; 2],
    samples: usize,
    x: &[T],
    dy: &[T],
) -> [Vec<T>; 5] {
    let weights =
        LayerNormalization::<GAMMA, BETA, T> { gamma: gamma.try_into().unwrap(), beta: beta.try_into().unwrap() };
    let mut gradients = LayerNormalization::<GAMMA, BETA, T> { gamma: [T::one(); GAMMA], beta: [T::one(); BETA] };
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

fn check<G: LayerNormalizationShape, const GAMMA: usize, const BETA: usize>(shape: G, offset: f64, what: &str) {
    let oracle = Oracle::along(G::SHAPE, G::NORMALIZED, true, G::EPSILON);
    let options = [GAMMA > 0, BETA > 0];
    oracle.check::<f32>(options, offset, what, |level, gamma, beta, samples, x, dy| {
        run::<G, GAMMA, BETA, f32>(level, shape, [gamma, beta], samples, x, dy)
    });
    oracle.check::<f64>(options, offset, what, |level, gamma, beta, samples, x, dy| {
        run::<G, GAMMA, BETA, f64>(level, shape, [gamma, beta], samples, x, dy)
    });
}

macro_rules! shape {
    ($name:ident, $shape:expr, $normalized:expr $(, $epsilon:literal)?) => {
        #[derive(Clone, Copy)]
        struct $name;
        impl LayerNormalizationShape for $name {
            const SHAPE: &'static [usize] = &$shape;
            const NORMALIZED: &'static [bool] = &$normalized;
            $(const EPSILON: f64 = $epsilon;)?
        }
    };
}

shape!(Vector, [6], [true]);
shape!(Steps, [4, 5], [false, true]);
shape!(Wide, [2, 67], [false, true], 0.5);
shape!(All, [3, 4, 5], [true, true, true]);
shape!(LastTwo, [3, 4, 5], [false, true, true]);
shape!(First, [4, 5], [true, false]);
shape!(FirstWide, [3, 37], [true, false]);
shape!(Middle, [3, 4, 19], [false, true, false]);
shape!(Ends, [3, 2, 18], [true, false, true]);
shape!(Alternating, [2, 3, 2, 3], [false, true, false, true]);
shape!(SixAxes, [2, 1, 3, 2, 2, 3], [false, true, true, false, true, false]);
shape!(Ones, [1, 7, 1], [false, true, false]);

#[test]
fn every_choice_of_axes() {
    check::<_, 6, 6>(Vector, 0.0, "vector");
    check::<_, 5, 5>(Steps, 0.0, "steps");
    check::<_, 67, 67>(Wide, 0.0, "wide");
    check::<_, 60, 60>(All, 0.0, "all");
    check::<_, 20, 20>(LastTwo, 0.0, "last two");
    check::<_, 4, 4>(First, 0.0, "first");
    check::<_, 3, 3>(FirstWide, 0.0, "first, wide");
    check::<_, 4, 4>(Middle, 0.0, "middle");
    check::<_, 54, 54>(Ends, 0.0, "ends");
    check::<_, 9, 9>(Alternating, 0.0, "alternating");
    check::<_, 6, 6>(SixAxes, 0.0, "six axes");
    check::<_, 7, 7>(Ones, 0.0, "ones");
}

#[test]
fn without_weights() {
    check::<_, 0, 5>(Steps, 0.0, "no scale");
    check::<_, 5, 0>(Steps, 0.0, "no center");
    check::<_, 0, 0>(First, 0.0, "neither");
}

#[test]
fn a_mean_far_from_zero_keeps_the_variance() {
    check::<_, 67, 67>(Wide, 100.0, "far from zero");
}

fn golden<G: LayerNormalizationShape, const GAMMA: usize, const BETA: usize, T: Element>(
    golden: &Golden,
    case: &str,
    shape: G,
) {
    let read = |name: &str| golden.tensor::<T>(case, name);
    let weight = |name: &str, len: usize| if len == 0 { Vec::new() } else { read(name) };
    let gamma = weight("param.layer_normalization.gamma", GAMMA);
    let beta = weight("param.layer_normalization.beta", BETA);
    let (x, dy) = (read("input.x"), read("dy.y"));
    let samples = x.len() / G::SHAPE.iter().product::<usize>();
    for level in levels() {
        let [inferred, y, dgamma, dbeta, dx] =
            run::<G, GAMMA, BETA, T>(level, shape, [&gamma, &beta], samples, &x, &dy);
        let less_one = |values: &[T]| -> Vec<T> { values.iter().map(|value| *value - T::one()).collect() };
        golden.compare(case, "output.y", &inferred);
        golden.compare(case, "output.y", &y);
        golden.compare(case, "grad_input.x", &dx);
        if GAMMA > 0 {
            golden.compare(case, "grad_param.layer_normalization.gamma", &less_one(&dgamma));
        }
        if BETA > 0 {
            golden.compare(case, "grad_param.layer_normalization.beta", &less_one(&dbeta));
        }
    }
}

#[test]
fn as_keras() {
    let Some(file) = Golden::open("norm") else { return };
    shape!(Half, [4, 5], [false, true], 0.5);
    golden::<_, 6, 6, f32>(&file, "layer_norm", Vector);
    golden::<_, 6, 6, f64>(&file, "layer_norm_f64", Vector);
    golden::<_, 5, 5, f32>(&file, "layer_norm_seq", Steps);
    golden::<_, 60, 60, f32>(&file, "layer_norm_axes", All);
    golden::<_, 20, 20, f32>(&file, "layer_norm_axes_last2", LastTwo);
    golden::<_, 4, 4, f32>(&file, "layer_norm_axis1", First);
    golden::<_, 5, 0, f32>(&file, "layer_norm_no_center", Steps);
    golden::<_, 0, 5, f32>(&file, "layer_norm_no_scale", Steps);
    golden::<_, 5, 5, f32>(&file, "layer_norm_epsilon", Half);
}
