//! The reset gate acts after the product: one product a step.

use fearless_simd::prelude::*;

use super::{Back, Cell, renew};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::gemm::{self, Left};
use crate::layers::gru::GATES;
use crate::layers::recurrent::train::{Sizes, StepBackward, StepForward, each, keep, value};

impl<A, R> Cell<A, R> {
    pub(super) fn reset_after<S: Simd, T: Element>(self, simd: S, sizes: &Sizes, step: &mut StepForward<'_, T>)
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
                    |step, at| {
                        let input = at.gates::<S, T, GATES>(simd, step.gates);
                        let inner = at.gates::<S, T, GATES>(simd, step.sums);
                        let [saved_update, update] = keep(simd, self.recurrent_activation, input[0] + inner[0]);
                        let [saved_reset, reset] = keep(simd, self.recurrent_activation, input[1] + inner[1]);
                        let sum = inner[2].mul_add(reset, input[2]);
                        let [saved_candidate, candidate] = keep(simd, self.activation, sum);
                        let h = renew::<S, T>(at.state(simd, step.h_before), update, candidate);
                        ([saved_update, saved_reset, saved_candidate], inner[2], h)
                    },
                    #[inline(always)]
                    |step, at, (gates, extra, h)| {
                        at.set_gates::<S, T, GATES>(gates, step.gates);
                        at.set_state::<S, T>(extra, step.extra);
                        at.set_state::<S, T>(h, step.h);
                    },
                );
            },
        );
    }

    pub(super) fn back_after<S: Simd, T: Element>(self, simd: S, sizes: &Sizes, step: &mut StepBackward<'_, T>)
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
                    |step, at| {
                        let Back { dupdate, dcandidate, dh } = self.back::<S, T>(simd, step, at);
                        let saved = at.gate::<S, T>(simd, step.gates, 1);
                        let dreset = dcandidate * at.state::<S, T>(simd, step.extra);
                        let dreset = self.recurrent_activation.derivative(simd, saved, dreset);
                        let inner = dcandidate * value::<S, T, R>(simd, self.recurrent_activation, saved);
                        ([dupdate, dreset, dcandidate], [dupdate, dreset, inner], dh)
                    },
                    #[inline(always)]
                    |step, at, (dgates, dinner, dh)| {
                        at.set_gates::<S, T, GATES>(dgates, step.dgates);
                        at.set_gates::<S, T, GATES>(dinner, step.dinner);
                        at.set_state::<S, T>(dh, step.dh);
                    },
                );
            },
        );
        let product = [sizes.samples, sizes.units, sizes.columns];
        gemm::multiply(simd, product, Left::Rows(step.dinner), step.transposed, step.dinput);
    }
}
