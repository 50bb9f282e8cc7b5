//! A program of training, prepared, and the memory of a shard of samples.

use std::ops::Range;

use nn_core::Element;
use nn_core::activations::AnyActivation;
use nn_core::layers::batch_normalization::{Partial, Statistics};
use nn_core::layers::{activation, embedding};
use nn_core::rt::{self, Simd};
use nn_graph::Program;
use nn_graph::graph::{self, ValueId};
use nn_graph::plan::gradients::{Gradient, Need};
use nn_graph::plan::training::{OutputActivation, TrainStep};
use nn_graph::size::Measure;

use crate::data::Data;
use crate::ops::{Backward, Forward, Ids, Operation, Random, weight_range};
use crate::sizes;
use crate::stage::states;
use nn_core::Param;

/// The steps of training.
#[derive(Debug)]
pub(crate) struct Training<T: 'static> {
    steps: Vec<Instruction<T>>,
    values: Vec<Value>,
    inputs: Vec<ValueId>,
    pub(crate) outputs: Vec<Output>,
    /// How often the shards of a batch meet, plus one.
    pub(crate) phases: usize,
    /// The steps that need the statistics of the batch, in order.
    normalizations: Vec<usize>,
    /// How many elements a sample carries from batch to batch.
    pub(crate) state_len: usize,
    /// The steps whose gradients are lists of rows, and the parameters that these are for.
    pub(crate) tables: Vec<(usize, usize)>,
}

/// What has a buffer.
#[derive(Debug)]
struct Value {
    /// Elements for each sample; `None` for a value without a buffer.
    len: Option<usize>,
    element: graph::Element,
}

/// An output and its mask.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) value: ValueId,
    /// What went into its activation, where a loss may take that.
    pub(crate) logits: ValueId,
    pub(crate) activation: nn_core::train::OutputActivation,
    pub(crate) mask: Option<ValueId>,
}

#[derive(Debug)]
struct Instruction<T: 'static> {
    operation: Operation<T>,
    inputs: Vec<ValueId>,
    masks: Vec<Option<ValueId>>,
    outputs: Vec<Option<ValueId>>,
    saved: Option<ValueId>,
    /// The activation whose derivative backward begins with.
    derivative: Option<AnyActivation>,
    unread: Vec<ValueId>,
    gradients: Vec<Gradient>,
    stream: u32,
    phase: usize,
    /// Its part of the state of a sample.
    state: Range<usize>,
    /// Its place among those that need the statistics of the batch.
    normalization: Option<usize>,
    /// Whether its gradient may be taken as a list of rows.
    listed: bool,
    /// Whether it has a gradient at all.
    when: When,
    /// Whether the gradient of the first input is only there on request, and the step's own is not.
    on_request: Vec<bool>,
}

/// When backward of a step runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Never,
    Always,
    /// If somebody wants the gradients of the inputs.
    OnRequest,
    /// Unless the loss has taken the logits of this output.
    WithoutLogits(usize),
}

/// What all shards of a pass share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pass<'a, T> {
    /// All weights of the network.
    pub(crate) weights: &'a [T],
    pub(crate) statistics: &'a [Statistics],
    pub(crate) key: u64,
    /// For each output, whether backward starts at its logits.
    pub(crate) from_logits: &'a [bool],
    pub(crate) input_gradient: bool,
    /// Whether gradients that are lists of rows are taken from [`Training::rows`], so that nobody adds them up.
    pub(crate) rows: bool,
    /// How many samples the batch has.
    pub(crate) batch: usize,
}

/// The memory of some samples.
#[derive(Clone, Debug)]
pub(crate) struct Shard<T> {
    pub(crate) samples: usize,
    /// The place of the first sample in the batch.
    pub(crate) first: usize,
    values: Vec<Buffer<T>>,
    gradients: Vec<Vec<T>>,
    scratch: Vec<T>,
    spare: Vec<Vec<T>>,
    /// What the samples carry from batch to batch.
    pub(crate) states: Vec<T>,
    /// What it gathers for each normalization, forward and backward.
    pub(crate) partial: Vec<Partial<T>>,
    pub(crate) partial_backward: Vec<Partial<T>>,
}

/// The numbers or ids of a value, sample after sample.
#[derive(Clone, Debug)]
enum Buffer<T> {
    Real(Vec<T>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    U8(Vec<u8>),
}

impl<T> Buffer<T> {
    fn real(&self) -> &[T] {
        match self {
            Buffer::Real(values) => values,
            Buffer::U32(_) | Buffer::I32(_) | Buffer::U8(_) => &[],
        }
    }

    fn ids(&self) -> Ids<'_> {
        match self {
            Buffer::Real(_) => Ids::None,
            Buffer::U32(ids) => Ids::U32(ids),
            Buffer::I32(ids) => Ids::I32(ids),
            Buffer::U8(ids) => Ids::U8(ids),
        }
    }

    /// Takes the numbers, to write to.
    fn take(&mut self) -> Vec<T> {
        match self {
            Buffer::Real(values) => std::mem::take(values),
            Buffer::U32(_) | Buffer::I32(_) | Buffer::U8(_) => Vec::new(),
        }
    }
}

impl<T: Element> Training<T> {
    /// Prepares the steps for elements of a type.
    pub(crate) fn new(program: &Program, params: &[Param]) -> Self {
        let (graph, training) = (&program.graph, &program.training);
        let operations: Vec<Operation<T>> =
            training.steps.iter().map(|step| Operation::of_train_step(program, step, params)).collect();
        let measure = |measure: &Measure| {
            let step = training.steps.iter().position(|step| step.node == Some(measure.node) && step.saved.is_some());
            step.map_or(0, |step| operations[step].measure(measure.what))
        };
        let values = training.flow.values.iter().zip(&training.needs).map(|(value, need)| Value {
            len: need.map(|_| sizes::number(&value.len, &measure)),
            element: value.element,
        });
        let values = values.collect();
        let outputs = training.outputs.iter().map(|output| Output {
            value: output.value,
            logits: output.logits,
            activation: match output.activation {
                OutputActivation::Other => nn_core::train::OutputActivation::Other,
                OutputActivation::Sigmoid => nn_core::train::OutputActivation::Sigmoid,
                OutputActivation::Softmax => nn_core::train::OutputActivation::Softmax,
            },
            mask: output.mask,
        });
        let outputs = outputs.collect();
        let (states, state_len) = states(program, &measure);
        let state = |step: &TrainStep| {
            let of_node = program.steps.iter().filter(|other| step.node.is_some() && other.node == step.node);
            let part = of_node.filter_map(|other| other.state).next();
            part.map_or(0..0, |part| states[part].clone())
        };
        let mut normalizations = Vec::new();
        let steps = training.steps.iter().zip(operations).enumerate().map(|(index, (step, operation))| {
            let normalization = step.op.meets_batch().then_some(normalizations.len());
            if normalization.is_some() {
                normalizations.push(index);
            }
            Instruction { state: state(step), ..Instruction::new(program, step, operation, normalization) }
        });
        let steps: Vec<Instruction<T>> = steps.collect();
        let tables = training.steps.iter().enumerate().filter_map(|(index, step)| {
            let node = &graph.nodes[step.node?];
            if !step.op.lists_rows(node) {
                return None;
            }
            let offset = weight_range(params, node).start;
            Some((index, params.iter().position(|param| param.offset == offset)?))
        });
        let tables = tables.collect();
        let inputs = graph.inputs.iter().map(|input| input.value).collect();
        let phases = steps.last().map_or(0, |step| step.phase) + 1;
        Training { steps, values, inputs, outputs, phases, normalizations, state_len, tables }
    }

    /// How many normalizations need the statistics of the batch.
    pub(crate) fn normalizations(&self) -> usize {
        self.normalizations.len()
    }

    /// Memory for some samples, the first of which has this place in the batch.
    pub(crate) fn shard(&self, first: usize, samples: usize) -> Shard<T> {
        let values = self.values.iter().map(|value| {
            let len = value.len.unwrap_or(0) * samples;
            match value.element {
                graph::Element::Real => Buffer::Real(vec![T::zero(); len]),
                graph::Element::U32 => Buffer::U32(vec![0; len]),
                graph::Element::I32 => Buffer::I32(vec![0; len]),
                graph::Element::U8 => Buffer::U8(vec![0; len]),
            }
        });
        let gradients = self.values.iter().map(|value| match value.element {
            graph::Element::Real => vec![T::zero(); value.len.unwrap_or(0) * samples],
            graph::Element::U32 | graph::Element::I32 | graph::Element::U8 => Vec::new(),
        });
        Shard {
            samples,
            first,
            values: values.collect(),
            gradients: gradients.collect(),
            scratch: Vec::new(),
            spare: Vec::new(),
            states: vec![T::zero(); samples * self.state_len],
            partial: vec![Partial::default(); self.normalizations.len()],
            partial_backward: vec![Partial::default(); self.normalizations.len()],
        }
    }

    /// Runs a phase forward; the first one reads the inputs, the last one leaves the outputs.
    pub(crate) fn forward<S: Simd>(&self, simd: S, phase: usize, pass: &Pass<'_, T>, shard: &mut Shard<T>) {
        for step in self.steps.iter().filter(|step| step.phase == phase) {
            step.forward(simd, pass, shard);
        }
        if let Some(step) = self.opening(phase + 1) {
            step.gather(simd, shard);
        }
    }

    /// Runs a phase backward; the last one starts from the gradients of the outputs.
    pub(crate) fn backward<S: Simd>(
        &self,
        simd: S,
        phase: usize,
        pass: &Pass<'_, T>,
        shard: &mut Shard<T>,
        gradients: &mut [T],
    ) {
        // The normalization that opens the phase behind has waited for the statistics of all shards.
        if let Some(step) = self.opening(phase + 1) {
            step.differentiate(simd, pass, shard, gradients);
        }
        for step in self.steps.iter().rev().filter(|step| step.phase == phase && step.normalization.is_none()) {
            step.backward(simd, pass, shard, gradients);
        }
        if let Some(step) = self.opening(phase) {
            step.gather_backward(simd, pass, shard, gradients);
        }
    }

    /// The normalization over the batch that opens a phase.
    fn opening(&self, phase: usize) -> Option<&Instruction<T>> {
        self.normalizations.iter().map(|index| &self.steps[*index]).find(|step| step.phase == phase)
    }

    /// What the values of a shard add to the loss: the sum over its samples.
    pub(crate) fn penalty(&self, shard: &Shard<T>) -> f64 {
        let penalties = self.steps.iter().filter_map(|step| match &step.operation {
            Operation::Penalty(penalty) => Some(penalty.0.value(shard.value(*step.inputs.first()?))),
            _ => None,
        });
        // A sum of nothing would be a negative zero.
        penalties.fold(0.0, |sum, penalty| sum + penalty)
    }

    /// The rows of a table that the samples of a shard use, with their gradients.
    pub(crate) fn rows<'a>(&self, shard: &'a Shard<T>, of: usize, list: &mut Vec<(u32, &'a [T])>) {
        let step = self.tables.get(of).map(|(step, _)| &self.steps[*step]);
        let Some((&input, &Some(output))) = step.and_then(|step| step.inputs.first().zip(step.outputs.first())) else {
            return;
        };
        let dy = &shard.gradients[output];
        match shard.values[input].ids() {
            Ids::U32(ids) => embedding::rows(ids, dy, list),
            Ids::I32(ids) => embedding::rows(ids, dy, list),
            Ids::U8(ids) => embedding::rows(ids, dy, list),
            Ids::None => {}
        }
    }

    /// Makes a shard that of so many samples from the `first` on.
    pub(crate) fn resize(&self, shard: &mut Shard<T>, first: usize, samples: usize) {
        (shard.first, shard.samples) = (first, samples);
        shard.states.resize(samples * self.state_len, T::zero());
        for ((value, buffer), gradient) in self.values.iter().zip(&mut shard.values).zip(&mut shard.gradients) {
            let len = value.len.unwrap_or(0) * samples;
            match buffer {
                Buffer::Real(values) => {
                    values.resize(len, T::zero());
                    gradient.resize(len, T::zero());
                }
                Buffer::U32(ids) => ids.resize(len, 0),
                Buffer::I32(ids) => ids.resize(len, 0),
                Buffer::U8(ids) => ids.resize(len, 0),
            }
        }
    }

    /// What a forward phase has partial, in the order of the shards, becomes the statistics of the batch.
    pub(crate) fn combine(&self, phase: usize, shards: &[Shard<T>], statistics: &mut [Statistics]) {
        if let Some(index) = self.opening(phase + 1).and_then(|step| step.normalization) {
            statistics[index].combine(shards.iter().map(|shard| &shard.partial[index]));
        }
    }

    /// The same for a backward phase.
    pub(crate) fn combine_backward(&self, phase: usize, shards: &[Shard<T>], statistics: &mut [Statistics]) {
        if let Some(index) = self.opening(phase).and_then(|step| step.normalization) {
            statistics[index].combine_backward(shards.iter().map(|shard| &shard.partial_backward[index]));
        }
    }

    /// Moves the moving statistics towards those of the batch.
    pub(crate) fn update_moving(&self, weights: &mut [T], statistics: &[Statistics]) {
        for (index, statistics) in self.normalizations.iter().zip(statistics) {
            if let Operation::BatchNormalization(operation) = &self.steps[*index].operation {
                operation.update_moving(weights, statistics);
            }
        }
    }
}

impl<T: Element> Instruction<T> {
    fn new(program: &Program, step: &TrainStep, operation: Operation<T>, normalization: Option<usize>) -> Self {
        let training = &program.training;
        let need = |value: &ValueId| training.needs[*value].unwrap_or(Need::Never);
        let most = step.differentiated().map(|value| need(&value)).max().unwrap_or(Need::Never);
        let own = step.differentiated().all(|value| need(&value) == Need::OnRequest);
        let logits = training
            .outputs
            .iter()
            .position(|output| output.activation != OutputActivation::Other && step.outputs == [Some(output.value)]);
        let when = match (most, logits) {
            (Need::Never, _) => When::Never,
            (_, Some(output)) => When::WithoutLogits(output),
            (_, None) if own => When::OnRequest,
            (_, None) => When::Always,
        };
        Instruction {
            operation,
            inputs: step.inputs.clone(),
            masks: step.masks.clone(),
            outputs: step.outputs.clone(),
            saved: step.saved,
            derivative: step.derivative.map(crate::ops::activation),
            unread: step.unread.clone(),
            gradients: step.gradients.clone(),
            stream: step.streams.start,
            phase: step.phase,
            state: 0..0,
            normalization,
            listed: step.node.is_some_and(|node| step.op.lists_rows(&program.graph.nodes[node])),
            when,
            on_request: step.inputs.iter().map(|input| need(input) == Need::OnRequest && !own).collect(),
        }
    }

    fn random(&self, pass: &Pass<'_, T>) -> Random {
        Random { key: pass.key, stream: self.stream }
    }

    fn forward<S: Simd>(&self, simd: S, pass: &Pass<'_, T>, shard: &mut Shard<T>) {
        let Shard { samples, first, values, scratch, states, .. } = shard;
        let mut outputs: Vec<Option<Vec<T>>> =
            self.outputs.iter().map(|output| output.map(|output| values[output].take())).collect();
        let mut saved = self.saved.map(|saved| values[saved].take()).unwrap_or_default();
        let inputs: Vec<&[T]> = self.inputs.iter().map(|input| values[*input].real()).collect();
        let masks: Vec<&[T]> = self.masks.iter().map(|mask| mask.map_or(&[][..], |mask| values[mask].real())).collect();
        let ids = self.inputs.first().map_or(Ids::None, |input| values[*input].ids());
        self.operation.forward(
            simd,
            Forward {
                weights: pass.weights,
                samples: *samples,
                first: *first,
                inputs: &inputs,
                ids,
                masks: &masks,
                outputs: outputs.iter_mut().map(Option::as_deref_mut).collect(),
                saved: &mut saved,
                scratch,
                states,
                state: self.state.clone(),
                random: self.random(pass),
                statistics: self.normalization.and_then(|index| pass.statistics.get(index)),
            },
        );
        for (output, buffer) in self.outputs.iter().zip(outputs) {
            if let (Some(output), Some(buffer)) = (output, buffer) {
                values[*output] = Buffer::Real(buffer);
            }
        }
        if let Some(place) = self.saved {
            values[place] = Buffer::Real(saved);
        }
    }

    /// The whole of backward, if it is wanted.
    fn backward<S: Simd>(&self, simd: S, pass: &Pass<'_, T>, shard: &mut Shard<T>, gradients: &mut [T]) {
        let runs = match self.when {
            When::Never => false,
            When::Always => true,
            When::OnRequest => pass.input_gradient,
            When::WithoutLogits(output) => !pass.from_logits.get(output).copied().unwrap_or(false),
        };
        if !runs {
            return;
        }
        for value in &self.unread {
            shard.gradients[*value].fill(T::zero());
        }
        if let (Some(function), Some(Some(output))) = (self.derivative, self.outputs.first()) {
            let dy = &mut shard.gradients[*output];
            rt::vectorize(
                simd,
                #[inline(always)]
                || activation::backward_in_place(simd, shard.values[*output].real(), dy, function),
            );
        }
        if !(self.listed && pass.rows) {
            self.differentiate(simd, pass, shard, gradients);
        }
    }

    /// The gradients through the operation itself.
    fn differentiate<S: Simd>(&self, simd: S, pass: &Pass<'_, T>, shard: &mut Shard<T>, gradients: &mut [T]) {
        let Shard { samples, first, values, gradients: dvalues, scratch, spare, .. } = shard;
        // Where others have begun a gradient, this one goes to memory of its own and is added.
        let wanted = |index: usize| match self.gradients.get(index) {
            None | Some(Gradient::None) => false,
            Some(Gradient::Written | Gradient::Added) => pass.input_gradient || !self.on_request[index],
        };
        let mut dinputs: Vec<Option<Vec<T>>> = Vec::with_capacity(self.inputs.len());
        for (index, input) in self.inputs.iter().enumerate() {
            dinputs.push(match self.gradients.get(index) {
                _ if !wanted(index) => None,
                None | Some(Gradient::None) => None,
                Some(Gradient::Written) => Some(std::mem::take(&mut dvalues[*input])),
                Some(Gradient::Added) => {
                    let mut buffer = spare.pop().unwrap_or_default();
                    buffer.clear();
                    buffer.resize(values[*input].real().len(), T::zero());
                    Some(buffer)
                }
            });
        }
        let mut dsaved = self.saved.map(|saved| std::mem::take(&mut dvalues[saved])).unwrap_or_default();
        let real = |value: Option<ValueId>| value.map_or(&[][..], |value| values[value].real());
        let inputs: Vec<&[T]> = self.inputs.iter().map(|input| real(Some(*input))).collect();
        let masks: Vec<&[T]> = self.masks.iter().map(|mask| real(*mask)).collect();
        let outputs: Vec<&[T]> = self.outputs.iter().map(|output| real(*output)).collect();
        let doutputs: Vec<Option<&[T]>> =
            self.outputs.iter().map(|output| output.map(|output| &dvalues[output][..])).collect();
        let ids = self.inputs.first().map_or(Ids::None, |input| values[*input].ids());
        self.operation.backward(
            simd,
            Backward {
                weights: pass.weights,
                samples: *samples,
                first: *first,
                inputs: &inputs,
                ids,
                masks: &masks,
                outputs: &outputs,
                doutputs: &doutputs,
                dinputs: dinputs.iter_mut().map(Option::as_deref_mut).collect(),
                saved: real(self.saved),
                dsaved: &mut dsaved,
                gradients,
                scratch,
                random: self.random(pass),
                statistics: self.normalization.and_then(|index| pass.statistics.get(index)),
                batch: pass.batch,
            },
        );
        if let Some(saved) = self.saved {
            dvalues[saved] = dsaved;
        }
        for ((input, how), buffer) in self.inputs.iter().zip(&self.gradients).zip(dinputs) {
            match (how, buffer) {
                (Gradient::Written, Some(buffer)) => dvalues[*input] = buffer,
                (Gradient::Added, Some(buffer)) => {
                    let sum = &mut dvalues[*input];
                    rt::vectorize(
                        simd,
                        #[inline(always)]
                        || rt::add(simd, &buffer, sum),
                    );
                    spare.push(buffer);
                }
                (Gradient::None, _) | (_, None) => {}
            }
        }
    }

    /// What a shard adds to the statistics of the batch.
    fn gather<S: Simd>(&self, simd: S, shard: &mut Shard<T>) {
        let (Some(index), Operation::BatchNormalization(operation)) = (self.normalization, &self.operation) else {
            return;
        };
        let Shard { samples, values, partial, .. } = shard;
        let x = self.inputs.first().map_or(&[][..], |input| values[*input].real());
        let mask = self.masks.first().copied().flatten().map(|mask| values[mask].real());
        rt::vectorize(
            simd,
            #[inline(always)]
            || operation.gather(simd, *samples, x, mask, &mut partial[index]),
        );
    }

    /// What a shard adds to the sums that the gradients need.
    fn gather_backward<S: Simd>(&self, simd: S, pass: &Pass<'_, T>, shard: &mut Shard<T>, gradients: &mut [T]) {
        let (Some(index), Operation::BatchNormalization(operation)) = (self.normalization, &self.operation) else {
            return;
        };
        for value in &self.unread {
            shard.gradients[*value].fill(T::zero());
        }
        let Shard { samples, values, gradients: dvalues, partial_backward, .. } = shard;
        let x = self.inputs.first().map_or(&[][..], |input| values[*input].real());
        let dy = self.outputs.first().copied().flatten().map_or(&[][..], |output| &dvalues[output][..]);
        let Some(statistics) = pass.statistics.get(index) else { return };
        rt::vectorize(
            simd,
            #[inline(always)]
            || operation.gather_backward(simd, *samples, statistics, x, dy, &mut partial_backward[index], gradients),
        );
    }
}

impl<T: Element> Shard<T> {
    /// Copies the inputs of a sample to its place in the shard.
    pub(crate) fn load(&mut self, training: &Training<T>, sample: usize, part: usize, data: Data<'_, T>) {
        let len = data.len();
        let place = sample * len..(sample + 1) * len;
        match (&mut self.values[training.inputs[part]], data) {
            (Buffer::Real(values), Data::Real(x)) => values[place].copy_from_slice(x),
            (Buffer::U32(values), Data::U32(x)) => values[place].copy_from_slice(x),
            (Buffer::I32(values), Data::I32(x)) => values[place].copy_from_slice(x),
            (Buffer::U8(values), Data::U8(x)) => values[place].copy_from_slice(x),
            _ => {}
        }
    }

    /// A value of all samples.
    pub(crate) fn value(&self, value: ValueId) -> &[T] {
        self.values[value].real()
    }

    /// A value, and the place of its gradient.
    pub(crate) fn value_and_gradient(&mut self, value: ValueId) -> (&[T], &mut [T]) {
        (self.values[value].real(), &mut self.gradients[value])
    }

    /// Its gradient, to write to.
    pub(crate) fn gradient_mut(&mut self, value: ValueId) -> &mut [T] {
        &mut self.gradients[value]
    }

    /// The gradient of an input; empty for ids.
    pub(crate) fn input_gradient(&self, training: &Training<T>, part: usize) -> &[T] {
        &self.gradients[training.inputs[part]]
    }
}
