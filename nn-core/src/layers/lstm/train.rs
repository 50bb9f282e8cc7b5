//! Training: the samples of a shard.

use fearless_simd::prelude::*;

use super::{GATES, LSTM};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::gemm::{self, Left};
use crate::kernels::lanes;
use crate::layers::recurrent::train::{
    self, Gradients, Place, Saved, Sizes, StepBackward, StepForward, each, keep, value,
};
use crate::layers::recurrent::{Backward, Forward, RecurrentShape, Weights};

/// How many elements [`forward`] saves for each sample.
pub const fn saved_len<L: RecurrentShape>() -> usize {
    SAVED.len(&L::SIZES)
}

/// Gates, what comes of c before the last gate, h and c.
pub(crate) const SAVED: Saved = Saved { gates: GATES, extra: 1, states: 2, inner: false };

/// All steps of the samples of a shard; the states are h and c.
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
    const BIASES: usize,
    A: Activation<T>,
    R: Activation<T>,
>(
    simd: S,
    _: L,
    weights: &LSTM<IN, UNITS, T, BIASES>,
    pass: Forward<'_, T, 2>,
    activation: A,
    recurrent_activation: R,
) {
    let sizes = Sizes::new(&L::SIZES, pass.samples, SAVED);
    train::forward(simd, Cell { activation, recurrent_activation }, &sizes, weights.weights(), pass);
}

/// Back through all steps: adds the gradients of the weights to `gradients`.
///
/// # Panics
///
/// If a slice is too short.
#[inline(always)]
pub fn backward<
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
    _: L,
    weights: &LSTM<IN, UNITS, T, BIASES>,
    pass: Backward<'_, T, 2>,
    gradients: &mut LSTM<IN, UNITS, T, BIASES>,
    activation: A,
    recurrent_activation: R,
) {
    let sizes = Sizes::new(&L::SIZES, pass.samples, SAVED);
    let mut gradients = Gradients {
        kernel: gradients.kernel.as_flattened_mut().as_flattened_mut(),
        recurrent_kernel: gradients.recurrent_kernel.as_flattened_mut().as_flattened_mut(),
        bias: gradients.bias.as_flattened_mut(),
    };
    let cell = Cell { activation, recurrent_activation };
    train::backward(simd, cell, &sizes, weights.weights(), pass, &mut gradients);
}

/// The activations of the layer.
#[derive(Clone, Copy)]
pub(crate) struct Cell<A, R> {
    pub(crate) activation: A,
    pub(crate) recurrent_activation: R,
}

impl<T: Element, A: Activation<T>, R: Activation<T>> train::Cell<T> for Cell<A, R> {
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
                    |step, at| self.gates(simd, step, at),
                    #[inline(always)]
                    |step, at, (gates, extra, h, c)| {
                        at.set_gates::<S, T, GATES>(gates, step.gates);
                        at.set_state::<S, T>(extra, step.extra);
                        at.set_state::<S, T>(h, step.h);
                        at.set_state::<S, T>(c, step.c);
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
                    |step, at| self.gradients(simd, step, at),
                    #[inline(always)]
                    |step, at, (dgates, dc)| {
                        at.set_gates::<S, T, GATES>(dgates, step.dgates);
                        at.set_state::<S, T>(lanes::zeros::<S, T>(simd), step.dh);
                        at.set_state::<S, T>(dc, step.dc);
                    },
                );
            },
        );
        let product = [sizes.samples, sizes.units, sizes.columns];
        gemm::multiply(simd, product, Left::Rows(step.dgates), step.transposed, step.dinput);
    }
}

/// The gates, what comes of c, h, c.
type Values<V> = ([V; GATES], V, V, V);

impl<A, R> Cell<A, R> {
    /// What a step makes of the sums of the gates.
    #[inline(always)]
    fn gates<S: Simd, T: Element>(self, simd: S, step: &StepForward<'_, T>, at: Place) -> Values<T::Vector<S>>
    where
        A: Activation<T>,
        R: Activation<T>,
    {
        let [input, forget, candidate, output] = at.gates::<S, T, GATES>(simd, step.gates);
        let [saved_input, input] = keep(simd, self.recurrent_activation, input);
        let [saved_forget, forget] = keep(simd, self.recurrent_activation, forget);
        let [saved_candidate, candidate] = keep(simd, self.activation, candidate);
        let [saved_output, output] = keep(simd, self.recurrent_activation, output);
        let c = at.state(simd, step.c_before).mul_add(forget, input * candidate);
        let [extra, active] = keep(simd, self.activation, c);
        ([saved_input, saved_forget, saved_candidate, saved_output], extra, output * active, c)
    }

    /// The gradients of the sums of the gates, and of c before the step.
    #[inline(always)]
    fn gradients<S: Simd, T: Element>(
        self,
        simd: S,
        step: &StepBackward<'_, T>,
        at: Place,
    ) -> ([T::Vector<S>; GATES], T::Vector<S>)
    where
        A: Activation<T>,
        R: Activation<T>,
    {
        let [saved_input, saved_forget, saved_candidate, saved_output] = at.gates::<S, T, GATES>(simd, step.gates);
        let input = value::<S, T, R>(simd, self.recurrent_activation, saved_input);
        let forget = value::<S, T, R>(simd, self.recurrent_activation, saved_forget);
        let candidate = value::<S, T, A>(simd, self.activation, saved_candidate);
        let output = value::<S, T, R>(simd, self.recurrent_activation, saved_output);
        let extra = at.state::<S, T>(simd, step.extra);
        let dh = at.state::<S, T>(simd, step.dh);
        let active = value::<S, T, A>(simd, self.activation, extra);
        let dc = at.state::<S, T>(simd, step.dc) + self.activation.derivative(simd, extra, dh * output);
        let dgates = [
            self.recurrent_activation.derivative(simd, saved_input, dc * candidate),
            self.recurrent_activation.derivative(simd, saved_forget, dc * at.state::<S, T>(simd, step.c_before)),
            self.activation.derivative(simd, saved_candidate, dc * input),
            self.recurrent_activation.derivative(simd, saved_output, dh * active),
        ];
        (dgates, dc * forget)
    }
}
