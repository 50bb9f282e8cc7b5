//! Training: the samples of a shard.

use fearless_simd::prelude::*;

use super::{Kind, Pool2DShape, infer};
use crate::activations::Linear;
use crate::element::Element;
use crate::layers::conv2d::Border;

/// Pools every sample.
///
/// - `x`: `samples` inputs of shape `L::INPUT`; `y`: as many of `L::OUTPUT`.
#[inline(always)]
pub fn forward<S: Simd, L: Pool2DShape, T: Element>(simd: S, shape: L, samples: usize, x: &[T], y: &mut [T]) {
    let inputs = x.chunks_exact(L::INPUT.iter().product());
    let outputs = y.chunks_exact_mut(L::OUTPUT.iter().product());
    for (x, y) in inputs.zip(outputs).take(samples) {
        infer(simd, shape, Border::NONE, x, y, Linear);
    }
}

/// Writes the gradient of the input to `dx`.
///
/// The largest value of a window takes its whole gradient, and the first of several, row by row, as in
/// TensorFlow; a mean deals it out in equal shares to the elements inside the input.
///
/// - `x`, `y`: what went into [`forward`] and came out of it; `dy`: the gradient of `y`; `dx`: as long as `x`.
#[inline(always)]
pub fn backward<S: Simd, L: Pool2DShape, T: Element>(
    _simd: S,
    _shape: L,
    samples: usize,
    x: &[T],
    y: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    let [h, w, c] = L::INPUT;
    let [oh, ow, _] = L::OUTPUT;
    dx[..samples * h * w * c].fill(T::zero());
    for p in 0..samples * oh * ow * c {
        let (n, i, j, k) = (p / (oh * ow * c), p / c / ow % oh, p / c % ow, p % c);
        let mut inside = 0;
        for pass in 0..2 {
            for q in 0..L::POOL_SIZE[0] * L::POOL_SIZE[1] {
                let row = (i * L::STRIDES[0] + q / L::POOL_SIZE[1]).wrapping_sub(L::OVERHANG.top);
                let column = (j * L::STRIDES[1] + q % L::POOL_SIZE[1]).wrapping_sub(L::OVERHANG.left);
                if row >= h || column >= w {
                    continue;
                }
                let at = ((n * h + row) * w + column) * c + k;
                match (L::KIND, pass) {
                    (Kind::Max, 0) if x[at] == y[p] => {
                        dx[at] += dy[p];
                        break;
                    }
                    (Kind::Max, _) => {}
                    (Kind::Average, 0) => inside += 1,
                    (Kind::Average, _) => dx[at] += dy[p] / T::from_f64(f64::from(inside)),
                }
            }
        }
    }
}
