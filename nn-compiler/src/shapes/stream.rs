//! `#[stream]`: the network of one time step, derived from that of the whole sequence.
//!
//! A value on the axis of time loses it; what has none (the last output of a recurrent layer) is what it is after this
//! step. A layer that looks ahead, or at all steps at once, cannot run like that and is refused.

use proc_macro2::Span;
use quote::quote;

use super::dim::{Dim, Shape};
use super::{Element, Input, Node, Operand, Output, ShapedGraph, Value};
use crate::diagnostics::{Diagnostics, shape_text};
use crate::layers::emit::Step;
use crate::layers::{Op, dense::Dense};

/// The network for one step.
pub struct Stream {
    pub graph: ShapedGraph,
    /// How many of the first outputs the whole network does not have.
    pub latency: Dim,
    /// How many steps of the input an output depends on; `None` if all that have been.
    pub receptive_field: Option<Dim>,
}

/// What is known of a value besides its shape.
#[derive(Clone)]
struct Known {
    /// Whether it has an axis of time.
    timed: bool,
    latency: Dim,
    receptive_field: Option<Dim>,
}

/// Derives the network of one step; says of each layer that cannot run like that why.
pub fn derive(graph: &ShapedGraph, at: Span, errors: &mut Diagnostics) -> Option<Stream> {
    let mut walk = Walk { graph, known: vec![None; graph.values.len()], errors, failed: false };
    let steps = graph.inputs.iter().map(|input| &graph.values[input.value]).find(|value| is_timed(value));
    if steps.is_none() {
        let help = "`Input<steps, features>`; `step` then takes the features of one step";
        walk.errors.error(at, "a network that is streamed needs an input with steps").help(help);
        return None;
    }
    for input in &graph.inputs {
        let timed = is_timed(&graph.values[input.value]);
        let receptive_field = Some(Dim::Known(usize::from(timed)));
        walk.known[input.value] = Some(Known { timed, latency: Dim::Known(0), receptive_field });
    }
    let nodes: Vec<Node> = graph.layers().filter_map(|node| walk.node(node)).collect();
    if walk.failed {
        return None;
    }
    let ends = graph.outputs.iter().filter_map(|output| walk.known[output.value].clone());
    let (latency, receptive_field) = join(ends.map(|known| (known.latency, known.receptive_field)));
    let graph = walk.step_graph(nodes);
    Some(Stream { graph, latency, receptive_field })
}

/// Ids of a sequence are a vector, features of one a matrix.
fn is_timed(value: &Value) -> bool {
    value.element != Element::Real || value.shape.len() > 1
}

struct Walk<'a> {
    graph: &'a ShapedGraph,
    known: Vec<Option<Known>>,
    errors: &'a mut Diagnostics,
    failed: bool,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node) -> Option<Node> {
        let inputs: Option<Vec<Known>> = node.inputs.iter().map(|input| self.known[input.value].clone()).collect();
        let inputs = inputs?;
        let timed = inputs.iter().any(|known| known.timed);
        let (latency, field) = join(inputs.iter().map(|known| (known.latency.clone(), known.receptive_field.clone())));
        let masked = node.masks.iter().any(Option::is_some);
        let step = if masked { None } else { step(node, timed) };
        let Some(step) = step else {
            self.refuse(node, masked);
            return None;
        };
        let reach = step.reach.as_ref().map(Dim::known);
        let remembers = reach != Some(Some(0)) && step.latency.known() == Some(0);
        if remembers && latency.known() != Some(0) {
            self.too_early(node);
            return None;
        }
        let known = Known {
            timed: timed && step.timed,
            latency: Dim::sum([&latency, &step.latency]),
            receptive_field: field.zip(step.reach).map(|(field, reach)| Dim::sum([&field, &reach])),
        };
        node.results.iter().for_each(|result| self.known[*result] = Some(known.clone()));
        let inputs = node.inputs.iter().map(|input| Operand { shape: self.shape(input.value), ..input.clone() });
        Some(Node {
            op: step.op,
            inputs: inputs.collect(),
            input: node.inputs.first().map(|input| self.shape(input.value)).unwrap_or_default(),
            output: self.shape(node.results[0]),
            checks: quote!(),
            ..node.clone()
        })
    }

    fn refuse(&mut self, node: &Node, masked: bool) {
        self.failed = true;
        let text = &node.text;
        let (problem, help) = if masked {
            let problem =
                format!("`{text}` reads a mask, which is that of a whole sequence: it cannot run step by step");
            (
                problem,
                "leave `Masking` and `mask_zero` out: a step that does not count is one that `step` is not called for",
            )
        } else {
            let problem = format!("`{text}` on {} cannot run one step at a time", shape_text(&node.input));
            let help = "`#[stream]` takes recurrent layers that go forward, causal `Conv1D` without strides, `Dense`, \
                        activations, normalization along the features, and sums of those";
            (problem, help)
        };
        self.errors.error(&node.token, problem).help(help);
    }

    /// A layer with a memory would remember the outputs of a convolution that the whole network does not have.
    fn too_early(&mut self, node: &Node) {
        self.failed = true;
        let problem = format!("`{}` remembers, and a convolution before it has `padding = valid`", node.text);
        let report = self.errors.error(&node.token, problem);
        report.help("`padding = causal` there: its first outputs are those of the whole network too");
    }

    /// The shape of a value in one step.
    fn shape(&self, value: usize) -> Shape {
        let shape = &self.graph.values[value].shape;
        if !self.known[value].as_ref().is_some_and(|known| known.timed) {
            return shape.clone();
        }
        // A step of ids is one id.
        if shape.len() == 1 { vec![Dim::Known(1)] } else { shape[1..].to_vec() }
    }

    fn step_graph(&self, nodes: Vec<Node>) -> ShapedGraph {
        let graph = self.graph;
        let values = graph.values.iter().enumerate();
        let value = |(id, value): (usize, &Value)| Value {
            name: value.name.clone(),
            shape: self.shape(id),
            element: value.element,
        };
        let input = |input: &Input| Input { name: input.name.clone(), value: input.value };
        let output = |output: &Output| Output { name: output.name.clone(), value: output.value, mask: None };
        ShapedGraph {
            attrs: graph.attrs.clone(),
            vis: graph.vis.clone(),
            name: graph.name.clone(),
            dtype: graph.dtype,
            budget: Vec::new(),
            stream: None,
            weights: None,
            inputs: graph.inputs.iter().map(input).collect(),
            outputs: graph.outputs.iter().map(output).collect(),
            values: values.map(value).collect(),
            nodes,
            fields: Vec::new(),
        }
    }
}

/// The layer of one step.
fn step(node: &Node, timed: bool) -> Option<Step> {
    if !timed {
        return Some(Step::of(node.op.clone()));
    }
    let rank = node.output.len();
    let op = match &node.op {
        Op::Dense(layer) if node.input.len() > 1 => {
            let activation = layer.activation.on(rank - 1);
            Op::Dense(Dense { activation, ..layer.clone() })
        }
        Op::Activation(function) => {
            let shifted = function.before_axis()?;
            Op::Activation(shifted)
        }
        Op::Softmax(layer) => {
            let mut layer = layer.clone();
            layer.axis = layer.axis.checked_sub(1)?;
            Op::Softmax(layer)
        }
        Op::BatchNormalization(layer) => {
            let mut layer = layer.clone();
            layer.axis = layer.axis.checked_sub(1)?;
            Op::BatchNormalization(layer)
        }
        Op::Dropout(_) => node.op.clone(),
        Op::View if node.input.len() == node.output.len() => Op::View,
        op => return op.emit()?.step(node),
    };
    Some(Step::of(op))
}

/// The largest latency and receptive field.
fn join(all: impl Iterator<Item = (Dim, Option<Dim>)>) -> (Dim, Option<Dim>) {
    all.fold((Dim::Known(0), Some(Dim::Known(0))), |(latency, field), (other, reach)| {
        (larger(latency, other), field.zip(reach).map(|(a, b)| larger(a, b)))
    })
}

fn larger(a: Dim, b: Dim) -> Dim {
    match (a.known(), b.known()) {
        (Some(a), Some(b)) => Dim::Known(a.max(b)),
        (Some(0), _) => b,
        (_, Some(0)) => a,
        _ => Dim::Const(quote!({ if #a > #b { #a } else { #b } })),
    }
}
