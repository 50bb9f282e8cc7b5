//! Training: the samples of a shard.

mod input;
mod layer;
mod numbers;
mod packed;
mod samples;
#[cfg(all(test, feature = "std"))]
mod tests;
mod weights;

use alloc::vec::Vec;

use fearless_simd::prelude::*;

pub(crate) use self::layer::Layer;
pub use self::numbers::Conv2DTraining;
use super::channels::Inputs;
use super::infer::run;
use super::numbers::End;
use super::plan::Planned;
use super::{Border, Conv2DShape, Filters, FiltersMut};
use crate::activations::{Activation, Linear};
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::gemm::{add_rows, room};
use crate::layers::epilogue::Epilogue;

/// Convolves every sample: `y = activation(x * kernel + bias)`.
///
/// - `x`: `samples` inputs of shape `L::INPUT`, without zeros around them; `y`: as many of `L::OUTPUT`.
/// - `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn forward<S: Simd, L: Conv2DShape, W: Filters<T>, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    weights: &W,
    samples: usize,
    x: &[T],
    y: &mut [T],
    activation: A,
    scratch: &mut Vec<T>,
) {
    forward_of(simd, shape, (weights.kernel(), weights.bias(), activation), (samples, x), y, scratch);
}

/// The same with the weights as slices, in a function of its own: layers of equal geometry are compiled once.
#[inline(always)]
fn forward_of<S: Simd, L: Conv2DShape, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    weights: (&[T], &[T], A),
    x: (usize, &[T]),
    y: &mut [T],
    scratch: &mut Vec<T>,
) {
    frame::apart(
        simd,
        #[inline(always)]
        || forward_slices(simd, shape, weights, x, y, scratch),
    );
}

/// The same with the weights as slices.
#[inline(always)]
pub(crate) fn forward_slices<S: Simd, L: Layer<T>, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    (kernel, bias, activation): (&[T], &[T], A),
    (samples, x): (usize, &[T]),
    y: &mut [T],
    scratch: &mut Vec<T>,
) {
    if const { !layer::Arms::<S, L, T>::never_packed() } && shape.pixels::<S>() > 1 {
        let (layer, pixels) = (shape.packed::<S>(), shape.pixels::<S>());
        let sizes = [packed::weights_len(&shape.sizes(), pixels), pixels * shape.sizes().filters];
        let scratch = room(scratch, sizes[0] + sizes[1] + each_len(shape, layer));
        let (wide_kernel, scratch) = scratch.split_at_mut(sizes[0]);
        let (wide_bias, scratch) = scratch.split_at_mut(pixels * bias.len());
        packed::pack(simd, shape, kernel, wide_kernel);
        wide_bias.chunks_exact_mut(shape.sizes().filters).for_each(|wide| wide.copy_from_slice(bias));
        return each(simd, (shape, layer), (wide_kernel, wide_bias, activation), (samples, x), y, scratch);
    }
    if const { !layer::Arms::<S, L, T>::always_packed() } {
        let scratch = room(scratch, each_len(shape, shape.whole()));
        each(simd, (shape, shape.whole()), (kernel, bias, activation), (samples, x), y, scratch);
    }
}

/// Runs `layer`, which is the layer of this shape or a rearrangement of it, on each sample.
#[inline(always)]
fn each<S: Simd, L: Layer<T>, M: Planned<T>, T: Element, A: Activation<T>>(
    simd: S,
    (shape, layer): (L, M),
    (kernel, bias, activation): (&[T], &[T], A),
    (samples, x): (usize, &[T]),
    y: &mut [T],
    scratch: &mut [T],
) {
    let (padded, scratch) = scratch.split_at_mut(bordered_len(shape));
    let inputs = x.chunks_exact(shape.sizes().input.iter().product());
    let outputs = y.chunks_exact_mut(shape.output().iter().product());
    for (x, y) in inputs.zip(outputs).take(samples) {
        let (x, epilogue) = (with_border(simd, shape, x, padded), Epilogue::bias(bias));
        if const { M::KNOWN.is_some() } {
            run(simd, layer, Inputs { kernel, x, epilogue: epilogue.activation(activation) }, y, scratch);
        } else {
            run(simd, layer, Inputs { kernel, x, epilogue }, &mut *y, scratch);
            End { activation, value: None, after_pool: Linear }.rows(simd, shape.output(), Border::NONE, y);
        }
    }
}

/// The elements of the input with its border.
#[inline(always)]
fn bordered_len<L: Layer<T>, T: Element>(shape: L) -> usize {
    shape.border().around(shape.sizes().input).iter().product()
}

/// How many elements of scratch [`each`] needs.
#[inline(always)]
fn each_len<L: Layer<T>, M: Planned<T>, T: Element>(shape: L, layer: M) -> usize {
    bordered_len(shape) + layer.scratch_len()
}

/// The input with its zeros around it: copied to `padded` unless there are none.
#[inline(always)]
fn with_border<'a, S: Simd, L: Layer<T>, T: Element>(simd: S, shape: L, x: &'a [T], padded: &'a mut [T]) -> &'a [T] {
    if shape.border().is_none() {
        return x;
    }
    super::pad(simd, shape.sizes().input, shape.border(), x, padded);
    padded
}

/// Adds the gradients of the weights to `gradients`, and writes that of the input to `dx`.
///
/// - `x`: what went into [`forward`]; `dy`: the gradient before the activation, `samples` of shape `L::OUTPUT`.
/// - `dx`: as long as `x`; `scratch`: grows as needed, what it holds does not matter.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::conv2d::{Conv2D, Conv2DShape, backward};
/// #[derive(Clone, Copy)]
/// struct Pair;
/// impl Conv2DShape for Pair {
///     const INPUT: [usize; 3] = [1, 3, 1];
///     const FILTERS: usize = 1;
///     const KERNEL_SIZE: [usize; 2] = [1, 2];
/// }
/// let layer = Conv2D::<1, 2, 1, 1> { kernel: [[[[3.0]], [[5.0]]]], bias: [0.0] };
/// let mut gradients = Conv2D { kernel: [[[[0.0]]; 2]], bias: [0.0] };
/// let (x, dy, mut dx, mut scratch) = ([1.0, 2.0, 4.0], [10.0, 1.0], [0.0; 3], Vec::new());
/// dispatch!(Level::new(), simd => {
///     backward(simd, Pair, &layer, 1, &x, &dy, &mut gradients, Some(&mut dx), &mut scratch)
/// });
/// assert_eq!(gradients, Conv2D { kernel: [[[[12.0]], [[24.0]]]], bias: [11.0] });
/// assert_eq!(dx, [30.0, 53.0, 5.0]);
/// ```
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn backward<S: Simd, L: Conv2DShape, W: Filters<T>, G: FiltersMut<T>, T: Element>(
    simd: S,
    shape: L,
    weights: &W,
    samples: usize,
    x: &[T],
    dy: &[T],
    gradients: &mut G,
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    add_rows(simd, &dy[..samples * L::OUTPUT.iter().product::<usize>()], gradients.bias_mut());
    backward_of(simd, shape, weights.kernel(), samples, [x, dy], gradients.kernel_mut(), dx, scratch);
}

/// The same with the filters as a slice, and without the bias, in a function of its own.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one part of a layer of the emitted code")]
fn backward_of<S: Simd, L: Conv2DShape, T: Element>(
    simd: S,
    shape: L,
    kernel: &[T],
    samples: usize,
    inputs: [&[T]; 2],
    dkernel: &mut [T],
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    frame::apart(
        simd,
        #[inline(always)]
        || backward_slices(simd, shape, kernel, samples, inputs, dkernel, dx, scratch),
    );
}

/// The same with the filters as a slice, and without the bias.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one part of a layer of the emitted code")]
pub(crate) fn backward_slices<S: Simd, L: Layer<T>, T: Element>(
    simd: S,
    shape: L,
    kernel: &[T],
    samples: usize,
    [x, dy]: [&[T]; 2],
    dkernel: &mut [T],
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let (input, output): (usize, usize) = (shape.sizes().input.iter().product(), shape.output().iter().product());
    let (x, dy) = (&x[..samples * input], &dy[..samples * output]);
    let around = bordered_len(shape);
    let sums = weights::sums_len(simd, shape);
    let (padded, sums) = room(scratch, around + sums).split_at_mut(around);
    sums.fill(T::zero());
    for (i, x) in x.chunks_exact(input).enumerate() {
        let x = with_border(simd, shape, x, padded);
        weights::add(simd, shape, x, &dy[i * output..], sums);
    }
    weights::collect(simd, shape, sums, dkernel);

    if let Some(dx) = dx {
        input::gradient(simd, shape, kernel, dy, &mut dx[..samples * input], scratch);
    }
}
