//! ast → Graph: wiring, repeats and blocks written out, names.

mod arithmetic;
mod blocks;
mod builder;
mod chain;
mod constants;
mod names;
mod order;
mod scope;
mod statements;

pub use names::{is_keyword, snake_case};
use proc_macro2::{Ident, Span};

use crate::diagnostics::{Diagnostics, Extent};
use crate::layers;
use crate::spec::Spec;
use crate::syntax::ast::{Body, Call, Header, Network};
use builder::{Builder, Wired};

/// A network as a graph. A chain is one that happens to be a line.
pub struct Graph {
    pub header: Header,
    /// The layers as written: a repeat uses one several times, a block with parameters has one for each of their values.
    pub calls: Vec<Call>,
    /// In order of execution: inputs come before what uses them.
    pub nodes: Vec<Node>,
    /// In the order of the signature; a chain has one.
    pub outputs: Vec<Output>,
    /// The nodes that own their weights, in Keras' order of weights: the fields of the struct.
    pub fields: Vec<Id>,
}

/// The place of a node in `Graph::nodes`.
pub type Id = usize;

/// What a node computes: most have one result, `LSTM<…, return_state = true>` has three.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Value {
    pub node: Id,
    pub result: usize,
}

/// What the network hands out.
pub struct Output {
    /// `output` in a chain.
    pub name: Ident,
    pub value: Value,
}

/// One layer of the network.
pub struct Node {
    /// The name of the field; of an input the user's, `input` in a chain.
    pub name: Ident,
    /// Whether the user chose it.
    pub labelled: bool,
    pub what: What,
    /// Where it stands in the source: the layer, with its values where they stand in a call, or the use of a declared layer.
    pub at: Extent,
    /// Where its inputs come from, those that it is given by name included.
    pub inputs: Vec<Value>,
    /// Which of them it is given by name.
    pub named: Vec<Named>,
    /// The node whose weights it uses: itself, or the first use of a `layer` declaration.
    pub weights: Id,
    /// The number of results that a `let (a, b) = …` takes from it, and where that stands; `None` where it is used as one value.
    pub results: Option<(usize, Extent)>,
}

/// `mask = (None, m)`: the places of these values in [`Node::inputs`], behind those without a name.
pub struct Named {
    pub name: Ident,
    pub places: Vec<Option<usize>>,
}

/// What a node is; the number is the place in `Graph::calls`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    Input(usize),
    Layer(usize),
    /// What could not be read, and has been reported.
    Broken,
}

impl Graph {
    /// How messages call a node: by its label, or by its layer as written.
    pub fn shown(&self, id: Id) -> String {
        let node = &self.nodes[id];
        match node.what {
            What::Input(call) | What::Layer(call) if !node.labelled => self.calls[call].name.to_string(),
            _ => self.nodes[node.weights].name.to_string(),
        }
    }
}

/// More layers than this are surely a mistake in a repeat's count.
const MOST_LAYERS: usize = 4096;

/// The layer that a call names, if it is built.
pub fn spec(call: &Call) -> Option<&'static Spec> {
    layers::find(&call.name.to_string())
}

/// Writes out repeats and blocks, gives every layer its name, and wires the network.
pub fn build(network: Network, errors: &mut Diagnostics) -> Graph {
    let Network { header, body } = network;
    let span = header.name.as_ref().map_or_else(Span::call_site, Ident::span);
    let mut builder = Builder::new(span, errors);
    let outputs = match &body {
        Body::Chain(chain) => builder.whole_chain(chain),
        Body::Graph(graph) => builder.whole_graph(graph),
        // A file that could not be read, which has been reported.
        Body::File => Vec::new(),
    };
    let mut wired: Wired = builder.finish(outputs);
    if errors.is_empty() {
        order::prune(&mut wired, errors);
    }
    names::shared(&mut wired);
    names::report_twins(&wired, errors);
    let fields = order::fields(&wired);
    let Wired { calls, nodes, outputs, .. } = wired;
    Graph { header, calls, nodes: nodes.into_iter().map(|draft| draft.node).collect(), outputs, fields }
}

#[cfg(test)]
mod block_mistakes;
#[cfg(test)]
mod graph_tests;
#[cfg(test)]
mod name_mistakes;
#[cfg(test)]
mod tests;
