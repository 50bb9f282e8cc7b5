//! Inference: one sample.

use fearless_simd::prelude::*;

use super::SimpleRNN;
use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::lanes;
use crate::layers::Bias;
use crate::layers::recurrent::{
    self, Inputs, Memory, Recurrent, RecurrentShape, RecurrentSizes, Sequence, Step, Weights,
};

/// How many elements of scratch [`infer`] needs, on any machine.
pub const fn scratch_len<L: RecurrentShape, T: Element>() -> usize {
    L::SIZES.scratch_len::<T>(1)
}

/// How many elements of scratch [`step`] needs, on any machine.
pub const fn step_scratch_len<L: RecurrentShape, T: Element>() -> usize {
    L::SIZES.step_scratch_len::<T>(1)
}

/// All steps of one sample.
///
/// A slice that is too short is a mistake of the caller's: a panic in debug builds, no result in release.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::activations::Linear;
/// use nn_core::layers::recurrent::{RecurrentShape, Sequence};
/// use nn_core::layers::simple_rnn::{self, SimpleRNN};
///
/// #[derive(Clone, Copy)]
/// struct Shape;
/// impl RecurrentShape for Shape {
///     const STEPS: usize = 3;
///     const INPUTS: usize = 1;
///     const UNITS: usize = 1;
///     const RETURN_SEQUENCES: bool = true;
/// }
/// let weights = SimpleRNN::<1, 1> { kernel: [[1.0]], recurrent_kernel: [[2.0]], bias: [0.5] };
/// let mut y = [0.0; 3];
/// let mut scratch = [0.0; simple_rnn::scratch_len::<Shape, f32>()];
/// dispatch!(Level::new(), simd => simple_rnn::infer(simd, Shape, &weights, Sequence {
///     x: &[1.0, 10.0, 100.0],
///     mask: None,
///     initial_state: [None],
///     state: None,
///     y: &mut y,
///     final_state: [None],
///     scratch: &mut scratch,
/// }, Linear));
/// assert_eq!(y, [1.5, 13.5, 127.5]);
/// ```
#[inline(always)]
pub fn infer<
    S: Simd,
    L: RecurrentShape,
    const IN: usize,
    const UNITS: usize,
    T: Element,
    B: Bias<T>,
    A: Activation<T>,
>(
    simd: S,
    shape: L,
    weights: &SimpleRNN<IN, UNITS, T, B>,
    sequence: Sequence<'_, T, 1>,
    activation: A,
) {
    let cell = Cell { shape, weights: weights.weights(), activation };
    recurrent::sequence(simd, cell, sequence);
}

/// One step of one sample: what [`infer`] does for each of its steps.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::activations::Linear;
/// use nn_core::layers::recurrent::{RecurrentShape, Step};
/// use nn_core::layers::simple_rnn::{self, SimpleRNN};
///
/// #[derive(Clone, Copy)]
/// struct Shape;
/// impl RecurrentShape for Shape {
///     const INPUTS: usize = 1;
///     const UNITS: usize = 1;
/// }
/// let weights = SimpleRNN::<1, 1> { kernel: [[1.0]], recurrent_kernel: [[2.0]], bias: [0.5] };
/// let (mut state, mut y) = ([0.0], [0.0]);
/// let mut scratch = [0.0; simple_rnn::step_scratch_len::<Shape, f32>()];
/// for (x, expected) in [(1.0, 1.5), (10.0, 13.5), (100.0, 127.5)] {
///     let step = Step { x: &[x], state: &mut state, y: &mut y, scratch: &mut scratch };
///     dispatch!(Level::new(), simd => simple_rnn::step(simd, Shape, &weights, step, Linear));
///     assert_eq!(y, [expected]);
/// }
/// ```
#[inline(always)]
pub fn step<
    S: Simd,
    L: RecurrentShape,
    const IN: usize,
    const UNITS: usize,
    T: Element,
    B: Bias<T>,
    A: Activation<T>,
>(
    simd: S,
    shape: L,
    weights: &SimpleRNN<IN, UNITS, T, B>,
    step: Step<'_, T>,
    activation: A,
) {
    let cell = Cell { shape, weights: weights.weights(), activation };
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
    B: Bias<T>,
    A: Activation<T>,
>(
    simd: S,
    shape: L,
    weights: &SimpleRNN<IN, UNITS, T, B>,
    steps: Step<'_, T>,
    activation: A,
) {
    let cell = Cell { shape, weights: weights.weights(), activation };
    recurrent::steps(simd, cell, steps);
}

/// The layer.
#[derive(Clone, Copy)]
pub(crate) struct Cell<'a, L, T, A> {
    pub(crate) shape: L,
    pub(crate) weights: Weights<'a, T>,
    pub(crate) activation: A,
}

impl<L: Geometry<RecurrentSizes>, T: Element, A: Activation<T>> recurrent::Cell<T> for Cell<'_, L, T, A> {
    type Shape = L;
    type Inputs = Inputs<L, 1>;
    const GATES: usize = 1;

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
        let Memory { order, sums, h, .. } = memory;
        recurrent::row(
            simd,
            Recurrent::<_, 1, 0, 1>(self.shape),
            order,
            projected,
            h,
            self.weights.recurrent_kernel,
            sums,
        );
        for index in 0..recurrent::vectors::<S, L, T>(self.shape) {
            let unit = order.unit::<S, L, T>(self.shape, index);
            let sum = lanes::load::<S, T>(simd, sums, unit);
            lanes::store::<S, T>(self.activation.apply(simd, sum), h, unit);
        }
    }
}
