//! The folding pass: zeros around the input of a convolution become its pads, so that no step computes them.
//!
//! The layer that pads stays in the graph, where nobody reads it any more.

use alloc::vec::Vec;

use crate::graph::{Graph, Node};
use crate::op::{Inset, Op, Pad, PadMode, Permute};
use crate::size::{Shape, Size};

/// Before and behind each axis.
type Ends = Vec<[Size; 2]>;

/// Comes before the [layout](crate::layout) pass, since what pads may stand between changes of order that then cancel.
///
/// Folds what is read by one operation that can take it. Where several read it, padding once costs less than padding for each.
pub fn fold(graph: &mut Graph) {
    for index in 0..graph.nodes.len() {
        let Some(ends) = zeros(&graph.nodes[index]).cloned() else { continue };
        let Some(reader) = only_reader(graph, index) else { continue };
        match &graph.nodes[reader].op {
            Op::Permute(Permute { axes }) if graph.nodes[reader].layer.is_none() => {
                let ends = axes.iter().map(|axis| ends[*axis].clone()).collect();
                if only_reader(graph, reader).is_some_and(|next| padded(&graph.nodes[next], &ends).is_some()) {
                    swap(graph, index, reader, ends);
                }
            }
            _ => take(graph, index, reader, &ends),
        }
    }
}

/// Lets the reader pad by itself, if it can.
fn take(graph: &mut Graph, index: usize, reader: usize, ends: &Ends) {
    let Some(op) = padded(&graph.nodes[reader], ends) else { return };
    let source = graph.nodes[index].inputs[0].clone();
    let node = &mut graph.nodes[reader];
    (node.op, node.input) = (op, source.shape.clone());
    node.inputs[0] = source;
}

/// Puts a change of order of the compiler's own, which alone reads what a node pads, before that node.
fn swap(graph: &mut Graph, index: usize, permute: usize, ends: Ends) {
    let (source, between) = (graph.nodes[index].inputs[0].clone(), graph.nodes[index].results[0]);
    let Op::Permute(Permute { axes }) = &graph.nodes[permute].op else { return };
    let shape: Shape = axes.iter().map(|axis| source.shape[*axis].clone()).collect();
    graph.values[between].shape.clone_from(&shape);
    let result = graph.nodes[permute].results[0];
    graph.nodes.swap(index, permute);
    let first = &mut graph.nodes[index];
    (first.input, first.output, first.results[0]) = (source.shape.clone(), shape.clone(), between);
    first.inputs[0] = source;
    let second = &mut graph.nodes[permute];
    second.inputs[0].value = between;
    second.inputs[0].shape.clone_from(&shape);
    second.input = shape;
    second.output.clone_from(&graph.values[result].shape);
    second.results[0] = result;
    match &mut second.op {
        Op::Inset(op) => op.ends = ends,
        Op::Pad(op) => op.ends = ends,
        _ => {}
    }
}

/// The zeros that a node puts around its input, if it does nothing else.
fn zeros(node: &Node) -> Option<&Ends> {
    match &node.op {
        Op::Inset(Inset { pads: true, ends }) => Some(ends),
        Op::Pad(Pad { ends, mode: PadMode::Constant(number) }) if number.to_bits() == 0 => Some(ends),
        _ => None,
    }
}

/// The operation of a node that computes the same on its input without these zeros; `None` if there is none.
fn padded(node: &Node, zeros: &Ends) -> Option<Op> {
    let [space @ .., channels] = zeros.as_slice() else { return None };
    let mut op = node.op.clone();
    let pads = match &mut op {
        Op::Convolution(op) if space.len() < 3 => &mut op.pads[..],
        Op::Convolution3D(op) if !op.transposed => &mut op.pads[..],
        _ => return None,
    };
    if node.input.len() != zeros.len() || channels.iter().any(|size| size.known() != Some(0)) {
        return None;
    }
    // Steps are columns, and an image is one frame: the last axes meet.
    for (pads, more) in pads.iter_mut().rev().zip(space.iter().rev()) {
        for (size, more) in pads.iter_mut().zip(more) {
            *size = Size::sum([&*size, more]);
        }
    }
    Some(op)
}

/// The node that reads the result of another and nothing else, if the result is no output of the network and no mask.
fn only_reader(graph: &Graph, index: usize) -> Option<usize> {
    let value = graph.nodes[index].results[0];
    let reads = |node: &Node| matches!(&node.inputs[..], [input] if input.value == value);
    graph.nodes.iter().position(reads).filter(|_| graph.readers(value) == 1)
}
