//! A program of inference, prepared: what each step calls, and where it reads and writes.

use std::ops::Range;

use nn_core::Element;
use nn_core::rt::Simd;
use nn_graph::Program;
use nn_graph::plan::{Place, Region, Step};
use nn_graph::size::Measure;
use nn_shape::memory;

use crate::data::Data;
use crate::memory::{Layout, Reused, ReusedMut, cut};
use crate::ops::{Ids, Infer, Operation, weight_range};
use crate::sizes;
use nn_core::Param;

/// The steps of inference, or of one time step.
#[derive(Debug)]
pub(crate) struct Stage<T: 'static> {
    instructions: Vec<Instruction<T>>,
    /// The elements of the workspace.
    pub(crate) len: usize,
    /// The elements of the state.
    pub(crate) state_len: usize,
    /// Where the workspace holds the mask of each output.
    pub(crate) masks: Vec<Option<Range<usize>>>,
    /// The elements of each input and each output of the network.
    ends: [Vec<usize>; 2],
    /// The most parts, inputs and results that a step has.
    most: usize,
}

/// One step.
#[derive(Debug)]
struct Instruction<T: 'static> {
    operation: Operation<T>,
    /// The parts of the workspace that it needs, ascending.
    parts: Vec<Range<usize>>,
    /// The outputs of the network that it needs, ascending: they are counted behind the parts.
    results: Vec<usize>,
    inputs: Vec<Source>,
    masks: Vec<Option<Source>>,
    /// Where the weights lie that are inputs.
    weights: Vec<Range<usize>>,
    /// By the numbers of parts.
    outputs: Vec<Option<usize>>,
    scratch: Option<usize>,
    fold: Option<usize>,
    state: Range<usize>,
}

/// Where a step reads.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// An input of the network.
    Input(usize),
    /// One of the step's parts.
    Part(usize),
    /// One of the network's weights, by its place in this list.
    Weight(usize),
}

/// The memory that a run needs beside the numbers: lists that are filled anew in each step.
#[derive(Debug)]
pub(crate) struct Lists<T: 'static> {
    parts: ReusedMut<T>,
    outputs: ReusedMut<T>,
    inputs: Reused<[T]>,
    masks: Reused<[T]>,
}

impl<T> Lists<T> {
    fn with_capacity(most: usize) -> Self {
        Lists {
            parts: ReusedMut::with_capacity(most),
            outputs: ReusedMut::with_capacity(most),
            inputs: Reused::with_capacity(most),
            masks: Reused::with_capacity(most),
        }
    }
}

/// A sample on its way through the steps. Everything has the length that the network says.
pub(crate) struct Sample<'a, 'o, T: 'static> {
    /// All weights of the network.
    pub(crate) weights: &'a [T],
    pub(crate) inputs: &'a [Data<'a, T>],
    pub(crate) state: &'a mut [T],
    pub(crate) memory: &'a mut [T],
    pub(crate) lists: &'a mut Lists<T>,
    pub(crate) outputs: &'a mut [&'o mut [T]],
    /// Which of those is meant that inputs and outputs have one after another.
    pub(crate) index: usize,
}

/// Where the parts of the state lie, and the elements of all.
pub(crate) fn states(program: &Program, measure: &impl Fn(&Measure) -> usize) -> (Vec<Range<usize>>, usize) {
    let mut end = 0;
    let part = |(_, len): &(nn_graph::Name, nn_graph::Size)| {
        let start = end;
        end += sizes::number(len, measure);
        start..end
    };
    (program.states.iter().map(part).collect(), end)
}

impl<T: Element> Stage<T> {
    /// Prepares the steps of a program for elements of a type.
    pub(crate) fn new(program: &Program, params: &[Param]) -> Self {
        Self::within(program, program, params)
    }

    /// The same for a program whose state is that of a whole network, of which it has some layers.
    pub(crate) fn within(program: &Program, whole: &Program, params: &[Param]) -> Self {
        let operations: Vec<Operation<T>> =
            program.steps.iter().map(|step| Operation::of_step(program, step, params)).collect();
        // What a kernel says of its node; a step that only puts zeros around its input says 0.
        let measure = |measure: &Measure| {
            let of_node = program.steps.iter().zip(&operations).filter(|(step, _)| step.node == Some(measure.node));
            of_node.map(|(_, operation)| operation.measure(measure.what)).max().unwrap_or(0)
        };
        let lens: Vec<usize> = program.regions.iter().map(|region| sizes::number(&region.len, &measure)).collect();
        let layout = layout(&program.regions, &lens, &measure);
        let (all, state_len) = states(whole, &measure);
        let place = |(name, _): &(nn_graph::Name, nn_graph::Size)| {
            let place = whole.states.iter().position(|(other, _)| other.text == name.text);
            place.map_or(0..0, |place| all[place].clone())
        };
        let states: Vec<Range<usize>> = program.states.iter().map(place).collect();
        let instructions: Vec<Instruction<T>> = program
            .steps
            .iter()
            .zip(operations)
            .map(|(step, operation)| {
                let range = |node: usize| weight_range(params, &program.graph.nodes[node]);
                Instruction::new(step, operation, &layout, &states, range)
            })
            .collect();
        let most = instructions.iter().map(|i| i.parts.len() + i.results.len() + i.inputs.len()).max().unwrap_or(0);
        let masks = program.masks.iter().map(|mask| mask.map(|region| layout.ranges[region].clone())).collect();
        let elements = |value: usize| sizes::all(&program.graph.values[value].shape).iter().product();
        let inputs = program.graph.inputs.iter().map(|input| elements(input.value));
        let outputs = program.graph.outputs.iter().map(|output| elements(output.value));
        let ends = [inputs.collect(), outputs.collect()];
        Stage { instructions, len: layout.len, state_len, masks, ends, most }
    }

    /// The lists for its steps.
    pub(crate) fn lists(&self) -> Lists<T> {
        Lists::with_capacity(self.most)
    }

    /// The lists for its steps and those of another.
    pub(crate) fn lists_with(&self, other: &Self) -> Lists<T> {
        Lists::with_capacity(self.most.max(other.most))
    }

    /// Runs all steps.
    pub(crate) fn run<S: Simd>(&self, simd: S, mut sample: Sample<'_, '_, T>) {
        for instruction in &self.instructions {
            instruction.run(simd, &self.ends, &mut sample);
        }
    }
}

/// Places the regions; one that lies in another has its place there.
fn layout(regions: &[Region], lens: &[usize], measure: &impl Fn(&Measure) -> usize) -> Layout {
    let alone: Vec<usize> = (0..regions.len()).filter(|index| regions[*index].within.is_none()).collect();
    let lives: Vec<memory::Region> =
        alone.iter().map(|&index| memory::region(lens[index], regions[index].first, regions[index].last)).collect();
    let packed = Layout::new(&lives);
    let mut ranges: Vec<Option<Range<usize>>> = vec![None; regions.len()];
    for (&index, range) in alone.iter().zip(packed.ranges) {
        ranges[index] = Some(range);
    }
    // A whole may come behind its part in the list, and be part of another.
    for _ in 0..regions.len() {
        for index in 0..regions.len() {
            if let (None, Some((whole, at))) = (&ranges[index], &regions[index].within) {
                let at = sizes::number(at, measure);
                ranges[index] = ranges[*whole].as_ref().map(|whole| memory::part(whole, at, lens[index]));
            }
        }
        if ranges.iter().all(Option::is_some) {
            break;
        }
    }
    Layout { ranges: ranges.into_iter().map(Option::unwrap_or_default).collect(), len: packed.len }
}

impl<T: Element> Instruction<T> {
    fn new(
        step: &Step,
        operation: Operation<T>,
        layout: &Layout,
        states: &[Range<usize>],
        range: impl Fn(usize) -> Range<usize>,
    ) -> Self {
        let mut regions: Vec<usize> = step.regions().collect();
        regions.sort_by_key(|region| (layout.ranges[*region].start, *region));
        regions.dedup();
        let places = || step.sources.iter().chain(step.masks.iter().flatten()).chain(step.targets.iter().flatten());
        let mut results: Vec<usize> = places()
            .filter_map(|place| match place {
                Place::Output(index) => Some(*index),
                Place::Input(_) | Place::Region(_) | Place::Weight(_) => None,
            })
            .collect();
        results.sort_unstable();
        results.dedup();
        let nodes = places().filter_map(|place| match place {
            Place::Weight(node) => Some(*node),
            Place::Input(_) | Place::Output(_) | Place::Region(_) => None,
        });
        let nodes: Vec<usize> = nodes.collect();
        let part = |region: usize| regions.iter().position(|other| *other == region);
        let place = |place: &Place| match place {
            Place::Input(index) => Some(Source::Input(*index)),
            Place::Output(index) => {
                results.iter().position(|other| other == index).map(|at| Source::Part(regions.len() + at))
            }
            Place::Region(region) => part(*region).map(Source::Part),
            Place::Weight(node) => nodes.iter().position(|other| other == node).map(Source::Weight),
        };
        let target = |target: &Place| match place(target) {
            Some(Source::Part(part)) => Some(part),
            Some(Source::Input(_) | Source::Weight(_)) | None => None,
        };
        Instruction {
            inputs: step.sources.iter().filter_map(place).collect(),
            masks: step.masks.iter().map(|mask| mask.as_ref().and_then(place)).collect(),
            weights: nodes.iter().map(|node| range(*node)).collect(),
            outputs: step.targets.iter().map(|output| output.as_ref().and_then(target)).collect(),
            scratch: step.scratch.and_then(part),
            fold: step.fold.and_then(part),
            state: step.state.map_or(0..0, |state| states[state].clone()),
            parts: regions.iter().map(|region| layout.ranges[*region].clone()).collect(),
            results,
            operation,
        }
    }

    fn run<S: Simd>(&self, simd: S, ends: &[Vec<usize>; 2], sample: &mut Sample<'_, '_, T>) {
        let Sample { weights, inputs: network_inputs, state, memory, lists, outputs: network_outputs, index: at } =
            sample;
        let place = |end: usize, index: usize| {
            let len = ends[end].get(index).copied().unwrap_or(0);
            *at * len..(*at + 1) * len
        };
        let input = |index: usize| network_inputs.get(index).map(|data| data.part(place(0, index)));
        let mut parts = lists.parts.take();
        cut(memory, &self.parts, &mut parts);
        let used = network_outputs.iter_mut().enumerate().filter(|(index, _)| self.results.contains(index));
        parts.extend(used.map(|(index, output)| output.get_mut(place(1, index))));
        let mut take = |part: Option<usize>| part.and_then(|part| parts.get_mut(part)).and_then(Option::take);
        let mut outputs = lists.outputs.take();
        outputs.extend(self.outputs.iter().map(|output| take(*output)));
        let (scratch, fold) = (take(self.scratch).unwrap_or_default(), take(self.fold).unwrap_or_default());
        let read = |source: Source| match source {
            Source::Input(index) => input(index).map_or(&[][..], |data| data.real()),
            // Nothing is left where the operation works in place.
            Source::Weight(index) => {
                let range = self.weights.get(index).cloned().unwrap_or(0..0);
                weights.get(range).unwrap_or_default()
            }
            Source::Part(part) => parts.get(part).and_then(|part| part.as_deref()).unwrap_or_default(),
        };
        let ids = match self.inputs.first() {
            Some(Source::Input(index)) => input(*index).map_or(Ids::None, |data| data.ids()),
            Some(Source::Part(_) | Source::Weight(_)) | None => Ids::None,
        };
        let mut inputs = lists.inputs.take();
        inputs.extend(self.inputs.iter().map(|source| read(*source)));
        let mut masks = lists.masks.take();
        masks.extend(self.masks.iter().map(|mask| mask.map_or(&[][..], read)));
        let state = state.get_mut(self.state.clone()).unwrap_or_default();
        self.operation.infer(
            simd,
            Infer { weights, inputs: &inputs, ids, masks: &masks, outputs: &mut outputs, scratch, state, fold },
        );
        lists.inputs.put(inputs);
        lists.masks.put(masks);
        lists.outputs.put(outputs);
        lists.parts.put(parts);
    }
}
