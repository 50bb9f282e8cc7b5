//! Against the formula and its differences, and against Keras' results.

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;

use super::*;
use crate::kernels::testing::levels;
use crate::layers::normalization::oracle::{Golden, Oracle};

fn run<G: RMSNormalizationShape, const N: usize, T: Element>(
    level: Level,
    shape: G,
    scale: &[T],
    samples: usize,
    x: &[T],
    dy: &[T],
) -> [Vec<T>; 5] {
    let weights = RMSNormalization::<N, T> { scale: scale.try_into().unwrap() };
    let mut gradients = RMSNormalization::<N, T> { scale: [T::one(); N] };
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
    [inferred, y, gradients.scale.to_vec(), Vec::new(), dx]
}

fn check<G: RMSNormalizationShape, const N: usize>(shape: G, offset: f64, what: &str) {
    let oracle = Oracle::along(G::SHAPE, G::NORMALIZED, false, G::EPSILON);
    let options = [true, false];
    oracle.check::<f32>(options, offset, what, |level, scale, _, samples, x, dy| {
        run::<G, N, f32>(level, shape, scale, samples, x, dy)
    });
    oracle.check::<f64>(options, offset, what, |level, scale, _, samples, x, dy| {
        run::<G, N, f64>(level, shape, scale, samples, x, dy)
    });
}

macro_rules! shape {
    ($name:ident, $shape:expr, $normalized:expr $(, $epsilon:literal)?) => {
        #[derive(Clone, Copy)]
        struct $name;
        impl RMSNormalizationShape for $name {
            const SHAPE: &'static [usize] = &$shape;
            const NORMALIZED: &'static [bool] = &$normalized;
            $(const EPSILON: f64 = $epsilon;)?
        }
    };
}

shape!(Vector, [6], [true]);
shape!(Steps, [4, 5], [false, true]);
shape!(Wide, [2, 67], [false, true], 0.5);
shape!(LastTwo, [3, 4, 5], [false, true, true], 0.01);
shape!(First, [3, 37], [true, false]);
shape!(Alternating, [2, 3, 2, 3], [false, true, false, true]);

#[test]
fn every_choice_of_axes() {
    check::<_, 6>(Vector, 0.0, "vector");
    check::<_, 5>(Steps, 0.0, "steps");
    check::<_, 67>(Wide, 0.0, "wide");
    check::<_, 20>(LastTwo, 0.0, "last two");
    check::<_, 3>(First, 0.0, "first");
    check::<_, 9>(Alternating, 0.0, "alternating");
}

fn golden<G: RMSNormalizationShape, const N: usize>(golden: &Golden, case: &str, shape: G) {
    let read = |name: &str| golden.tensor::<f32>(case, name);
    let (scale, x, dy) = (read("param.rms_normalization.scale"), read("input.x"), read("dy.y"));
    let samples = x.len() / G::SHAPE.iter().product::<usize>();
    for level in levels() {
        let [inferred, y, dscale, _, dx] = run::<G, N, f32>(level, shape, &scale, samples, &x, &dy);
        let dscale: Vec<f32> = dscale.iter().map(|value| value - 1.0).collect();
        golden.compare(case, "output.y", &inferred);
        golden.compare(case, "output.y", &y);
        golden.compare(case, "grad_input.x", &dx);
        golden.compare(case, "grad_param.rms_normalization.scale", &dscale);
    }
}

#[test]
fn as_keras() {
    let Some(file) = Golden::open("norm") else { return };
    golden::<_, 5>(&file, "rms_norm", Steps);
    golden::<_, 20>(&file, "rms_norm_axes", LastTwo);
}
