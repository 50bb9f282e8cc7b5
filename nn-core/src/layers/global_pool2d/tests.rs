//! Against a naive version, with ties, for all kinds of channel counts.

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;

use super::{Kind, backward, infer};
use crate::element::Element;
use crate::kernels::testing::levels;

const SAMPLES: usize = 2;
const DIMS: [[usize; 3]; 8] =
    [[1, 1, 1], [4, 5, 3], [3, 2, 8], [7, 7, 16], [2, 3, 17], [2, 2, 64], [3, 1, 70], [1, 2, 133]];

fn naive(kind: Kind, [height, width, channels]: [usize; 3], x: &[f64], c: usize) -> f64 {
    let values = (0..height * width).map(|pixel| x[pixel * channels + c]);
    match kind {
        Kind::Max => values.fold(f64::NEG_INFINITY, f64::max),
        Kind::Average => values.sum::<f64>() / (height * width) as f64,
    }
}

fn run<T: Element>(level: Level, kind: Kind, dims: [usize; 3], x: &[T], dy: &[T]) -> [Vec<T>; 2] {
    let image: usize = dims.iter().product();
    let (mut y, mut dx) = (vec![T::nan(); dy.len()], vec![T::nan(); x.len()]);
    dispatch!(level, simd => {
        for (x, y) in x.chunks(image).zip(y.chunks_mut(dims[2])) {
            infer(simd, kind, dims, x, y);
        }
        backward(simd, kind, dims, x.len() / image, x, &y, dy, &mut dx);
    });
    [y, dx]
}

fn check<T: Element>(tolerance: f64, modulus: usize) {
    for level in levels() {
        for (dims, kind) in DIMS.into_iter().flat_map(|dims| [(dims, Kind::Max), (dims, Kind::Average)]) {
            let (image, pixels): (usize, _) = (dims.iter().product(), dims[0] * dims[1]);
            let wide: Vec<f64> = (0..SAMPLES * image).map(|i| ((i * 7919 + 5) % modulus) as f64 / 16.0 - 3.0).collect();
            let x: Vec<T> = wide.iter().map(|&x| T::from_f64(x)).collect();
            let dy: Vec<T> = (0..SAMPLES * dims[2]).map(|i| T::from_f64(i as f64 * 0.5 - 4.0)).collect();
            let [y, dx] = run(level, kind, dims, &x, &dy);
            for (at, &dx) in dx.iter().enumerate() {
                let (sample, c) = (at / image, at % dims[2]);
                let x = &wide[sample * image..][..image];
                let (value, dy) = (naive(kind, dims, x, c), dy[sample * dims[2] + c].to_f64());
                let y = y[sample * dims[2] + c].to_f64();
                assert!((y - value).abs() <= tolerance, "{kind:?} {dims:?} [{c}]: {y}, not {value}");
                let winners = (0..pixels).filter(|pixel| x[pixel * dims[2] + c] == value).count();
                let want = match kind {
                    Kind::Average => dy / pixels as f64,
                    Kind::Max if wide[at] == value => dy / winners as f64,
                    Kind::Max => 0.0,
                };
                assert!((dx.to_f64() - want).abs() <= tolerance * 8.0, "{kind:?} {dims:?} at {at}: {dx}, not {want}");
            }
        }
    }
}

#[test]
fn as_the_naive_version() {
    check::<f32>(2e-6, 97);
    check::<f64>(1e-14, 97);
}

#[test]
fn ties_share_the_gradient() {
    check::<f32>(2e-6, 3);
    check::<f64>(1e-14, 3);
}

#[test]
fn gradients_as_differences() {
    let dims = [3, 3, 5];
    let x: Vec<f64> = (0..45).map(|i| f64::from((i * 37) % 45) * 0.1).collect();
    for kind in [Kind::Max, Kind::Average] {
        let dy = [1.0, -2.0, 0.5, 3.0, -1.0];
        let [_, dx] = run(Level::new(), kind, dims, &x, &dy);
        let loss = |x: &[f64]| (0..5).map(|c| dy[c] * naive(kind, dims, x, c)).sum::<f64>();
        for at in 0..x.len() {
            let (mut up, mut down) = (x.clone(), x.clone());
            up[at] += 1e-6;
            down[at] -= 1e-6;
            assert!((dx[at] - (loss(&up) - loss(&down)) / 2e-6).abs() < 1e-8);
        }
    }
}

#[test]
fn what_is_not_a_number_stays_so() {
    for level in levels() {
        for channels in [1, 16] {
            for place in 0..3 {
                let mut x = vec![1.0_f32; 3 * channels];
                x[place * channels] = f32::NAN;
                let [y, _] = run(level, Kind::Max, [3, 1, channels], &x, &vec![1.0; channels]);
                assert!(y[0].is_nan() && y[1..].iter().all(|&y| y == 1.0));
            }
        }
    }
}
