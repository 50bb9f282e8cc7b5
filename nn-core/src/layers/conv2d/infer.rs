//! Inference: one sample.

use fearless_simd::prelude::*;

use super::{Border, Conv2D, Conv2DShape, Destination};
use crate::activations::Activation;
use crate::element::Element;
use crate::layers::Bias;
use crate::layers::epilogue::Epilogue;
use crate::layers::pool2d::Kind;

/// How many elements of scratch [`infer`] needs, on any machine.
pub const fn scratch_len<L: Conv2DShape, D: Destination, T: Element>() -> usize {
    0
}

/// Convolves one sample, then applies the epilogue, with the pooling that `D` asks for on the way.
///
/// - `x`: the input with its zeros around it, of shape `L::BORDER.around(L::INPUT)`.
/// - `y`: the output after pooling, inside of `D::BORDER`, whose elements are left alone.
/// - `scratch`: at least [`scratch_len`] elements; what it holds does not matter.
///
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one fused step of the emitted code")]
pub fn infer<
    S: Simd,
    L: Conv2DShape,
    D: Destination,
    const KH: usize,
    const KW: usize,
    const C: usize,
    const F: usize,
    T: Element,
    B: Bias<T>,
    A: Activation<T>,
    P: Activation<T>,
>(
    simd: S,
    _shape: L,
    _destination: D,
    weights: &Conv2D<KH, KW, C, F, T, B>,
    x: &[T],
    y: &mut [T],
    _scratch: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let [_, w, c] = L::BORDER.around(L::INPUT);
    let (size, kind) = match D::POOL {
        Some(pool) => (pool.size, pool.kind),
        None => ([1, 1], Kind::Max),
    };
    let [oh, ow] = [L::OUTPUT[0] / size[0], L::OUTPUT[1] / size[1]];
    let out = D::BORDER.around([oh, ow, F]);
    for p in 0..oh * ow * F {
        let (row, column, f) = (p / F / ow, p / F % ow, p % F);
        let mut pooled: Option<T> = None;
        for q in 0..size[0] * size[1] {
            let (i, j) = (row * size[0] + q / size[1], column * size[1] + q % size[1]);
            let mut sum = T::zero();
            for (r, kernel_row) in weights.kernel.iter().enumerate() {
                for (s, taps) in kernel_row.iter().enumerate() {
                    let xr = i * L::STRIDES[0] + r * L::DILATION_RATE[0];
                    let xc = j * L::STRIDES[1] + s * L::DILATION_RATE[1];
                    let first = (xr * w + xc) * c + f / (F / L::GROUPS) * C;
                    for (tap, x) in taps.iter().zip(x.iter().skip(first)) {
                        sum += tap[f] * *x;
                    }
                }
            }
            let start = epilogue.start(simd, f, 1);
            let value = epilogue.finish(simd, f, 1, start + T::Vector::<S>::splat(simd, sum))[0];
            pooled = Some(match (pooled, kind) {
                (None, _) => value,
                (Some(old), Kind::Max) => old.max(value),
                (Some(old), Kind::Average) => old + value,
            });
        }
        let mut value = pooled.unwrap_or_else(T::zero);
        if kind == Kind::Average {
            value = value / T::from_f64((size[0] * size[1]) as f64);
        }
        let value = epilogue.pooled(simd, T::Vector::<S>::splat(simd, value))[0];
        if let Some(y) = y.get_mut(((row + D::BORDER.top) * out[1] + column + D::BORDER.left) * F + f) {
            *y = value;
        }
    }
}

/// Copies an image of this shape into the inside of a border, and zeros the border.
#[inline(always)]
pub fn pad<S: Simd, T: Element>(_simd: S, shape: [usize; 3], border: Border, x: &[T], y: &mut [T]) {
    let [_, w, c] = shape;
    let width = border.around(shape)[1] * c;
    for (x, y) in x.chunks_exact(w * c).zip(y.chunks_exact_mut(width).skip(border.top)) {
        if let Some(y) = y.get_mut(border.left * c..(border.left + w) * c) {
            y.copy_from_slice(x);
        }
    }
    clear_border(shape, border, y);
}

/// Zeros the border around an image of this shape and leaves the inside alone.
#[inline(always)]
pub fn clear_border<T: Element>(shape: [usize; 3], border: Border, y: &mut [T]) {
    let [h, w, c] = shape;
    let width = border.around(shape)[1] * c;
    for (row, y) in y.chunks_exact_mut(width).enumerate() {
        if row < border.top || row >= border.top + h {
            y.fill(T::zero());
            continue;
        }
        let (left, rest) = y.split_at_mut(border.left * c);
        left.fill(T::zero());
        if let Some(right) = rest.get_mut(w * c..) {
            right.fill(T::zero());
        }
    }
}
