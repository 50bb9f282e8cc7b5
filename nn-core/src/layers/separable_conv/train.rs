//! Training: the samples of a shard.

use alloc::vec::Vec;
use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::{Pointwise, SeparableFilters, SeparableShape};
use crate::activations::{Activation, Linear};
use crate::element::Element;
use crate::kernels::gemm::add_rows;
use crate::layers::conv2d::{Conv2DShape, backward_of, forward_of};

/// Convolves every sample.
///
/// - `x`: `samples` inputs of shape `L::INPUT`, without zeros around them; `y`: as many outputs.
/// - `between`: what lies between the two parts, for [`backward`]: `samples` of shape `L::OUTPUT`.
/// - `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn forward<S: Simd, L: SeparableShape, W: SeparableFilters<T>, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    weights: &W,
    samples: usize,
    x: &[T],
    between: &mut [T],
    y: &mut [T],
    activation: A,
    scratch: &mut Vec<T>,
) {
    let [depthwise, pointwise, bias] = weights.slices();
    forward_of(simd, shape, (depthwise, &[], Linear), (samples, x), between, scratch);
    forward_of(simd, Pointwise::<L>(PhantomData), (pointwise, bias, activation), (samples, between), y, scratch);
}

/// Adds the gradients of the weights to `gradients`, and writes that of the input to `dx`.
///
/// - `x`, `between`: what went into [`forward`] and came out of it; `dy`: the gradient before the activation.
/// - `dbetween`: as long as `between`, what it holds does not matter; `dx`: as long as `x`.
/// - `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn backward<S: Simd, L: SeparableShape, W: SeparableFilters<T>, T: Element>(
    simd: S,
    shape: L,
    weights: &W,
    samples: usize,
    [x, between, dy]: [&[T]; 3],
    gradients: &mut W,
    dbetween: &mut [T],
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let [depthwise, pointwise, _] = weights.slices();
    let [ddepthwise, dpointwise, dbias] = gradients.slices_mut();
    let second = Pointwise::<L>(PhantomData);
    add_rows(simd, &dy[..samples * Pointwise::<L>::OUTPUT.iter().product::<usize>()], dbias);
    backward_of(simd, second, pointwise, samples, [between, dy], dpointwise, Some(&mut *dbetween), scratch);
    backward_of(simd, shape, depthwise, samples, [x, dbetween], ddepthwise, dx, scratch);
}
