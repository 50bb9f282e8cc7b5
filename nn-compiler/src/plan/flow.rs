//! The values of the network as the plan sees them: views are the value they look at, and steps may add values of their own.

use proc_macro2::Ident;
use quote::format_ident;

use crate::layers::Op;
use crate::shapes::dim::Dim;
use crate::shapes::{Element, Node, ShapedGraph, ValueId};

/// What is computed and kept somewhere.
pub struct Flow {
    pub values: Vec<Value>,
    /// The value that each one is a view of; itself if none.
    roots: Vec<ValueId>,
    /// Whether a Flatten or Reshape lies between a value and its root.
    viewed: Vec<bool>,
    pub outputs: Vec<Output>,
}

/// One value.
pub struct Value {
    pub name: Ident,
    /// The elements of one sample.
    pub len: Dim,
    pub element: Element,
}

/// An output of the network.
pub struct Output {
    pub value: ValueId,
    /// What has to be copied there: an input, or what is another output already.
    pub copy_of: Option<ValueId>,
    pub mask: Option<ValueId>,
}

impl Flow {
    /// The values of the graph; `is_view` says which layers compute nothing.
    pub fn new(graph: &ShapedGraph, is_view: impl Fn(&Op) -> bool) -> Self {
        let values = graph.values.iter().map(|value| Value {
            name: value.name.clone(),
            len: Dim::product(&value.shape),
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

    fn add_outputs(&mut self, graph: &ShapedGraph) {
        for output in &graph.outputs {
            let root = self.root(output.value);
            let taken = graph.inputs.iter().any(|input| input.value == root)
                || self.outputs.iter().any(|other| other.value == root);
            let name = if graph.outputs.len() == 1 { format_ident!("output") } else { output.name.clone() };
            let value = if taken { self.add(name, self.values[root].len.clone()) } else { root };
            let mask = output.mask.map(|mask| self.root(mask));
            self.outputs.push(Output { value, copy_of: taken.then_some(root), mask });
        }
    }

    /// A value of the plan's own.
    pub fn add(&mut self, name: Ident, len: Dim) -> ValueId {
        let mut unique = name;
        while self.values.iter().any(|value| value.name == unique) {
            unique = format_ident!("{unique}_");
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

    /// The results of a layer that somebody takes; the first one is always written.
    pub fn taken(&self, results: &[ValueId], uses: &[usize]) -> Vec<Option<ValueId>> {
        let roots = results.iter().map(|value| self.root(*value)).enumerate();
        roots.map(|(index, root)| (index == 0 || uses[root] > 0).then_some(root)).collect()
    }

    /// How often each value is read, by layers that compute something, through `masks` and as an output.
    pub fn uses(
        &self,
        graph: &ShapedGraph,
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

    /// Whether a step that no layer of the user's stands for makes something that nobody reads.
    pub fn is_idle(&self, node: &Node, uses: &[usize]) -> bool {
        node.class.is_empty() && node.results.iter().all(|result| uses[self.root(*result)] == 0)
    }
}
