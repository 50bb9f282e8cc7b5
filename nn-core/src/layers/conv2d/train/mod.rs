//! Training: the samples of a shard.

mod input;
mod samples;
#[cfg(all(test, feature = "std"))]
mod tests;
mod weights;

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::{Conv2D, Conv2DShape, Plain, infer, scratch_len};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::gemm::{add_rows, room};
use crate::layers::Bias;
use crate::layers::epilogue::Epilogue;

/// Convolves every sample: `y = activation(x * kernel + bias)`.
///
/// - `x`: `samples` inputs of shape `L::INPUT`, without zeros around them; `y`: as many of `L::OUTPUT`.
/// - `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn forward<
    S: Simd,
    L: Conv2DShape,
    const KH: usize,
    const KW: usize,
    const C: usize,
    const F: usize,
    T: Element,
    B: Bias<T>,
    A: Activation<T>,
>(
    simd: S,
    shape: L,
    weights: &Conv2D<KH, KW, C, F, T, B>,
    samples: usize,
    x: &[T],
    y: &mut [T],
    activation: A,
    scratch: &mut Vec<T>,
) {
    let around: usize = L::BORDER.around(L::INPUT).iter().product();
    let scratch = room(scratch, around + const { scratch_len::<L, Plain, T>() });
    let (padded, scratch) = scratch.split_at_mut(around);
    let inputs = x.chunks_exact(L::INPUT.iter().product());
    let outputs = y.chunks_exact_mut(L::OUTPUT.iter().product());
    for (x, y) in inputs.zip(outputs).take(samples) {
        let epilogue = Epilogue::bias(weights.bias.as_ref()).activation(activation);
        let x = with_border(simd, shape, x, padded);
        infer(simd, shape, Plain, weights, x, y, scratch, epilogue);
    }
}

/// The input with its zeros around it: copied to `padded` unless there are none.
#[inline(always)]
fn with_border<'a, S: Simd, L: Conv2DShape, T: Element>(
    simd: S,
    _shape: L,
    x: &'a [T],
    padded: &'a mut [T],
) -> &'a [T] {
    if L::BORDER.is_none() {
        return x;
    }
    super::pad(simd, L::INPUT, L::BORDER, x, padded);
    padded
}

/// Adds the gradients of the weights to `gradients`, and writes that of the input to `dx`.
///
/// - `x`: what went into [`forward`]; `dy`: the gradient before the activation, `samples` of shape `L::OUTPUT`.
/// - `dx`: as long as `x`; `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn backward<
    S: Simd,
    L: Conv2DShape,
    const KH: usize,
    const KW: usize,
    const C: usize,
    const F: usize,
    T: Element,
    B: Bias<T>,
>(
    simd: S,
    shape: L,
    weights: &Conv2D<KH, KW, C, F, T, B>,
    samples: usize,
    x: &[T],
    dy: &[T],
    gradients: &mut Conv2D<KH, KW, C, F, T, B>,
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let (input, output): (usize, usize) = (L::INPUT.iter().product(), L::OUTPUT.iter().product());
    let (x, dy) = (&x[..samples * input], &dy[..samples * output]);
    add_rows(simd, dy, gradients.bias.as_mut());

    let around: usize = L::BORDER.around(L::INPUT).iter().product();
    let sums = weights::sums_len::<S, L, T>(simd, shape);
    let (padded, sums) = room(scratch, around + sums).split_at_mut(around);
    sums.fill(T::zero());
    for (i, x) in x.chunks_exact(input).enumerate() {
        let x = with_border(simd, shape, x, padded);
        weights::add(simd, shape, x, &dy[i * output..], sums);
    }
    weights::collect(simd, shape, sums, gradients.kernel_mut());

    if let Some(dx) = dx {
        input::gradient(simd, shape, weights.kernel(), dy, &mut dx[..samples * input], scratch);
    }
}
