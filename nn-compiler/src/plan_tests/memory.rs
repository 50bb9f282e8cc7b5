//! Runs a plan on memory that remembers which element of which value lies where: each step must find what it reads, and
//! the outputs what they are.

use std::ops::Range;

use nn_graph::graph::ValueId;
use nn_graph::plan::alias::Aliases;
use nn_graph::plan::flow::Flow;
use nn_graph::plan::fuse::{self, Draft};
use nn_graph::plan::memory::Placed;
use nn_graph::plan::{Place, Region, Step};
use nn_graph::{Graph, Op};
use nn_shape::memory;

/// More regions than any network of these tests has.
const MOST_REGIONS: usize = 64;

/// What stands for a size that only the compiler can see.
const UNSEEN: usize = 24;

/// An element of a value.
type Element = (ValueId, usize);

/// The memory of a sample.
struct Machine<'a> {
    graph: &'a Graph,
    flow: &'a Flow,
    ranges: Vec<Range<usize>>,
    workspace: Vec<Option<Element>>,
    outputs: Vec<Vec<Option<Element>>>,
}

/// Checks a network's plan, and returns the length of its workspace and what is alive at most.
#[track_caller]
pub fn check(graph: &Graph) -> [usize; 2] {
    let mut flow = Flow::new(graph, Op::is_view);
    let drafts = fuse::fuse(graph, &mut flow);
    let (aliases, drafts) = Aliases::new(graph, &mut flow, drafts);
    let values: Vec<_> = drafts.iter().map(Values::of).collect();
    let Placed { steps, regions, masks, .. } = nn_graph::plan::memory::place(graph, &flow, aliases, drafts);
    let (ranges, len, least) = lay_out(&regions);
    let output = |value: ValueId| vec![None; flow.values[value].len.known().unwrap_or(UNSEEN)];
    let outputs = flow.outputs.iter().map(|known| output(known.value)).collect();
    let mut machine = Machine { graph, flow: &flow, ranges, workspace: vec![None; len], outputs };
    for (step, values) in steps.iter().zip(&values) {
        machine.run(step, values);
    }
    for (index, output) in flow.outputs.iter().enumerate() {
        assert_eq!(machine.outputs[index], machine.content(output.value), "the output {index}");
        assert_eq!(masks[index].is_some(), output.mask.is_some(), "the mask of the output {index}");
        if let (Some(region), Some(mask)) = (masks[index], output.mask) {
            machine.expect(Place::Region(region), mask, "after the last step");
        }
    }
    [len, least]
}

/// What a step reads and writes.
struct Values {
    inputs: Vec<ValueId>,
    masks: Vec<Option<ValueId>>,
    outputs: Vec<Option<ValueId>>,
    copy: bool,
}

impl Values {
    fn of(draft: &Draft) -> Self {
        let Draft { op, inputs, masks, outputs, .. } = draft;
        let copy = matches!(op, Op::Copy);
        Values { inputs: inputs.clone(), masks: masks.clone(), outputs: outputs.clone(), copy }
    }
}

/// Where the regions lie, the length of the whole, and what is alive at most.
fn lay_out(regions: &[Region]) -> (Vec<Range<usize>>, usize, usize) {
    let len = |region: &Region| region.len.known().unwrap_or(UNSEEN);
    let mut wholes = [memory::region(0, 0, 0); MOST_REGIONS];
    for (index, region) in regions.iter().enumerate().filter(|(_, region)| region.within.is_none()) {
        wholes[index] = memory::region(len(region), region.first, region.last);
    }
    let layout = memory::place(wholes);
    let mut ranges = Vec::new();
    for (index, region) in regions.iter().enumerate() {
        let range = match &region.within {
            None => layout.range(index),
            Some((whole, at)) => {
                let whole: &Range<usize> = &ranges[*whole];
                let part = memory::part(whole, at.known().expect("a size"), len(region));
                assert!(part.end <= whole.end, "{} ends behind its whole", region.name);
                part
            }
        };
        ranges.push(range);
    }
    (ranges, layout.len, memory::least(&wholes))
}

impl Machine<'_> {
    /// What a value is: its own elements, or those that it was made of by copying.
    fn content(&self, value: ValueId) -> Vec<Option<Element>> {
        if let Some(output) = self.flow.outputs.iter().find(|output| output.value == value)
            && let Some(from) = output.copy_of
        {
            return self.content(from);
        }
        let makes = |op: &Op| matches!(op, Op::Concatenate(op) if op.at.is_some());
        let made = self.graph.nodes.iter().find(|node| makes(&node.op) && self.flow.root(node.results[0]) == value);
        match made {
            Some(node) => node.inputs.iter().flat_map(|input| self.content(self.flow.root(input.value))).collect(),
            None => {
                let len = self.flow.values[value].len.known().unwrap_or(UNSEEN);
                (0..len).map(|index| Some((value, index))).collect()
            }
        }
    }

    fn run(&mut self, step: &Step, values: &Values) {
        let shown = format!("{:?} -> {:?}", values.inputs, values.outputs);
        let masks = step.masks.iter().zip(&values.masks).filter_map(|(place, mask)| Some(((*place)?, (*mask)?)));
        let sources = step.sources.iter().copied().zip(values.inputs.iter().copied()).chain(masks);
        let sources: Vec<(Place, ValueId)> = sources.collect();
        for &(place, value) in &sources {
            self.expect(place, value, &shown);
        }
        self.check_disjoint(step, &sources, &shown);
        for region in step.scratch.iter().chain(&step.fold) {
            self.workspace[self.ranges[*region].clone()].fill(None);
        }
        for (place, value) in step.targets.iter().zip(&values.outputs) {
            let (Some(place), Some(value)) = (*place, *value) else { continue };
            let content = if values.copy { self.content(values.inputs[0]) } else { self.content(value) };
            match place {
                Place::Region(region) => {
                    let range = self.ranges[region].clone();
                    assert_eq!(range.len(), content.len(), "the length of {shown}");
                    self.workspace[range].copy_from_slice(&content);
                }
                Place::Output(output) => self.outputs[output].copy_from_slice(&content),
                Place::Input(_) => panic!("{shown} overwrites an input of the network"),
                Place::Weight(_) => panic!("{shown} overwrites a weight"),
            }
        }
    }

    /// The regions of a step are borrowed at the same time, so they do not overlap; one that is read and written is one.
    fn check_disjoint(&self, step: &Step, sources: &[(Place, ValueId)], shown: &str) {
        let places = sources.iter().map(|(place, _)| *place).chain(step.targets.iter().flatten().copied());
        let regions = places.filter_map(|place| match place {
            Place::Region(region) => Some(region),
            Place::Input(_) | Place::Output(_) | Place::Weight(_) => None,
        });
        let mut regions: Vec<usize> = regions.chain(step.scratch).chain(step.fold).collect();
        regions.sort_unstable();
        regions.dedup();
        let mut ranges: Vec<&Range<usize>> = regions.iter().map(|region| &self.ranges[*region]).collect();
        ranges.sort_by_key(|range| range.start);
        assert!(ranges.is_sorted_by(|a, b| a.end <= b.start), "{shown} borrows the same memory twice: {ranges:?}");
    }

    fn expect(&self, place: Place, value: ValueId, shown: &str) {
        let content = self.content(value);
        match place {
            Place::Weight(node) => assert_eq!(self.graph.nodes[node].results, [value], "{shown}"),
            Place::Input(input) => assert_eq!(self.graph.inputs[input].value, value, "{shown}"),
            Place::Output(output) => assert!(self.outputs[output] == content, "{shown} does not find {value}"),
            Place::Region(region) => {
                let found = &self.workspace[self.ranges[region].clone()];
                assert!(found == content, "{shown} does not find {value}: {found:?}");
            }
        }
    }
}
