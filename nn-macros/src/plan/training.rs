//! What training runs: the layers one by one, cut into phases where a BatchNormalization needs the whole batch.

use proc_macro2::Ident;
use quote::format_ident;

use crate::layers::Op;
use crate::layers::activation::Function;
use crate::plan::fuse::around;
use crate::shapes::ShapedGraph;
use crate::shapes::dim::Dim;

/// The steps of training.
pub struct Training {
    /// In order; the output of the last one is the output of the network.
    pub steps: Vec<TrainStep>,
    /// What the last step's activation lets a crossentropy use instead of the output.
    pub output: OutputActivation,
}

/// One step of training: it reads the value before it and writes one of its own.
pub struct TrainStep {
    pub kind: TrainKind,
    /// The buffer it writes.
    pub value: Ident,
    /// The elements of that buffer for one sample.
    pub len: Dim,
    /// The phase it belongs to; a BatchNormalization opens one.
    pub phase: usize,
}

impl TrainStep {
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
    /// The output of a network that computes nothing.
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
    let mut builder = Builder { graph, steps: Vec::new(), phase: 0 };
    for index in 0..graph.nodes.len() {
        builder.node(index);
    }
    if builder.steps.is_empty() {
        let len = Dim::product(&graph.input);
        builder.steps.push(TrainStep { kind: TrainKind::Copy, value: format_ident!("output"), len, phase: 0 });
    }
    let output = split_output(&mut builder.steps);
    Training { steps: builder.steps, output }
}

struct Builder<'a> {
    graph: &'a ShapedGraph,
    steps: Vec<TrainStep>,
    phase: usize,
}

impl Builder<'_> {
    fn node(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        let name = node.name.clone();
        match &node.op {
            Op::View => {}
            Op::Activation(function) => self.activation(function, name, &node.output, index),
            Op::Conv2D(layer) => self.layer(index, &layer.activation),
            Op::Dense(layer) => self.layer(index, &layer.activation),
            Op::Dropout(layer) if layer.rate == 0.0 => {}
            Op::Softmax(layer) => {
                let axes = around(&node.output, layer.axis);
                self.push(TrainKind::Softmax { axes, log: layer.log }, name, &node.output);
            }
            Op::BatchNormalization(layer) => {
                // A frozen one uses its moving statistics and need not wait for the batch.
                self.phase += usize::from(layer.trainable);
                self.alone(index);
            }
            Op::Pool2D(_) | Op::Dropout(_) | Op::Alone(_) => self.alone(index),
        }
    }

    /// A layer with weights, and its activation: with it if the output is enough for the derivative.
    fn layer(&mut self, index: usize, activation: &Function) {
        let node = &self.graph.nodes[index];
        if matches!(activation, Function::Linear) || from_output(activation) {
            let activation = from_output(activation).then(|| activation.clone());
            return self.push(TrainKind::Layer { node: index, activation }, node.name.clone(), &node.output);
        }
        let linear = format_ident!("{}_linear", node.name);
        self.push(TrainKind::Layer { node: index, activation: None }, linear, &node.output);
        self.separate(activation, node.name.clone(), &node.output);
    }

    /// An activation joins the layer before it where that has none, else it is a step of its own.
    fn activation(&mut self, function: &Function, name: Ident, output: &[Dim], index: usize) {
        let follows = index > 0 && matches!(self.graph.nodes[index - 1].op, Op::Conv2D(_) | Op::Dense(_));
        match self.steps.last_mut() {
            Some(TrainStep { kind: TrainKind::Layer { activation: slot @ None, .. }, .. })
                if follows && from_output(function) =>
            {
                *slot = Some(function.clone());
            }
            _ => self.separate(function, name, output),
        }
    }

    /// A layer without an activation.
    fn alone(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        self.push(TrainKind::Layer { node: index, activation: None }, node.name.clone(), &node.output);
    }

    fn separate(&mut self, function: &Function, name: Ident, output: &[Dim]) {
        match function {
            Function::Linear => {}
            Function::Softmax { axis, log } => {
                self.push(TrainKind::Softmax { axes: around(output, *axis), log: *log }, name, output);
            }
            Function::Elementwise { .. } => {
                self.push(TrainKind::Activation { function: function.clone() }, name, output);
            }
        }
    }

    fn push(&mut self, kind: TrainKind, value: Ident, output: &[Dim]) {
        self.steps.push(TrainStep { kind, value, len: Dim::product(output), phase: self.phase });
    }
}

fn from_output(activation: &Function) -> bool {
    matches!(activation, Function::Elementwise { keeps_input: false, .. })
}

/// Makes a final sigmoid or softmax a step of its own, so that its logits have a buffer.
fn split_output(steps: &mut Vec<TrainStep>) -> OutputActivation {
    let Some(last) = steps.last_mut() else { return OutputActivation::Other };
    if let TrainKind::Layer { activation: slot, .. } = &mut last.kind
        && matches!(slot, Some(Function::Elementwise { sigmoid: true, .. }))
        && let Some(function) = slot.take()
    {
        let value = last.value.clone();
        last.value = format_ident!("{}_logits", value);
        let (len, phase) = (last.len.clone(), last.phase);
        steps.push(TrainStep { kind: TrainKind::Activation { function }, value, len, phase });
    }
    match steps.last().map(|step| &step.kind) {
        // Without a step before it there is no buffer for the logits.
        _ if steps.len() < 2 => OutputActivation::Other,
        Some(TrainKind::Activation { function: Function::Elementwise { sigmoid: true, .. } }) => {
            OutputActivation::Sigmoid
        }
        Some(TrainKind::Softmax { axes: [_, _, inner], log: false }) if inner.known() == Some(1) => {
            OutputActivation::Softmax
        }
        _ => OutputActivation::Other,
    }
}
