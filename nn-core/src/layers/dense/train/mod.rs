//! Training: the samples of a shard.

#[cfg(all(test, feature = "std"))]
mod tests;

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::{Dense, DenseSizes, Gradients, Typed, Weights};
use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
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
    let weights = Weights { kernel: weights.kernel(), bias: weights.bias.as_ref() };
    forward_with(simd, Typed::<IN, OUT>, weights, x, y, activation);
}

/// [`forward`] with the weights as slices, for sizes that may be known only when the program runs.
#[inline(always)]
pub fn forward_with<S: Simd, L: Geometry<DenseSizes>, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    weights: Weights<'_, T>,
    x: &[T],
    y: &mut [T],
    activation: A,
) {
    let DenseSizes { inputs, units } = shape.sizes();
    let rows = x.len() / inputs.max(1);
    for y in y.chunks_exact_mut(units.max(1)).take(rows) {
        match weights.bias {
            [] => y.fill(T::zero()),
            bias => y.copy_from_slice(bias),
        }
    }
    gemm::multiply(simd, [rows, units, inputs], Left::Rows(x), weights.kernel, y);
    gemm::activate(simd, activation, y);
}

/// Adds the gradients of the weights to `gradients`, and writes that of the input to `dx`.
///
/// - `x`: what went into [`forward`]; `dy`: the gradient before the activation.
/// - `dx`: as long as `x`; `scratch`: grows as needed, what it holds does not matter.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::dense::{Dense, backward};
/// let layer = Dense::<2, 1> { kernel: [[3.0], [5.0]], bias: [1.0] };
/// let mut gradients = Dense { kernel: [[0.0]; 2], bias: [0.0] };
/// let (mut dx, mut scratch) = ([0.0; 2], Vec::new());
/// dispatch!(Level::new(), simd => {
///     backward(simd, &layer, &[7.0, 2.0], &[10.0], &mut gradients, Some(&mut dx), &mut scratch)
/// });
/// assert_eq!(gradients, Dense { kernel: [[70.0], [20.0]], bias: [10.0] });
/// assert_eq!(dx, [30.0, 50.0]);
/// ```
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
    let gradients = Gradients { kernel: gradients.kernel.as_flattened_mut(), bias: gradients.bias.as_mut() };
    backward_with(simd, Typed::<IN, OUT>, weights.kernel(), x, dy, gradients, dx, scratch);
}

/// [`backward`] with the kernel and the gradients as slices, for sizes that may be known only when the program runs.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the signature that all layers' backward shares")]
pub fn backward_with<S: Simd, L: Geometry<DenseSizes>, T: Element>(
    simd: S,
    shape: L,
    kernel: &[T],
    x: &[T],
    dy: &[T],
    gradients: Gradients<'_, T>,
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let DenseSizes { inputs, units } = shape.sizes();
    let rows = x.len() / inputs.max(1);
    gemm::multiply(simd, [inputs, units, rows], Left::Columns(x), dy, gradients.kernel);
    gemm::add_rows(simd, dy, gradients.bias);
    if let Some(dx) = dx {
        gemm::multiply_transposed(simd, [rows, inputs, units], dy, kernel, dx, scratch);
    }
}
