//! What training runs: the layers one by one, cut into phases where a BatchNormalization needs the whole batch.

use std::ops::Range;

use quote::format_ident;

use crate::layers::Op;
use crate::layers::activation::Function;
use crate::layers::pool2d::{Kind, Pool2D};
use crate::plan::flow::Flow;
use crate::plan::fuse::around;
use crate::plan::gradients::{self, Gradient, Need};
use crate::shapes::dim::Dim;
use crate::shapes::{ShapedGraph, ValueId};

/// The steps of training.
pub struct Training {
    /// The values; those that [`needs`](Self::needs) has an entry for have a buffer.
    pub flow: Flow,
    /// Whether the gradient of a value is needed; `None` for what has no buffer.
    pub needs: Vec<Option<Need>>,
    /// In order.
    pub steps: Vec<TrainStep>,
    pub outputs: Vec<TrainOutput>,
}

/// An output, as losses see it.
pub struct TrainOutput {
    pub value: ValueId,
    /// What went into its activation, where a loss may take that; else the output itself.
    pub logits: ValueId,
    pub activation: OutputActivation,
    pub mask: Option<ValueId>,
}

/// One step of training.
pub struct TrainStep {
    pub kind: TrainKind,
    pub inputs: Vec<ValueId>,
    pub masks: Vec<Option<ValueId>>,
    pub outputs: Vec<Option<ValueId>>,
    /// What it keeps for backward beside those.
    pub kept: Option<ValueId>,
    /// The activation whose derivative backward begins with, at the output: the layer's own, or what a maximum that
    /// follows has taken over.
    pub derivative: Option<Function>,
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
    /// A step of which no more is known yet.
    fn new(kind: TrainKind, inputs: Vec<ValueId>, outputs: Vec<Option<ValueId>>, phase: usize) -> Self {
        let (masks, unread, gradients) = (Vec::new(), Vec::new(), Vec::new());
        let (kept, derivative, streams) = (None, None, 0..0);
        TrainStep { kind, inputs, masks, outputs, kept, derivative, unread, streams, phase, gradients }
    }

    /// The index of the node whose layer it computes.
    pub fn node(&self) -> Option<usize> {
        match self.kind {
            TrainKind::Layer { node, .. } => Some(node),
            TrainKind::Activation { .. } | TrainKind::Softmax { .. } | TrainKind::Copy => None,
        }
    }
}

/// What a step of training computes.
pub enum TrainKind {
    /// The layer of a node, by its index. Conv2D and Dense may have an activation whose derivative follows from the
    /// output.
    Layer { node: usize, activation: Option<Function> },
    /// An activation that no layer could take.
    Activation { function: Function },
    /// `activation = softmax`.
    Softmax { axes: [Dim; 3], log: bool },
    /// An output that no step computes.
    Copy,
}

/// The last activation, where Keras hands its logits to crossentropy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputActivation {
    Other,
    Sigmoid,
    Softmax,
}

/// Lists the steps.
pub fn plan(graph: &ShapedGraph) -> Training {
    let flow = Flow::new(graph, is_view);
    let uses = flow.uses(graph, is_view, |node| &node.masks);
    let mut builder = Builder { graph, flow, uses, steps: Vec::new(), phase: 0 };
    for index in 0..graph.nodes.len() {
        builder.node(index);
    }
    builder.copy_outputs();
    let outputs: Vec<TrainOutput> = (0..graph.outputs.len()).map(|index| builder.output(index)).collect();
    let Builder { flow, mut steps, uses, .. } = builder;
    differentiate(graph, &uses, &mut steps);
    let needs = gradients::needs(graph, &flow, &steps);
    gradients::assign(&needs, &outputs, &mut steps);
    hand_out_streams(graph, &mut steps);
    Training { flow, needs, steps, outputs }
}

/// What computes nothing in training.
fn is_view(op: &Op) -> bool {
    match op {
        Op::Dropout(layer) => layer.rate == 0.0,
        Op::View | Op::Activation(Function::Linear) => true,
        _ => false,
    }
}

struct Builder<'a> {
    graph: &'a ShapedGraph,
    flow: Flow,
    uses: Vec<usize>,
    steps: Vec<TrainStep>,
    phase: usize,
}

impl Builder<'_> {
    fn node(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        match &node.op {
            op if is_view(op) => {}
            Op::Activation(function) => self.activation(index, function),
            Op::Conv2D(layer) => self.layer(index, &layer.activation),
            Op::Dense(layer) => self.layer(index, &layer.activation),
            Op::Softmax(layer) => {
                let axes = around(&node.output, layer.axis);
                self.of_node(index, TrainKind::Softmax { axes, log: layer.log });
            }
            Op::BatchNormalization(layer) => {
                // A frozen one uses its moving statistics and need not wait for the batch.
                self.phase += usize::from(layer.trainable);
                self.of_node(index, TrainKind::Layer { node: index, activation: None });
            }
            op => match op.emit().map(|layer| layer.activation()) {
                None | Some(Function::Linear) => {
                    self.of_node(index, TrainKind::Layer { node: index, activation: None })
                }
                Some(activation) => self.layer(index, &activation),
            },
        }
    }

    /// A layer with weights, and its activation: with it if the output is enough for the derivative.
    fn layer(&mut self, index: usize, activation: &Function) {
        let node = &self.graph.nodes[index];
        let Some(separate) = separate(activation, &node.output) else {
            let activation = from_output(activation).then(|| activation.clone());
            return self.of_node(index, TrainKind::Layer { node: index, activation });
        };
        let result = self.flow.root(node.results[0]);
        let linear = self.flow.add(format_ident!("{}_linear", node.name), Dim::product(&node.output));
        let inputs = vec![self.flow.root(node.inputs[0].value)];
        self.push(TrainKind::Layer { node: index, activation: None }, inputs, vec![Some(linear)]);
        self.keep(index);
        self.push(separate, vec![linear], vec![Some(result)]);
    }

    /// An activation joins the layer before it where that has none and nobody else reads it, else it is a step of its own.
    fn activation(&mut self, index: usize, function: &Function) {
        let node = &self.graph.nodes[index];
        let from = self.flow.root(node.inputs[0].value);
        let before = self.steps.iter_mut().find(|step| step.outputs == [Some(from)]);
        if let Some(TrainStep { kind: TrainKind::Layer { node: layer, activation: slot @ None }, .. }) = before
            && matches!(self.graph.nodes[*layer].op, Op::Conv2D(_) | Op::Dense(_))
            && self.uses[from] == 1
            && from_output(function)
        {
            *slot = Some(function.clone());
            let uses = self.uses[self.flow.root(node.results[0])];
            self.uses[from] = uses;
            return self.flow.merge(node.results[0], from);
        }
        let kind = match function {
            Function::Softmax { axis, log } => TrainKind::Softmax { axes: around(&node.output, *axis), log: *log },
            _ => TrainKind::Activation { function: function.clone() },
        };
        self.of_node(index, kind);
    }

    /// A step from the inputs of a node to its results.
    fn of_node(&mut self, index: usize, kind: TrainKind) {
        let node = &self.graph.nodes[index];
        let inputs = node.inputs.iter().map(|input| self.flow.root(input.value)).collect();
        let outputs = self.flow.taken(&node.results, &self.uses);
        self.push(kind, inputs, outputs);
        self.keep(index);
        if let Some(step) = self.steps.last_mut() {
            step.masks = node.masks.iter().map(|mask| mask.map(|mask| self.flow.root(mask))).collect();
        }
    }

    /// What the layer of the last step keeps for backward.
    fn keep(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        let kept = node.op.emit().and_then(|layer| layer.kept(node));
        let kept = kept.map(|len| self.flow.add(format_ident!("{}_kept", node.name), len));
        if let Some(step) = self.steps.last_mut() {
            step.kept = kept;
        }
    }

    fn push(&mut self, kind: TrainKind, inputs: Vec<ValueId>, outputs: Vec<Option<ValueId>>) {
        let step = TrainStep::new(kind, inputs, outputs, self.phase);
        self.steps.push(step);
    }

    fn copy_outputs(&mut self) {
        for index in 0..self.flow.outputs.len() {
            let output = &self.flow.outputs[index];
            if let Some(from) = output.copy_of {
                let value = output.value;
                self.push(TrainKind::Copy, vec![from], vec![Some(value)]);
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
        let activation = match &self.steps[at].kind {
            TrainKind::Activation { function: Function::Elementwise { sigmoid: true, .. } } => {
                OutputActivation::Sigmoid
            }
            TrainKind::Softmax { axes: [_, _, inner], log: false } if inner.known() == Some(1) => {
                OutputActivation::Softmax
            }
            _ => return other,
        };
        let is_input = self.graph.inputs.iter().any(|input| input.value == from);
        let shared = self.uses.get(from).is_some_and(|uses| *uses > 1);
        if is_input || shared || self.flow.is_output(from) {
            return other;
        }
        TrainOutput { logits: from, activation, ..other }
    }

    /// Takes a sigmoid out of the layer that computes `value`; the place of the step that then computes it.
    fn split_sigmoid(&mut self, at: usize, value: ValueId) -> usize {
        let TrainKind::Layer { activation: slot, .. } = &mut self.steps[at].kind else { return at };
        if !matches!(slot, Some(Function::Elementwise { sigmoid: true, .. })) {
            return at;
        }
        let Some(function) = slot.take() else { return at };
        let (name, len) = (&self.flow.values[value].name, self.flow.values[value].len.clone());
        let logits = self.flow.add(format_ident!("{name}_logits"), len);
        self.steps[at].outputs = vec![Some(logits)];
        let (inputs, outputs, phase) = (vec![logits], vec![Some(value)], self.steps[at].phase);
        self.steps.insert(at + 1, TrainStep::new(TrainKind::Activation { function }, inputs, outputs, phase));
        at + 1
    }
}

/// Says where derivatives of activations are taken. A maximum that alone reads a layer takes over the derivative of its
/// activation: at the element that it has picked, it is the same, and there are fewer maxima than elements.
fn differentiate(graph: &ShapedGraph, uses: &[usize], steps: &mut [TrainStep]) {
    for index in 0..steps.len() {
        if let TrainKind::Layer { activation: Some(function), .. } = &steps[index].kind {
            steps[index].derivative = Some(function.clone());
        }
        let op = steps[index].node().map(|node| &graph.nodes[node].op);
        let input = steps[index].inputs.first().copied().filter(|input| uses.get(*input) == Some(&1));
        if let (Some(Op::Pool2D(Pool2D { kind: Kind::Max, .. })), Some(input)) = (op, input) {
            let before = steps.iter_mut().find(|step| step.outputs == [Some(input)]);
            steps[index].derivative = before.and_then(|before| before.derivative.take());
        }
    }
}

/// Gives each step streams of random numbers of its own, one behind another.
fn hand_out_streams(graph: &ShapedGraph, steps: &mut [TrainStep]) {
    let mut next = 0;
    for step in steps {
        let layer = step.node().and_then(|node| graph.nodes[node].op.emit());
        let end = next + layer.map_or(0, |layer| layer.streams());
        step.streams = next..end;
        next = end;
    }
}

fn from_output(activation: &Function) -> bool {
    matches!(activation, Function::Elementwise { keeps_input: false, .. })
}

/// The step of an activation that cannot be part of its layer's.
fn separate(function: &Function, output: &[Dim]) -> Option<TrainKind> {
    match function {
        Function::Softmax { axis, log } => Some(TrainKind::Softmax { axes: around(output, *axis), log: *log }),
        Function::Elementwise { keeps_input: true, .. } => Some(TrainKind::Activation { function: function.clone() }),
        Function::Linear | Function::Elementwise { .. } => None,
    }
}
