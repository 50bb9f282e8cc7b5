//! Inference: one sample.

use fearless_simd::prelude::*;

use super::channels::{self, Inputs};
use super::plan::{Arms, Planned};
use super::{Border, Conv2DShape, Destination, Filters, depthwise, pixels};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::slices;
use crate::layers::epilogue::Epilogue;
use crate::shape::tiles;

/// Convolves one sample, then applies the epilogue, with the pooling that `D` asks for on the way.
///
/// - `x`: the input with its zeros around it, of shape `L::BORDER.around(L::INPUT)`.
/// - `y`: the output after pooling, inside of `D::BORDER`, whose elements are left alone.
/// - `scratch`: at least [`scratch_len`](super::scratch_len) elements; what it holds does not matter.
///
/// A slice that is too short is a mistake of the caller's: a panic in debug builds, nothing at all in release.
/// Make the epilogue inside of the dispatched function: then what is absent is known to be, and costs nothing.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::conv2d::{self, Conv2D, Conv2DShape, Plain};
/// use nn_core::layers::epilogue::Epilogue;
///
/// #[derive(Clone, Copy)]
/// struct Sum;
/// impl Conv2DShape for Sum {
///     const INPUT: [usize; 3] = [3, 3, 1];
///     const FILTERS: usize = 1;
///     const KERNEL_SIZE: [usize; 2] = [2, 2];
/// }
/// let weights = Conv2D::<2, 2, 1, 1> { kernel: [[[[1.0]]; 2]; 2], bias: [0.5] };
/// let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
/// let mut y = [0.0; 4];
/// let mut scratch = [0.0; conv2d::scratch_len::<Sum, Plain, f32>()];
/// dispatch!(Level::new(), simd => {
///     conv2d::infer(simd, Sum, Plain, &weights, &x, &mut y, &mut scratch, Epilogue::bias(&weights.bias));
/// });
/// assert_eq!(y, [12.5, 16.5, 24.5, 28.5]);
/// ```
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one fused step of the emitted code")]
pub fn infer<
    S: Simd,
    L: Conv2DShape,
    D: Destination<L>,
    W: Filters<T>,
    T: Element,
    A: Activation<T>,
    P: Activation<T>,
>(
    simd: S,
    shape: L,
    destination: D,
    weights: &W,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let kernel = weights.kernel();
    if const { !L::REPEATED || macs::<L>() < LARGE } {
        return frame::step(
            simd,
            #[inline(always)]
            || infer_slices(simd, (shape, destination), kernel, x, y, scratch, epilogue),
        );
    }
    frame::apart(
        simd,
        #[inline(always)]
        || infer_slices(simd, (shape, destination), kernel, x, y, scratch, epilogue),
    );
}

/// From so many multiply-adds on, a layer that is there many times has a function of its own: it takes some hundred times as long as
/// the call.
const LARGE: usize = 1 << 15;

const fn macs<L: Conv2DShape>() -> usize {
    let [height, width, filters] = L::OUTPUT;
    let window = L::KERNEL_SIZE[0] * L::KERNEL_SIZE[1] * L::INPUT[2] / L::GROUPS;
    height * width * filters * window
}

/// The same with the filters as a slice.
#[inline(always)]
fn infer_slices<S: Simd, M: Planned<T>, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    layer: M,
    kernel: &[T],
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let sizes = layer.plan::<S>().geometry.sizes();
    let (Some(x), Some(y)) = (x.get(..sizes[0]), y.get_mut(..sizes[1])) else {
        debug_assert!(false, "{} inputs and {} outputs, not {sizes:?}", x.len(), y.len());
        return;
    };
    let Some(scratch) = scratch.get_mut(..layer.scratch_len()) else {
        debug_assert!(false, "{} elements of scratch", scratch.len());
        return;
    };
    run(simd, layer, Inputs { kernel, x, epilogue }, y, scratch);
}

/// The same on slices that have the right lengths.
#[inline(always)]
pub(super) fn run<S: Simd, M: Planned<T>, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    layer: M,
    inputs: Inputs<'_, T, A, P>,
    y: &mut [T],
    scratch: &mut [T],
) {
    macro_rules! depthwise {
        ($($sums:literal,)*) => {
            $(if const { Arms::<S, M, T>::depthwise($sums) }
                && (const { M::KNOWN.is_some() } || layer.is::<S>(tiles::depthwise(true, $sums)))
            {
                return layer.call(
                    simd,
                    #[inline(always)]
                    || depthwise::infer::<S, M, T, A, P, $sums>(simd, layer, inputs, y, scratch),
                );
            })*
        };
    }
    macro_rules! pixels {
        ($($filters:literal x $positions:literal,)*) => {
            $(if const { Arms::<S, M, T>::pixels($filters, $positions) }
                && (const { M::KNOWN.is_some() } || layer.is::<S>(tiles::pixels($filters, $positions, false)))
            {
                return layer.call(
                    simd,
                    #[inline(always)]
                    || pixels::infer::<S, M, T, A, P, $filters, $positions>(simd, layer, inputs, y, scratch),
                );
            })*
        };
    }
    depthwise! { 1, 2, 3, 4, 5, 6, 7, 8, }
    pixels! {
        1 x 1, 2 x 1, 3 x 1, 4 x 1, 5 x 1, 6 x 1, 7 x 1, 8 x 1,
        1 x 2, 2 x 2, 3 x 2, 4 x 2, 5 x 2, 6 x 2, 7 x 2, 8 x 2,
        1 x 3, 2 x 3, 3 x 3, 4 x 3, 5 x 3, 6 x 3, 7 x 3, 8 x 3,
        1 x 4, 2 x 4, 3 x 4, 4 x 4, 5 x 4, 6 x 4,
        1 x 5, 2 x 5, 3 x 5, 1 x 6, 2 x 6, 3 x 6, 1 x 7, 2 x 7, 3 x 7, 1 x 8, 2 x 8, 3 x 8,
    }
    channels::infer(simd, layer, inputs, y, scratch);
}

/// Copies an image of this shape into the inside of a border, and zeros the border.
#[inline(always)]
pub fn pad<S: Simd, T: Element>(_simd: S, shape: [usize; 3], border: Border, x: &[T], y: &mut [T]) {
    let [_, w, c] = shape;
    let width = border.around(shape)[1] * c;
    for (x, y) in x.chunks_exact(w * c).zip(y.chunks_exact_mut(width).skip(border.top)) {
        if let Some(y) = y.get_mut(border.left * c..(border.left + w) * c) {
            slices::copy(x, y);
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
