//! An operation on each step of a sequence: at inference step by step, in training with the steps as samples.

use nn_core::Element;
use nn_core::rt::Simd;
use nn_graph::size::Length;

use super::{Backward, Forward, Ids, Infer, Operation};

#[derive(Debug)]
pub(crate) struct Each<T: 'static> {
    pub(crate) operation: Operation<T>,
    /// How many steps there are.
    pub(crate) steps: usize,
    /// The elements of a step, before and after.
    pub(crate) lens: [usize; 2],
    /// How often the operation has the step as an input.
    pub(crate) inputs: usize,
}

impl<T: Element> Each<T> {
    pub(crate) fn measure(&self, what: Length) -> usize {
        self.operation.measure(what)
    }

    pub(crate) fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, [input, output]) = (call.y(), self.lens);
        let Infer { weights, inputs, ids: all, scratch, state, .. } = call;
        for (step, y) in y.chunks_exact_mut(output.max(1)).enumerate() {
            let range = step * input..(step + 1) * input;
            let x = inputs.first().and_then(|x| x.get(range.clone())).unwrap_or_default();
            let steps = [x; 3];
            let ids = match all {
                Ids::None => Ids::None,
                Ids::U32(ids) => Ids::U32(ids.get(range).unwrap_or_default()),
                Ids::I32(ids) => Ids::I32(ids.get(range).unwrap_or_default()),
                Ids::U8(ids) => Ids::U8(ids.get(range).unwrap_or_default()),
            };
            self.operation.infer(
                simd,
                Infer {
                    weights,
                    inputs: &steps[..self.inputs.min(3)],
                    ids,
                    masks: &[],
                    outputs: &mut [Some(y)],
                    scratch: &mut scratch[..],
                    state: &mut state[..],
                    fold: &mut [],
                },
            );
        }
    }

    pub(crate) fn forward<S: Simd>(&self, simd: S, call: Forward<'_, '_, T>) {
        let (samples, first) = (call.samples * self.steps, call.first * self.steps);
        self.operation.forward(simd, Forward { samples, first, ..call });
    }

    pub(crate) fn backward<S: Simd>(&self, simd: S, call: Backward<'_, '_, T>) {
        let (samples, first) = (call.samples * self.steps, call.first * self.steps);
        self.operation.backward(simd, Backward { samples, first, ..call });
    }
}
