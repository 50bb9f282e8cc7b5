//! The layout pass: layers whose channels come first put their axes in our order before they compute, and back behind it.
//! Here these changes of order move along with the values, until they meet and cancel.

use alloc::vec;
use alloc::vec::Vec;

use crate::graph::{Graph, Node, Operand, Value, ValueId};
use crate::op::layout::{cancel, undone};
use crate::op::{Op, Permute};

/// Moves changes of order behind the operations that do not care, and takes out those that cancel.
pub fn settle(graph: &mut Graph) {
    if changes(graph) == 0 {
        return;
    }
    // A change that several read is one for each of them once it has moved, which pays only if they cancel.
    let (mut eager, mut cautious) = (graph.clone(), graph.clone());
    run(&mut eager, true);
    run(&mut cautious, false);
    *graph = if changes(&eager) < changes(&cautious) { eager } else { cautious };
}

fn run(graph: &mut Graph, eager: bool) {
    while cancel_one(graph) || sink_one(graph, eager) {}
    sweep(graph);
}

/// How many changes of order there are.
fn changes(graph: &Graph) -> usize {
    graph.nodes.iter().filter(|node| order(node).is_some()).count()
}

/// The change of order of a node, if it is the compiler's own: what the user writes stays.
fn order(node: &Node) -> Option<&[usize]> {
    match &node.op {
        Op::Permute(Permute { axes }) if node.layer.is_none() => Some(axes),
        _ => None,
    }
}

/// The node that changes the order of a value's axes.
fn orderer(graph: &Graph, value: ValueId) -> Option<&Node> {
    graph.nodes.iter().find(|node| node.results == [value] && order(node).is_some())
}

/// Lets whoever reads the second of two changes that cancel read what there was before the first.
fn cancel_one(graph: &mut Graph) -> bool {
    let found = graph.nodes.iter().find_map(|second| {
        let first = orderer(graph, second.inputs.first()?.value)?;
        let to = second.results[0];
        (cancel(order(first)?, order(second)?) && graph.readers(to) > 0).then_some((to, first.inputs[0].value))
    });
    let Some((from, to)) = found else { return false };
    for node in &mut graph.nodes {
        let inputs = node.inputs.iter_mut().map(|input| &mut input.value);
        inputs.chain(node.masks.iter_mut().flatten()).filter(|value| **value == from).for_each(|value| *value = to);
    }
    for output in &mut graph.outputs {
        let values = [Some(&mut output.value), output.mask.as_mut()];
        values.into_iter().flatten().filter(|value| **value == from).for_each(|value| *value = to);
    }
    true
}

/// Moves the changes before an operation behind it, where all of its inputs are changed alike, and unless `eager` nobody else
/// reads them.
fn sink_one(graph: &mut Graph, eager: bool) -> bool {
    let Some((index, op, axes)) = (0..graph.nodes.len()).find_map(|index| sinkable(graph, index, eager)) else {
        return false;
    };
    let sources: Vec<Operand> = graph.nodes[index]
        .inputs
        .iter()
        .filter_map(|input| orderer(graph, input.value).map(|node| node.inputs[0].clone()))
        .collect();
    let node = &graph.nodes[index];
    let (result, output) = (node.results[0], undone(&axes, &node.output));
    let mut name = graph.values[result].name.suffixed("channels_last");
    while graph.values.iter().any(|value| value.name == name) || graph.nodes.iter().any(|node| node.name == name) {
        name.text.push('_');
    }
    let element = graph.values[result].element;
    graph.values.push(Value { name: name.clone(), shape: output.clone(), element });
    let value = graph.values.len() - 1;
    let behind = Node {
        name,
        owner: false,
        layer: None,
        docs: Vec::new(),
        op: Op::Permute(Permute { axes }),
        inputs: vec![Operand { value, shape: output.clone(), element }],
        masks: Vec::new(),
        results: vec![result],
        input: output.clone(),
        output: graph.nodes[index].output.clone(),
        params: Vec::new(),
        ..graph.nodes[index].clone()
    };
    let node = &mut graph.nodes[index];
    node.op = op;
    node.input = sources.first().map(|source| source.shape.clone()).unwrap_or_default();
    node.inputs = sources;
    node.output = output;
    node.results[0] = value;
    graph.nodes.insert(index + 1, behind);
    graph.fields.iter_mut().filter(|field| **field > index).for_each(|field| *field += 1);
    true
}

/// The operation that a node becomes if the changes before it move behind it, and their order.
fn sinkable(graph: &Graph, index: usize, eager: bool) -> Option<(usize, Op, Vec<usize>)> {
    let node = &graph.nodes[index];
    let axes = order(orderer(graph, node.inputs.first()?.value)?)?.to_vec();
    let alike = node.inputs.iter().all(|input| {
        let same = orderer(graph, input.value).and_then(order) == Some(&axes[..]);
        let own = || node.inputs.iter().filter(|other| other.value == input.value).count();
        same && (eager || graph.readers(input.value) == own())
    });
    let single = node.results.len() == 1 && node.masks.iter().all(Option::is_none);
    if !alike || !single || node.output.len() != axes.len() {
        return None;
    }
    Some((index, node.op.in_order(&axes)?, axes))
}

/// Takes out the changes that nobody reads.
fn sweep(graph: &mut Graph) {
    loop {
        let dead = |node: &Node| order(node).is_some() && graph.readers(node.results[0]) == 0;
        let Some(index) = graph.nodes.iter().position(dead) else { return };
        graph.nodes.remove(index);
        graph.fields.iter_mut().filter(|field| **field > index).for_each(|field| *field -= 1);
    }
}
