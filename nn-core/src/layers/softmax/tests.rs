//! Against a naive version in `f64`, with central differences for the gradients.

use crate::kernels::vectors::dispatch;
use fearless_simd::Level;

use super::{backward, backward_log, in_place, in_place_log, infer, infer_log};
use crate::element::Element;
use crate::kernels::testing::levels;

/// Outer, axis, inner: one lane, less and more than a vector, several rows.
const DIMS: [[usize; 3]; 9] =
    [[1, 1, 1], [3, 10, 1], [2, 16, 1], [2, 33, 1], [1, 100, 1], [2, 3, 4], [3, 5, 16], [2, 4, 19], [1, 7, 37]];

fn naive([outer, n, inner]: [usize; 3], log: bool, x: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; x.len()];
    for o in 0..outer {
        for i in 0..inner {
            let at = |k: usize| (o * n + k) * inner + i;
            let max = (0..n).map(|k| x[at(k)]).fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = (0..n).map(|k| (x[at(k)] - max).exp()).sum();
            for k in 0..n {
                y[at(k)] = if log { x[at(k)] - max - sum.ln() } else { (x[at(k)] - max).exp() / sum };
            }
        }
    }
    y
}

fn numbers<T: Element>(dims: [usize; 3], factor: f64) -> Vec<T> {
    let len = dims.iter().product::<usize>();
    (0..len).map(|i| T::from_f64(((i * 7919 + 13) % 101) as f64 / 101.0 * factor - factor / 3.0)).collect()
}

fn run<T: Element>(level: Level, dims: [usize; 3], log: bool, x: &[T]) -> Vec<T> {
    let (mut y, mut same) = (vec![T::nan(); x.len()], x.to_vec());
    if log {
        dispatch!(level, simd => { infer_log(simd, dims, x, &mut y); in_place_log(simd, dims, &mut same) });
    } else {
        dispatch!(level, simd => { infer(simd, dims, x, &mut y); in_place(simd, dims, &mut same) });
    }
    assert_eq!(format!("{y:?}"), format!("{same:?}"));
    y
}

fn gradient<T: Element>(level: Level, dims: [usize; 3], log: bool, y: &[T], dy: &[T]) -> Vec<T> {
    let mut dx = vec![T::nan(); y.len()];
    if log {
        dispatch!(level, simd => backward_log(simd, dims, y, dy, &mut dx));
    } else {
        dispatch!(level, simd => backward(simd, dims, y, dy, &mut dx));
    }
    dx
}

fn close<T: Element>(got: &[T], want: &[f64], tolerance: f64) {
    for (&got, want) in got.iter().zip(want) {
        assert!((got.to_f64() - want).abs() <= tolerance * (1.0 + want.abs()), "{got}, not {want}");
    }
}

fn check<T: Element>(tolerance: f64) {
    for level in levels() {
        for dims in DIMS {
            for log in [false, true] {
                let x = numbers::<T>(dims, 9.0);
                let wide: Vec<f64> = x.iter().map(|&x| x.to_f64()).collect();
                close(&run(level, dims, log, &x), &naive(dims, log, &wide), tolerance);
            }
        }
    }
}

#[test]
fn as_the_naive_version() {
    check::<f32>(1e-6);
    check::<f64>(1e-14);
}

#[test]
fn gradients_as_differences() {
    for level in levels() {
        for (dims, log) in DIMS.into_iter().flat_map(|dims| [(dims, false), (dims, true)]) {
            let (x, dy) = (numbers::<f64>(dims, 3.0), numbers::<f64>([1, dims.iter().product(), 1], 2.0));
            let dx = gradient(level, dims, log, &run(level, dims, log, &x), &dy);
            let loss = |x: &[f64]| naive(dims, log, x).iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>();
            let want: Vec<f64> = (0..x.len())
                .map(|i| {
                    let (mut up, mut down) = (x.clone(), x.clone());
                    up[i] += 1e-5;
                    down[i] -= 1e-5;
                    (loss(&up) - loss(&down)) / 2e-5
                })
                .collect();
            close(&dx, &want, 1e-8);
        }
    }
}

#[test]
fn large_numbers_and_what_is_not_a_number() {
    for level in levels() {
        assert_eq!(run::<f32>(level, [1, 3, 1], false, &[1e30, 1e30, -1e30]), [0.5, 0.5, 0.0]);
        assert_eq!(run::<f64>(level, [1, 2, 1], true, &[1000.0, 0.0]), [0.0, -1000.0]);
        assert_eq!(run::<f64>(level, [1, 2, 2], true, &[1000.0, 0.0, 0.0, 1000.0]), [0.0, -1000.0, -1000.0, 0.0]);
        assert_eq!(run::<f32>(level, [1, 2, 1], false, &[f32::NEG_INFINITY, 3.0]), [0.0, 1.0]);
        for dims in [[1, 3, 1], [1, 3, 2]] {
            let x = vec![f32::NAN; dims.iter().product()];
            assert!(run(level, dims, false, &x).iter().all(|y| y.is_nan()));
        }
        assert!(run(level, [1, 3, 1], false, &[0.0, f64::NAN, 1.0]).iter().all(|y| y.is_nan()));
        assert!(run::<f32>(level, [0, 3, 1], false, &[]).is_empty());
    }
}
