//! The network of one time step, derived from that of the whole sequence.
//!
//! A value on the axis of time loses it; what has none (the last output of a recurrent layer) is what it is after this
//! step. A layer that looks ahead, or at all steps at once, cannot run like that and is refused.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::graph::{Element, Graph, Input, Node, Operand, Output, Value};
use crate::op::Op;
use crate::op::time::TimeStep;
use crate::size::{Rule, Shape, Size, shape_text};
use crate::source::SourceId;
use crate::{block, fold};

/// The network for one step.
#[derive(Debug)]
pub struct Stream {
    /// What runs in each step.
    pub graph: Graph,
    /// How many of the first outputs the whole network does not have.
    pub latency: Size,
    /// How many steps of the input an output depends on; `None` if all that have been.
    pub receptive_field: Option<Size>,
    /// What runs in a block of steps, and how many these are; `None` if they run one by one.
    pub block: Option<(Graph, usize)>,
}

/// How many steps a block has where nothing else is said.
pub const BLOCK: usize = 32;

/// Why a network has no step.
#[derive(Debug)]
pub struct Refusal {
    /// The layer; `None` for the network as a whole.
    pub at: Option<SourceId>,
    /// What is wrong.
    pub problem: String,
    /// The way out.
    pub help: String,
}

/// What is known of a value besides its shape.
#[derive(Clone)]
struct Known {
    /// Whether it has an axis of time.
    timed: bool,
    latency: Size,
    receptive_field: Option<Size>,
}

/// Derives the network of one step, and that of a block of steps, or says of each layer that cannot run like that why.
pub fn derive(graph: &Graph, block: usize) -> Result<Stream, Vec<Refusal>> {
    if !graph.inputs.iter().any(|input| is_timed(&graph.values[input.value])) {
        let problem = "a network that is streamed needs an input with steps".to_owned();
        let help = "`Input<steps, features>`; `step` then takes the features of one step".to_owned();
        return Err(vec![Refusal { at: None, problem, help }]);
    }
    // Zeros before a sequence make a convolution causal.
    let mut folded = graph.clone();
    fold::fold(&mut folded);
    let graph = &folded;
    let mut walk = Walk { graph, known: vec![None; graph.values.len()], refusals: Vec::new() };
    for input in &graph.inputs {
        let timed = is_timed(&graph.values[input.value]);
        let receptive_field = Some(Size::Known(usize::from(timed)));
        walk.known[input.value] = Some(Known { timed, latency: Size::Known(0), receptive_field });
    }
    // Who reads a mask is refused; what is folded is read by nobody.
    let is_read = |node: &Node| node.results.iter().any(|result| graph.readers(*result) > 0);
    let computing = graph.nodes.iter().filter(|node| !matches!(node.op, Op::Mask(_)) && is_read(node));
    let nodes: Vec<Node> = computing.filter_map(|node| walk.node(node)).collect();
    if !walk.refusals.is_empty() {
        return Err(walk.refusals);
    }
    let ends = graph.outputs.iter().filter_map(|output| walk.known[output.value].clone());
    let (latency, receptive_field) = join(ends.map(|known| (known.latency, known.receptive_field)));
    let graph = walk.step_graph(nodes);
    let block = if block > 1 { block::derive(&graph, block).map(|graph| (graph, block)) } else { None };
    Ok(Stream { graph, latency, receptive_field, block })
}

/// Ids of a sequence are a vector, features of one a matrix.
fn is_timed(value: &Value) -> bool {
    value.element != Element::Real || value.shape.len() > 1
}

struct Walk<'a> {
    graph: &'a Graph,
    known: Vec<Option<Known>>,
    refusals: Vec<Refusal>,
}

impl Walk<'_> {
    fn node(&mut self, node: &Node) -> Option<Node> {
        let inputs: Option<Vec<Known>> = node.inputs.iter().map(|input| self.known[input.value].clone()).collect();
        let inputs = inputs?;
        let timed = inputs.iter().any(|known| known.timed);
        let (latency, field) = join(inputs.iter().map(|known| (known.latency.clone(), known.receptive_field.clone())));
        // A value without an axis of time would meet each step of the others, but for one that has fewer axes: it is the same for all.
        let meets = |(input, known): (&Operand, &Known)| match node.op {
            Op::Merge(_) => known.timed == (input.shape.len() == node.output.len()),
            Op::Matmul => known.timed == core::ptr::eq(input, &node.inputs[0]),
            _ => known.timed,
        };
        let apart = timed && !node.inputs.iter().zip(&inputs).all(meets);
        let masked = node.masks.iter().any(Option::is_some);
        // As often as there are steps, it is there in each of them.
        let repeats = matches!(&node.op, Op::Repeat(repeat) if Some(&repeat.n) == self.steps());
        let step = match (masked, timed) {
            (true, _) => None,
            (false, false) if repeats => Some(TimeStep::of(Op::View)),
            (false, true) if apart => None,
            (false, true) => node.op.time_step(node),
            (false, false) => Some(TimeStep::of(node.op.clone())),
        };
        let Some(step) = step else {
            self.refuse(node, masked);
            return None;
        };
        let reach = step.reach.as_ref().map(Size::known);
        let remembers = reach != Some(Some(0)) && step.latency.known() == Some(0);
        if remembers && latency.known() != Some(0) {
            self.too_early(node);
            return None;
        }
        let known = Known {
            timed: (timed && step.timed) || (repeats && !timed),
            latency: Size::sum([&latency, &step.latency]),
            receptive_field: field.zip(step.reach).map(|(field, reach)| Size::sum([&field, &reach])),
        };
        node.results.iter().for_each(|result| self.known[*result] = Some(known.clone()));
        let inputs = node.inputs.iter().map(|input| Operand { shape: self.shape(input.value), ..input.clone() });
        Some(Node {
            op: step.op,
            inputs: inputs.collect(),
            input: node.inputs.first().map(|input| self.shape(input.value)).unwrap_or_default(),
            output: self.shape(node.results[0]),
            ..node.clone()
        })
    }

    /// How many steps the sequences have.
    fn steps(&self) -> Option<&Size> {
        let inputs = self.graph.inputs.iter().map(|input| &self.graph.values[input.value]);
        inputs.filter(|value| is_timed(value)).find_map(|value| value.shape.first())
    }

    fn refuse(&mut self, node: &Node, masked: bool) {
        let text = &node.text;
        let (problem, help) = if masked {
            let problem =
                format!("`{text}` reads a mask, which is that of a whole sequence: it cannot run step by step");
            let help =
                "leave `Masking` and `mask_zero` out: a step that does not count is one that `step` is not called for";
            (problem, help)
        } else {
            let problem = format!("`{text}` on {} cannot run one step at a time", shape_text(&node.input));
            let help = "`#[stream]` takes recurrent layers that go forward, causal `Conv1D` without strides, `Dense`, \
                        activations, normalization along the features, arithmetic on those, and layers of your own with the same steps";
            (problem, help)
        };
        self.refusals.push(Refusal { at: Some(node.at), problem, help: help.to_owned() });
    }

    /// A layer with a memory would remember the outputs of a convolution that the whole network does not have.
    fn too_early(&mut self, node: &Node) {
        let problem = format!("`{}` remembers, and a convolution before it has `padding = valid`", node.text);
        let help = "`padding = causal` there: its first outputs are those of the whole network too".to_owned();
        self.refusals.push(Refusal { at: Some(node.at), problem, help });
    }

    /// The shape of a value in one step.
    fn shape(&self, value: usize) -> Shape {
        let shape = &self.graph.values[value].shape;
        if !self.known[value].as_ref().is_some_and(|known| known.timed) {
            return shape.clone();
        }
        // A step of ids is one id.
        if shape.len() == 1 { vec![Size::Known(1)] } else { shape[1..].to_vec() }
    }

    fn step_graph(&self, nodes: Vec<Node>) -> Graph {
        let graph = self.graph;
        let value = |(id, value): (usize, &Value)| Value { shape: self.shape(id), ..value.clone() };
        let input = |input: &Input| input.clone();
        let output = |output: &Output| Output { mask: None, ..output.clone() };
        Graph {
            dtype: graph.dtype,
            inputs: graph.inputs.iter().map(input).collect(),
            outputs: graph.outputs.iter().map(output).collect(),
            values: graph.values.iter().enumerate().map(value).collect(),
            nodes,
            fields: Vec::new(),
        }
    }
}

/// The largest latency and receptive field.
fn join(all: impl Iterator<Item = (Size, Option<Size>)>) -> (Size, Option<Size>) {
    all.fold((Size::Known(0), Some(Size::Known(0))), |(latency, field), (other, reach)| {
        (larger(latency, other), field.zip(reach).map(|(a, b)| larger(a, b)))
    })
}

fn larger(a: Size, b: Size) -> Size {
    Rule::Larger.of([&a, &b])
}
