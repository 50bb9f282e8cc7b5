//! Recurrent layers, in one direction and in two.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::bidirectional::{self, Merge};
use nn_core::layers::recurrent::{
    AnyRecurrent, Backward as BackwardPass, Carried, Forward as ForwardPass, Gradients, Kind, Random as Drops,
    RecurrentSizes, Sequence, Step, Weights,
};
use nn_core::rt::{self, Simd};
use nn_graph::op::{self, Directions, RecurrenceKind};
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
    /// Its place among the directions.
    direction: usize,
    stateful: bool,
}

/// What a layer inside of a `Bidirectional` does otherwise.
#[derive(Clone, Copy)]
struct Direction {
    /// From the last step to the first, with outputs in the order of time.
    backward: bool,
    /// The other direction writes beside.
    beside: bool,
}

impl Recurrence {
    pub(crate) fn new(site: &Site<'_>, op: &op::Recurrence) -> Self {
        Self::of(site, op, None)
    }

    fn of(site: &Site<'_>, op: &op::Recurrence, direction: Option<Direction>) -> Self {
        let (steps, inputs) = match site.node.input.as_slice() {
            [steps, features] => (sizes::known(steps), sizes::known(features)),
            other => (1, sizes::product(other)),
        };
        let (units, backward) = (sizes::known(&op.units), direction.is_some_and(|direction| direction.backward));
        let beside = direction.is_some_and(|direction| direction.beside);
        let sizes = RecurrentSizes {
            steps: if op.cell { 1 } else { steps },
            return_sequences: op.return_sequences,
            go_backwards: op.go_backwards != backward,
            reset_after: op.reset_after,
            dropout: op.dropout,
            recurrent_dropout: op.recurrent_dropout,
            zero_output_for_mask: direction.is_some() && op.return_sequences,
            output_in_time: backward && op.return_sequences,
            stride: if beside { 2 * units } else { units },
            ..RecurrentSizes::new(inputs, units)
        };
        let kind = match op.kind {
            RecurrenceKind::SimpleRnn => Kind::SimpleRnn,
            RecurrenceKind::Lstm => Kind::Lstm,
            RecurrenceKind::Gru => Kind::Gru,
        };
        let part = match direction {
            None => "",
            Some(Direction { backward: false, .. }) => "forward.",
            Some(Direction { backward: true, .. }) => "backward.",
        };
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
            direction: usize::from(backward),
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
        let stream = random.stream(self.direction as u32 * self.streams, self.seed);
        Drops { key: random.key, stream, first_sample: first as u64 }
    }

    /// What it carries from batch to batch: its own of the parts of all directions, the first of which begins here.
    fn carried<'a, T: Element>(&self, states: &'a mut [T], samples: usize, start: usize) -> Option<Carried<'a, T>> {
        let len = self.states() * self.layer.sizes.units;
        let stride = states.len().checked_div(samples)?;
        self.stateful.then(|| Carried::new(states, stride, start + self.direction * len))
    }

    fn states(&self) -> usize {
        self.layer.kind.states()
    }

    /// The place of a state among inputs or results.
    fn state(&self, index: usize) -> usize {
        1 + self.direction * self.states() + index
    }

    /// What stands at each state; nothing for one that the layer does not have.
    fn each<I>(&self, mut item: impl FnMut(usize) -> Option<I>) -> [Option<I>; 2] {
        let mut at = |index| if index < self.states() { item(self.state(index)) } else { None };
        [at(0), at(1)]
    }
}

impl<T: Element> Run<T> for Recurrence {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::Scratch => self.layer.scratch_len::<T>(),
            Length::Saved => self.layer.saved_len(),
            Length::ScratchInto | Length::Bordered | Length::SavedOf(_) | Length::State => 0,
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
            Length::ScratchInto | Length::Bordered | Length::Saved | Length::SavedOf(_) | Length::State => 0,
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

/// A layer from both ends.
#[derive(Debug)]
pub(crate) struct Bidirectional {
    directions: [Recurrence; 2],
    /// How the outputs of the directions become one; `None` for beside each other.
    merge: Option<Merge>,
    /// The elements of one direction's output that do not lie in the result, for one sample.
    half: usize,
    /// The elements of a sample.
    input: usize,
    /// The elements of all states of one direction.
    state_len: usize,
    units: usize,
}

impl Bidirectional {
    pub(crate) fn new(site: &Site<'_>, op: &op::Bidirectional) -> Self {
        let merge = match op.merge {
            Directions::Concat => None,
            Directions::Sum => Some(Merge::Sum),
            Directions::Mul => Some(Merge::Mul),
            Directions::Ave => Some(Merge::Ave),
        };
        let beside = merge.is_none();
        let of = |backward| Recurrence::of(site, &op.layer, Some(Direction { backward, beside }));
        Bidirectional {
            directions: [of(false), of(true)],
            merge,
            half: sizes::known(&op.half(site.node)),
            input: sizes::product(&site.node.input),
            state_len: sizes::known(&op.layer.state_len()),
            units: sizes::known(&op.layer.units),
        }
    }
}

impl<T: Element> Run<T> for Bidirectional {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::Scratch => self.half + self.directions[0].layer.scratch_len::<T>(),
            Length::SavedOf(direction) => self.directions[direction].layer.saved_len(),
            Length::ScratchInto | Length::Bordered | Length::Saved | Length::State => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, scratch, state) = (call.y(), std::mem::take(&mut call.scratch), std::mem::take(&mut call.state));
        let [forward, backward] = &self.directions;
        let final_states = [forward, backward].map(|direction| direction.each(|state| call.output(state)));
        let (other, scratch) = scratch.split_at_mut(self.half);
        let [here, there] = final_states;
        let (first, second) = if forward.stateful { state.split_at_mut(self.state_len) } else { (state, &mut [][..]) };
        let mut run = |direction: &Recurrence, y: &mut [T], final_state, state| {
            let sequence = Sequence {
                x: call.x(),
                mask: call.mask(0),
                initial_state: direction.each(|state| call.inputs.get(state).copied()),
                state: direction.stateful.then_some(state),
                y,
                final_state,
                scratch: &mut *scratch,
            };
            direction.layer.infer(simd, direction.weights(call.weights), sequence);
        };
        run(forward, &mut *y, here, first);
        match self.merge {
            None => run(backward, &mut y[self.units..], there, second),
            Some(merge) => {
                run(backward, &mut *other, there, second);
                bidirectional::merge_into(simd, merge, other, y);
            }
        }
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, samples) = (call.y(), call.samples);
        let [forward, backward] = &self.directions;
        let [here, there] = [forward, backward].map(|direction| direction.each(|state| call.output(state)));
        let (x, mask, first) = (call.x(), call.mask(0), call.first);
        let Forward { weights, inputs, saved, scratch, random, states, state, .. } = call;
        let (outputs, saved) = saved.split_at_mut(samples * 2 * self.half);
        let (saved, saved_backward) = saved.split_at_mut(samples * forward.layer.saved_len());
        let mut run = |direction: &Recurrence, y: &mut [T], final_state, saved| {
            let pass = ForwardPass {
                samples,
                x,
                mask,
                initial_state: direction.each(|state| inputs.get(state).copied()),
                state: direction.carried(&mut *states, samples, state.start),
                y,
                final_state,
                saved,
                random: direction.drops(random, first),
                scratch: &mut *scratch,
            };
            direction.layer.forward(simd, direction.weights(weights), pass);
        };
        match self.merge {
            None => {
                run(forward, &mut *y, here, saved);
                run(backward, &mut y[self.units..], there, saved_backward);
            }
            Some(merge) => {
                let (one, other) = outputs.split_at_mut(samples * self.half);
                run(forward, &mut *one, here, saved);
                run(backward, &mut *other, there, saved_backward);
                bidirectional::merge(simd, merge, one, other, y);
            }
        }
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let [forward, backward] = &self.directions;
        let mut dx = call.dinput(0);
        let [here, there] = [forward, backward].map(|direction| direction.each(|state| call.dinput(state)));
        let (x, mask, dy, first) = (call.x(), call.mask(0), call.dy(), call.first);
        let Backward { weights, samples, saved, dsaved, gradients, scratch, random, doutputs, .. } = call;
        let (outputs, saved) = saved.split_at(samples * 2 * self.half);
        let (saved, saved_backward) = saved.split_at(samples * forward.layer.saved_len());
        let (douts, rest) = dsaved.split_at_mut(samples * 2 * self.half);
        let dx_backward = &mut rest[..samples * self.input];
        let mut run = |direction: &Recurrence, dy: &[T], dx: Option<&mut [T]>, d_initial_state, saved| {
            let pass = BackwardPass {
                samples,
                x,
                mask,
                saved,
                dy,
                d_final_state: direction.each(|state| doutputs.get(state).copied().flatten()),
                dx,
                d_initial_state,
                random: direction.drops(random, first),
                scratch: &mut *scratch,
            };
            let mut gradients = direction.gradients(&mut *gradients);
            direction.layer.backward(simd, direction.weights(weights), pass, &mut gradients);
        };
        match self.merge {
            None => {
                run(forward, dy, dx.as_deref_mut(), here, saved);
                let dx_backward = dx.is_some().then_some(&mut *dx_backward);
                run(backward, &dy[self.units..], dx_backward, there, saved_backward);
            }
            Some(merge) => {
                let (one, other) = outputs.split_at(samples * self.half);
                let (done, dother) = douts.split_at_mut(samples * self.half);
                bidirectional::merge_backward(simd, merge, one, other, dy, done, dother);
                run(forward, done, dx.as_deref_mut(), here, saved);
                let dx_backward = dx.is_some().then_some(&mut *dx_backward);
                run(backward, dother, dx_backward, there, saved_backward);
            }
        }
        if let Some(dx) = dx {
            rt::add(simd, dx_backward, dx);
        }
    }
}
