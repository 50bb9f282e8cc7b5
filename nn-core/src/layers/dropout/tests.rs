//! What is dropped and how much, and that nothing correlates.

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;

use super::{Stream, backward, forward};
use crate::kernels::testing::levels;

const ELEMENTS: u64 = 1 << 18;

/// -1 for a dropped element, 1 for a kept one.
fn signs(rate: f64, key: u64, stream: u64) -> impl Iterator<Item = f64> {
    let stream = Stream::new(rate, key, stream);
    (0..ELEMENTS).map(move |element| if stream.keeps(element) { 1.0 } else { -1.0 })
}

/// The correlation of two sequences, in standard deviations of what chance gives.
fn correlation(a: impl Iterator<Item = f64>, b: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = a.zip(b).fold((0.0, 0.0), |(sum, count), (a, b)| (sum + a * b, count + 1.0));
    sum / f64::sqrt(count)
}

#[test]
fn mean_and_variance() {
    for (rate, key, stream) in [(0.5, 0, 0), (0.1, 1, 0), (0.25, 2, 7), (0.9, u64::MAX, 3), (0.01, 12345, u64::MAX)] {
        let n = ELEMENTS as f64;
        let kept = signs(rate, key, stream).filter(|&sign| sign > 0.0).count() as f64;
        let deviation = (n * rate * (1.0 - rate)).sqrt();
        assert!((kept - n * (1.0 - rate)).abs() < 4.5 * deviation, "rate {rate}: {kept} of {n} kept");

        // Counts in blocks of 64 vary as independent draws do.
        let counts = signs(rate, key, stream).collect::<Vec<_>>();
        let counts = counts.chunks(64).map(|block| block.iter().filter(|&&sign| sign > 0.0).count() as f64);
        let blocks = n / 64.0;
        let variance = counts.map(|count| (count - 64.0 * (1.0 - rate)).powi(2)).sum::<f64>() / blocks;
        let expected = 64.0 * rate * (1.0 - rate);
        assert!((variance / expected - 1.0).abs() < 0.15, "rate {rate}: {variance}, not {expected}");
    }
}

#[test]
fn nothing_correlates() {
    for (key, stream) in [(0, 0), (1, 0), (7, 3), (1 << 40, 1)] {
        for lag in [1, 2, 3, 7, 8, 16, 28, 64, 784, 4096] {
            let between = correlation(signs(0.5, key, stream), signs(0.5, key, stream).skip(lag));
            assert!(between.abs() < 4.5, "elements {lag} apart, key {key}, stream {stream}: {between}");
        }
        for step in [1, 2, 3, 64, 1 << 32, 0x9e37_79b9_7f4a_7c15] {
            let keys = correlation(signs(0.5, key, stream), signs(0.5, key.wrapping_add(step), stream));
            let streams = correlation(signs(0.5, key, stream), signs(0.5, key, stream.wrapping_add(step)));
            assert!(keys.abs() < 4.5 && streams.abs() < 4.5, "{step} apart: keys {keys}, streams {streams}");
        }
        let swapped = correlation(signs(0.5, key + 1, stream), signs(0.5, stream + 1, key));
        assert!(key == stream || swapped.abs() < 4.5, "{swapped}");
    }
}

fn run(level: Level, rate: f64, first: u64, x: &[f32]) -> [Vec<f32>; 2] {
    let (mut y, mut dx) = (vec![f32::NAN; x.len()], vec![f32::NAN; x.len()]);
    dispatch!(level, simd => {
        forward(simd, rate, 3, 1, first, x, &mut y);
        backward(simd, rate, 3, 1, first, x, &mut dx);
    });
    [y, dx]
}

#[test]
fn the_same_in_pieces_and_at_every_level() {
    let x: Vec<f32> = (1..300).map(|i| i as f32).collect();
    let [want, _] = run(Level::baseline(), 0.4, 0, &x);
    for level in levels() {
        let [y, dx] = run(level, 0.4, 0, &x);
        assert_eq!((&y, &dx), (&want, &want));
        for cut in [1, 50, 131] {
            let [left, _] = run(level, 0.4, 0, &x[..cut]);
            let [right, _] = run(level, 0.4, cut as u64, &x[cut..]);
            assert_eq!([left, right].concat(), want);
        }
    }
    assert!(want.iter().zip(&x).all(|(&y, &x)| y == 0.0 || y == x * (1.0 / 0.6_f64) as f32));
    assert!(want.contains(&0.0));
}

#[test]
fn rates_at_the_ends() {
    let x = [1.0, f32::NAN, 3.0];
    let [y, dx] = run(Level::new(), 0.0, 0, &x);
    assert!(y[0] == 1.0 && y[1].is_nan() && dx[2] == 3.0);
    assert_eq!(run(Level::new(), 1.0, 0, &x), [[0.0; 3], [0.0; 3]]);
}

#[test]
fn f64_drops_the_same_elements() {
    let mut y = [0.0_f64; 100];
    dispatch!(Level::new(), simd => forward(simd, 0.5, 3, 1, 0, &[1.0; 100], &mut y));
    let [narrow, _] = run(Level::new(), 0.5, 0, &[1.0; 100]);
    assert!(y.iter().zip(narrow).all(|(&y, narrow)| y == f64::from(narrow)));
}
