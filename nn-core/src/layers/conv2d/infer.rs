//! Inference: one sample.

use fearless_simd::prelude::*;

use super::channels::{self, Inputs, Tile};
use super::geometry::Geometry;
use super::spread::{self, Spread};
use super::{Border, Conv2D, Conv2DShape, Destination};
use crate::activations::Activation;
use crate::element::Element;
use crate::layers::Bias;
use crate::layers::epilogue::Epilogue;

/// How many elements of scratch [`infer`] needs, on any machine.
pub const fn scratch_len<L: Conv2DShape, D: Destination, T: Element>() -> usize {
    let g = Geometry::new::<L, D>();
    let mut most = 0;
    let mut bytes = 16;
    while bytes <= 64 {
        let lanes = bytes / size_of::<T>();
        let len = match spread_sums::<L, D>(lanes, bytes) {
            0 => channels::scratch_len(&g, lanes),
            _ => Spread::new(&g, lanes).scratch_len(),
        };
        if len > most {
            most = len;
        }
        bytes *= 2;
    }
    most
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
    shape: L,
    destination: D,
    weights: &Conv2D<KH, KW, C, F, T, B>,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let inputs = Inputs { kernel: weights.kernel(), x, epilogue };
    let layer = (shape, destination);
    match const { spread_sums::<L, D>(T::Vector::<S>::LEN, size_of::<T::Vector<S>>()) } {
        1 => spread::infer::<S, L, D, T, A, P, 1>(simd, layer, inputs, y, scratch),
        2 => spread::infer::<S, L, D, T, A, P, 2>(simd, layer, inputs, y, scratch),
        3 => spread::infer::<S, L, D, T, A, P, 3>(simd, layer, inputs, y, scratch),
        4 => spread::infer::<S, L, D, T, A, P, 4>(simd, layer, inputs, y, scratch),
        6 => spread::infer::<S, L, D, T, A, P, 6>(simd, layer, inputs, y, scratch),
        9 => spread::infer::<S, L, D, T, A, P, 9>(simd, layer, inputs, y, scratch),
        _ => channels::infer(simd, layer, inputs, y, scratch),
    }
}

/// The sums of a block where spreading is cheaper, for vectors of `lanes` elements and `bytes` bytes; else 0.
const fn spread_sums<L: Conv2DShape, D: Destination>(lanes: usize, bytes: usize) -> usize {
    let g = Geometry::new::<L, D>();
    let spread = Spread::new(&g, lanes);
    match spread.sums() {
        1 | 2 | 3 | 4 | 6 | 9 if spread.cost() < Tile::new(&g, lanes, bytes).cost => spread.sums(),
        _ => 0,
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
