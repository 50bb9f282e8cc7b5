//! The graph: operations on values, in order of execution.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::op::Op;
use crate::size::{self, Shape, Size};
use crate::source::{Name, SourceId};
use crate::weight::Param;

/// A network whose shapes fit: what plans start from.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The type of weights and activations.
    pub dtype: Dtype,
    /// In the order of the signature; a chain has one.
    pub inputs: Vec<Input>,
    /// In the order of the signature; a chain has one.
    pub outputs: Vec<Output>,
    /// All that is computed, the inputs included.
    pub values: Vec<Value>,
    /// In order of execution.
    pub nodes: Vec<Node>,
    /// The nodes that own weights, in the order of the fields, which is Keras'.
    pub fields: Vec<usize>,
}

impl Graph {
    /// The nodes that own weights, in the order of the fields.
    pub fn owners(&self) -> impl Iterator<Item = &Node> {
        self.fields.iter().map(|node| &self.nodes[*node])
    }

    /// The weights with their names in files, in the order of the fields.
    pub fn params(&self) -> impl Iterator<Item = (String, &Param)> {
        self.owners().flat_map(|node| node.params.iter().map(|param| (node.full_name(param), param)))
    }

    /// The place in [`Graph::inputs`] of the input that a value is, as it is or in another shape.
    pub fn input_of(&self, mut value: ValueId) -> Option<usize> {
        loop {
            if let Some(place) = self.inputs.iter().position(|input| input.value == value) {
                return Some(place);
            }
            let node = self.nodes.iter().find(|node| matches!(node.op, Op::View) && node.results.contains(&value))?;
            value = node.inputs.first()?.value;
        }
    }

    /// How often a value is read, as an output of the network or as a mask too.
    pub fn readers(&self, value: ValueId) -> usize {
        let by_nodes = self
            .nodes
            .iter()
            .flat_map(|node| node.inputs.iter().map(|input| input.value).chain(node.masks.iter().flatten().copied()));
        let outputs = self.outputs.iter().flat_map(|output| [Some(output.value), output.mask]).flatten();
        by_nodes.chain(outputs).filter(|read| *read == value).count()
    }

    /// Whether it can be trained: not where the steps of a `TimeDistributed` wait for one another, since training takes them
    /// at once.
    pub fn trains(&self) -> bool {
        let waits = |node: &Node| matches!(&node.op, Op::Each(each) if each.op.state(0).is_some());
        !self.nodes.iter().any(waits)
    }

    /// The layers that stand in the source, each with the node that has its weights.
    pub fn layers(&self) -> impl Iterator<Item = (&Node, &Layer)> {
        self.nodes.iter().filter_map(|node| Some((node, node.layer.as_ref()?)))
    }
}

/// The element type of weights and activations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dtype {
    /// `f32`.
    F32,
    /// `f64`.
    F64,
}

impl Dtype {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Dtype); 2] = [("f32", Dtype::F32), ("f64", Dtype::F64)];

    /// The bytes of an element.
    pub fn bytes(self) -> usize {
        match self {
            Dtype::F32 => 4,
            Dtype::F64 => 8,
        }
    }

    /// As Rust spells it.
    pub fn name(self) -> &'static str {
        match self {
            Dtype::F32 => "f32",
            Dtype::F64 => "f64",
        }
    }
}

/// The place of a value in [`Graph::values`].
pub type ValueId = usize;

/// A tensor on its way through the network.
#[derive(Clone, Debug)]
pub struct Value {
    /// The name of its layer, or of the input.
    pub name: Name,
    /// Of one sample.
    pub shape: Shape,
    /// The type of its elements.
    pub element: Element,
}

/// The type of a value's elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Element {
    /// That of the network's weights.
    Real,
    /// Ids.
    U32,
    /// Ids, of which no negative one has a row.
    I32,
    /// Small ids.
    U8,
}

impl Element {
    /// As Rust spells it.
    pub fn name(self) -> &'static str {
        match self {
            Element::Real => "float",
            Element::U32 => "u32",
            Element::I32 => "i32",
            Element::U8 => "u8",
        }
    }
}

/// What a layer sees of an input.
#[derive(Clone, Debug)]
pub struct Operand {
    /// Which value it is.
    pub value: ValueId,
    /// Its shape, as this layer sees it.
    pub shape: Shape,
    /// The type of its elements.
    pub element: Element,
}

/// What goes into the network.
#[derive(Clone, Debug)]
pub struct Input {
    /// As in the signature.
    pub name: Name,
    /// The value that it is.
    pub value: ValueId,
}

/// What comes out of it.
#[derive(Clone, Debug)]
pub struct Output {
    /// As in the signature.
    pub name: Name,
    /// The value that it is.
    pub value: ValueId,
    /// The mask that Keras would attach.
    pub mask: Option<ValueId>,
}

/// One operation in its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// The label, or Keras' default: no two nodes have the same.
    pub name: Name,
    /// Where its weights are: its name, or that of the first use of a shared layer.
    pub field: Name,
    /// Whether the field is there for this node.
    pub owner: bool,
    /// The layer of the user's that it stands for: of the operations that a layer becomes, one does.
    pub layer: Option<Layer>,
    /// `MaxPool2D<2>`, as written.
    pub text: String,
    /// What its user says of it, line by line.
    pub docs: Vec<String>,
    /// The layer's name in the source.
    pub at: SourceId,
    /// What it computes.
    pub op: Op,
    /// From what.
    pub inputs: Vec<Operand>,
    /// The masks that it reads, for each input; empty if none.
    pub masks: Vec<Option<ValueId>>,
    /// The values that it computes.
    pub results: Vec<ValueId>,
    /// The shape of its first input.
    pub input: Shape,
    /// The shape of its first result.
    pub output: Shape,
    /// Its weights, in Keras' order.
    pub params: Vec<Param>,
}

/// A layer as users know it.
#[derive(Clone, Debug)]
pub struct Layer {
    /// `MaxPooling2D`, as in Keras' summary.
    pub class: &'static str,
    /// The shape of its first result.
    pub output: Shape,
    /// Multiply-adds for one sample.
    pub macs: Size,
    /// Whether the mask of its input ends here: it neither reads it nor hands it on.
    pub loses_mask: bool,
}

impl Node {
    /// The name of one of its weights in files.
    pub fn full_name(&self, param: &Param) -> String {
        match param.name.as_str() {
            // A weight that is no layer's.
            "" => self.name.to_string(),
            name => format!("{}.{name}", self.name),
        }
    }

    /// The input as height × width × channels: a sequence is one row, a volume the rows of all its frames.
    pub fn image(&self) -> Shape {
        size::image(&self.input)
    }
}
