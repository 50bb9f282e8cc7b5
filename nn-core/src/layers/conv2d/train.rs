//! Training: the samples of a shard.

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::{Conv2D, Conv2DShape, Plain, infer, scratch_len};
use crate::activations::Activation;
use crate::element::Element;
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
    scratch.clear();
    scratch.resize(around + scratch_len::<L, Plain, T>(), T::zero());
    let (padded, scratch) = scratch.split_at_mut(around);
    let inputs = x.chunks_exact(L::INPUT.iter().product());
    let outputs = y.chunks_exact_mut(L::OUTPUT.iter().product());
    for (x, y) in inputs.zip(outputs).take(samples) {
        let epilogue = Epilogue::bias(weights.bias.as_ref()).activation(activation);
        let x = if L::BORDER.is_none() {
            x
        } else {
            super::pad(simd, L::INPUT, L::BORDER, x, padded);
            &*padded
        };
        infer(simd, shape, Plain, weights, x, y, scratch, epilogue);
    }
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
    _shape: L,
    weights: &Conv2D<KH, KW, C, F, T, B>,
    samples: usize,
    x: &[T],
    dy: &[T],
    gradients: &mut Conv2D<KH, KW, C, F, T, B>,
    mut dx: Option<&mut [T]>,
    _scratch: &mut Vec<T>,
) {
    let [h, w, c] = L::INPUT;
    let [oh, ow, f] = L::OUTPUT;
    crate::kernels::gemm::add_rows(simd, &dy[..samples * oh * ow * f], gradients.bias.as_mut());
    if let Some(dx) = dx.as_deref_mut() {
        dx[..samples * h * w * c].fill(T::zero());
    }
    let per = f / L::GROUPS;
    for p in 0..samples * oh * ow * f {
        let (n, i, j, g) = (p / (oh * ow * f), p / f / ow % oh, p / f % ow, p % f);
        for q in 0..KH * KW * C {
            let (r, s, k) = (q / C / KW, q / C % KW, q % C);
            let row = (i * L::STRIDES[0] + r * L::DILATION_RATE[0]).wrapping_sub(L::BORDER.top);
            let column = (j * L::STRIDES[1] + s * L::DILATION_RATE[1]).wrapping_sub(L::BORDER.left);
            if row < h && column < w {
                let at = ((n * h + row) * w + column) * c + g / per * C + k;
                gradients.kernel[r][s][k][g] += x[at] * dy[p];
                if let Some(dx) = dx.as_deref_mut() {
                    dx[at] += weights.kernel[r][s][k][g] * dy[p];
                }
            }
        }
    }
}
