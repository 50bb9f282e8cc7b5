//! Where each step reads and writes: the caller's input and output, and regions in between.

use proc_macro2::Ident;
use quote::{format_ident, quote};

use crate::layers::Op;
use crate::names;
use crate::plan::fuse::Draft;
use crate::plan::{Kind, Place, Region, Step};
use crate::shapes::ShapedGraph;
use crate::shapes::dim::Dim;

/// Gives every value a place. The last one goes to the caller's output.
pub fn place(graph: &ShapedGraph, drafts: Vec<Draft>) -> (Vec<Step>, Vec<Region>) {
    let mut regions = Vec::new();
    let mut steps: Vec<Step> = Vec::new();
    let last_value = drafts.iter().rposition(|draft| !in_place(&draft.kind, false)).unwrap_or(0);
    let mut current = Place::Input;
    for (index, draft) in drafts.into_iter().enumerate() {
        let source = current;
        if let Place::Region(region) = source {
            let region: &mut Region = &mut regions[region];
            region.last = index;
        }
        let target = if in_place(&draft.kind, source == Place::Input) {
            source
        } else if index >= last_value {
            Place::Output
        } else {
            let name = draft.nodes.last().map_or_else(|| format_ident!("VALUE"), |&node| constant(graph, node, ""));
            let name = match &draft.kind {
                Kind::Pad { for_node } => constant(graph, *for_node, "_PADDED"),
                // `activation = softmax` is the second step of its layer.
                Kind::Softmax { .. } if regions.iter().any(|region| region.name == name) => {
                    format_ident!("{name}_SOFTMAX")
                }
                _ => name,
            };
            regions.push(Region { name, len: value_len(graph, &draft), first: index, last: index });
            Place::Region(regions.len() - 1)
        };
        let scratch = scratch(graph, &draft.kind).map(|(name, len)| alone(&mut regions, name, len, index));
        let fold = fold(graph, &draft.kind).map(|(name, len)| alone(&mut regions, name, len, index));
        steps.push(Step { kind: draft.kind, nodes: draft.nodes, source, target, scratch, fold });
        current = target;
    }
    (steps, regions)
}

/// A region for one step only.
fn alone(regions: &mut Vec<Region>, name: Ident, len: Dim, step: usize) -> usize {
    regions.push(Region { name, len, first: step, last: step });
    regions.len() - 1
}

/// `CONV1` for the node `conv1`.
fn constant(graph: &ShapedGraph, node: usize, suffix: &str) -> Ident {
    names::constant(&graph.nodes[node].name, suffix)
}

/// Whether a step overwrites its source: elementwise, and the source is not the caller's.
fn in_place(kind: &Kind, from_input: bool) -> bool {
    matches!(kind, Kind::Activation { .. }) && !from_input
}

/// The elements of what a step computes, the border that the next one needs included.
fn value_len(graph: &ShapedGraph, draft: &Draft) -> Dim {
    match &draft.kind {
        Kind::Conv2D { bordered: Some(next), .. }
        | Kind::Pool2D { bordered: Some(next), .. }
        | Kind::Pad { for_node: next } => bordered_len(graph, *next),
        Kind::Conv2D { node, .. } if draft.nodes.is_empty() => Dim::product(&graph.nodes[*node].output),
        _ => match draft.nodes.last() {
            Some(&node) => Dim::product(&graph.nodes[node].output),
            None => Dim::product(&graph.input),
        },
    }
}

/// The elements of the input of a convolution with its zeros around it.
fn bordered_len(graph: &ShapedGraph, node: usize) -> Dim {
    let shape = names::geometry(&graph.nodes[node].name);
    let len = || -> Option<usize> {
        let Op::Conv2D(layer) = &graph.nodes[node].op else { return None };
        let [rows, columns, channels] = graph.nodes[node].input.as_slice() else { return None };
        let mut len = channels.known()?;
        for (axis, size) in [rows, columns].into_iter().enumerate() {
            let size = size.known()?;
            let kernel = layer.kernel_size[axis].known()?;
            let (stride, dilation) = (layer.strides[axis].known()?, layer.dilation_rate[axis].known()?);
            let [before, after] = nn_shape::padding(nn_shape::Padding::Same, size, kernel, stride, dilation);
            len *= before + size + after;
        }
        Some(len)
    };
    len().map_or_else(|| Dim::Const(quote!(rt::conv2d::bordered_len::<#shape>())), Dim::Known)
}

/// What a convolution packs its weights or pixels into: nn-core knows how much.
fn scratch(graph: &ShapedGraph, kind: &Kind) -> Option<(Ident, Dim)> {
    let Kind::Conv2D { node, pool, bordered, .. } = kind else { return None };
    let shape = names::geometry(&graph.nodes[*node].name);
    let destination = names::destination(&graph.nodes[*node].name, pool.is_some() || bordered.is_some());
    let dtype = graph.dtype.tokens();
    let len = Dim::Const(quote!(rt::conv2d::scratch_len::<#shape, #destination, #dtype>()));
    Some((constant(graph, *node, "_SCRATCH"), len))
}

/// Scale and shift of a BatchNormalization, one of each for a channel.
fn fold(graph: &ShapedGraph, kind: &Kind) -> Option<(Ident, Dim)> {
    let node = match kind {
        Kind::Conv2D { fused, .. } | Kind::Dense { fused, .. } => fused.affine?,
        Kind::Affine { node } => *node,
        _ => return None,
    };
    let Op::BatchNormalization(layer) = &graph.nodes[node].op else { return None };
    let channels = graph.nodes[node].input[layer.axis].clone();
    Some((constant(graph, node, "_FOLDED"), Dim::product(&[Dim::Known(2), channels])))
}
