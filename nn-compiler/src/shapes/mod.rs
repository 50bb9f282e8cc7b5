//! Graph → ShapedGraph: every layer's output shape, or why there is none.

pub mod dim;
pub mod masks;
mod report;
pub mod rule;
pub mod stream;

use std::rc::Rc;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident};

use crate::diagnostics::Diagnostics;
use crate::ir::{self, Graph, What};
use crate::layers::args::Args;
use crate::layers::emit::Emit;
use crate::layers::options::Param;
use crate::layers::{Entry, Layer, Op, Placed, input};
use crate::parse::ast::{Dtype, Limit};
use crate::weights::{self, Weights};
use dim::{Dim, Shape};
use masks::{Mask, Masked};
use rule::Site;
use stream::Stream;

/// A network whose shapes fit: what the plan starts from.
pub struct ShapedGraph {
    pub attrs: Vec<syn::Attribute>,
    pub vis: syn::Visibility,
    /// `None` in the expression form.
    pub name: Option<Ident>,
    pub dtype: Dtype,
    pub budget: Vec<Limit>,
    /// The network of one step, for `#[stream]`.
    pub stream: Option<Box<Stream>>,
    /// What lies where in the file of `#[weights("…")]`.
    pub weights: Option<Weights>,
    /// In the order of the signature; a chain has one.
    pub inputs: Vec<Input>,
    pub outputs: Vec<Output>,
    /// All that is computed, the inputs included.
    pub values: Vec<Value>,
    /// In order of execution.
    pub nodes: Vec<Node>,
    /// The nodes that own weights, in the order of the fields, which is Keras'.
    pub fields: Vec<usize>,
}

impl ShapedGraph {
    /// The nodes that own weights, in the order of the fields.
    pub fn owners(&self) -> impl Iterator<Item = &Node> {
        self.fields.iter().map(|node| &self.nodes[*node])
    }

    /// The weights with their names in files, in the order of the fields.
    pub fn params(&self) -> impl Iterator<Item = (String, &Param)> {
        self.owners().flat_map(|node| node.params.iter().map(|param| (format!("{}.{}", node.name, param.name), param)))
    }

    /// The layers that stand in the source.
    pub fn layers(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| !node.class.is_empty())
    }
}

/// The place of a value in `ShapedGraph::values`.
pub type ValueId = usize;

/// A tensor on its way through the network.
pub struct Value {
    /// The name of its layer, or of the input.
    pub name: Ident,
    pub shape: Shape,
    pub element: Element,
}

/// The type of a value's elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Element {
    /// That of the network's weights.
    Real,
    U32,
    U8,
}

impl Element {
    /// As Rust spells it.
    pub fn name(self) -> &'static str {
        match self {
            Element::Real => "float",
            Element::U32 => "u32",
            Element::U8 => "u8",
        }
    }
}

/// What a layer sees of an input.
#[derive(Clone, Debug)]
pub struct Operand {
    pub value: ValueId,
    pub shape: Shape,
    pub element: Element,
}

/// What goes into the network.
pub struct Input {
    pub name: Ident,
    pub value: ValueId,
}

/// What comes out of it.
pub struct Output {
    pub name: Ident,
    pub value: ValueId,
    /// The mask that Keras would attach.
    pub mask: Option<ValueId>,
}

/// One layer in place.
#[derive(Clone)]
pub struct Node {
    /// The label, or Keras' default, spanned on the label or the layer's name: no two nodes have the same.
    pub name: Ident,
    /// Where its weights are in the struct: its name, or that of the first use of a shared layer.
    pub field: TokenStream,
    /// The type of its weights and results.
    pub dtype: Dtype,
    /// Whether the field is there for this node.
    pub owner: bool,
    /// `MaxPooling2D`, as in Keras' summary; empty for a step that no layer of the user's stands for.
    pub class: &'static str,
    /// `MaxPool2D<2>`, as written.
    pub text: String,
    /// The layer's name in the source, for hover and go-to-definition.
    pub token: Ident,
    pub op: Op,
    pub inputs: Vec<Operand>,
    /// The masks that it reads, for each input; empty if none.
    pub masks: Vec<Option<ValueId>>,
    pub results: Vec<ValueId>,
    /// The shape of its first input.
    pub input: Shape,
    /// The shape of its first result.
    pub output: Shape,
    pub params: Vec<Param>,
    pub macs: Dim,
    /// What the compiler has to check because the macro could not see a size: complete `const _` items.
    pub checks: TokenStream,
}

impl Node {
    /// The input as height × width × channels: a sequence is one row.
    pub fn image(&self) -> Shape {
        let row = (self.input.len() == 2).then_some(Dim::Known(1));
        row.into_iter().chain(self.input.iter().cloned()).collect()
    }
}

/// Walks the graph. Every mistake is reported; where a shape is missing, what depends on it is left alone.
pub fn check(graph: Graph, errors: &mut Diagnostics) -> Option<ShapedGraph> {
    let layers = read_layers(&graph, errors);
    let mut walk = Walk {
        graph: &graph,
        layers,
        values: Vec::new(),
        results: Vec::new(),
        value_masks: Vec::new(),
        made: Vec::new(),
        inputs: Vec::new(),
        nodes: Vec::new(),
        checks: TokenStream::new(),
        errors,
    };
    for (id, node) in graph.nodes.iter().enumerate() {
        let results = match node.what {
            What::Input(call) => walk.input(id, call).into_iter().collect(),
            What::Layer(call) => walk.layer(id, call),
            What::Broken => Vec::new(),
        };
        walk.results.push(results);
    }
    let outputs = walk.outputs();
    let Walk { values, inputs, nodes, .. } = walk;
    let file = graph.header.weights.as_ref().and_then(|path| weights::open(path, errors));
    if !errors.is_empty() {
        return None;
    }
    let header = graph.header;
    let mut shaped = ShapedGraph {
        attrs: header.attrs,
        vis: header.vis,
        name: header.name,
        dtype: header.dtype,
        budget: header.budget,
        stream: None,
        weights: None,
        inputs,
        outputs: outputs?,
        values,
        fields: fields(&graph.fields, &graph.nodes, &nodes),
        nodes,
    };
    if let Some(at) = header.stream {
        shaped.stream = Some(Box::new(stream::derive(&shaped, at, errors)?));
    }
    if let Some(file) = file {
        shaped.weights = Some(weights::fit(file, &shaped, errors)?);
    }
    Some(shaped)
}

/// The owners of weights in the order of the fields.
fn fields(order: &[ir::Id], drawn: &[ir::Node], nodes: &[Node]) -> Vec<usize> {
    let place = |id: &ir::Id| nodes.iter().position(|node| node.owner && node.name == drawn[*id].name);
    order.iter().filter_map(place).collect()
}

/// A layer whose arguments have been read, by its call in the source.
struct Read {
    entry: &'static Entry,
    layer: Rc<dyn Layer>,
}

/// Reads the arguments of each layer once, however often a repeat copies it.
fn read_layers(graph: &Graph, errors: &mut Diagnostics) -> Vec<Option<Read>> {
    let read = graph.calls.iter().map(|call| {
        let entry = ir::entry(call)?;
        let mut args = Args::new(call, entry, errors);
        let layer = (entry.read)(&mut args);
        args.fine().then_some(Read { entry, layer })
    });
    read.collect()
}

/// The way through the graph.
struct Walk<'a> {
    graph: &'a Graph,
    /// By their calls; a layer that failed is taken out, so that its copies are not reported again.
    layers: Vec<Option<Read>>,
    values: Vec<Value>,
    /// The values of each node of the graph so far; empty where there is none.
    results: Vec<Vec<ValueId>>,
    /// The mask of each value, where it has one.
    value_masks: Vec<Option<Mask>>,
    /// The masks that are computed already.
    made: Vec<(String, ValueId)>,
    inputs: Vec<Input>,
    nodes: Vec<Node>,
    /// Checks that wait for a node to stand at.
    checks: TokenStream,
    errors: &'a mut Diagnostics,
}

impl Walk<'_> {
    fn value(&mut self, name: Ident, shape: Shape, element: Element, mask: Option<Mask>) -> ValueId {
        self.values.push(Value { name, shape, element });
        self.value_masks.push(mask);
        self.values.len() - 1
    }

    /// The value behind the input of a node.
    fn of(&self, value: ir::Value) -> Option<ValueId> {
        self.results[value.node].get(value.result).copied()
    }

    fn input(&mut self, id: ir::Id, call: usize) -> Option<ValueId> {
        let call = &self.graph.calls[call];
        let (shape, element) = input::read(call, self.graph.header.dtype, self.errors)?;
        let mut site = Site::new(call);
        match input::place(&mut site, &shape) {
            Ok(()) => {
                self.checks.extend(site.checks);
                let name = self.graph.nodes[id].name.clone();
                let value = self.value(name.clone(), shape, element, None);
                self.inputs.push(Input { name, value });
                Some(value)
            }
            Err(problem) => {
                self.errors.error(call.extent(), problem.problem).help(problem.help);
                None
            }
        }
    }

    fn layer(&mut self, id: ir::Id, call: usize) -> Vec<ValueId> {
        let Some(read) = self.layers[call].as_ref() else { return Vec::new() };
        let (layer, entry) = (read.layer.clone(), read.entry);
        let written = &self.graph.calls[call];
        let from: Option<Vec<ValueId>> = self.graph.nodes[id].inputs.iter().map(|value| self.of(*value)).collect();
        let Some(from) = from else { return self.guess(id, &*layer) };
        let operand = |value: &ValueId| {
            let Value { shape, element, .. } = &self.values[*value];
            Operand { value: *value, shape: shape.clone(), element: *element }
        };
        let operands: Vec<Operand> = from.iter().map(operand).collect();
        let mut site = Site::new(written);
        let placed = layer.place(&mut site, &operands).and_then(|placed| self.same_weights(id, placed));
        match placed {
            Ok(placed) => {
                self.checks.extend(site.checks);
                self.count_results(id, call, placed.outputs.len());
                self.node(id, call, entry, &*layer, operands, placed)
            }
            Err(problem) => {
                self.layers[call] = None;
                self.report(id, problem.at.unwrap_or(self.graph.nodes[id].at), problem);
                self.guess(id, &*layer)
            }
        }
    }

    /// The result of a layer that failed, where its shape is certain all the same.
    fn guess(&mut self, id: ir::Id, layer: &dyn Layer) -> Vec<ValueId> {
        let name = self.graph.nodes[id].name.clone();
        let shape = layer.certain_output();
        shape.map(|shape| self.value(name, shape, Element::Real, None)).into_iter().collect()
    }

    /// Adds a layer that fits.
    fn node(
        &mut self,
        id: ir::Id,
        call: usize,
        entry: &Entry,
        layer: &dyn Layer,
        inputs: Vec<Operand>,
        placed: Placed,
    ) -> Vec<ValueId> {
        let (node, written) = (&self.graph.nodes[id], &self.graph.calls[call]);
        let Placed { outputs, suffixes, params, macs, op, roles } = placed;
        let known: Vec<Option<Mask>> = inputs.iter().map(|input| self.value_masks[input.value].clone()).collect();
        if let (Op::BatchNormalization(layer), Some(Some(mask))) = (&op, known.first())
            && let Err(problem) = layer.fits_mask(&written.text, &inputs[0].shape, &self.mask_len(mask))
        {
            self.errors.error(node.at, problem.problem).help(problem.help);
        }
        let Masked { reads, mut gives } = layer.masks(&inputs, &known);
        let masks = reads.iter().map(|mask| mask.as_ref().map(|mask| self.mask(mask))).collect();
        gives.resize(outputs.len(), None);
        let inputs = match roles {
            Some(roles) => roles.iter().map(|role| inputs[*role].clone()).collect(),
            None => inputs,
        };
        let result = |(index, (shape, mask)): (usize, (Shape, Option<Mask>))| {
            let name = match index.checked_sub(1).and_then(|index| suffixes.get(index)) {
                Some(suffix) => format_ident!("{}_{suffix}", node.name),
                None => node.name.clone(),
            };
            self.value(name, shape, Element::Real, mask)
        };
        let first = outputs[0].clone();
        let results: Vec<ValueId> = outputs.into_iter().zip(gives).enumerate().map(result).collect();
        let field = &self.graph.nodes[node.weights].name;
        self.nodes.push(Node {
            name: node.name.clone(),
            field: field.to_token_stream(),
            dtype: self.graph.header.dtype,
            owner: node.weights == id,
            class: entry.class(),
            text: written.text.clone(),
            token: written.name.clone(),
            op,
            input: inputs.first().map(|input| input.shape.clone()).unwrap_or_default(),
            inputs,
            masks,
            results: results.clone(),
            output: first,
            params,
            macs,
            checks: std::mem::take(&mut self.checks),
        });
        results
    }

    /// A step that no layer of the user's stands for.
    fn hidden(&mut self, suffix: &str, from: Vec<ValueId>, shape: Shape, emit: Rc<dyn Emit>) -> ValueId {
        let first = from.first().map_or_else(|| format_ident!("every"), |value| self.values[*value].name.clone());
        let mut name = format_ident!("{first}_{suffix}");
        while self.values.iter().any(|value| value.name == name) {
            name = format_ident!("{name}_");
        }
        let value = self.value(name.clone(), shape.clone(), Element::Real, None);
        let operand = |value: ValueId| {
            let Value { shape, element, .. } = &self.values[value];
            Operand { value, shape: shape.clone(), element: *element }
        };
        let inputs: Vec<Operand> = from.into_iter().map(operand).collect();
        self.nodes.push(Node {
            field: name.to_token_stream(),
            token: name.clone(),
            name,
            dtype: self.graph.header.dtype,
            owner: false,
            class: "",
            text: String::new(),
            op: Op::Alone(emit),
            input: inputs.first().map(|input| input.shape.clone()).unwrap_or_default(),
            inputs,
            masks: Vec::new(),
            results: vec![value],
            output: shape,
            params: Vec::new(),
            macs: Dim::Known(0),
            checks: TokenStream::new(),
        });
        value
    }

    /// The outputs, with the masks that they carry.
    fn outputs(&mut self) -> Option<Vec<Output>> {
        let mut outputs = Vec::new();
        for output in &self.graph.outputs {
            let value = self.of(output.value)?;
            if self.values[value].element != Element::Real {
                let problem = format!("the output `{}` is an input of ids", output.name);
                self.errors.error(&output.name, problem).help("an output is what a layer computes");
                return None;
            }
            let mask = self.value_masks[value].clone().map(|mask| self.mask(&mask));
            outputs.push(Output { name: output.name.clone(), value, mask });
        }
        Some(outputs)
    }
}

#[cfg(test)]
mod sequence_tests;
#[cfg(test)]
mod tests;
