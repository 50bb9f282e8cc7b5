//! Graph → Checked: every layer's output shape, or why there is none; from here on there are no tokens.

mod masks;
mod named;
mod place;
mod report;

use std::rc::Rc;

use nn_graph::graph::{Element, Input, Node, Operand, Output, Value, ValueId};
use nn_graph::mask::Mask;
use nn_graph::op::{MaskOp, Op};
use nn_graph::stream::{self, Stream};
use nn_graph::{Graph, Name, Shape};

use crate::diagnostics::Diagnostics;
use crate::layers::{self, input};
use crate::rule::{Check, Site};
use crate::sources::Sources;
use crate::spec::{self, Configured};
use crate::syntax::ast::{Header, Streamed};
use crate::weights::{self, Weights};
use crate::wire::{self, What};
use place::Part;

/// A network whose shapes fit.
pub struct Checked {
    /// What stands before the layers.
    pub header: Header,
    pub graph: Graph,
    /// The network of one step, for `#[stream]`.
    pub stream: Option<Stream>,
    /// What the compiler has to check because the macro could not see a size.
    pub checks: Vec<Check>,
    /// What lies where in the file of `#[weights("…")]`.
    pub weights: Option<Weights>,
    /// What the places in the graph stand for.
    pub sources: Sources,
}

/// Walks the graph. Every mistake is reported; where a shape is missing, what depends on it is left alone.
pub fn check(drawn: wire::Graph, errors: &mut Diagnostics) -> Option<Checked> {
    let mut sources = Sources::default();
    let layers = read_layers(&drawn, &mut sources, errors);
    let mut walk = Walk {
        graph: &drawn,
        layers,
        values: Vec::new(),
        results: Vec::new(),
        value_masks: Vec::new(),
        made: Vec::new(),
        inputs: Vec::new(),
        nodes: Vec::new(),
        checks: Vec::new(),
        sources: &mut sources,
        errors,
    };
    for (id, node) in drawn.nodes.iter().enumerate() {
        let results = match node.what {
            What::Input(call) => walk.input(id, call).into_iter().collect(),
            What::Layer(call) => walk.layer(id, call),
            What::Broken => Vec::new(),
        };
        walk.results.push(results);
    }
    let outputs = walk.outputs();
    let Walk { values, inputs, nodes, checks, .. } = walk;
    let file = drawn.header.weights.as_ref().and_then(|path| weights::open(path, errors));
    if !errors.is_empty() {
        return None;
    }
    let (dtype, fields) = (drawn.header.dtype, fields(&drawn.fields, &drawn.nodes, &nodes));
    let graph = Graph { dtype, inputs, outputs: outputs?, values, fields, nodes };
    let header = drawn.header;
    let stream = match header.stream {
        None => None,
        Some(Streamed { at, block }) => match stream::derive(&graph, block) {
            Ok(stream) => Some(stream),
            Err(refusals) => {
                for refusal in refusals {
                    let at = refusal.at.map_or(at.into(), |at| sources.extent(at));
                    errors.error(at, refusal.problem).help(refusal.help);
                }
                return None;
            }
        },
    };
    let weights = match file {
        None => None,
        Some(file) => {
            let network = header.name.as_ref().map(ToString::to_string).unwrap_or_default();
            Some(weights::fit(file, &network, &graph, errors)?)
        }
    };
    Some(Checked { header, graph, stream, checks, weights, sources })
}

/// The owners of weights in the order of the fields.
fn fields(order: &[wire::Id], drawn: &[wire::Node], nodes: &[Node]) -> Vec<usize> {
    let place = |id: &wire::Id| nodes.iter().position(|node| node.owner && drawn[*id].name == node.name.text);
    order.iter().filter_map(place).collect()
}

/// Reads the arguments of each layer once, however often a repeat copies it.
fn read_layers(graph: &wire::Graph, sources: &mut Sources, errors: &mut Diagnostics) -> Vec<Option<Rc<Configured>>> {
    let read = graph
        .calls
        .iter()
        .map(|call| spec::read(call, wire::spec(call)?, layers::layers_with, sources, errors).map(Rc::new));
    read.collect()
}

/// The way through the graph.
struct Walk<'a> {
    graph: &'a wire::Graph,
    /// By their calls; a layer that failed is taken out, so that its copies are not reported again.
    layers: Vec<Option<Rc<Configured>>>,
    values: Vec<Value>,
    /// The values of each node of the graph so far; empty where there is none.
    results: Vec<Vec<ValueId>>,
    /// The mask of each value, where it has one.
    value_masks: Vec<Option<Mask>>,
    /// The masks that are computed already.
    made: Vec<(Mask, ValueId)>,
    inputs: Vec<Input>,
    nodes: Vec<Node>,
    checks: Vec<Check>,
    sources: &'a mut Sources,
    errors: &'a mut Diagnostics,
}

impl Walk<'_> {
    fn value(&mut self, name: Name, shape: Shape, element: Element, mask: Option<Mask>) -> ValueId {
        self.values.push(Value { name, shape, element });
        self.value_masks.push(mask);
        self.values.len() - 1
    }

    /// The value behind the input of a node.
    fn of(&self, value: wire::Value) -> Option<ValueId> {
        self.results[value.node].get(value.result).copied()
    }

    fn input(&mut self, id: wire::Id, call: usize) -> Option<ValueId> {
        let call = &self.graph.calls[call];
        let (shape, element) = input::read(call, self.graph.header.dtype, self.sources, self.errors)?;
        let mut site = Site::new(call);
        match input::place(&mut site, &shape) {
            Ok(()) => {
                self.checks.extend(site.checks);
                let name = self.sources.name(&self.graph.nodes[id].name);
                let value = self.value(name.clone(), shape, element, None);
                self.inputs.push(Input { name, value });
                Some(value)
            }
            Err(problem) => {
                self.errors.error(call.extent(), problem.problem).help(problem.help);
                None
            }
        }
    }

    fn layer(&mut self, id: wire::Id, call: usize) -> Vec<ValueId> {
        let Some(layer) = self.layers[call].clone() else { return Vec::new() };
        let written = &self.graph.calls[call];
        let from: Option<Vec<ValueId>> = self.graph.nodes[id].inputs.iter().map(|value| self.of(*value)).collect();
        let Some(from) = from else { return self.guess(id, &layer) };
        let operand = |value: &ValueId| {
            let Value { shape, element, .. } = &self.values[*value];
            Operand { value: *value, shape: shape.clone(), element: *element }
        };
        let mut operands: Vec<Operand> = from.iter().map(operand).collect();
        let mut site = Site::new(written);
        let given = self.named(id, &layer, &mut operands, &mut site);
        let placed = given.and_then(|given| {
            let placed = layer.lower(&mut site, &operands)?;
            Ok((self.same_weights(id, placed)?, given))
        });
        match placed {
            Ok((placed, given)) => {
                self.checks.extend(site.checks);
                self.count_results(id, call, placed.results());
                self.node(id, call, &layer, operands, placed, &given)
            }
            Err(problem) => {
                self.layers[call] = None;
                self.report(id, problem.at.unwrap_or(self.graph.nodes[id].at), problem);
                self.guess(id, &layer)
            }
        }
    }

    /// The result of a layer that failed, where its shape is certain all the same.
    fn guess(&mut self, id: wire::Id, layer: &Configured) -> Vec<ValueId> {
        let name = self.sources.name(&self.graph.nodes[id].name);
        let shape = layer.certain_output();
        shape.map(|shape| self.value(name, shape, Element::Real, None)).into_iter().collect()
    }

    /// A node that makes a mask.
    fn hidden(&mut self, suffix: &str, from: Vec<ValueId>, shape: Shape, op: MaskOp) -> ValueId {
        let first = from.first().map_or_else(|| Name::made("every"), |value| self.values[*value].name.clone());
        let name = self.free(first.suffixed(suffix));
        let value = self.value(name.clone(), shape.clone(), Element::Real, None);
        let operand = |value: ValueId| {
            let Value { shape, element, .. } = &self.values[value];
            Operand { value, shape: shape.clone(), element: *element }
        };
        let inputs: Vec<Operand> = from.into_iter().map(operand).collect();
        let part = Part { name: &name, field: &name, text: "", at: name.at };
        self.push(&part, name.clone(), Op::Mask(op), inputs, vec![value]);
        value
    }

    /// The outputs, with the masks that they carry.
    fn outputs(&mut self) -> Option<Vec<Output>> {
        let mut outputs = Vec::new();
        for output in &self.graph.outputs {
            let value = self.of(output.value)?;
            if self.values[value].element != Element::Real {
                let problem = format!("the output `{}` holds ids", output.name);
                self.errors.error(&output.name, problem).help("an output is what a layer computes");
                return None;
            }
            let mask = self.value_masks[value].clone().map(|mask| self.mask(&mask));
            let name = self.sources.name(&output.name);
            outputs.push(Output { name, value, mask });
        }
        Some(outputs)
    }
}

#[cfg(test)]
mod sequence_tests;
#[cfg(test)]
mod tests;
