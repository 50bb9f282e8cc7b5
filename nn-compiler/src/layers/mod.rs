//! The layers, as the macro sees them: one file each, named as in nn-core, and the table that lists them.

pub mod activation;
pub mod args;
pub mod batch_normalization;
pub mod concatenate;
pub mod conv1d;
pub mod conv2d;
pub mod dense;
pub mod depthwise_conv;
pub mod dot;
pub mod dropout;
pub mod embedding;
pub mod emit;
pub mod flatten;
pub mod global_pool1d;
pub mod global_pool2d;
pub mod input;
pub mod inset;
pub mod later;
pub mod masking;
pub mod merge;
pub mod multi_head_attention;
pub mod normalization;
pub mod options;
pub mod permute;
pub mod pool1d;
pub mod pool2d;
pub mod prelu;
pub mod recurrent;
pub mod repeat_vector;
pub mod reshape;
pub mod separable_conv;
pub mod sizes;
pub mod softmax;
pub mod space;
pub mod time_distributed;
pub mod up_sampling;
pub mod values;

use std::rc::Rc;

use crate::shapes::Operand;
use crate::shapes::dim::{Dim, Shape};
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site};
use args::Args;
use options::Param;

/// One layer of a network, its arguments checked.
pub trait Layer {
    /// What becomes of it on these inputs, or why that cannot be.
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem>;

    /// Which masks of its inputs the layer reads, and which it gives to its results. Most layers lose them.
    fn masks(&self, _inputs: &[Operand], _masks: &[Option<Mask>]) -> Masked {
        Masked::default()
    }

    /// The shape of the output where it does not depend on the input: so that the search for mistakes
    /// goes on after a layer that has none.
    fn certain_output(&self) -> Option<Shape> {
        None
    }
}

/// A layer in its place.
pub struct Placed {
    /// The shapes of its results: most layers have one.
    pub outputs: Vec<Shape>,
    /// Where the layer sees other inputs than it was called with: which of those, for each; `x` alone may be query, value
    /// and key.
    pub roles: Option<Vec<usize>>,
    /// What tells further results from the first: `h` and `c` of an LSTM.
    pub suffixes: &'static [&'static str],
    /// The weights, in Keras' order.
    pub params: Vec<Param>,
    /// Multiply-adds for one sample.
    pub macs: Dim,
    pub op: Op,
}

impl Placed {
    /// A layer without weights, that multiplies nothing.
    pub fn new(output: Shape, op: Op) -> Self {
        Placed { outputs: vec![output], roles: None, suffixes: &[], params: Vec::new(), macs: Dim::Known(0), op }
    }
}

/// A layer in the eyes of the plan: what can be fused with what.
#[derive(Clone)]
pub enum Op {
    /// Takes time and can end in an epilogue: bias, scale and shift, activation, pooling.
    Conv2D(conv2d::Conv2D),
    /// The same without pooling.
    Dense(dense::Dense),
    Pool2D(pool2d::Pool2D),
    BatchNormalization(batch_normalization::BatchNormalization),
    /// An elementwise function.
    Activation(activation::Function),
    Softmax(softmax::Softmax),
    Dropout(dropout::Dropout),
    /// The same numbers in another shape: Flatten, Reshape, linear.
    View,
    /// The inputs one behind another in memory, each from the element `at` on: the plan may let them be written there.
    Concatenate {
        at: Vec<Dim>,
        layer: Rc<dyn emit::Emit>,
    },
    /// Any other layer: a step of its own, in inference and in training.
    Alone(Rc<dyn emit::Emit>),
}

/// A kind of layer: what it is called, which arguments it takes, and how they are read.
pub struct Entry {
    /// The class, as Keras spells it, and the names users may write, that one first.
    pub names: &'static [&'static str],
    pub positional: Positional,
    /// The options by families.
    pub options: &'static [&'static [&'static str]],
    pub read: fn(&mut Args) -> Rc<dyn Layer>,
}

/// What stands between `<` and `>` without a name.
pub enum Positional {
    /// These, in this order; the first `required` ones must be there.
    Named { names: &'static [&'static str], required: usize },
    /// Any number of sizes.
    Sizes,
}

impl Positional {
    pub const NONE: Positional = Positional::Named { names: &[], required: 0 };

    /// The names; none for sizes.
    pub fn names(&self) -> &'static [&'static str] {
        match self {
            Positional::Named { names, .. } => names,
            Positional::Sizes => &[],
        }
    }
}

impl Entry {
    /// `MaxPooling2D` for `MaxPool2D`.
    pub fn class(&self) -> &'static str {
        self.names[0]
    }

    /// `MaxPool2D`, where Keras has two names.
    pub fn short_name(&self) -> &'static str {
        self.names.iter().min_by_key(|name| name.len()).unwrap_or(&self.names[0])
    }

    /// All options, the positional arguments' names included.
    pub fn option_names(&self) -> impl Iterator<Item = &'static str> {
        self.options.iter().copied().flatten().chain(self.positional.names()).copied()
    }
}

/// All layers that are built.
const TABLES: &[&[Entry]] = &[
    &[
        dense::ENTRY,
        conv1d::ENTRY,
        conv2d::ENTRY,
        batch_normalization::ENTRY,
        dropout::ENTRY,
        flatten::ENTRY,
        reshape::ENTRY,
        permute::ENTRY,
        repeat_vector::ENTRY,
    ],
    up_sampling::ENTRIES,
    inset::ENTRIES,
    pool1d::ENTRIES,
    pool2d::ENTRIES,
    global_pool1d::ENTRIES,
    global_pool2d::ENTRIES,
    activation::ENTRIES,
    softmax::ENTRIES,
    &[prelu::ENTRY],
    recurrent::ENTRIES,
    &[recurrent::bidirectional::ENTRY, time_distributed::ENTRY, concatenate::ENTRY, embedding::ENTRY, masking::ENTRY],
    merge::ENTRIES,
    normalization::ENTRIES,
    &[multi_head_attention::ENTRY],
    &[dot::ENTRY],
    depthwise_conv::ENTRIES,
    separable_conv::ENTRIES,
];

/// All layers that are built.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    TABLES.iter().copied().flatten()
}

/// The layer of this name.
pub fn find(name: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.names.contains(&name))
}

/// The layers that have an option, as users call them.
pub fn layers_with(option: &str) -> Vec<&'static str> {
    let built = entries().filter(|entry| entry.option_names().any(|name| name == option)).map(Entry::short_name);
    built.chain(later::layers_with(option)).collect()
}

#[cfg(test)]
mod tests;
