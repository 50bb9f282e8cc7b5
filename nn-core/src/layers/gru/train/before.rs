//! The reset gate acts before the product: two products a step, each with the columns of the other one in vain.

use fearless_simd::prelude::*;

use super::{Back, Cell, multiply, renew, reset};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::gemm::{self, Left};
use crate::kernels::lanes;
use crate::layers::gru::GATES;
use crate::layers::recurrent::Weights;
use crate::layers::recurrent::train::{Sizes, StepBackward, StepForward, each, keep, value};

impl<A, R> Cell<A, R> {
    /// The candidate's product takes the state after the reset, so there are two.
    pub(super) fn reset_before<S: Simd, T: Element>(
        self,
        simd: S,
        sizes: &Sizes,
        weights: Weights<'_, T>,
        step: &mut StepForward<'_, T>,
    ) where
        A: Activation<T>,
        R: Activation<T>,
    {
        frame::vectorize(
            simd,
            #[inline(always)]
            || {
                each::<S, T, _, _>(
                    simd,
                    sizes,
                    step,
                    #[inline(always)]
                    |step, at| {
                        let input = at.gates::<S, T, 2>(simd, step.gates);
                        let inner = at.gates::<S, T, 2>(simd, step.sums);
                        let [update, _] = keep(simd, self.recurrent_activation, input[0] + inner[0]);
                        let [reset, _] = keep(simd, self.recurrent_activation, input[1] + inner[1]);
                        [update, reset]
                    },
                    #[inline(always)]
                    |step, at, gates| at.set_gates::<S, T, 2>(gates, step.gates),
                );
            },
        );
        reset(self.recurrent_activation, simd, sizes, (step.gates, step.input), step.h);
        step.sums.fill(T::zero());
        multiply(simd, sizes, step.h, weights.recurrent_kernel, step.sums);
        frame::vectorize(
            simd,
            #[inline(always)]
            || {
                each::<S, T, _, _>(
                    simd,
                    sizes,
                    step,
                    #[inline(always)]
                    |step, at| {
                        let [saved_update, saved_reset, sum] = at.gates::<S, T, GATES>(simd, step.gates);
                        let sum = sum + at.gate(simd, step.sums, 2);
                        let [saved_candidate, candidate] = keep(simd, self.activation, sum);
                        let update = value(simd, self.recurrent_activation, saved_update);
                        let h = renew::<S, T>(at.state(simd, step.h_before), update, candidate);
                        ([saved_update, saved_reset, saved_candidate], h)
                    },
                    #[inline(always)]
                    |step, at, (gates, h)| {
                        at.set_gates::<S, T, GATES>(gates, step.gates);
                        at.set_state::<S, T>(h, step.h);
                    },
                );
            },
        );
    }

    /// Through the candidate's product first, whose input is the state after the reset; then through that of the gates.
    pub(super) fn back_before<S: Simd, T: Element>(self, simd: S, sizes: &Sizes, step: &mut StepBackward<'_, T>)
    where
        A: Activation<T>,
        R: Activation<T>,
    {
        frame::vectorize(
            simd,
            #[inline(always)]
            || {
                each::<S, T, _, _>(
                    simd,
                    sizes,
                    step,
                    #[inline(always)]
                    |step, at| self.back::<S, T>(simd, step, at),
                    #[inline(always)]
                    |step, at, Back { dupdate, dcandidate, dh }| {
                        let zero = lanes::zeros::<S, T>(simd);
                        at.set_gates::<S, T, GATES>([dupdate, zero, dcandidate], step.dgates);
                        at.set_gates::<S, T, GATES>([zero, zero, dcandidate], step.dinner);
                        at.set_state::<S, T>(dh, step.dh);
                    },
                );
            },
        );
        let product = [sizes.samples, sizes.units, sizes.columns];
        step.sums.fill(T::zero());
        gemm::multiply(simd, product, Left::Rows(step.dinner), step.transposed, step.sums);
        frame::vectorize(
            simd,
            #[inline(always)]
            || {
                each::<S, T, _, _>(
                    simd,
                    sizes,
                    step,
                    #[inline(always)]
                    |step, at| {
                        let saved = at.gate::<S, T>(simd, step.gates, 1);
                        let dproduct = at.state::<S, T>(simd, step.sums);
                        let dreset = dproduct * at.state::<S, T>(simd, step.input);
                        let dreset = self.recurrent_activation.derivative(simd, saved, dreset);
                        let dinput = dproduct * value::<S, T, R>(simd, self.recurrent_activation, saved);
                        let [dupdate, _, dcandidate] = at.gates::<S, T, GATES>(simd, step.dgates);
                        ([dupdate, dreset, dcandidate], dinput)
                    },
                    #[inline(always)]
                    |step, at, ([dupdate, dreset, dcandidate], dinput)| {
                        at.set_gates::<S, T, GATES>([dupdate, dreset, dcandidate], step.dgates);
                        at.set_gates::<S, T, GATES>([dupdate, dreset, lanes::zeros::<S, T>(simd)], step.dinner);
                        at.set_state::<S, T>(dinput, step.dinput);
                    },
                );
            },
        );
        gemm::multiply(simd, product, Left::Rows(step.dinner), step.transposed, step.dinput);
    }
}
