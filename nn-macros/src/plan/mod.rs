//! ShapedGraph → Plan: what runs, in which order, and where its numbers lie.
//!
//! Inference runs fused steps: a convolution or a dense layer takes the bias, the
//! BatchNormalization, the activation and the pooling that follow it into its epilogue. Training runs
//! layer by layer, since backward needs what lies between.

mod fuse;
mod memory;
pub mod training;

use proc_macro2::Ident;

use crate::layers::activation::Function;
use crate::shapes::ShapedGraph;
use crate::shapes::dim::Dim;
pub use fuse::around;
pub use training::Training;

/// Everything that codegen has to write down.
pub struct Plan {
    pub graph: ShapedGraph,
    /// The fused steps of inference, in order.
    pub steps: Vec<Step>,
    /// The regions of the workspace; the compiler places them when it knows all their sizes.
    pub regions: Vec<Region>,
    /// The steps of training, in order.
    pub training: Training,
}

/// One fused step of inference.
pub struct Step {
    pub kind: Kind,
    /// Indices of the nodes it computes, in order.
    pub nodes: Vec<usize>,
    pub source: Place,
    pub target: Place,
    /// The region for packed weights and the like, which this step alone needs.
    pub scratch: Option<usize>,
    /// The region for a BatchNormalization's scale and shift.
    pub fold: Option<usize>,
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
    },
    Softmax {
        axes: [Dim; 3],
        log: bool,
    },
    /// Zeros around the input of the convolution `for_node`.
    Pad {
        for_node: usize,
    },
    /// The output is the input: no step has computed anything.
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
    Input,
    Output,
    /// A region of the workspace, by index.
    Region(usize),
}

/// One region of the workspace.
pub struct Region {
    /// The constant that names it in the expansion.
    pub name: Ident,
    pub len: Dim,
    pub first: usize,
    pub last: usize,
}

/// Makes the plan; nothing can fail any more.
pub fn plan(graph: ShapedGraph) -> Plan {
    let drafts = fuse::fuse(&graph);
    let (steps, regions) = memory::place(&graph, drafts);
    let training = training::plan(&graph);
    Plan { graph, steps, regions, training }
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
            let (source, target) = (self.place(step.source), self.place(step.target));
            text += &format!("step {index}: {}: {source} -> {target}\n", nodes.join(" + "));
        }
        for region in &self.regions {
            let len = region.len.known().map_or("sized by the compiler".to_string(), |len| format!("{len} elements"));
            text += &format!("region {}: {len}, steps {} to {}\n", region.name, region.first, region.last);
        }
        text
    }

    fn place(&self, place: Place) -> String {
        match place {
            Place::Input => "input".to_string(),
            Place::Output => "output".to_string(),
            Place::Region(index) => self.regions[index].name.to_string(),
        }
    }
}
