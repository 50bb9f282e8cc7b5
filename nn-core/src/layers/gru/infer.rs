//! Inference: one sample.

use fearless_simd::prelude::*;

use super::{GATES, GRU};
use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::lanes;
use crate::layers::recurrent::{
    self, Inputs, Memory, Recurrent, RecurrentShape, RecurrentSizes, Sequence, Step, Weights,
};

/// How many elements of scratch [`infer`] needs, on any machine.
pub const fn scratch_len<L: RecurrentShape, T: Element>() -> usize {
    L::SIZES.scratch_len::<T>(GATES)
}

/// How many elements of scratch [`step`] needs, on any machine.
pub const fn step_scratch_len<L: RecurrentShape, T: Element>() -> usize {
    L::SIZES.step_scratch_len::<T>(GATES)
}

/// All steps of one sample.
///
/// A slice that is too short is a mistake of the caller's: a panic in debug builds, no result in release.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::activations::{Linear, Sigmoid};
/// use nn_core::layers::gru::{self, GRU};
/// use nn_core::layers::recurrent::{RecurrentShape, Sequence};
///
/// #[derive(Clone, Copy)]
/// struct Shape;
/// impl RecurrentShape for Shape {
///     const STEPS: usize = 2;
///     const INPUTS: usize = 1;
///     const UNITS: usize = 1;
/// }
/// // The update gate is half open: each step takes the mean of its input and the state.
/// let weights = GRU::<1, 1, f64> {
///     kernel: [[[0.0], [0.0], [1.0]]],
///     recurrent_kernel: [[[0.0]; 3]],
///     bias: [[[0.0]; 3]; 2],
/// };
/// let mut y = [0.0];
/// let mut scratch = [0.0; gru::scratch_len::<Shape, f64>()];
/// dispatch!(Level::new(), simd => gru::infer(simd, Shape, &weights, Sequence {
///     x: &[4.0, 8.0],
///     mask: None,
///     initial_state: [None],
///     state: None,
///     y: &mut y,
///     final_state: [None],
///     scratch: &mut scratch,
/// }, Linear, Sigmoid));
/// assert_eq!(y, [5.0]);
/// ```
#[inline(always)]
pub fn infer<
    S: Simd,
    L: RecurrentShape,
    const IN: usize,
    const UNITS: usize,
    T: Element,
    const BIASES: usize,
    A: Activation<T>,
    R: Activation<T>,
>(
    simd: S,
    shape: L,
    weights: &GRU<IN, UNITS, T, BIASES>,
    sequence: Sequence<'_, T, 1>,
    activation: A,
    recurrent_activation: R,
) {
    let cell = Cell { shape, weights: weights.weights(), activation, recurrent_activation };
    recurrent::sequence(simd, cell, sequence);
}

/// One step of one sample: what [`infer`] does for each of its steps.
#[inline(always)]
pub fn step<
    S: Simd,
    L: RecurrentShape,
    const IN: usize,
    const UNITS: usize,
    T: Element,
    const BIASES: usize,
    A: Activation<T>,
    R: Activation<T>,
>(
    simd: S,
    shape: L,
    weights: &GRU<IN, UNITS, T, BIASES>,
    step: Step<'_, T>,
    activation: A,
    recurrent_activation: R,
) {
    let cell = Cell { shape, weights: weights.weights(), activation, recurrent_activation };
    recurrent::step(simd, cell, step);
}

/// As many steps of one sample as there are inputs for, no more than the shape has: what [`step`] does one by one, with the same bits.
///
/// The scratch is that of [`infer`]: [`scratch_len`] elements.
#[inline(always)]
pub fn steps<
    S: Simd,
    L: RecurrentShape,
    const IN: usize,
    const UNITS: usize,
    T: Element,
    const BIASES: usize,
    A: Activation<T>,
    R: Activation<T>,
>(
    simd: S,
    shape: L,
    weights: &GRU<IN, UNITS, T, BIASES>,
    steps: Step<'_, T>,
    activation: A,
    recurrent_activation: R,
) {
    let cell = Cell { shape, weights: weights.weights(), activation, recurrent_activation };
    recurrent::steps(simd, cell, steps);
}

/// The layer.
#[derive(Clone, Copy)]
pub(crate) struct Cell<'a, L, T, A, R> {
    pub(crate) shape: L,
    pub(crate) weights: Weights<'a, T>,
    pub(crate) activation: A,
    pub(crate) recurrent_activation: R,
}

impl<L: Geometry<RecurrentSizes>, T: Element, A: Activation<T>, R: Activation<T>> recurrent::Cell<T>
    for Cell<'_, L, T, A, R>
{
    type Shape = L;
    type Inputs = Inputs<L, GATES>;
    const GATES: usize = GATES;

    #[inline(always)]
    fn shape(self) -> L {
        self.shape
    }

    #[inline(always)]
    fn inputs(self) -> Self::Inputs {
        Inputs(self.shape)
    }

    #[inline(always)]
    fn weights(&self) -> Weights<'_, T> {
        Weights { bias: self.weights.bias.get(..GATES * self.shape.sizes().units).unwrap_or(&[]), ..self.weights }
    }

    #[inline(always)]
    fn step<S: Simd>(self, simd: S, projected: &[T], memory: Memory<'_, T>) {
        if self.shape.sizes().reset_after {
            self.reset_after(simd, projected, memory);
        } else {
            self.reset_before(simd, projected, memory);
        }
    }
}

impl<L: Geometry<RecurrentSizes>, T: Element, A: Activation<T>, R: Activation<T>> Cell<'_, L, T, A, R> {
    #[inline(always)]
    fn reset_after<S: Simd>(self, simd: S, projected: &[T], memory: Memory<'_, T>) {
        let Memory { order, sums, h, .. } = memory;
        let bias = self.weights.bias.get(GATES * self.shape.sizes().units..).unwrap_or(&[]);
        let recurrent_kernel = self.weights.recurrent_kernel;
        recurrent::row(simd, Recurrent::<_, GATES, 0, GATES>(self.shape), order, bias, h, recurrent_kernel, sums);
        for index in 0..recurrent::vectors::<S, L, T>(self.shape) {
            let unit = order.unit::<S, L, T>(self.shape, index);
            let reset = self.recurrent_activation.apply(
                simd,
                recurrent::gate::<S, L, T>(simd, self.shape, projected, 1, unit)
                    + recurrent::gate::<S, L, T>(simd, self.shape, sums, 1, unit),
            );
            let update = self.recurrent_activation.apply(
                simd,
                recurrent::gate::<S, L, T>(simd, self.shape, projected, 0, unit)
                    + recurrent::gate::<S, L, T>(simd, self.shape, sums, 0, unit),
            );
            let candidate = self.activation.apply(
                simd,
                recurrent::gate::<S, L, T>(simd, self.shape, sums, 2, unit)
                    .mul_add(reset, recurrent::gate::<S, L, T>(simd, self.shape, projected, 2, unit)),
            );
            self.renew(simd, update, candidate, h, unit);
        }
    }

    #[inline(always)]
    fn reset_before<S: Simd>(self, simd: S, projected: &[T], memory: Memory<'_, T>) {
        let Memory { order, sums, h, c: reset_h } = memory;
        let units = self.shape.sizes().units;
        let recurrent_kernel = self.weights.recurrent_kernel;
        recurrent::row(simd, Recurrent::<_, GATES, 0, 2>(self.shape), order, projected, h, recurrent_kernel, sums);
        for index in 0..recurrent::vectors::<S, L, T>(self.shape) {
            let unit = order.unit::<S, L, T>(self.shape, index);
            let sum = lanes::load::<S, T>(simd, sums, units + unit);
            let reset = self.recurrent_activation.apply(simd, sum);
            lanes::store::<S, T>(reset * lanes::load::<S, T>(simd, h, unit), reset_h, unit);
        }
        let (Some(projected), Some(candidates)) = (projected.get(2 * units..), sums.get_mut(2 * units..)) else {
            return;
        };
        recurrent::row(
            simd,
            Recurrent::<_, GATES, 2, 1>(self.shape),
            order,
            projected,
            reset_h,
            recurrent_kernel,
            candidates,
        );
        for index in 0..recurrent::vectors::<S, L, T>(self.shape) {
            let unit = order.unit::<S, L, T>(self.shape, index);
            let update =
                self.recurrent_activation.apply(simd, recurrent::gate::<S, L, T>(simd, self.shape, sums, 0, unit));
            self.renew(
                simd,
                update,
                self.activation.apply(simd, recurrent::gate::<S, L, T>(simd, self.shape, sums, 2, unit)),
                h,
                unit,
            );
        }
    }

    /// `h = update ∘ h + (1 - update) ∘ candidate`.
    #[inline(always)]
    fn renew<S: Simd>(self, simd: S, update: T::Vector<S>, candidate: T::Vector<S>, h: &mut [T], unit: usize) {
        let before = lanes::load::<S, T>(simd, h, unit);
        lanes::store::<S, T>((before - candidate).mul_add(update, candidate), h, unit);
    }
}
