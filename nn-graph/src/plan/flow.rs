//! The values of the network as the plan sees them: views are the value they look at, and steps may add values of their own.

use alloc::vec;
use alloc::vec::Vec;

use crate::graph::{Element, Graph, Node, ValueId};
use crate::op::Op;
use crate::size::Size;
use crate::source::Name;

/// What is computed and kept somewhere.
#[derive(Debug)]
pub struct Flow {
    /// All of them: those of the graph, then the plan's own.
    pub values: Vec<Value>,
    /// The value that each one is a view of; itself if none.
    roots: Vec<ValueId>,
    /// Whether a Flatten or Reshape lies between a value and its root.
    viewed: Vec<bool>,
    /// In the order of the signature.
    pub outputs: Vec<Output>,
}

/// One value.
#[derive(Debug)]
pub struct Value {
    /// No two have the same.
    pub name: Name,
    /// The elements of one sample.
    pub len: Size,
    /// Their type.
    pub element: Element,
}

/// An output of the network.
#[derive(Debug)]
pub struct Output {
    /// What it is.
    pub value: ValueId,
    /// What has to be copied there: an input, a weight, or what is another output already.
    pub copy_of: Option<ValueId>,
    /// Its mask.
    pub mask: Option<ValueId>,
}

impl Flow {
    /// The values of the graph; `is_view` says which operations compute nothing.
    pub fn new(graph: &Graph, is_view: impl Fn(&Op) -> bool) -> Self {
        let values = graph.values.iter().map(|value| Value {
            name: value.name.clone(),
            len: Size::product(&value.shape),
            element: value.element,
        });
        let mut flow = Flow {
            values: values.collect(),
            roots: (0..graph.values.len()).collect(),
            viewed: vec![false; graph.values.len()],
            outputs: Vec::new(),
        };
        for node in graph.nodes.iter().filter(|node| is_view(&node.op)) {
            let (from, to) = (node.inputs[0].value, node.results[0]);
            flow.roots[to] = flow.roots[from];
            flow.viewed[to] = flow.viewed[from] || matches!(node.op, Op::View);
        }
        flow.add_outputs(graph);
        flow
    }

    fn add_outputs(&mut self, graph: &Graph) {
        for output in &graph.outputs {
            let root = self.root(output.value);
            let stored = graph.nodes.iter().filter(|node| node.op.is_stored()).any(|node| node.results[0] == root);
            let taken = stored
                || graph.inputs.iter().any(|input| input.value == root)
                || self.outputs.iter().any(|other| other.value == root);
            let name = if graph.outputs.len() == 1 { Name::made("output") } else { output.name.clone() };
            let value = if taken { self.add(name, self.values[root].len.clone()) } else { root };
            let mask = output.mask.map(|mask| self.root(mask));
            self.outputs.push(Output { value, copy_of: taken.then_some(root), mask });
        }
    }

    /// A value of the plan's own.
    pub fn add(&mut self, name: Name, len: Size) -> ValueId {
        let mut unique = name;
        while self.values.iter().any(|value| value.name == unique) {
            unique.text.push('_');
        }
        self.values.push(Value { name: unique, len, element: Element::Real });
        self.roots.push(self.values.len() - 1);
        self.viewed.push(false);
        self.values.len() - 1
    }

    /// From now on `value` is another name for `into`.
    pub fn merge(&mut self, value: ValueId, into: ValueId) {
        let (old, new) = (self.roots[value], self.roots[into]);
        self.roots.iter_mut().filter(|root| **root == old).for_each(|root| *root = new);
        for output in &mut self.outputs {
            let read = [Some(&mut output.value), output.copy_of.as_mut(), output.mask.as_mut()];
            read.into_iter().flatten().filter(|value| **value == old).for_each(|value| *value = new);
        }
    }

    /// Gives two values each other's names.
    pub fn swap_names(&mut self, a: ValueId, b: ValueId) {
        let name = self.values[a].name.clone();
        self.values[a].name = core::mem::replace(&mut self.values[b].name, name);
    }

    /// The value that a view looks at.
    pub fn root(&self, value: ValueId) -> ValueId {
        self.roots[value]
    }

    /// Whether a value has another shape than its root.
    pub fn viewed(&self, value: ValueId) -> bool {
        self.viewed[value]
    }

    /// Whether a value is an output.
    pub fn is_output(&self, value: ValueId) -> bool {
        self.outputs.iter().any(|output| output.value == value)
    }

    /// The results of a node that somebody takes; the first one is always written.
    pub fn taken(&self, results: &[ValueId], uses: &[usize]) -> Vec<Option<ValueId>> {
        let roots = results.iter().map(|value| self.root(*value)).enumerate();
        roots.map(|(index, root)| (index == 0 || uses[root] > 0).then_some(root)).collect()
    }

    /// How often each value is read, by operations that compute something, through `masks` and as an output.
    pub fn uses(
        &self,
        graph: &Graph,
        is_view: impl Fn(&Op) -> bool,
        masks: impl Fn(&Node) -> &[Option<ValueId>],
    ) -> Vec<usize> {
        let mut uses = vec![0; self.values.len()];
        for output in &self.outputs {
            let read = [Some(output.copy_of.unwrap_or(output.value)), output.mask];
            read.into_iter().flatten().for_each(|value| uses[value] += 1);
        }
        // From the end, so that the readers of a mask are known before what it is made of is counted.
        for node in graph.nodes.iter().rev().filter(|node| !is_view(&node.op)) {
            if self.is_idle(node, &uses) {
                continue;
            }
            let masks = masks(node).iter().flatten().copied();
            for value in node.inputs.iter().map(|input| input.value).chain(masks) {
                uses[self.root(value)] += 1;
            }
        }
        uses
    }

    /// Whether a node makes something that nobody reads. The loss reads a penalty.
    pub fn is_idle(&self, node: &Node, uses: &[usize]) -> bool {
        let read = matches!(node.op, Op::Penalty(_));
        !read && node.results.iter().all(|result| uses[self.root(*result)] == 0)
    }
}
