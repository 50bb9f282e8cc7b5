//! Training: the samples of a shard.

use fearless_simd::prelude::*;

use super::SimpleRNN;
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::gemm::{self, Left};
use crate::kernels::lanes;
use crate::layers::Bias;
use crate::layers::recurrent::train::{self, Gradients, Saved, Sizes, StepBackward, StepForward, each, keep};
use crate::layers::recurrent::{Backward, Forward, RecurrentShape, Weights};

/// How many elements [`forward`] saves for each sample.
pub const fn saved_len<L: RecurrentShape>() -> usize {
    SAVED.len(&L::SIZES)
}

/// What the derivative of the activation takes, and h.
pub(crate) const SAVED: Saved = Saved { gates: 1, extra: 0, states: 1, inner: false };

/// All steps of the samples of a shard.
///
/// # Panics
///
/// If a slice is too short.
#[inline(always)]
pub fn forward<
    S: Simd,
    L: RecurrentShape,
    const IN: usize,
    const UNITS: usize,
    T: Element,
    B: Bias<T>,
    A: Activation<T>,
>(
    simd: S,
    _: L,
    weights: &SimpleRNN<IN, UNITS, T, B>,
    pass: Forward<'_, T, 1>,
    activation: A,
) {
    let sizes = Sizes::new(&L::SIZES, pass.samples, SAVED);
    train::forward(simd, Cell { activation }, &sizes, weights.weights(), pass);
}

/// Back through all steps: adds the gradients of the weights to `gradients`.
///
/// # Panics
///
/// If a slice is too short.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::activations::Linear;
/// use nn_core::layers::recurrent::{Backward, Forward, Random, RecurrentShape};
/// use nn_core::layers::simple_rnn::{self, SimpleRNN};
///
/// #[derive(Clone, Copy)]
/// struct Shape;
/// impl RecurrentShape for Shape {
///     const STEPS: usize = 2;
///     const INPUTS: usize = 1;
///     const UNITS: usize = 1;
/// }
/// let weights = SimpleRNN::<1, 1> { kernel: [[3.0]], recurrent_kernel: [[2.0]], bias: [0.0] };
/// let mut gradients = SimpleRNN { kernel: [[0.0]], recurrent_kernel: [[0.0]], bias: [0.0] };
/// let (mut y, mut dx, mut scratch) = ([0.0], [0.0; 2], Vec::new());
/// let mut saved = [0.0; simple_rnn::saved_len::<Shape>()];
/// dispatch!(Level::new(), simd => {
///     simple_rnn::forward(simd, Shape, &weights, Forward {
///         samples: 1,
///         x: &[5.0, 7.0],
///         mask: None,
///         initial_state: [None],
///         state: None,
///         y: &mut y,
///         final_state: [None],
///         saved: &mut saved,
///         random: Random::default(),
///         scratch: &mut scratch,
///     }, Linear);
///     simple_rnn::backward(simd, Shape, &weights, Backward {
///         samples: 1,
///         x: &[5.0, 7.0],
///         mask: None,
///         saved: &saved,
///         dy: &[1.0],
///         d_final_state: [None],
///         dx: Some(&mut dx),
///         d_initial_state: [None],
///         random: Random::default(),
///         scratch: &mut scratch,
///     }, &mut gradients, Linear);
/// });
/// // y = 2 · (3 · 5) + 3 · 7
/// assert_eq!((y, dx), ([51.0], [6.0, 3.0]));
/// assert_eq!(gradients, SimpleRNN { kernel: [[17.0]], recurrent_kernel: [[15.0]], bias: [3.0] });
/// ```
#[inline(always)]
pub fn backward<
    S: Simd,
    L: RecurrentShape,
    const IN: usize,
    const UNITS: usize,
    T: Element,
    B: Bias<T>,
    A: Activation<T>,
>(
    simd: S,
    _: L,
    weights: &SimpleRNN<IN, UNITS, T, B>,
    pass: Backward<'_, T, 1>,
    gradients: &mut SimpleRNN<IN, UNITS, T, B>,
    activation: A,
) {
    let sizes = Sizes::new(&L::SIZES, pass.samples, SAVED);
    let mut gradients = Gradients {
        kernel: gradients.kernel.as_flattened_mut(),
        recurrent_kernel: gradients.recurrent_kernel.as_flattened_mut(),
        bias: gradients.bias.as_mut(),
    };
    train::backward(simd, Cell { activation }, &sizes, weights.weights(), pass, &mut gradients);
}

/// The activation of the layer.
#[derive(Clone, Copy)]
pub(crate) struct Cell<A> {
    pub(crate) activation: A,
}

impl<T: Element, A: Activation<T>> train::Cell<T> for Cell<A> {
    fn forward<S: Simd>(self, simd: S, sizes: &Sizes, weights: Weights<'_, T>, mut step: StepForward<'_, T>) {
        let product = [sizes.samples, sizes.columns, sizes.units];
        gemm::multiply(simd, product, Left::Rows(step.input), weights.recurrent_kernel, step.gates);
        frame::vectorize(
            simd,
            #[inline(always)]
            || {
                each::<S, T, _, _>(
                    simd,
                    sizes,
                    &mut step,
                    #[inline(always)]
                    |step, at| keep(simd, self.activation, at.gate(simd, step.gates, 0)),
                    #[inline(always)]
                    |step, at, [saved, h]| {
                        at.set_gates::<S, T, 1>([saved], step.gates);
                        at.set_state::<S, T>(h, step.h);
                    },
                );
            },
        );
    }

    fn backward<S: Simd>(self, simd: S, sizes: &Sizes, mut step: StepBackward<'_, T>) {
        frame::vectorize(
            simd,
            #[inline(always)]
            || {
                each::<S, T, _, _>(
                    simd,
                    sizes,
                    &mut step,
                    #[inline(always)]
                    |step, at| {
                        let dh = at.state::<S, T>(simd, step.dh);
                        self.activation.derivative(simd, at.gate(simd, step.gates, 0), dh)
                    },
                    #[inline(always)]
                    |step, at, dgate| {
                        at.set_gates::<S, T, 1>([dgate], step.dgates);
                        at.set_state::<S, T>(lanes::zeros::<S, T>(simd), step.dh);
                    },
                );
            },
        );
        let product = [sizes.samples, sizes.units, sizes.columns];
        gemm::multiply(simd, product, Left::Rows(step.dgates), step.transposed, step.dinput);
    }
}
