//! What training runs: the operations one by one, cut into phases where a BatchNormalization needs the whole batch.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use super::flow::Flow;
use super::gradients::{self, Gradient, Need};
use crate::function::Elementwise;
use crate::graph::{Graph, ValueId};
use crate::op::{Op, Pool, PoolKind};
use crate::size::Size;

/// The steps of training.
#[derive(Debug)]
pub struct Training {
    /// The values; those that [`needs`](Self::needs) has an entry for have a buffer.
    pub flow: Flow,
    /// Whether the gradient of a value is needed; `None` for what has no buffer.
    pub needs: Vec<Option<Need>>,
    /// In order.
    pub steps: Vec<TrainStep>,
    /// In the order of the signature.
    pub outputs: Vec<TrainOutput>,
}

/// An output, as losses see it.
#[derive(Debug)]
pub struct TrainOutput {
    /// What it is.
    pub value: ValueId,
    /// What went into its activation, where a loss may take that; else the output itself.
    pub logits: ValueId,
    /// That activation.
    pub activation: OutputActivation,
    /// Its mask.
    pub mask: Option<ValueId>,
}

/// One step of training.
#[derive(Debug)]
pub struct TrainStep {
    /// What it computes.
    pub op: Op,
    /// The node whose shapes and weights it has; `None` for a copy.
    pub node: Option<usize>,
    /// The activation that is part of it, if it follows from the output for its derivative.
    pub activation: Option<Elementwise>,
    /// From what.
    pub inputs: Vec<ValueId>,
    /// The masks that it reads, for each input.
    pub masks: Vec<Option<ValueId>>,
    /// `None` for a result that nobody takes; none of a penalty.
    pub outputs: Vec<Option<ValueId>>,
    /// What it keeps for backward beside those.
    pub saved: Option<ValueId>,
    /// The activation whose derivative backward begins with, at the output: the step's own, or what a maximum that
    /// follows has taken over.
    pub derivative: Option<Elementwise>,
    /// Outputs whose gradient nobody writes: backward starts with zeros there.
    pub unread: Vec<ValueId>,
    /// The streams of random numbers that it alone draws from.
    pub streams: Range<u32>,
    /// The phase it belongs to; a BatchNormalization opens one.
    pub phase: usize,
    /// How backward hands on the gradient of each input.
    pub gradients: Vec<Gradient>,
}

impl TrainStep {
    /// The values whose gradients say whether it runs backward: its results; of a penalty, which has none, what it reads.
    pub fn differentiated(&self) -> impl Iterator<Item = ValueId> {
        let inputs = if self.outputs.is_empty() { &self.inputs[..] } else { &[] };
        self.outputs.iter().flatten().chain(inputs).copied()
    }
}

/// The last activation, where Keras hands its logits to crossentropy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputActivation {
    /// None that a loss can take in.
    Other,
    /// For binary crossentropy.
    Sigmoid,
    /// For categorical crossentropy.
    Softmax,
}

/// Lists the steps.
pub(super) fn plan(graph: &Graph) -> Training {
    let flow = Flow::new(graph, Op::is_view_in_training);
    let uses = flow.uses(graph, is_skipped, |node| &node.masks);
    let mut builder = Builder { graph, flow, uses, steps: Vec::new(), phase: 0 };
    for index in 0..graph.nodes.len() {
        builder.node(index);
    }
    builder.copy_outputs();
    let outputs: Vec<TrainOutput> = (0..graph.outputs.len()).map(|index| builder.output(index)).collect();
    let Builder { flow, mut steps, uses, .. } = builder;
    differentiate(&uses, &mut steps);
    let needs = gradients::needs(graph, &flow, &steps);
    gradients::assign(&needs, &outputs, &mut steps);
    hand_out_streams(&mut steps);
    Training { flow, needs, steps, outputs }
}

/// Whether it is no step: a penalty is one, though its result is its input.
fn is_skipped(op: &Op) -> bool {
    op.is_view_in_training() && !matches!(op, Op::Penalty(_))
}

struct Builder<'a> {
    graph: &'a Graph,
    flow: Flow,
    uses: Vec<usize>,
    steps: Vec<TrainStep>,
    phase: usize,
}

impl Builder<'_> {
    fn node(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        let op = &node.op;
        if is_skipped(op) || self.flow.is_idle(node, &self.uses) {
            return;
        }
        self.phase += usize::from(op.meets_batch());
        match op {
            Op::Activation(function) => self.activation(index, *function),
            Op::Penalty(_) => self.penalty(index),
            _ => self.of_node(index),
        }
    }

    /// An activation joins the step before it where that has none and nobody else reads it, else it is a step of its own.
    fn activation(&mut self, index: usize, function: Elementwise) {
        let node = &self.graph.nodes[index];
        let from = self.flow.root(node.inputs[0].value);
        let alone = self.uses[from] == 1 && !function.keeps_input();
        let before = self.steps.iter_mut().find(|step| alone && step.outputs == [Some(from)]);
        match before {
            Some(before) if before.op.takes_activation_in_training() && before.activation.is_none() => {
                before.activation = Some(function);
                self.uses[from] = self.uses[self.flow.root(node.results[0])];
                if node.layer.is_none() {
                    // The activation of a layer: what it gives has the layer's name.
                    self.flow.swap_names(node.results[0], from);
                }
                self.flow.merge(node.results[0], from);
            }
            _ => self.of_node(index),
        }
    }

    /// A step that reads a value and adds to its gradient.
    fn penalty(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        let input = self.flow.root(node.inputs[0].value);
        self.push(node.op.clone(), Some(index), vec![input], Vec::new());
    }

    /// A step from the inputs of a node to its results.
    fn of_node(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        let inputs = node.inputs.iter().map(|input| self.flow.root(input.value)).collect();
        let outputs = self.flow.taken(&node.results, &self.uses);
        self.push(node.op.clone(), Some(index), inputs, outputs);
        self.keep(index);
        if let Some(step) = self.steps.last_mut() {
            step.masks = node.masks.iter().map(|mask| mask.map(|mask| self.flow.root(mask))).collect();
        }
    }

    /// What the operation of the last step keeps for backward.
    fn keep(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        let saved = node.op.saved(node, index);
        let saved = saved.map(|len| self.flow.add(node.name.suffixed("saved"), len));
        if let Some(step) = self.steps.last_mut() {
            step.saved = saved;
        }
    }

    fn push(&mut self, op: Op, node: Option<usize>, inputs: Vec<ValueId>, outputs: Vec<Option<ValueId>>) {
        let phase = self.phase;
        self.steps.push(step(op, node, inputs, outputs, phase));
    }

    fn copy_outputs(&mut self) {
        for index in 0..self.flow.outputs.len() {
            let output = &self.flow.outputs[index];
            if let Some(from) = output.copy_of {
                let value = output.value;
                self.push(Op::Copy, None, vec![from], vec![Some(value)]);
            }
        }
    }

    /// What losses see of an output: a final sigmoid or softmax becomes a step of its own, so that its logits have a buffer.
    fn output(&mut self, index: usize) -> TrainOutput {
        let (value, mask) = (self.flow.outputs[index].value, self.flow.outputs[index].mask);
        let other = TrainOutput { value, logits: value, activation: OutputActivation::Other, mask };
        let Some(at) = self.steps.iter().position(|step| step.outputs == [Some(value)]) else { return other };
        if self.uses.get(value).is_some_and(|uses| *uses > 1) {
            return other;
        }
        let at = self.split_sigmoid(at, value);
        let from = self.steps[at].inputs[0];
        let last = |axis: usize| {
            let shape = self.steps[at].node.map(|node| &self.graph.nodes[node].output);
            shape.is_some_and(|shape| Size::product(&shape[axis + 1..]).known() == Some(1))
        };
        let activation = match &self.steps[at].op {
            Op::Activation(Elementwise::Sigmoid) => OutputActivation::Sigmoid,
            Op::Softmax(softmax) if !softmax.log && last(softmax.axis) => OutputActivation::Softmax,
            _ => return other,
        };
        let is_input = self.graph.inputs.iter().any(|input| input.value == from);
        let shared = self.uses.get(from).is_some_and(|uses| *uses > 1);
        if is_input || shared || self.flow.is_output(from) {
            return other;
        }
        TrainOutput { logits: from, activation, ..other }
    }

    /// Takes a sigmoid out of the step that computes `value`; the place of the step that then computes it.
    fn split_sigmoid(&mut self, at: usize, value: ValueId) -> usize {
        if self.steps[at].activation != Some(Elementwise::Sigmoid) {
            return at;
        }
        self.steps[at].activation = None;
        let (name, len) = (self.flow.values[value].name.suffixed("logits"), self.flow.values[value].len.clone());
        let logits = self.flow.add(name, len);
        self.steps[at].outputs = vec![Some(logits)];
        let (node, phase) = (self.steps[at].node, self.steps[at].phase);
        let sigmoid = Op::Activation(Elementwise::Sigmoid);
        self.steps.insert(at + 1, step(sigmoid, node, vec![logits], vec![Some(value)], phase));
        at + 1
    }
}

/// A step of which no more is known yet.
fn step(op: Op, node: Option<usize>, inputs: Vec<ValueId>, outputs: Vec<Option<ValueId>>, phase: usize) -> TrainStep {
    TrainStep {
        op,
        node,
        activation: None,
        inputs,
        masks: Vec::new(),
        outputs,
        saved: None,
        derivative: None,
        unread: Vec::new(),
        streams: 0..0,
        phase,
        gradients: Vec::new(),
    }
}

/// Says where derivatives of activations are taken. A maximum that alone reads a layer takes over the derivative of its
/// activation: at the element that it has picked, it is the same, and there are fewer maxima than elements.
fn differentiate(uses: &[usize], steps: &mut [TrainStep]) {
    for index in 0..steps.len() {
        steps[index].derivative = steps[index].activation;
        let input = steps[index].inputs.first().copied().filter(|input| uses.get(*input) == Some(&1));
        if let (Op::Pool(Pool { kind: PoolKind::Max, .. }), Some(input)) = (&steps[index].op, input) {
            let before = steps.iter_mut().find(|step| step.outputs == [Some(input)]);
            steps[index].derivative = before.and_then(|before| before.derivative.take());
        }
    }
}

/// Gives each step streams of random numbers of its own, one after another.
fn hand_out_streams(steps: &mut [TrainStep]) {
    let mut next = 0;
    for step in steps {
        let end = next + step.op.streams();
        step.streams = next..end;
        next = end;
    }
}
