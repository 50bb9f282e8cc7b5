//! Which nodes become one step.

use alloc::vec;
use alloc::vec::Vec;

use super::flow::Flow;
use crate::graph::{Graph, Node, ValueId};
use crate::op::fusion::{Epilogue, masks_at_inference};
use crate::op::{Convolution, Op, is_bare};

/// A step before its memory is known.
#[derive(Debug)]
pub struct Draft {
    /// What it computes.
    pub op: Op,
    /// The node whose shapes and weights it has.
    pub node: Option<usize>,
    /// What becomes of the results before they are stored.
    pub epilogue: Vec<Epilogue>,
    /// The convolution for which it leaves zeros around its result.
    pub border: Option<usize>,
    /// The nodes that it computes, in order.
    pub nodes: Vec<usize>,
    /// What it reads.
    pub inputs: Vec<ValueId>,
    /// The masks that it reads, for each input.
    pub masks: Vec<Option<ValueId>>,
    /// `None` for a result that nobody takes.
    pub outputs: Vec<Option<ValueId>>,
}

impl Draft {
    /// A step of one input and one result.
    fn simple(op: Op, node: Option<usize>, input: ValueId, output: ValueId) -> Self {
        let nodes = node.into_iter().collect();
        let (epilogue, masks) = (Vec::new(), Vec::new());
        Draft { op, node, epilogue, border: None, nodes, inputs: vec![input], masks, outputs: vec![Some(output)] }
    }

    /// What lies in `input` is needed in `output`, too, for the nodes of another step.
    pub fn copy(nodes: Vec<usize>, input: ValueId, output: ValueId) -> Self {
        Draft { nodes, ..Draft::simple(Op::Copy, None, input, output) }
    }
}

/// Walks the graph and lets each node join the step that it reads from, where it can.
pub fn fuse(graph: &Graph, flow: &mut Flow) -> Vec<Draft> {
    let uses = flow.uses(graph, Op::is_view, masks_at_inference);
    let mut fuser = Fuser { graph, flow, uses, drafts: Vec::new() };
    for index in 0..graph.nodes.len() {
        let node = &graph.nodes[index];
        let computes = !node.op.is_view() && !node.op.is_stored() && !fuser.flow.is_idle(node, &fuser.uses);
        if computes && !fuser.join(index) {
            fuser.start(index);
        }
    }
    fuser.copy_outputs();
    fuser.border();
    fuser.drafts
}

struct Fuser<'a> {
    graph: &'a Graph,
    flow: &'a mut Flow,
    /// How often each value is read.
    uses: Vec<usize>,
    drafts: Vec<Draft>,
}

impl Fuser<'_> {
    /// Whether a node becomes part of the step that computes its input, because nobody else reads that. Of two inputs, the
    /// other one must be there before that step.
    fn join(&mut self, index: usize) -> bool {
        let node = &self.graph.nodes[index];
        if !masks_at_inference(node).is_empty() {
            return false;
        }
        match node.inputs.as_slice() {
            [input] => self.join_after(index, input.value, None),
            [first, second] => {
                self.join_after(index, first.value, Some(second.value))
                    || self.join_after(index, second.value, Some(first.value))
            }
            _ => false,
        }
    }

    /// Whether a node becomes part of the step that computes this input of it.
    fn join_after(&mut self, index: usize, input: ValueId, other: Option<ValueId>) -> bool {
        let node = &self.graph.nodes[index];
        let (root, viewed) = (self.flow.root(input), self.flow.viewed(input));
        if self.uses[root] != 1 {
            return false;
        }
        let Some(part) = node.op.as_epilogue(node, index, viewed) else { return false };
        let Some(at) = self.drafts.iter().position(|draft| draft.outputs == [Some(root)]) else { return false };
        let other = other.map(|other| self.flow.root(other));
        let computed = |other: ValueId| self.drafts[at..].iter().any(|draft| draft.outputs.contains(&Some(other)));
        if other.is_some_and(computed) {
            return false;
        }
        let draft = &mut self.drafts[at];
        let Some(first) = draft.node else { return false };
        if !draft.op.takes(&self.graph.nodes[first], &draft.epilogue, &part) {
            return false;
        }
        draft.inputs.extend(other);
        draft.epilogue.push(part);
        draft.nodes.push(index);
        draft.outputs = vec![Some(self.flow.root(node.results[0]))];
        true
    }

    /// A step for a node alone.
    fn start(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        let inputs = node.inputs.iter().map(|input| self.flow.root(input.value)).collect();
        let masks = masks_at_inference(node).iter().map(|mask| mask.map(|mask| self.flow.root(mask))).collect();
        let outputs = self.flow.taken(&node.results, &self.uses);
        let (op, epilogue, nodes) = (node.op.clone(), Vec::new(), vec![index]);
        self.drafts.push(Draft { op, node: Some(index), epilogue, border: None, nodes, inputs, masks, outputs });
    }

    /// Outputs that no step computes of its own.
    fn copy_outputs(&mut self) {
        for output in &self.flow.outputs {
            if let Some(from) = output.copy_of {
                self.drafts.push(Draft::copy(Vec::new(), from, output.value));
            }
        }
    }

    /// Gives each convolution its zeros: the step before writes inside of them, or a step of its
    /// own copies.
    fn border(&mut self) {
        for draft in core::mem::take(&mut self.drafts) {
            let draft = match (&draft.op, draft.node) {
                (Op::Convolution(op), Some(node)) if !is_bare(&op.pads) => {
                    let op = op.clone();
                    self.bordered(draft, &op, node)
                }
                _ => draft,
            };
            self.drafts.push(draft);
        }
    }

    fn bordered(&mut self, draft: Draft, op: &Convolution, index: usize) -> Draft {
        let node: &Node = &self.graph.nodes[index];
        let (x, viewed) = (draft.inputs[0], self.flow.viewed(node.inputs[0].value));
        let len = op.bordered_len(&node.image(), index);
        let alone = self.uses[x] == 1 && !viewed;
        let producer = self.drafts.iter_mut().find(|other| alone && other.outputs == [Some(x)]);
        match producer {
            Some(producer) if producer.op.leaves_border() => {
                producer.border = Some(index);
                self.flow.values[x].len = len;
                draft
            }
            _ => {
                let padded = self.flow.add(node.name.suffixed("padded"), len);
                self.drafts.push(Draft::simple(Op::Border, Some(index), x, padded));
                let inputs = core::iter::once(padded).chain(draft.inputs[1..].iter().copied()).collect();
                Draft { inputs, ..draft }
            }
        }
    }
}
