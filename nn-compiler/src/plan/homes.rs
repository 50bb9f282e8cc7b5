//! Which values share memory because one becomes the other: a step that works in place, and the parts of a Concatenate.

use std::collections::HashMap;

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
    /// Takes those Concatenates out of the steps whose inputs can be computed where they will lie, and lets steps work in
    /// place where nobody reads later what they overwrite.
    pub fn new(graph: &ShapedGraph, flow: &mut Flow, drafts: Vec<Draft>) -> (Self, Vec<Draft>) {
        let mut parts = Parts::new(graph, flow, &drafts);
        let mut kept = Vec::with_capacity(drafts.len());
        for draft in drafts {
            match behind(graph, flow, &draft) {
                Some((whole, at)) => parts.take(flow, &mut kept, draft, whole, at),
                None => kept.push(draft),
            }
        }
        let all: Vec<ValueId> = (0..flow.values.len()).collect();
        let within = all.iter().map(|value| parts.within.get(value).cloned()).collect();
        let mut homes = Homes { within, last: all.clone(), home: all };
        for index in 0..kept.len() {
            if let Some((input, to)) = in_place(graph, flow, &parts, &homes, &kept, index) {
                // Where the order does not matter, the one that is overwritten is the first.
                kept[index].inputs.swap(0, input);
                homes.join(kept[index].inputs[0], to);
            }
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

/// What lies in what.
struct Parts {
    within: HashMap<ValueId, (ValueId, Dim)>,
    /// Values whose place is not ours to choose: inputs, outputs, and those with zeros around them.
    fixed: Vec<ValueId>,
    /// The values that each step reads and writes: their memory is borrowed at the same time.
    together: Vec<Vec<ValueId>>,
}

impl Parts {
    fn new(graph: &ShapedGraph, flow: &Flow, drafts: &[Draft]) -> Self {
        let inputs = graph.inputs.iter().map(|input| input.value);
        let outputs = flow.outputs.iter().map(|output| output.value);
        let bordered = drafts.iter().filter(|draft| leaves_border(draft)).flat_map(|draft| &draft.outputs);
        let steps = drafts.iter().filter(|draft| behind(graph, flow, draft).is_none());
        Parts {
            within: HashMap::new(),
            fixed: inputs.chain(outputs).chain(bordered.flatten().copied()).collect(),
            together: steps.map(values).collect(),
        }
    }

    /// Makes the inputs of a Concatenate parts of its result; those that have to lie elsewhere are copied.
    fn take(&mut self, flow: &mut Flow, steps: &mut Vec<Draft>, draft: Draft, whole: ValueId, at: Vec<Dim>) {
        for (value, at) in draft.inputs.iter().copied().zip(at) {
            let part = if self.can_be_part(value, whole) {
                value
            } else {
                let name = format_ident!("{}_{}", flow.values[whole].name, flow.values[value].name);
                let copy = flow.add(name, flow.values[value].len.clone());
                let (kind, inputs, outputs) = (Kind::Copy, vec![value], vec![Some(copy)]);
                steps.push(Draft { kind, nodes: draft.nodes.clone(), inputs, masks: Vec::new(), outputs });
                copy
            };
            self.within.insert(part, (whole, at));
        }
    }

    /// Whether a value can lie inside of another: not in two, and no step has to see the whole and the part as two.
    fn can_be_part(&self, value: ValueId, whole: ValueId) -> bool {
        let inside = |other: &ValueId| *other == value || self.is_inside(*other, value);
        let meet = |step: &Vec<ValueId>| step.contains(&whole) && step.iter().any(inside);
        !self.fixed.contains(&value) && !self.within.contains_key(&value) && !self.together.iter().any(meet)
    }

    /// Whether a value lies somewhere inside of another.
    fn is_inside(&self, value: ValueId, whole: ValueId) -> bool {
        self.within.get(&value).is_some_and(|(outer, _)| *outer == whole || self.is_inside(*outer, whole))
    }

    /// Whether a step at or after `index` reads a part of a value.
    fn are_read(&self, steps: &[Draft], index: usize, whole: ValueId) -> bool {
        steps[index..].iter().any(|step| values(step).iter().any(|value| self.is_inside(*value, whole)))
    }

    fn is_whole(&self, value: ValueId) -> bool {
        self.within.values().any(|(whole, _)| *whole == value)
    }
}

/// All that a step reads and writes.
fn values(draft: &Draft) -> Vec<ValueId> {
    draft.inputs.iter().chain(draft.masks.iter().chain(&draft.outputs).flatten()).copied().collect()
}

/// Whether what a step writes has zeros around it.
fn leaves_border(draft: &Draft) -> bool {
    let bordered = |slot: &Option<usize>| slot.is_some();
    match &draft.kind {
        Kind::Conv2D { bordered: slot, .. } | Kind::Pool2D { bordered: slot, .. } => bordered(slot),
        Kind::Pad { .. } => true,
        _ => false,
    }
}

/// The input that a step may overwrite, and the value that it becomes: nobody reads it later.
fn in_place(
    graph: &ShapedGraph,
    flow: &Flow,
    parts: &Parts,
    homes: &Homes,
    steps: &[Draft],
    index: usize,
) -> Option<(usize, ValueId)> {
    let step = &steps[index];
    let to = (*step.outputs.first()?)?;
    let candidates = match &step.kind {
        Kind::Activation { .. } => 0..1,
        Kind::Alone { node, .. } => {
            let node = &graph.nodes[*node];
            let layer = node.op.emit()?;
            let input = layer.in_place(node)?;
            if layer.commutes(node) { 0..step.inputs.len() } else { input..input + 1 }
        }
        _ => return None,
    };
    let may = |input: &usize| {
        let from = step.inputs[*input];
        let reads = |later: &Draft| later.inputs.contains(&from) || later.masks.contains(&Some(from));
        let read_again = steps[index + 1..].iter().any(reads) || parts.are_read(steps, index, from);
        let once = step.inputs.iter().filter(|value| **value == from).count() == 1;
        let free = !parts.fixed.contains(&from) && homes.within[homes.of(from)].is_none();
        // The parts of what becomes an output would have to lie in the caller's memory.
        let stays = !(parts.is_whole(homes.of(from)) && flow.is_output(to));
        let is_mask = flow.outputs.iter().any(|output| output.mask == Some(from));
        once && free && stays && !read_again && !is_mask
    };
    candidates.into_iter().find(may).map(|input| (input, to))
}
