//! Inference: one sample.

use fearless_simd::prelude::*;

use super::{GATES, LSTM};
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

/// All steps of one sample; the states are h and c.
///
/// A slice that is too short is a mistake of the caller's: a panic in debug builds, no result in release.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::activations::{Sigmoid, Tanh};
/// use nn_core::layers::lstm::{self, LSTM};
/// use nn_core::layers::recurrent::{RecurrentShape, Sequence};
///
/// #[derive(Clone, Copy)]
/// struct Shape;
/// impl RecurrentShape for Shape {
///     const STEPS: usize = 3;
///     const INPUTS: usize = 1;
///     const UNITS: usize = 1;
/// }
/// // Wide open gates and a candidate of 1: the memory counts the steps.
/// let weights = LSTM::<1, 1, f64> {
///     kernel: [[[0.0]; 4]; 1],
///     recurrent_kernel: [[[0.0]; 4]; 1],
///     bias: [[40.0]; 4],
/// };
/// let (mut y, mut c) = ([0.0], [0.0]);
/// let mut scratch = [0.0; lstm::scratch_len::<Shape, f64>()];
/// dispatch!(Level::new(), simd => lstm::infer(simd, Shape, &weights, Sequence {
///     x: &[0.0; 3],
///     mask: None,
///     initial_state: [None, None],
///     state: None,
///     y: &mut y,
///     final_state: [None, Some(&mut c)],
///     scratch: &mut scratch,
/// }, Tanh, Sigmoid));
/// assert_eq!(c, [3.0]);
/// assert_eq!(y, [3.0_f64.tanh()]);
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
    weights: &LSTM<IN, UNITS, T, BIASES>,
    sequence: Sequence<'_, T, 2>,
    activation: A,
    recurrent_activation: R,
) {
    let weights = weights.weights();
    let cell = Cell { shape, weights, activation, recurrent_activation };
    recurrent::sequence(simd, cell, sequence);
}

/// One step of one sample: what [`infer`] does for each of its steps.
///
/// `state` holds h, then c.
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
    weights: &LSTM<IN, UNITS, T, BIASES>,
    step: Step<'_, T>,
    activation: A,
    recurrent_activation: R,
) {
    let weights = weights.weights();
    let cell = Cell { shape, weights, activation, recurrent_activation };
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
    weights: &LSTM<IN, UNITS, T, BIASES>,
    steps: Step<'_, T>,
    activation: A,
    recurrent_activation: R,
) {
    let weights = weights.weights();
    let cell = Cell { shape, weights, activation, recurrent_activation };
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
        self.weights
    }

    #[inline(always)]
    fn step<S: Simd>(self, simd: S, projected: &[T], memory: Memory<'_, T>) {
        let Memory { order, sums, h, c } = memory;
        let recurrent_kernel = self.weights.recurrent_kernel;
        recurrent::row(simd, Recurrent::<_, GATES, 0, GATES>(self.shape), order, projected, h, recurrent_kernel, sums);
        for index in 0..recurrent::vectors::<S, L, T>(self.shape) {
            let unit = order.unit::<S, L, T>(self.shape, index);
            let candidate = self.activation.apply(simd, recurrent::gate::<S, L, T>(simd, self.shape, sums, 2, unit));
            let new = candidate
                * self.recurrent_activation.apply(simd, recurrent::gate::<S, L, T>(simd, self.shape, sums, 0, unit));
            let saved =
                self.recurrent_activation.apply(simd, recurrent::gate::<S, L, T>(simd, self.shape, sums, 1, unit));
            let cell = lanes::load::<S, T>(simd, c, unit).mul_add(saved, new);
            let output =
                self.recurrent_activation.apply(simd, recurrent::gate::<S, L, T>(simd, self.shape, sums, 3, unit));
            lanes::store::<S, T>(cell, c, unit);
            lanes::store::<S, T>(output * self.activation.apply(simd, cell), h, unit);
        }
    }
}
