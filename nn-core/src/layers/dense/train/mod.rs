//! Training: the samples of a shard.

#[cfg(all(test, feature = "std"))]
mod tests;

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::Dense;
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::gemm::{self, Left};
use crate::layers::Bias;

/// `y = activation(x · kernel + bias)` for every row.
///
/// - `x`: rows of `IN` elements; `y`: as many rows of `OUT` elements.
#[inline(always)]
pub fn forward<S: Simd, const IN: usize, const OUT: usize, T: Element, B: Bias<T>, A: Activation<T>>(
    simd: S,
    weights: &Dense<IN, OUT, T, B>,
    x: &[T],
    y: &mut [T],
    activation: A,
) {
    let rows = x.len() / IN;
    for y in y.chunks_exact_mut(OUT).take(rows) {
        match weights.bias.as_ref() {
            [] => y.fill(T::zero()),
            bias => y.copy_from_slice(bias),
        }
    }
    gemm::multiply(simd, [rows, OUT, IN], Left::Rows(x), weights.kernel(), y);
    gemm::activate(simd, activation, y);
}

/// Adds the gradients of the weights to `gradients`, and writes that of the input to `dx`.
///
/// - `x`: what went into [`forward`]; `dy`: the gradient before the activation.
/// - `dx`: as long as `x`; `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
pub fn backward<S: Simd, const IN: usize, const OUT: usize, T: Element, B: Bias<T>>(
    simd: S,
    weights: &Dense<IN, OUT, T, B>,
    x: &[T],
    dy: &[T],
    gradients: &mut Dense<IN, OUT, T, B>,
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let rows = x.len() / IN;
    gemm::multiply(simd, [IN, OUT, rows], Left::Columns(x), dy, gradients.kernel_mut());
    gemm::add_rows(simd, dy, gradients.bias.as_mut());
    if let Some(dx) = dx {
        gemm::multiply_transposed(simd, [rows, IN, OUT], dy, weights.kernel(), dx, scratch);
    }
}
