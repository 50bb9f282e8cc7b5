//! The network of a block of time steps, derived from that of one: all of its values have the steps as their first axis.

use alloc::vec;
use alloc::vec::Vec;

use crate::graph::{Element, Graph, Input, Node, Operand, Output, Value};
use crate::op::Op;
use crate::size::{Shape, Size};

/// Derives the network of `steps` steps; `None` where an operation has no form for several of them, so that they run one by one.
pub fn derive(step: &Graph, steps: usize) -> Option<Graph> {
    // What is made of weights and numbers alone is the same for all steps.
    let mut fixed = vec![false; step.values.len()];
    for node in &step.nodes {
        let constant = match node.op {
            Op::Weight | Op::Number(_) => true,
            _ => !node.inputs.is_empty() && node.inputs.iter().all(|input| fixed[input.value]),
        };
        node.results.iter().for_each(|result| fixed[*result] = constant);
    }
    let block = Block { step, steps, fixed };
    let nodes = step.nodes.iter().map(|node| block.node(node)).collect::<Option<Vec<Node>>>()?;
    let value = |(id, value): (usize, &Value)| Value { shape: block.shape(id), ..value.clone() };
    // A constant that is an output would have one row for all.
    let varies = |output: &Output| !block.fixed[output.value];
    step.outputs.iter().all(varies).then(|| Graph {
        dtype: step.dtype,
        inputs: step.inputs.iter().map(Input::clone).collect(),
        outputs: step.outputs.iter().map(Output::clone).collect(),
        values: step.values.iter().enumerate().map(value).collect(),
        nodes,
        fields: Vec::new(),
    })
}

struct Block<'a> {
    step: &'a Graph,
    steps: usize,
    /// The values that do not depend on the inputs.
    fixed: Vec<bool>,
}

impl Block<'_> {
    fn node(&self, node: &Node) -> Option<Node> {
        if self.fixed[node.results[0]] {
            return Some(node.clone());
        }
        let fixed: Vec<bool> = node.inputs.iter().map(|input| self.fixed[input.value]).collect();
        let op = node.op.side_by_side(node, self.steps, &fixed)?;
        let inputs = node.inputs.iter().map(|input| Operand { shape: self.shape(input.value), ..input.clone() });
        Some(Node {
            op,
            inputs: inputs.collect(),
            input: node.inputs.first().map(|input| self.shape(input.value)).unwrap_or_default(),
            output: self.shape(node.results[0]),
            ..node.clone()
        })
    }

    /// The shape of a value in a block.
    fn shape(&self, value: usize) -> Shape {
        let Value { shape, element, .. } = &self.step.values[value];
        if self.fixed[value] {
            return shape.clone();
        }
        // The ids of a block are a vector.
        let others = if *element == Element::Real { &shape[..] } else { &[] };
        core::iter::once(Size::Known(self.steps)).chain(others.iter().cloned()).collect()
    }
}
