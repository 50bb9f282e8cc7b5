//! Where each step reads and writes: the caller's input and output, and regions in between.

use alloc::vec;
use alloc::vec::Vec;

use super::alias::Aliases;
use super::flow::Flow;
use super::fuse::Draft;
use super::{Place, Region, Step};
use crate::graph::{Graph, ValueId};
use crate::op::Op;
use crate::op::fusion::Epilogue;
use crate::size::Size;
use crate::source::Name;

/// Gives every value a place, and every step what it needs beside.
pub fn place(graph: &Graph, flow: &Flow, aliases: Aliases, drafts: Vec<Draft>) -> Placed {
    let places = vec![None; flow.values.len()];
    let mut placer =
        Placer { graph, flow, aliases, places, regions: Vec::new(), states: Vec::new(), owners: Vec::new() };
    placer.outside();
    let define = |(index, draft): (usize, Draft)| placer.step(draft, index);
    let steps: Vec<Step> = drafts.into_iter().enumerate().map(define).collect();
    let masks = placer.keep_masks(steps.len());
    Placed { steps, regions: placer.regions, masks, states: placer.states }
}

/// The steps with their memory.
#[derive(Debug)]
pub struct Placed {
    /// In order.
    pub steps: Vec<Step>,
    /// The regions of the workspace.
    pub regions: Vec<Region>,
    /// The region with the mask of each output.
    pub masks: Vec<Option<usize>>,
    /// The parts of the state, by the names of their layers.
    pub states: Vec<(Name, Size)>,
}

struct Placer<'a> {
    graph: &'a Graph,
    flow: &'a Flow,
    aliases: Aliases,
    /// By the value that stands for a memory.
    places: Vec<Option<Place>>,
    regions: Vec<Region>,
    states: Vec<(Name, Size)>,
    /// The node of each part of the state, and the part.
    owners: Vec<(usize, usize)>,
}

impl Placer<'_> {
    /// The inputs and outputs, whose memory is the caller's, and weights.
    fn outside(&mut self) {
        for (index, node) in self.graph.nodes.iter().enumerate().filter(|(_, node)| node.op.is_stored()) {
            self.places[self.aliases.of(node.results[0])] = Some(Place::Weight(index));
        }
        for (index, input) in self.graph.inputs.iter().enumerate() {
            self.places[self.aliases.of(input.value)] = Some(Place::Input(index));
        }
        for (index, output) in self.flow.outputs.iter().enumerate() {
            self.places[self.aliases.of(output.value)] = Some(Place::Output(index));
        }
    }

    /// The place of a value; its region lives at least up to this step.
    fn touch(&mut self, value: ValueId, index: usize) -> Place {
        let place = self.place_of(value, index);
        let mut region = match place {
            Place::Region(region) => Some(region),
            Place::Input(_) | Place::Output(_) | Place::Weight(_) => None,
        };
        while let Some(at) = region {
            self.regions[at].last = self.regions[at].last.max(index);
            region = self.regions[at].within.as_ref().map(|(whole, _)| *whole);
        }
        place
    }

    /// The place of a value: a region is made where it is first needed.
    fn place_of(&mut self, value: ValueId, index: usize) -> Place {
        let memory = self.aliases.of(value);
        if let Some(place) = self.places[memory] {
            return place;
        }
        let within = self.aliases.within[memory].clone().and_then(|(whole, at)| match self.place_of(whole, index) {
            Place::Region(region) => Some((region, at)),
            Place::Input(_) | Place::Output(_) | Place::Weight(_) => None,
        });
        let last = self.aliases.last[memory];
        let name = constant(&self.flow.values[last].name, "");
        let len = self.flow.values[last].len.clone();
        let place = Place::Region(self.add(Region { name, len, first: index, last: index, within }));
        self.places[memory] = Some(place);
        place
    }

    /// The regions of the outputs' masks: they stay until the end, since the caller may ask for them.
    fn keep_masks(&mut self, end: usize) -> Vec<Option<usize>> {
        let masks: Vec<Option<ValueId>> = self.flow.outputs.iter().map(|output| output.mask).collect();
        let mut place = |mask: ValueId| match self.touch(mask, end) {
            Place::Region(region) => Some(region),
            Place::Input(_) | Place::Output(_) | Place::Weight(_) => None,
        };
        masks.into_iter().map(|mask| mask.and_then(&mut place)).collect()
    }

    fn step(&mut self, draft: Draft, index: usize) -> Step {
        let sources = draft.inputs.iter().map(|value| self.touch(*value, index)).collect();
        let masks = draft.masks.iter().map(|mask| mask.map(|mask| self.touch(mask, index))).collect();
        let targets = draft.outputs.iter().map(|value| value.map(|value| self.touch(value, index))).collect();
        let scratch = self.scratch(&draft, index);
        let fold = self.fold(&draft, index);
        let state = self.state(&draft);
        let Draft { op, node, epilogue, border, nodes, .. } = draft;
        Step { op, node, epilogue, border, nodes, sources, masks, targets, scratch, state, fold }
    }

    /// A part of the network's state, for an operation that carries something from call to call.
    fn state(&mut self, draft: &Draft) -> Option<usize> {
        let len = draft.op.state(draft.node?)?;
        if let Op::Carry(_) = draft.op {
            let old = self.graph.nodes[draft.node?].inputs.get(2)?.value;
            let owns = |(node, _): &&(usize, usize)| self.graph.nodes[*node].results.contains(&old);
            return self.owners.iter().find(owns).map(|(_, part)| *part);
        }
        let mut name = constant(&self.graph.nodes[draft.node?].name, "");
        // `RNN` may be a layer beside `rnn`, and these constants of a state are there anyway.
        while ["CARRIED", "LAYOUT", "LEN"].contains(&name.text.as_str())
            || self.states.iter().any(|(other, _)| other.text == name.text)
        {
            name.text.push('_');
        }
        self.states.push((name, len));
        self.owners.push((draft.node?, self.states.len() - 1));
        Some(self.states.len() - 1)
    }

    /// What an operation needs beside: a convolution packs its weights or pixels there.
    fn scratch(&mut self, draft: &Draft, step: usize) -> Option<usize> {
        let pools = draft.epilogue.iter().any(|part| matches!(part, Epilogue::Pool(_)));
        let len = draft.op.scratch(draft.node?, pools || draft.border.is_some())?;
        Some(self.alone(draft.node?, "_SCRATCH", len, step))
    }

    /// Scale and shift of a BatchNormalization, one of each for a channel.
    fn fold(&mut self, draft: &Draft, step: usize) -> Option<usize> {
        let affine = draft.epilogue.iter().find_map(|part| match part {
            Epilogue::Affine(node) => Some(*node),
            Epilogue::Activation(_) | Epilogue::Pool(_) | Epilogue::Sum => None,
        });
        let node = match draft.op {
            Op::BatchNormalization(_) => draft.node?,
            _ => affine?,
        };
        let Op::BatchNormalization(op) = &self.graph.nodes[node].op else { return None };
        let channels = &self.graph.nodes[node].input[op.axis];
        let len = Size::product([&Size::Known(2), channels]);
        Some(self.alone(node, "_FOLDED", len, step))
    }

    /// A region for one step only.
    fn alone(&mut self, node: usize, suffix: &str, len: Size, step: usize) -> usize {
        let name = constant(&self.graph.nodes[node].name, suffix);
        self.add(Region { name, len, first: step, last: step, within: None })
    }

    /// A region with a name of its own: `CONV2D_SCRATCH` may be a layer of the user's too.
    fn add(&mut self, mut region: Region) -> usize {
        while self.regions.iter().any(|other| other.name == region.name) {
            region.name.text.push('_');
        }
        self.regions.push(region);
        self.regions.len() - 1
    }
}

/// `CONV1` for `conv1`, with a suffix.
fn constant(name: &Name, suffix: &str) -> Name {
    name.renamed(name.text.to_uppercase() + suffix)
}
