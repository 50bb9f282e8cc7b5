//! Which layers become one step.

use crate::layers::Op;
use crate::layers::activation::Function;
use crate::layers::options::Padding;
use crate::layers::pool2d::Pool2D;
use crate::plan::{Fused, Kind};
use crate::shapes::ShapedGraph;
use crate::shapes::dim::Dim;

/// Windows of up to this many elements are pooled in registers; more would not fit beside the sums.
const LARGEST_FUSED_POOL: usize = 4;

/// A step before its memory is known.
pub struct Draft {
    pub kind: Kind,
    pub nodes: Vec<usize>,
    /// Whether a Flatten or Reshape came after what was computed.
    viewed: bool,
}

/// Walks the graph and lets each layer join the step before it, where it can.
pub fn fuse(graph: &ShapedGraph) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        if let Some(last) = drafts.last_mut()
            && join(graph, last, index)
        {
            last.nodes.push(index);
            continue;
        }
        match &node.op {
            Op::View | Op::Dropout(_) => {}
            Op::Activation(Function::Linear) => {}
            Op::Conv2D(layer) => {
                let fused = Fused { activation: epilogue(&layer.activation), ..Fused::default() };
                push(&mut drafts, Kind::Conv2D { node: index, fused, pool: None, bordered: None }, index);
                push_softmax(&mut drafts, &layer.activation, &node.output, index);
            }
            Op::Dense(layer) => {
                let fused = Fused { activation: epilogue(&layer.activation), ..Fused::default() };
                push(&mut drafts, Kind::Dense { node: index, fused }, index);
                push_softmax(&mut drafts, &layer.activation, &node.output, index);
            }
            Op::Pool2D(_) => push(&mut drafts, Kind::Pool2D { node: index, activation: None, bordered: None }, index),
            Op::BatchNormalization(_) => push(&mut drafts, Kind::Affine { node: index }, index),
            Op::Alone(_) => push(&mut drafts, Kind::Alone { node: index }, index),
            Op::Softmax(layer) => {
                let axes = around(&node.output, layer.axis);
                push(&mut drafts, Kind::Softmax { axes, log: layer.log }, index);
            }
            Op::Activation(Function::Softmax { axis, log }) => {
                push(&mut drafts, Kind::Softmax { axes: around(&node.output, *axis), log: *log }, index);
            }
            Op::Activation(function) => {
                push(&mut drafts, Kind::Activation { function: function.clone() }, index);
            }
        }
    }
    if drafts.is_empty() {
        push(&mut drafts, Kind::Copy, 0);
    }
    border(graph, drafts)
}

fn push(drafts: &mut Vec<Draft>, kind: Kind, node: usize) {
    drafts.push(Draft { kind, nodes: vec![node], viewed: false });
}

/// `activation = softmax` is a step of its own: it needs the whole row.
fn push_softmax(drafts: &mut Vec<Draft>, activation: &Function, output: &[Dim], node: usize) {
    if let Function::Softmax { axis, log } = activation {
        push(drafts, Kind::Softmax { axes: around(output, *axis), log: *log }, node);
    }
}

/// The elements before, along and after an axis.
pub fn around(shape: &[Dim], axis: usize) -> [Dim; 3] {
    [Dim::product(&shape[..axis]), shape[axis].clone(), Dim::product(&shape[axis + 1..])]
}

/// The activation, where it can end a step.
fn epilogue(activation: &Function) -> Option<Function> {
    matches!(activation, Function::Elementwise { .. }).then(|| activation.clone())
}

/// Whether node `index` becomes part of the step `last`.
fn join(graph: &ShapedGraph, last: &mut Draft, index: usize) -> bool {
    let node = &graph.nodes[index];
    match &node.op {
        Op::View => {
            last.viewed = true;
            true
        }
        Op::Dropout(_) | Op::Activation(Function::Linear) => true,
        Op::Activation(function @ Function::Elementwise { .. }) => join_activation(last, function),
        Op::BatchNormalization(layer) if !last.viewed && layer.axis + 1 == node.input.len() => match &mut last.kind {
            Kind::Conv2D { fused, pool: None, .. } | Kind::Dense { fused, .. }
                if fused.activation.is_none() && fused.affine.is_none() =>
            {
                fused.affine = Some(index);
                true
            }
            _ => false,
        },
        Op::Pool2D(layer) if !last.viewed && fits_registers(layer, &node.input) => match &mut last.kind {
            Kind::Conv2D { pool: pool @ None, .. } => {
                *pool = Some(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// An activation goes where nothing follows yet.
fn join_activation(last: &mut Draft, function: &Function) -> bool {
    let slot = match &mut last.kind {
        Kind::Conv2D { fused, pool: Some(_), .. } => &mut fused.after_pool,
        Kind::Conv2D { fused, .. } | Kind::Dense { fused, .. } => &mut fused.activation,
        Kind::Pool2D { activation, .. } => activation,
        _ => return false,
    };
    let free = slot.is_none();
    if free {
        *slot = Some(function.clone());
    }
    free
}

/// Pooling can happen in registers where windows are small, do not overlap and lie inside.
fn fits_registers(layer: &Pool2D, input: &[Dim]) -> bool {
    let known = |pair: &[Dim; 2]| Some([pair[0].known()?, pair[1].known()?]);
    let (Some(size), Some(strides)) = (known(&layer.pool_size), known(&layer.strides)) else {
        return false;
    };
    let inside = (0..2).all(|axis| match (layer.padding, input[axis].known()) {
        (Padding::Valid, _) => true,
        (Padding::Same, Some(input)) => input % size[axis] == 0,
        (Padding::Same, None) => false,
    });
    size == strides && size[0] * size[1] <= LARGEST_FUSED_POOL && inside
}

/// Gives each convolution with `same` padding its zeros: the step before writes inside of them, or
/// a step of its own copies.
fn border(graph: &ShapedGraph, drafts: Vec<Draft>) -> Vec<Draft> {
    let mut bordered: Vec<Draft> = Vec::with_capacity(drafts.len());
    for draft in drafts {
        if let Kind::Conv2D { node, .. } = draft.kind
            && needs_border(graph, node)
        {
            match bordered.last_mut() {
                Some(Draft {
                    kind: Kind::Conv2D { bordered: slot, .. } | Kind::Pool2D { bordered: slot, .. },
                    viewed: false,
                    ..
                }) => *slot = Some(node),
                _ => push(&mut bordered, Kind::Pad { for_node: node }, node),
            }
        }
        bordered.push(draft);
    }
    bordered
}

/// Whether zeros surround the input of this convolution, as far as the macro can see.
pub fn needs_border(graph: &ShapedGraph, node: usize) -> bool {
    let Op::Conv2D(layer) = &graph.nodes[node].op else { return false };
    let input = &graph.nodes[node].input;
    let none_on = |axis: usize| -> Option<bool> {
        let zeros = nn_shape::padding(
            nn_shape::Padding::Same,
            input[axis].known()?,
            layer.kernel_size[axis].known()?,
            layer.strides[axis].known()?,
            layer.dilation_rate[axis].known()?,
        );
        Some(zeros == [0, 0])
    };
    layer.padding == Padding::Same && !(none_on(0) == Some(true) && none_on(1) == Some(true))
}
