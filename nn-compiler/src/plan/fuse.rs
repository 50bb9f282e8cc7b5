//! Which layers become one step.

use quote::format_ident;

use crate::layers::Op;
use crate::layers::activation::Function;
use crate::layers::options::Padding;
use crate::layers::pool2d::Pool2D;
use crate::plan::flow::Flow;
use crate::plan::memory::bordered_len;
use crate::plan::{Fused, Kind};
use crate::shapes::dim::Dim;
use crate::shapes::{Node, ShapedGraph, ValueId};

/// Windows of up to this many elements are pooled in registers; more would not fit beside the sums.
const LARGEST_FUSED_POOL: usize = 4;

/// A step before its memory is known.
pub struct Draft {
    pub kind: Kind,
    pub nodes: Vec<usize>,
    pub inputs: Vec<ValueId>,
    pub masks: Vec<Option<ValueId>>,
    /// `None` for a result that nobody takes.
    pub outputs: Vec<Option<ValueId>>,
}

/// What computes nothing at inference.
pub fn is_view(op: &Op) -> bool {
    matches!(op, Op::View | Op::Dropout(_) | Op::Activation(Function::Linear))
}

/// The masks that a layer reads at inference: those of a BatchNormalization are for the statistics of a batch.
fn masks(node: &Node) -> &[Option<ValueId>] {
    if matches!(node.op, Op::BatchNormalization(_)) { &[] } else { &node.masks }
}

/// Walks the graph and lets each layer join the step that it reads from, where it can.
pub fn fuse(graph: &ShapedGraph, flow: &mut Flow) -> Vec<Draft> {
    let uses = flow.uses(graph, is_view, masks);
    let mut fuser = Fuser { graph, flow, uses, drafts: Vec::new() };
    for index in 0..graph.nodes.len() {
        let node = &graph.nodes[index];
        let computes = !is_view(&node.op) && !fuser.flow.is_idle(node, &fuser.uses);
        if computes && !fuser.join(index) {
            fuser.start(index);
        }
    }
    fuser.copy_outputs();
    fuser.border();
    fuser.drafts
}

struct Fuser<'a> {
    graph: &'a ShapedGraph,
    flow: &'a mut Flow,
    /// How often each value is read.
    uses: Vec<usize>,
    drafts: Vec<Draft>,
}

impl Fuser<'_> {
    /// Whether a node becomes part of the step that computes its input, because nobody else reads that.
    fn join(&mut self, index: usize) -> bool {
        let node = &self.graph.nodes[index];
        let [input] = node.inputs.as_slice() else { return false };
        let (root, viewed) = (self.flow.root(input.value), self.flow.viewed(input.value));
        if self.uses[root] != 1 || !masks(node).is_empty() {
            return false;
        }
        let Some(draft) = self.drafts.iter_mut().find(|draft| draft.outputs == [Some(root)]) else { return false };
        let joined = join(self.graph, draft, index, viewed);
        if joined {
            draft.nodes.push(index);
            draft.outputs = vec![Some(self.flow.root(node.results[0]))];
        }
        joined
    }

    /// A step for a node alone, and one for an activation that needs the whole row.
    fn start(&mut self, index: usize) {
        let node = &self.graph.nodes[index];
        let inputs: Vec<ValueId> = node.inputs.iter().map(|input| self.flow.root(input.value)).collect();
        let masks = masks(node).iter().map(|mask| mask.map(|mask| self.flow.root(mask))).collect();
        let mut outputs: Vec<_> = self.flow.taken(&node.results, &self.uses);
        let last = outputs[0];
        let softmax = match &node.op {
            Op::Conv2D(layer) => Some(&layer.activation),
            Op::Dense(layer) => Some(&layer.activation),
            _ => None,
        };
        let softmax = softmax.and_then(|activation| softmax_kind(activation, &node.output));
        if softmax.is_some() {
            outputs[0] = Some(self.flow.add(format_ident!("{}_linear", node.name), Dim::product(&node.output)));
        }
        let before = outputs[0];
        self.drafts.push(Draft { kind: kind(node, index), nodes: vec![index], inputs, masks, outputs });
        if let (Some(kind), Some(before)) = (softmax, before) {
            let (nodes, inputs, masks) = (vec![index], vec![before], Vec::new());
            self.drafts.push(Draft { kind, nodes, inputs, masks, outputs: vec![last] });
        }
    }

    /// Outputs that no step computes of its own.
    fn copy_outputs(&mut self) {
        for output in &self.flow.outputs {
            if let Some(from) = output.copy_of {
                let (nodes, masks) = (Vec::new(), Vec::new());
                let outputs = vec![Some(output.value)];
                self.drafts.push(Draft { kind: Kind::Copy, nodes, inputs: vec![from], masks, outputs });
            }
        }
    }

    /// Gives each convolution with `same` padding its zeros: the step before writes inside of them, or a step of its
    /// own copies.
    fn border(&mut self) {
        for draft in std::mem::take(&mut self.drafts) {
            let bordered = match draft.kind {
                Kind::Conv2D { node, .. } if needs_border(self.graph, node) => Some(node),
                _ => None,
            };
            let draft = match bordered {
                Some(node) => self.bordered(draft, node),
                None => draft,
            };
            self.drafts.push(draft);
        }
    }

    fn bordered(&mut self, draft: Draft, node: usize) -> Draft {
        let (x, viewed) = (draft.inputs[0], self.flow.viewed(self.graph.nodes[node].inputs[0].value));
        let alone = self.uses[x] == 1 && !viewed;
        let producer = self.drafts.iter_mut().find(|other| alone && other.outputs == [Some(x)]);
        match producer.map(|producer| &mut producer.kind) {
            Some(Kind::Conv2D { bordered: slot, .. } | Kind::Pool2D { bordered: slot, .. }) => {
                *slot = Some(node);
                self.flow.values[x].len = bordered_len(self.graph, node);
                draft
            }
            _ => {
                let name = format_ident!("{}_padded", self.graph.nodes[node].name);
                let padded = self.flow.add(name, bordered_len(self.graph, node));
                let (kind, outputs) = (Kind::Pad { for_node: node }, vec![Some(padded)]);
                self.drafts.push(Draft { kind, nodes: vec![node], inputs: vec![x], masks: Vec::new(), outputs });
                Draft { inputs: vec![padded], ..draft }
            }
        }
    }
}

/// What a node computes as a step of its own.
fn kind(node: &Node, index: usize) -> Kind {
    match &node.op {
        Op::Conv2D(layer) => {
            let fused = Fused { activation: epilogue(&layer.activation), ..Fused::default() };
            Kind::Conv2D { node: index, fused, pool: None, bordered: None }
        }
        Op::Dense(layer) => {
            Kind::Dense { node: index, fused: Fused { activation: epilogue(&layer.activation), ..Fused::default() } }
        }
        Op::Pool2D(_) => Kind::Pool2D { node: index, activation: None, bordered: None },
        Op::BatchNormalization(_) => Kind::Affine { node: index },
        Op::Softmax(layer) => Kind::Softmax { axes: around(&node.output, layer.axis), log: layer.log },
        Op::Activation(function) => {
            softmax_kind(function, &node.output).unwrap_or_else(|| Kind::Activation { function: function.clone() })
        }
        Op::Concatenate { .. } => Kind::Concatenate { node: index },
        Op::Alone(_) | Op::View | Op::Dropout(_) => Kind::Alone { node: index, activation: None },
    }
}

/// `activation = softmax` is a step of its own: it needs the whole row.
fn softmax_kind(activation: &Function, output: &[Dim]) -> Option<Kind> {
    match activation {
        Function::Softmax { axis, log } => Some(Kind::Softmax { axes: around(output, *axis), log: *log }),
        _ => None,
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

/// Whether node `index` becomes part of the step `last`; `viewed` if it sees the step's value in another shape.
fn join(graph: &ShapedGraph, last: &mut Draft, index: usize, viewed: bool) -> bool {
    let node = &graph.nodes[index];
    match &node.op {
        Op::Activation(function @ Function::Elementwise { .. }) => join_activation(graph, last, function),
        Op::BatchNormalization(layer) if !viewed && layer.axis + 1 == node.input.len() => match &mut last.kind {
            Kind::Conv2D { fused, pool: None, .. } | Kind::Dense { fused, .. }
                if fused.activation.is_none() && fused.affine.is_none() =>
            {
                fused.affine = Some(index);
                true
            }
            _ => false,
        },
        Op::Pool2D(layer) if !viewed && fits_registers(layer, &node.image()) => match &mut last.kind {
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
fn join_activation(graph: &ShapedGraph, last: &mut Draft, function: &Function) -> bool {
    let slot = match &mut last.kind {
        Kind::Conv2D { fused, pool: Some(_), .. } => &mut fused.after_pool,
        Kind::Conv2D { fused, .. } | Kind::Dense { fused, .. } => &mut fused.activation,
        Kind::Pool2D { activation, .. } => activation,
        Kind::Alone { node, activation } => {
            let node = &graph.nodes[*node];
            match node.op.emit() {
                Some(layer) if layer.takes_activation(node) => activation,
                _ => return false,
            }
        }
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
        (_, Some(input)) => input % size[axis] == 0,
        (_, None) => false,
    });
    size == strides && size[0] * size[1] <= LARGEST_FUSED_POOL && inside
}

/// Whether zeros surround the input of this convolution, as far as the macro can see.
pub fn needs_border(graph: &ShapedGraph, node: usize) -> bool {
    let Op::Conv2D(layer) = &graph.nodes[node].op else { return false };
    let input = graph.nodes[node].image();
    let none_on = |axis: usize| -> Option<bool> {
        let zeros = nn_shape::padding(
            layer.padding,
            input[axis].known()?,
            layer.kernel_size[axis].known()?,
            layer.strides[axis].known()?,
            layer.dilation_rate[axis].known()?,
        );
        Some(zeros == [0, 0])
    };
    layer.padding != Padding::Valid && !(none_on(0) == Some(true) && none_on(1) == Some(true))
}
