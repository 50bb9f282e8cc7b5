//! Which values share memory because one becomes the other: a step that works in place, and the parts of a Concatenate.

use quote::format_ident;

use crate::layers::Op;
use crate::plan::Kind;
use crate::plan::flow::Flow;
use crate::plan::fuse::Draft;
use crate::shapes::dim::Dim;
use crate::shapes::{ShapedGraph, ValueId};

/// A home is a piece of memory for one value after another; the first of them stands for it.
pub struct Homes {
    /// The value that stands for the home of each value.
    home: Vec<ValueId>,
    /// The last value of a home, whose name its region gets.
    pub last: Vec<ValueId>,
    /// The home that a home is a part of, and from which element on.
    pub within: Vec<Option<(ValueId, Dim)>>,
}

impl Homes {
    /// Takes those Concatenates out of the steps whose inputs can be computed where they will lie.
    pub fn new(graph: &ShapedGraph, flow: &mut Flow, drafts: Vec<Draft>) -> (Self, Vec<Draft>) {
        let mut parts = Vec::new();
        let mut kept = Vec::with_capacity(drafts.len());
        for draft in drafts {
            match behind(graph, flow, &draft) {
                Some((whole, at)) => join(graph, flow, &mut kept, draft, whole, at, &mut parts),
                None => kept.push(draft),
            }
        }
        let all: Vec<ValueId> = (0..flow.values.len()).collect();
        let mut homes = Homes { within: vec![None; all.len()], last: all.clone(), home: all };
        for (value, whole, at) in parts {
            homes.within[value] = Some((whole, at));
        }
        let finder = Finder { graph, flow, drafts: &kept };
        for index in 0..kept.len() {
            finder.in_place(&mut homes, index);
        }
        (homes, kept)
    }

    /// The value that stands for the home of this one.
    pub fn of(&self, value: ValueId) -> ValueId {
        self.home[value]
    }

    /// `to` takes the memory of `from`.
    fn join(&mut self, from: ValueId, to: ValueId) {
        let (old, new) = (self.home[to], self.home[from]);
        self.home.iter_mut().filter(|home| **home == old).for_each(|home| *home = new);
        self.last[new] = self.last[old];
        if self.within[new].is_none() {
            self.within[new] = self.within[old].take();
        }
    }
}

/// The result of a Concatenate that lies in our own memory, and where its inputs lie in it.
fn behind(graph: &ShapedGraph, flow: &Flow, draft: &Draft) -> Option<(ValueId, Vec<Dim>)> {
    let (Kind::Concatenate { node }, [Some(whole)]) = (&draft.kind, draft.outputs.as_slice()) else { return None };
    let Op::Concatenate { at, .. } = &graph.nodes[*node].op else { return None };
    (!flow.is_output(*whole)).then(|| (*whole, at.clone()))
}

/// Makes the inputs of a Concatenate parts of its result; those that lie elsewhere are copied.
fn join(
    graph: &ShapedGraph,
    flow: &mut Flow,
    drafts: &mut Vec<Draft>,
    draft: Draft,
    whole: ValueId,
    at: Vec<Dim>,
    parts: &mut Vec<(ValueId, ValueId, Dim)>,
) {
    for (value, at) in draft.inputs.iter().copied().zip(at) {
        let finder = Finder { graph, flow, drafts };
        let taken = parts.iter().any(|(part, ..)| *part == value);
        let part = if !taken && !finder.outside(value) && finder.has_plain_producer(value) {
            value
        } else {
            let name = format_ident!("{}_{}", flow.values[whole].name, flow.values[value].name);
            let copy = flow.add(name, flow.values[value].len.clone());
            let (kind, inputs, outputs) = (Kind::Copy, vec![value], vec![Some(copy)]);
            drafts.push(Draft { kind, nodes: draft.nodes.clone(), inputs, masks: Vec::new(), outputs });
            copy
        };
        parts.push((part, whole, at));
    }
}

struct Finder<'a> {
    graph: &'a ShapedGraph,
    flow: &'a Flow,
    drafts: &'a [Draft],
}

impl Finder<'_> {
    /// Whether memory is the caller's.
    fn outside(&self, value: ValueId) -> bool {
        self.flow.is_output(value) || self.graph.inputs.iter().any(|input| input.value == value)
    }

    /// Whether no step after this one reads a value.
    fn is_last_reader(&self, index: usize, value: ValueId) -> bool {
        let reads = |draft: &Draft| draft.inputs.contains(&value) || draft.masks.contains(&Some(value));
        !self.drafts[index + 1..].iter().any(reads)
    }

    /// Whether the step that computes a value writes it without a border.
    fn has_plain_producer(&self, value: ValueId) -> bool {
        let producer = self.drafts.iter().find(|draft| draft.outputs.contains(&Some(value)));
        producer.is_some_and(|draft| {
            !matches!(
                draft.kind,
                Kind::Conv2D { bordered: Some(_), .. } | Kind::Pool2D { bordered: Some(_), .. } | Kind::Pad { .. }
            )
        })
    }

    /// A step that may overwrite an input does so where it is the last to read it.
    fn in_place(&self, homes: &mut Homes, index: usize) {
        let draft = &self.drafts[index];
        let input = match &draft.kind {
            Kind::Activation { .. } => Some(0),
            Kind::Alone { node, .. } => {
                let node = &self.graph.nodes[*node];
                node.op.emit().and_then(|layer| layer.in_place(node))
            }
            _ => None,
        };
        let (Some(from), Some(Some(to))) = (input.map(|input| draft.inputs[input]), draft.outputs.first()) else {
            return;
        };
        let last = self.is_last_reader(index, from);
        let once = draft.inputs.iter().filter(|value| **value == from).count() == 1;
        let free = !self.outside(from) && homes.within[homes.of(from)].is_none() && self.has_plain_producer(from);
        let mask = self.flow.outputs.iter().any(|output| output.mask == Some(from));
        if last && once && free && !mask {
            homes.join(from, *to);
        }
    }
}
