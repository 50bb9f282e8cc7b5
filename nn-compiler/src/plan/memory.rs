//! Where each step reads and writes: the caller's input and output, and regions in between.

use proc_macro2::Ident;
use quote::{format_ident, quote};

use crate::layers::Op;
use crate::names;
use crate::plan::flow::Flow;
use crate::plan::fuse::Draft;
use crate::plan::homes::Homes;
use crate::plan::{Kind, Place, Region, Step};
use crate::shapes::dim::Dim;
use crate::shapes::{ShapedGraph, ValueId};

/// Gives every value a place, and every step what it needs beside.
pub fn place(graph: &ShapedGraph, flow: &Flow, homes: Homes, drafts: Vec<Draft>) -> Placed {
    let places = vec![None; flow.values.len()];
    let mut placer = Placer { graph, flow, homes, places, regions: Vec::new(), states: Vec::new() };
    placer.outside();
    let define = |(index, draft): (usize, Draft)| placer.step(draft, index);
    let steps: Vec<Step> = drafts.into_iter().enumerate().map(define).collect();
    let masks = placer.keep_masks(steps.len());
    Placed { steps, regions: placer.regions, masks, states: placer.states }
}

/// The steps with their memory.
pub struct Placed {
    pub steps: Vec<Step>,
    pub regions: Vec<Region>,
    /// The region with the mask of each output.
    pub masks: Vec<Option<usize>>,
    /// The parts of the state, by the names of their layers.
    pub states: Vec<(Ident, Dim)>,
}

struct Placer<'a> {
    graph: &'a ShapedGraph,
    flow: &'a Flow,
    homes: Homes,
    /// By the value that stands for a home.
    places: Vec<Option<Place>>,
    regions: Vec<Region>,
    states: Vec<(Ident, Dim)>,
}

impl Placer<'_> {
    /// The inputs and outputs: their memory is the caller's.
    fn outside(&mut self) {
        for (index, input) in self.graph.inputs.iter().enumerate() {
            self.places[self.homes.of(input.value)] = Some(Place::Input(index));
        }
        for (index, output) in self.flow.outputs.iter().enumerate() {
            self.places[self.homes.of(output.value)] = Some(Place::Output(index));
        }
    }

    /// The place of a value; its region lives at least up to this step.
    fn touch(&mut self, value: ValueId, index: usize) -> Place {
        let place = self.place_of(value, index);
        let mut region = match place {
            Place::Region(region) => Some(region),
            Place::Input(_) | Place::Output(_) => None,
        };
        while let Some(at) = region {
            self.regions[at].last = self.regions[at].last.max(index);
            region = self.regions[at].within.as_ref().map(|(whole, _)| *whole);
        }
        place
    }

    /// The place of a value: a region is made where it is first needed.
    fn place_of(&mut self, value: ValueId, index: usize) -> Place {
        let home = self.homes.of(value);
        if let Some(place) = self.places[home] {
            return place;
        }
        let within = self.homes.within[home].clone().and_then(|(whole, at)| match self.place_of(whole, index) {
            Place::Region(region) => Some((region, at)),
            Place::Input(_) | Place::Output(_) => None,
        });
        let last = self.homes.last[home];
        let name = names::constant(&self.flow.values[last].name, "");
        let len = self.flow.values[last].len.clone();
        let place = Place::Region(self.add(Region { name, len, first: index, last: index, within }));
        self.places[home] = Some(place);
        place
    }

    /// The regions of the outputs' masks: they stay until the end, since the caller may ask for them.
    fn keep_masks(&mut self, end: usize) -> Vec<Option<usize>> {
        let masks: Vec<Option<ValueId>> = self.flow.outputs.iter().map(|output| output.mask).collect();
        let mut place = |mask: ValueId| match self.touch(mask, end) {
            Place::Region(region) => Some(region),
            Place::Input(_) | Place::Output(_) => None,
        };
        masks.into_iter().map(|mask| mask.and_then(&mut place)).collect()
    }

    fn step(&mut self, draft: Draft, index: usize) -> Step {
        let Draft { kind, nodes, inputs, masks, outputs } = draft;
        let sources = inputs.into_iter().map(|value| self.touch(value, index)).collect();
        let masks = masks.into_iter().map(|mask| mask.map(|mask| self.touch(mask, index))).collect();
        let targets = outputs.into_iter().map(|value| value.map(|value| self.touch(value, index))).collect();
        let scratch = self.scratch(&kind).map(|(name, len)| self.alone(name, len, index));
        let fold = fold(self.graph, &kind).map(|(name, len)| self.alone(name, len, index));
        let state = self.state(&kind);
        Step { kind, nodes, sources, masks, targets, scratch, state, fold }
    }

    /// A part of the network's state, for a layer that carries something from call to call.
    fn state(&mut self, kind: &Kind) -> Option<usize> {
        let Kind::Alone { node, .. } = kind else { return None };
        let node = &self.graph.nodes[*node];
        let len = node.op.emit()?.state(node)?;
        self.states.push((names::constant(&node.name, ""), len));
        Some(self.states.len() - 1)
    }

    /// A region for one step only.
    fn alone(&mut self, name: Ident, len: Dim, step: usize) -> usize {
        self.add(Region { name, len, first: step, last: step, within: None })
    }

    /// A region with a name of its own: `CONV2D_SCRATCH` may be a layer of the user's too.
    fn add(&mut self, mut region: Region) -> usize {
        while self.regions.iter().any(|other| other.name == region.name) {
            region.name = format_ident!("{}_", region.name);
        }
        self.regions.push(region);
        self.regions.len() - 1
    }

    /// What a layer needs beside: a convolution packs its weights or pixels there, nn-core knows how much.
    fn scratch(&self, kind: &Kind) -> Option<(Ident, Dim)> {
        let dtype = self.graph.dtype.tokens();
        match kind {
            Kind::Conv2D { node, pool, bordered, .. } => {
                let shape = names::geometry(&self.graph.nodes[*node].name);
                let own = pool.is_some() || bordered.is_some();
                let destination = names::destination(&self.graph.nodes[*node].name, own);
                let Op::Conv2D(layer) = &self.graph.nodes[*node].op else { return None };
                let module = layer.module();
                let len = Dim::Const(quote!(#module::scratch_len::<#shape, #destination, #dtype>()));
                Some((constant(self.graph, *node, "_SCRATCH"), len))
            }
            Kind::Alone { node, .. } => {
                let len = self.graph.nodes[*node].op.emit()?.scratch(&self.graph.nodes[*node], &dtype)?;
                Some((constant(self.graph, *node, "_SCRATCH"), len))
            }
            _ => None,
        }
    }
}

/// `CONV1` for the node `conv1`.
fn constant(graph: &ShapedGraph, node: usize, suffix: &str) -> Ident {
    names::constant(&graph.nodes[node].name, suffix)
}

/// The elements of the input of a convolution with its zeros around it.
pub fn bordered_len(graph: &ShapedGraph, node: usize) -> Dim {
    let shape = names::geometry(&graph.nodes[node].name);
    let len = || -> Option<usize> {
        let Op::Conv2D(layer) = &graph.nodes[node].op else { return None };
        let [rows, columns, channels] = <[Dim; 3]>::try_from(graph.nodes[node].image()).ok()?;
        let mut len = channels.known()?;
        for (axis, size) in [rows, columns].into_iter().enumerate() {
            let size = size.known()?;
            let kernel = layer.kernel_size[axis].known()?;
            let (stride, dilation) = (layer.strides[axis].known()?, layer.dilation_rate[axis].known()?);
            let [before, after] = nn_shape::padding(layer.padding, size, kernel, stride, dilation);
            len *= before + size + after;
        }
        Some(len)
    };
    len().map_or_else(|| Dim::Const(quote!(rt::conv2d::bordered_len::<#shape>())), Dim::Known)
}

/// Scale and shift of a BatchNormalization, one of each for a channel.
fn fold(graph: &ShapedGraph, kind: &Kind) -> Option<(Ident, Dim)> {
    let node = match kind {
        Kind::Conv2D { fused, .. } | Kind::Dense { fused, .. } => fused.affine?,
        Kind::Affine { node } => *node,
        _ => return None,
    };
    let Op::BatchNormalization(layer) = &graph.nodes[node].op else { return None };
    let channels = graph.nodes[node].input[layer.axis].clone();
    Some((constant(graph, node, "_FOLDED"), Dim::product(&[Dim::Known(2), channels])))
}
