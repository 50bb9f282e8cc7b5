//! Recurrent layers.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::recurrent::{
    AnyRecurrent, Backward as BackwardPass, Carried, Forward as ForwardPass, Gradients, Kind, Random as Drops,
    RecurrentSizes, Sequence, Step, Weights,
};
use nn_core::rt::Simd;
use nn_graph::op::{self, RecurrenceKind};
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Random, Run, Site, function};
use crate::sizes;

/// A layer in one direction, with the places of its weights.
#[derive(Debug)]
pub(crate) struct Recurrence {
    layer: AnyRecurrent,
    weights: [Range<usize>; 3],
    seed: u64,
    /// How many streams of random numbers it draws from.
    streams: u32,
    stateful: bool,
}

impl Recurrence {
    pub(crate) fn new(site: &Site<'_>, op: &op::Recurrence) -> Self {
        let (steps, inputs) = match site.node.input.as_slice() {
            [steps, features] => (sizes::known(steps), sizes::known(features)),
            other => (1, sizes::product(other)),
        };
        let units = sizes::known(&op.units);
        let sizes = RecurrentSizes {
            steps: if op.cell { 1 } else { steps },
            return_sequences: op.return_sequences,
            go_backwards: op.begins_last(),
            reset_after: op.reset_after,
            dropout: op.dropout,
            recurrent_dropout: op.recurrent_dropout,
            zero_output_for_mask: op.zeros_masked(),
            output_in_time: op.outputs_in_time(),
            ..RecurrentSizes::new(inputs, units)
        };
        let kind = match op.kind {
            RecurrenceKind::SimpleRnn => Kind::SimpleRnn,
            RecurrenceKind::Lstm => Kind::Lstm,
            RecurrenceKind::Gru => Kind::Gru,
        };
        let part = op.direction.map(|direction| format!("{}.", direction.name())).unwrap_or_default();
        let fields = site.fields();
        Recurrence {
            layer: AnyRecurrent {
                kind,
                sizes,
                activation: function(&op.activation),
                recurrent_activation: function(&op.recurrent_activation),
            },
            weights: ["kernel", "recurrent_kernel", "bias"].map(|name| fields.range(&format!("{part}{name}"))),
            seed: op.seed,
            streams: op.streams(),
            stateful: op.stateful,
        }
    }

    #[inline(always)]
    fn weights<'a, T>(&self, all: &'a [T]) -> Weights<'a, T> {
        let [kernel, recurrent_kernel, bias] = self.weights.each_ref().map(|range| &all[range.clone()]);
        Weights { kernel, recurrent_kernel, bias }
    }

    #[inline(always)]
    fn gradients<'a, T>(&self, all: &'a mut [T]) -> Gradients<'a, T> {
        let [kernel, recurrent_kernel, bias] = super::parts(all, self.weights.each_ref());
        Gradients { kernel, recurrent_kernel, bias }
    }

    /// What its dropouts depend on.
    fn drops(&self, random: Random, first: usize) -> Drops {
        if self.streams == 0 {
            return Drops::default();
        }
        Drops { key: random.key, stream: random.stream(0, self.seed), first_sample: first as u64 }
    }

    /// What it carries from batch to batch: its part of the states of a sample begins here.
    fn carried<'a, T: Element>(&self, states: &'a mut [T], samples: usize, start: usize) -> Option<Carried<'a, T>> {
        let stride = states.len().checked_div(samples)?;
        self.stateful.then(|| Carried::new(states, stride, start))
    }

    fn states(&self) -> usize {
        self.layer.kind.states()
    }

    /// What stands at each state; nothing for one that the layer does not have.
    fn each<I>(&self, mut item: impl FnMut(usize) -> Option<I>) -> [Option<I>; 2] {
        let mut at = |index| if index < self.states() { item(1 + index) } else { None };
        [at(0), at(1)]
    }
}

impl<T: Element> Run<T> for Recurrence {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::Scratch => self.layer.scratch_len::<T>(),
            Length::Saved => self.layer.saved_len(),
            Length::ScratchInto | Length::Bordered | Length::State => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, scratch, state) = (call.y(), std::mem::take(&mut call.scratch), std::mem::take(&mut call.state));
        let final_state = self.each(|state| call.output(state));
        let sequence = Sequence {
            x: call.x(),
            mask: call.mask(0),
            initial_state: self.each(|state| call.inputs.get(state).copied()),
            state: self.stateful.then_some(state),
            y,
            final_state,
            scratch,
        };
        self.layer.infer(simd, self.weights(call.weights), sequence);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        let final_state = self.each(|state| call.output(state));
        let pass = ForwardPass {
            samples: call.samples,
            x: call.x(),
            mask: call.mask(0),
            initial_state: self.each(|state| call.inputs.get(state).copied()),
            state: self.carried(std::mem::take(&mut call.states), call.samples, call.state.start),
            y,
            final_state,
            random: self.drops(call.random, call.first),
            saved: call.saved,
            scratch: call.scratch,
        };
        self.layer.forward(simd, self.weights(call.weights), pass);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dinput(0);
        let d_initial_state = self.each(|state| call.dinput(state));
        let pass = BackwardPass {
            samples: call.samples,
            x: call.x(),
            mask: call.mask(0),
            saved: call.saved,
            dy: call.dy(),
            d_final_state: self.each(|state| call.doutputs.get(state).copied().flatten()),
            dx,
            d_initial_state,
            random: self.drops(call.random, call.first),
            scratch: call.scratch,
        };
        let mut gradients = self.gradients(call.gradients);
        self.layer.backward(simd, self.weights(call.weights), pass, &mut gradients);
    }
}

/// One time step, or a block of them: its state is the network's.
#[derive(Debug)]
pub(crate) struct RecurrenceStep {
    layer: Recurrence,
    steps: usize,
}

impl RecurrenceStep {
    pub(crate) fn new(site: &Site<'_>, op: &op::RecurrenceStep) -> Self {
        RecurrenceStep { layer: Recurrence::new(site, &op.layer), steps: op.steps }
    }
}

impl<T: Element> Run<T> for RecurrenceStep {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::Scratch if self.steps > 1 => self.layer.layer.scratch_len::<T>(),
            Length::Scratch => self.layer.layer.step_scratch_len::<T>(),
            Length::ScratchInto | Length::Bordered | Length::Saved | Length::State => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, scratch, state) = (call.y(), std::mem::take(&mut call.scratch), std::mem::take(&mut call.state));
        let (weights, step) = (self.layer.weights(call.weights), Step { x: call.x(), state, y, scratch });
        if self.steps > 1 {
            return self.layer.layer.steps(simd, weights, step);
        }
        self.layer.layer.step(simd, weights, step);
    }

    /// A step is not trained.
    fn forward<S: Simd>(&self, _: S, _: Forward<'_, '_, T>) {}

    fn backward<S: Simd>(&self, _: S, _: Backward<'_, '_, T>) {}
}
