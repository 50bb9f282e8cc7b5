//! Graph → Program: what runs, in which order, and where its numbers lie.
//!
//! Inference runs fused steps: a convolution or a dense layer takes the bias, the BatchNormalization, the activation and the
//! pooling that follow it into its epilogue. Training runs operation by operation, since backward needs what lies between.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::graph::{Graph, Output, ValueId};
use crate::op::Op;
use crate::op::fusion::Epilogue;
use crate::size::Size;
use crate::source::Name;
use crate::stream::Stream;
use crate::weight::Regularizer;
use crate::{fold, layout};

pub mod alias;
pub mod flow;
pub mod fuse;
pub mod gradients;
pub mod memory;
pub mod training;

use alias::Aliases;
use flow::Flow;
pub use training::Training;

/// Everything that runs.
#[derive(Debug)]
pub struct Program {
    /// What it was made of.
    pub graph: Graph,
    /// The fused steps of inference, in order.
    pub steps: Vec<Step>,
    /// The regions of the workspace. They are placed when all of their sizes are known.
    pub regions: Vec<Region>,
    /// What is carried from one call to the next: the names of the layers, and the elements of each.
    pub states: Vec<(Name, Size)>,
    /// The program of one time step.
    pub stream: Option<Box<StreamProgram>>,
    /// The region with the mask of each output, where there is one.
    pub masks: Vec<Option<usize>>,
    /// The steps of training, in order.
    pub training: Training,
    /// What computes the penalties of values at inference, for the loss on samples that are not trained on.
    pub penalties: Option<Box<PenaltyProgram>>,
}

/// One fused step of inference.
#[derive(Debug)]
pub struct Step {
    /// What it computes.
    pub op: Op,
    /// The node whose shapes and weights it has; `None` for a copy.
    pub node: Option<usize>,
    /// What becomes of the results before they are stored, in order.
    pub epilogue: Vec<Epilogue>,
    /// The convolution for which it leaves zeros around its result.
    pub border: Option<usize>,
    /// The nodes that it computes, in order.
    pub nodes: Vec<usize>,
    /// Where it reads.
    pub sources: Vec<Place>,
    /// The masks that it reads, for each source.
    pub masks: Vec<Option<Place>>,
    /// Where it writes; `None` for a result that nobody takes.
    pub targets: Vec<Option<Place>>,
    /// The region for packed weights and the like, which this step alone needs.
    pub scratch: Option<usize>,
    /// Its part of the state.
    pub state: Option<usize>,
    /// The region for a BatchNormalization's scale and shift.
    pub fold: Option<usize>,
}

impl Step {
    /// The regions it reads or writes.
    pub fn regions(&self) -> impl Iterator<Item = usize> {
        let places = self.sources.iter().chain(self.masks.iter().flatten()).chain(self.targets.iter().flatten());
        let regions = places.filter_map(|place| match place {
            Place::Region(index) => Some(*index),
            Place::Input(_) | Place::Output(_) | Place::Weight(_) => None,
        });
        regions.chain(self.scratch).chain(self.fold)
    }

    /// The weights of a layer that reads each of them once for a sample, if they are many, or may be.
    pub fn wide(&self, graph: &Graph) -> Option<Size> {
        let (Op::Dense(_), Some(node)) = (&self.op, self.node) else { return None };
        let node = &graph.nodes[node];
        let weights = Size::product(node.input.iter().chain(&node.output));
        (node.input.len() == 1 && weights.known().is_none_or(nn_shape::is_wide)).then_some(weights)
    }

    /// Whether its first result lies where one of its inputs lay.
    pub fn in_place(&self) -> bool {
        self.sources.iter().any(|source| self.targets.first() == Some(&Some(*source)))
    }
}

/// Where a step reads or writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// An input of the network.
    Input(usize),
    /// An output of the network.
    Output(usize),
    /// A region of the workspace, by index.
    Region(usize),
    /// The weight of this node, which is a value by itself.
    Weight(usize),
}

/// One region of the workspace.
#[derive(Clone, Debug)]
pub struct Region {
    /// In capitals: it becomes a constant.
    pub name: Name,
    /// Its elements.
    pub len: Size,
    /// The first step that needs it.
    pub first: usize,
    /// The last step that needs it.
    pub last: usize,
    /// The region that it is a part of, and from which element on.
    pub within: Option<(usize, Size)>,
}

/// The program of one time step.
#[derive(Debug)]
pub struct StreamProgram {
    /// What runs in each step.
    pub program: Program,
    /// How many of the first outputs the whole network does not have.
    pub latency: Size,
    /// How many steps of the input an output depends on; `None` if all that have been.
    pub receptive_field: Option<Size>,
    /// The program of a block of steps, whose states are those of one; `None` if steps run one by one.
    pub block: Option<BlockProgram>,
}

/// The program of a block of time steps.
#[derive(Debug)]
pub struct BlockProgram {
    /// What runs in each block.
    pub program: Program,
    /// How many steps it has.
    pub steps: usize,
}

/// The network up to the values that penalties are for, which are its outputs: inference itself knows nothing of them.
#[derive(Debug)]
pub struct PenaltyProgram {
    /// What computes the values.
    pub program: Program,
    /// The penalty of each output, in order.
    pub penalties: Vec<Regularizer>,
}

/// Plans a network, and its time step and block of steps if it is streamed. Nothing can fail any more.
pub fn plan(mut graph: Graph, stream: Option<Stream>) -> Program {
    fold::fold(&mut graph);
    layout::settle(&mut graph);
    let stream = stream.map(|stream| {
        let Stream { graph, latency, receptive_field, block } = stream;
        let block = block.map(|(graph, steps)| BlockProgram { program: plan(graph, None), steps });
        Box::new(StreamProgram { program: plan(graph, None), latency, receptive_field, block })
    });
    let penalties = penalized(&graph).map(|(graph, penalties)| {
        let program = steps(graph, None, None);
        Box::new(PenaltyProgram { program, penalties })
    });
    steps(graph, stream, penalties)
}

/// Plans a network whose changes of order have been moved.
fn steps(graph: Graph, stream: Option<Box<StreamProgram>>, penalties: Option<Box<PenaltyProgram>>) -> Program {
    let mut flow = Flow::new(&graph, Op::is_view);
    let drafts = fuse::fuse(&graph, &mut flow);
    let (aliases, drafts) = Aliases::new(&graph, &mut flow, drafts);
    let placed = memory::place(&graph, &flow, aliases, drafts);
    let training = training::plan(&graph);
    let memory::Placed { steps, regions, masks, states } = placed;
    Program { graph, steps, regions, masks, states, stream, training, penalties }
}

/// The part of a network that computes the values that penalties are for, and these penalties; `None` without any.
fn penalized(graph: &Graph) -> Option<(Graph, Vec<Regularizer>)> {
    let penalties = graph.nodes.iter().filter_map(|node| match node.op {
        Op::Penalty(regularizer) => Some((node, regularizer)),
        _ => None,
    });
    let outputs =
        penalties.clone().map(|(node, _)| Output { name: node.name.clone(), value: node.inputs[0].value, mask: None });
    let outputs: Vec<Output> = outputs.collect();
    let mut read: Vec<ValueId> = outputs.iter().map(|output| output.value).collect();
    let mut nodes = Vec::new();
    for node in graph.nodes.iter().rev() {
        if node.results.iter().any(|result| read.contains(result)) {
            read.extend(node.inputs.iter().map(|input| input.value).chain(node.masks.iter().flatten().copied()));
            nodes.push(node.clone());
        }
    }
    nodes.reverse();
    let penalties: Vec<Regularizer> = penalties.map(|(_, regularizer)| regularizer).collect();
    (!outputs.is_empty()).then(|| (Graph { outputs, nodes, fields: Vec::new(), ..graph.clone() }, penalties))
}

impl Program {
    /// The steps and the regions as text, for people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (index, step) in self.steps.iter().enumerate() {
            let nodes = self.layers(step);
            let sources: Vec<_> = step.sources.iter().map(|place| self.place(*place)).collect();
            let targets: Vec<_> = step.targets.iter().flatten().map(|place| self.place(*place)).collect();
            text += &format!("step {index}: {}: {} -> {}\n", nodes.join(" + "), sources.join(", "), targets.join(", "));
        }
        for region in &self.regions {
            let len = region.len.known().map_or("sized by the compiler".to_string(), |len| format!("{len} elements"));
            let within = region.within.as_ref().map(|(whole, _)| format!(", inside of {}", self.regions[*whole].name));
            let within = within.unwrap_or_default();
            text += &format!("region {}: {len}, steps {} to {}{within}\n", region.name, region.first, region.last);
        }
        text
    }

    /// The names of the layers of a step; of the node where it is only a part of a layer.
    fn layers(&self, step: &Step) -> Vec<String> {
        let nodes = || step.nodes.iter().map(|&node| &self.graph.nodes[node]);
        let layers: Vec<String> =
            nodes().filter(|node| node.layer.is_some()).map(|node| node.name.to_string()).collect();
        if layers.is_empty() { nodes().map(|node| node.name.to_string()).collect() } else { layers }
    }

    fn place(&self, place: Place) -> String {
        match place {
            Place::Input(index) => self.graph.inputs[index].name.to_string(),
            Place::Output(index) => self.graph.outputs[index].name.to_string(),
            Place::Region(index) => self.regions[index].name.to_string(),
            Place::Weight(node) => self.graph.nodes[node].name.to_string(),
        }
    }
}
