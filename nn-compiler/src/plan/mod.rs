//! ShapedGraph → Plan: what runs, in which order, and where its numbers lie.
//!
//! Inference runs fused steps: a convolution or a dense layer takes the bias, the
//! BatchNormalization, the activation and the pooling that follow it into its epilogue. Training runs
//! layer by layer, since backward needs what lies between.

pub mod flow;
mod fuse;
pub mod gradients;
mod homes;
mod memory;
pub mod training;

use proc_macro2::Ident;

use crate::layers::activation::Function;
use crate::shapes::ShapedGraph;
use crate::shapes::dim::Dim;
use crate::shapes::stream::Stream;
use flow::Flow;
pub use fuse::around;
use homes::Homes;
pub use training::Training;

/// Everything that codegen has to write down.
pub struct Plan {
    pub graph: ShapedGraph,
    /// The fused steps of inference, in order.
    pub steps: Vec<Step>,
    /// The regions of the workspace; the compiler places them when it knows all their sizes.
    pub regions: Vec<Region>,
    /// What is carried from one call to the next: the names of the layers, and the elements of each.
    pub states: Vec<(Ident, Dim)>,
    /// The plan of one time step, for `#[stream]`.
    pub stream: Option<Box<StreamPlan>>,
    /// The region with the mask of each output, where there is one.
    pub masks: Vec<Option<usize>>,
    /// The steps of training, in order.
    pub training: Training,
}

/// One fused step of inference.
pub struct Step {
    pub kind: Kind,
    /// Indices of the nodes it computes, in order.
    pub nodes: Vec<usize>,
    pub sources: Vec<Place>,
    /// The masks that it reads, for each source.
    pub masks: Vec<Option<Place>>,
    /// `None` for a result that nobody takes.
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
            Place::Input(_) | Place::Output(_) => None,
        });
        regions.chain(self.scratch).chain(self.fold)
    }

    /// The weights of a layer that reads each of them once for a sample, if they are many, or may be.
    pub fn wide(&self, graph: &ShapedGraph) -> Option<Dim> {
        let Kind::Dense { node, .. } = &self.kind else { return None };
        let node = &graph.nodes[*node];
        let weights = Dim::product(node.input.iter().chain(&node.output));
        (node.input.len() == 1 && weights.known().is_none_or(nn_shape::is_wide)).then_some(weights)
    }
}

/// What a step computes. Indices are those of nodes.
pub enum Kind {
    Conv2D {
        node: usize,
        fused: Fused,
        pool: Option<usize>,
        bordered: Option<usize>,
    },
    Dense {
        node: usize,
        fused: Fused,
    },
    Pool2D {
        node: usize,
        activation: Option<Function>,
        bordered: Option<usize>,
    },
    /// A BatchNormalization that no layer before it could take in.
    Affine {
        node: usize,
    },
    /// In place, if source and target are the same.
    Activation {
        function: Function,
    },
    /// A layer that nothing is fused with.
    Alone {
        node: usize,
        activation: Option<Function>,
    },
    Softmax {
        axes: [Dim; 3],
        log: bool,
    },
    /// Zeros around the input of the convolution `for_node`.
    Pad {
        for_node: usize,
    },
    /// The inputs one behind another.
    Concatenate {
        node: usize,
    },
    /// What lies elsewhere and is needed here.
    Copy,
}

/// What a convolution or a dense layer does before it stores.
#[derive(Default)]
pub struct Fused {
    /// The BatchNormalization that became a scale and a shift.
    pub affine: Option<usize>,
    pub activation: Option<Function>,
    /// After the pooling.
    pub after_pool: Option<Function>,
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
}

/// One region of the workspace.
#[derive(Clone)]
pub struct Region {
    /// The constant that names it in the expansion.
    pub name: Ident,
    pub len: Dim,
    pub first: usize,
    pub last: usize,
    /// The region that it is a part of, and from which element on.
    pub within: Option<(usize, Dim)>,
}

/// The plan of one time step.
pub struct StreamPlan {
    pub plan: Plan,
    pub latency: Dim,
    pub receptive_field: Option<Dim>,
}

/// Makes the plan; nothing can fail any more.
pub fn plan(mut graph: ShapedGraph) -> Plan {
    let stream = graph.stream.take().map(|stream| {
        let Stream { graph, latency, receptive_field } = *stream;
        Box::new(StreamPlan { plan: plan(graph), latency, receptive_field })
    });
    let mut flow = Flow::new(&graph, fuse::is_view);
    let drafts = fuse::fuse(&graph, &mut flow);
    let (homes, drafts) = Homes::new(&graph, &mut flow, drafts);
    let placed = memory::place(&graph, &flow, homes, drafts);
    let training = training::plan(&graph);
    let memory::Placed { steps, regions, masks, states } = placed;
    Plan { graph, steps, regions, masks, states, stream, training }
}

impl Plan {
    /// Prints the plan of each network while it compiles, where the environment variable `NN_DUMP` is set.
    pub fn dump(&self) {
        if std::env::var_os("NN_DUMP").is_some() {
            let name = self.graph.name.as_ref().map_or("anonymous network".to_string(), Ident::to_string);
            eprintln!("plan of {name}\n{}", self.text());
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (index, step) in self.steps.iter().enumerate() {
            let nodes: Vec<_> = step.nodes.iter().map(|&node| self.graph.nodes[node].name.to_string()).collect();
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

    fn place(&self, place: Place) -> String {
        match place {
            Place::Input(index) => self.graph.inputs[index].name.to_string(),
            Place::Output(index) => self.graph.outputs[index].name.to_string(),
            Place::Region(index) => self.regions[index].name.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
