//! Graph → ShapedGraph: every layer's output shape, or why there is none.

pub mod dim;
pub mod rule;

use std::rc::Rc;

use proc_macro2::{Ident, Span, TokenStream};

use crate::diagnostics::{Diagnostics, shape_text};
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
    /// From the name to the closing `>`, or the name where the compiler cannot join spans.
    pub span: Span,
    /// The closing `>`.
    pub end: Span,
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
    let mut input = None;
    let mut nodes: Vec<Option<Node>> = Vec::new();
    let mut shapes: Vec<Option<Shape>> = Vec::new();
    let mut input_checks = TokenStream::new();
    for (id, node) in graph.nodes.iter().enumerate() {
        let before = node.inputs.first().and_then(|from| shapes[*from].clone());
        let placed = match (&node.what, before) {
            (What::Input(call), _) => {
                let call = &graph.calls[*call];
                input = place_input(call, &graph, &mut input_checks, errors);
                shapes.push(input.clone());
                nodes.push(None);
                continue;
            }
            (What::Layer(call), Some(before)) => {
                let trail = |errors: &mut Diagnostics, problem| report(&graph, &shapes, id, problem, errors);
                layers[*call].as_ref().and_then(|layer| place(&graph, id, *call, layer, before, trail, errors))
            }
            _ => None,
        };
        shapes.push(placed.as_ref().map(|node| node.output.clone()));
        nodes.push(placed);
    }
    if !errors.is_empty() {
        return None;
    }
    let mut nodes: Vec<Node> = nodes.into_iter().flatten().collect();
    if let Some(first) = nodes.first_mut() {
        input_checks.extend(std::mem::take(&mut first.checks));
        first.checks = input_checks;
    }
    let header = graph.header;
    Some(ShapedGraph {
        attrs: header.attrs,
        vis: header.vis,
        name: header.name,
        dtype: header.dtype,
        budget: header.budget,
        input: input?,
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
    let entries: Vec<Option<&'static Entry>> = graph.calls.iter().map(|call| ir::entry(call)).collect();
    let read = graph.calls.iter().zip(entries).map(|(call, entry)| {
        let entry = entry?;
        let mut args = Args::new(call, entry, errors);
        let layer = (entry.read)(&mut args);
        args.fine().then_some(Read { entry, layer })
    });
    read.collect()
}

fn place_input(call: &Call, graph: &Graph, checks: &mut TokenStream, errors: &mut Diagnostics) -> Option<Shape> {
    let shape = input::read(call, graph.header.dtype, errors)?;
    let mut site = Site::new(call);
    match input::place(&mut site, &shape) {
        Ok(()) => {
            checks.extend(site.checks);
            Some(shape)
        }
        Err(problem) => {
            errors.error(call.extent(), problem.problem).help(problem.help);
            None
        }
    }
}

fn place(
    graph: &Graph,
    id: ir::Id,
    call: usize,
    read: &Read,
    input: Shape,
    report: impl Fn(&mut Diagnostics, Problem),
    errors: &mut Diagnostics,
) -> Option<Node> {
    let call = &graph.calls[call];
    let mut site = Site::new(call);
    let placed = match read.layer.place(&mut site, &input) {
        Ok(placed) => placed,
        Err(problem) => {
            report(errors, problem);
            return None;
        }
    };
    let Placed { output, params, macs, op } = placed;
    Some(Node {
        name: graph.nodes[id].name.clone(),
        class: read.entry.class(),
        text: call.text.clone(),
        token: call.name.clone(),
        span: call.span,
        end: call.end,
        op,
        input,
        output,
        params,
        macs,
        checks: site.checks,
    })
}

/// Reports what is wrong with a layer, with the shapes that lead to it.
fn report(graph: &Graph, shapes: &[Option<Shape>], id: ir::Id, problem: Problem, errors: &mut Diagnostics) {
    let What::Layer(call) = graph.nodes[id].what else { return };
    let at = problem.at.unwrap_or_else(|| graph.calls[call].extent());
    let mut trail = Vec::new();
    let mut from = graph.nodes[id].inputs.first().copied();
    while let Some(id) = from {
        let shape = shapes[id].as_ref().map(|shape| shape_text(shape)).unwrap_or_default();
        trail.push(format!("{} {shape}", graph.shown(id)));
        from = graph.nodes[id].inputs.first().copied();
    }
    trail.reverse();
    const SHOWN: usize = 6;
    if trail.len() > SHOWN + 2 {
        trail.splice(1..trail.len() - SHOWN, ["…".to_string()]);
    }
    let report = errors.error(at, problem.problem);
    report.help(problem.help).note(format!("the shapes up to here: {}", trail.join(" → ")));
}

#[cfg(test)]
mod tests;
