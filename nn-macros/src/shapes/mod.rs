//! Graph → ShapedGraph: every layer's output shape, or why there is none.

pub mod dim;
pub mod rule;

use std::rc::Rc;

use proc_macro2::{Ident, TokenStream};

use crate::diagnostics::{Diagnostics, Extent, shape_text};
use crate::ir::{self, Graph, What};
use crate::layers::args::Args;
use crate::layers::options::Param;
use crate::layers::{Entry, Layer, Op, Placed, input};
use crate::parse::ast::{Call, Dtype, Limit};
use dim::{Dim, Shape};
use rule::{Problem, Site};

/// A network whose shapes fit: what the plan starts from.
pub struct ShapedGraph {
    pub attrs: Vec<syn::Attribute>,
    pub vis: syn::Visibility,
    /// `None` in the expression form.
    pub name: Option<Ident>,
    pub dtype: Dtype,
    pub budget: Vec<Limit>,
    pub input: Shape,
    /// In order of execution; the last one is the output.
    pub nodes: Vec<Node>,
}

/// One layer in place.
pub struct Node {
    /// The name of the field: the label, or Keras' default, spanned on the label or the layer's name.
    pub name: Ident,
    /// `MaxPooling2D`, as in Keras' summary.
    pub class: &'static str,
    /// `MaxPool2D<2>`, as written.
    pub text: String,
    /// The layer's name in the source, for hover and go-to-definition.
    pub token: Ident,
    pub op: Op,
    pub input: Shape,
    pub output: Shape,
    pub params: Vec<Param>,
    pub macs: Dim,
    /// What the compiler has to check because the macro could not see a size: complete `const _` items.
    pub checks: TokenStream,
}

/// Walks the graph. Every mistake is reported; where a shape is missing, what depends on it is left alone.
pub fn check(graph: Graph, errors: &mut Diagnostics) -> Option<ShapedGraph> {
    let layers = read_layers(&graph, errors);
    let mut walk =
        Walk { graph: &graph, layers, shapes: Vec::new(), nodes: Vec::new(), checks: TokenStream::new(), errors };
    for (id, node) in graph.nodes.iter().enumerate() {
        let shape = match node.what {
            What::Input(call) => walk.input(call),
            What::Layer(call) => walk.layer(id, call),
            What::Broken => None,
        };
        walk.shapes.push(shape);
    }
    let Walk { mut shapes, nodes, errors, .. } = walk;
    if !errors.is_empty() {
        return None;
    }
    let input = shapes.first_mut()?.take()?;
    let header = graph.header;
    Some(ShapedGraph {
        attrs: header.attrs,
        vis: header.vis,
        name: header.name,
        dtype: header.dtype,
        budget: header.budget,
        input,
        nodes,
    })
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
    /// The output of each node so far.
    shapes: Vec<Option<Shape>>,
    nodes: Vec<Node>,
    /// Checks that wait for a node to stand at.
    checks: TokenStream,
    errors: &'a mut Diagnostics,
}

impl Walk<'_> {
    fn input(&mut self, call: usize) -> Option<Shape> {
        let call = &self.graph.calls[call];
        let shape = input::read(call, self.graph.header.dtype, self.errors)?;
        let mut site = Site::new(call);
        match input::place(&mut site, &shape) {
            Ok(()) => {
                self.checks.extend(site.checks);
                Some(shape)
            }
            Err(problem) => {
                self.errors.error(call.extent(), problem.problem).help(problem.help);
                None
            }
        }
    }

    fn layer(&mut self, id: ir::Id, call: usize) -> Option<Shape> {
        let read = self.layers[call].as_ref()?;
        let from = self.graph.nodes[id].inputs.first()?;
        let Some(input) = self.shapes[from.node].clone() else {
            return read.layer.certain_output();
        };
        let written = &self.graph.calls[call];
        let mut site = Site::new(written);
        match read.layer.place(&mut site, &input) {
            Ok(placed) => {
                let output = placed.output.clone();
                let mut checks = std::mem::take(&mut self.checks);
                checks.extend(site.checks);
                self.nodes.push(node(&self.graph.nodes[id].name, written, read.entry, input, placed, checks));
                Some(output)
            }
            Err(problem) => {
                let output = read.layer.certain_output();
                self.layers[call] = None;
                self.report(id, problem.at.unwrap_or_else(|| written.extent()), problem);
                output
            }
        }
    }

    /// Reports what is wrong with a layer, with the shapes that lead to it.
    fn report(&mut self, id: ir::Id, at: Extent, problem: Problem) {
        const SHOWN: usize = 6;
        let mut trail = Vec::new();
        let mut from = self.graph.nodes[id].inputs.first();
        while let Some(&ir::Value { node: id, .. }) = from {
            let shape = self.shapes[id].as_ref().map_or_else(|| "?".to_string(), |shape| shape_text(shape));
            trail.push(format!("{} {shape}", self.graph.shown(id)));
            from = self.graph.nodes[id].inputs.first();
        }
        trail.reverse();
        if trail.len() > SHOWN + 2 {
            trail.splice(1..trail.len() - SHOWN, ["…".to_string()]);
        }
        let report = self.errors.error(at, problem.problem);
        report.help(problem.help).note(format!("the shapes up to here: {}", trail.join(" → ")));
    }
}

fn node(name: &Ident, call: &Call, entry: &Entry, input: Shape, placed: Placed, checks: TokenStream) -> Node {
    let Placed { output, params, macs, op } = placed;
    Node {
        name: name.clone(),
        class: entry.class(),
        text: call.text.clone(),
        token: call.name.clone(),
        op,
        input,
        output,
        params,
        macs,
        checks,
    }
}

#[cfg(test)]
mod tests;
