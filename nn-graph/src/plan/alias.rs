//! Alias analysis: which values share memory because one becomes the other, a step that works in place, and the parts of a
//! Concatenate.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::flow::Flow;
use super::fuse::Draft;
use crate::graph::{Graph, ValueId};
use crate::op::Op;
use crate::size::Size;

/// Values that lie in the same memory, one after another; the first of them stands for all.
#[derive(Debug)]
pub struct Aliases {
    /// The value that stands for the memory of each value.
    memory: Vec<ValueId>,
    /// The last value in each memory, whose name its region gets.
    pub last: Vec<ValueId>,
    /// The memory that each is a part of, and from which element on.
    pub within: Vec<Option<(ValueId, Size)>>,
}

impl Aliases {
    /// Takes those Concatenates out of the steps whose inputs can be computed where they will lie, and lets steps work in
    /// place where nobody reads later what they overwrite.
    pub fn new(graph: &Graph, flow: &mut Flow, drafts: Vec<Draft>) -> (Self, Vec<Draft>) {
        let mut parts = Parts::new(graph, flow, &drafts);
        let mut kept = Vec::with_capacity(drafts.len());
        for draft in drafts {
            match pieces(flow, &draft) {
                Some((whole, at)) => parts.take(flow, &mut kept, draft, whole, at),
                None => kept.push(draft),
            }
        }
        let all: Vec<ValueId> = (0..flow.values.len()).collect();
        let within = all.iter().map(|value| parts.within.get(value).cloned()).collect();
        let mut aliases = Aliases { within, last: all.clone(), memory: all };
        for index in 0..kept.len() {
            if let Some((input, to)) = in_place(graph, flow, &parts, &aliases, &kept, index) {
                // Where the order does not matter, the one that is overwritten is the first.
                kept[index].inputs.swap(0, input);
                aliases.join(kept[index].inputs[0], to);
            }
        }
        (aliases, kept)
    }

    /// The value that stands for the memory of this one.
    pub fn of(&self, value: ValueId) -> ValueId {
        self.memory[value]
    }

    /// `to` takes the memory of `from`.
    fn join(&mut self, from: ValueId, to: ValueId) {
        let (old, new) = (self.memory[to], self.memory[from]);
        self.memory.iter_mut().filter(|memory| **memory == old).for_each(|memory| *memory = new);
        self.last[new] = self.last[old];
        if self.within[new].is_none() {
            self.within[new] = self.within[old].take();
        }
    }
}

/// The result of a Concatenate that lies in our own memory, and where its inputs lie in it.
fn pieces(flow: &Flow, draft: &Draft) -> Option<(ValueId, Vec<Size>)> {
    let (Op::Concatenate(op), [Some(whole)]) = (&draft.op, draft.outputs.as_slice()) else { return None };
    let at = op.at.clone()?;
    (!flow.is_output(*whole)).then_some((*whole, at))
}

/// What lies in what.
struct Parts {
    within: BTreeMap<ValueId, (ValueId, Size)>,
    /// Values whose place is not ours to choose: inputs, weights, outputs, and those with zeros around them.
    fixed: Vec<ValueId>,
    /// The values that each step reads and writes: their memory is borrowed at the same time.
    borrowed: Vec<Vec<ValueId>>,
}

impl Parts {
    fn new(graph: &Graph, flow: &Flow, drafts: &[Draft]) -> Self {
        let inputs = graph.inputs.iter().map(|input| input.value);
        let weights = graph.nodes.iter().filter(|node| node.op.is_stored()).map(|node| node.results[0]);
        let outputs = flow.outputs.iter().map(|output| output.value);
        let bordered = drafts.iter().filter(|draft| leaves_border(draft)).flat_map(|draft| &draft.outputs);
        let steps = drafts.iter().filter(|draft| pieces(flow, draft).is_none());
        Parts {
            within: BTreeMap::new(),
            fixed: inputs.chain(weights).chain(outputs).chain(bordered.flatten().copied()).collect(),
            borrowed: steps.map(values).collect(),
        }
    }

    /// Makes the inputs of a Concatenate parts of its result; those that have to lie elsewhere are copied.
    fn take(&mut self, flow: &mut Flow, steps: &mut Vec<Draft>, draft: Draft, whole: ValueId, at: Vec<Size>) {
        for (value, at) in draft.inputs.iter().copied().zip(at) {
            let part = if self.can_be_part(value, whole) {
                value
            } else {
                let name = flow.values[whole].name.suffixed(&flow.values[value].name.text);
                let copy = flow.add(name, flow.values[value].len.clone());
                steps.push(Draft::copy(draft.nodes.clone(), value, copy));
                copy
            };
            self.within.insert(part, (whole, at));
        }
    }

    /// Whether a value can lie inside of another: not in two, and no step has to see the whole and the part as two.
    fn can_be_part(&self, value: ValueId, whole: ValueId) -> bool {
        let inside = |other: &ValueId| *other == value || self.is_inside(*other, value);
        let meet = |step: &Vec<ValueId>| step.contains(&whole) && step.iter().any(inside);
        !self.fixed.contains(&value) && !self.within.contains_key(&value) && !self.borrowed.iter().any(meet)
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
    draft.border.is_some() || matches!(draft.op, Op::Border)
}

/// The input that a step may overwrite, and the value that it becomes: nobody reads it later.
fn in_place(
    graph: &Graph,
    flow: &Flow,
    parts: &Parts,
    aliases: &Aliases,
    steps: &[Draft],
    index: usize,
) -> Option<(usize, ValueId)> {
    let step = &steps[index];
    let to = (*step.outputs.first()?)?;
    let mut candidates = step.op.in_place(&graph.nodes[step.node?]);
    let may = |input: &usize| {
        let from = step.inputs[*input];
        let reads = |later: &Draft| later.inputs.contains(&from) || later.masks.contains(&Some(from));
        let read_again = steps[index + 1..].iter().any(reads) || parts.are_read(steps, index, from);
        let once = step.inputs.iter().filter(|value| **value == from).count() == 1;
        let free = !parts.fixed.contains(&from) && aliases.within[aliases.of(from)].is_none();
        // The parts of what becomes an output would have to lie in the caller's memory.
        let stays = !(parts.is_whole(aliases.of(from)) && flow.is_output(to));
        let is_mask = flow.outputs.iter().any(|output| output.mask == Some(from));
        once && free && stays && !read_again && !is_mask
    };
    candidates.find(may).map(|input| (input, to))
}
