//! Sizes as numbers: all of them are known once the text of a network is read without a program around it.

use nn_graph::graph::Node;
use nn_graph::op::PoolWindows;
use nn_graph::size::Measure;
use nn_graph::{Op, Program, Size};

/// The number of elements that a size stands for; `measure` knows the lengths that kernels have.
///
/// A symbol stands for nothing here: networks with one are refused when they are read.
pub(crate) fn number(size: &Size, measure: &impl Fn(&Measure) -> usize) -> usize {
    match size {
        Size::Known(number) => *number,
        Size::Symbol(_) => 0,
        Size::Product(factor, terms) => {
            terms.iter().fold(*factor, |product, term| product.saturating_mul(number(term, measure)))
        }
        Size::Sum(start, terms) => terms.iter().fold(*start, |sum, term| sum.saturating_add(number(term, measure))),
        Size::Applied(rule, args) => {
            let args: Vec<Size> = args.iter().map(|arg| Size::Known(number(arg, measure))).collect();
            rule.of(&args).known().unwrap_or(0)
        }
        Size::Measured(what) => measure(what),
    }
}

/// A size that no kernel has to be asked for.
pub(crate) fn known(size: &Size) -> usize {
    number(size, &|_| 0)
}

/// Several of them.
pub(crate) fn all(shape: &[Size]) -> Vec<usize> {
    shape.iter().map(known).collect()
}

/// As many as there are.
pub(crate) fn array<const N: usize>(shape: &[Size]) -> [usize; N] {
    let mut sizes = [0; N];
    for (to, size) in sizes.iter_mut().zip(shape) {
        *to = known(size);
    }
    sizes
}

/// What lies before and behind each axis.
pub(crate) fn pads<const AXES: usize>(pads: &[[Size; 2]; AXES]) -> [[usize; 2]; AXES] {
    pads.each_ref().map(|ends| array(ends))
}

/// The elements of a shape.
pub(crate) fn product(shape: &[Size]) -> usize {
    known(&Size::product(shape))
}

/// Height, width and channels of what goes into a node.
pub(crate) fn image(node: &Node) -> [usize; 3] {
    array(&node.image())
}

/// The most elements of anything: what plans multiply with it is still a number.
const MOST: usize = usize::MAX >> 28;

/// Whether all that is computed, learned or read has a size that a machine can have.
pub(crate) fn are_moderate(program: &Program) -> bool {
    let graph = &program.graph;
    let values = graph.values.iter().map(|value| Size::product(&value.shape));
    let params = graph.params().map(|(_, param)| Size::product(&param.shape));
    let windows = graph.nodes.iter().filter_map(|node| window(&node.op));
    // Bytes are counted too, and all values may lie side by side.
    let mut all = 0_usize;
    values.chain(params).chain(windows).all(|size| {
        all = all.saturating_add(known(&size));
        all < MOST
    })
}

/// How far the window of an operation reaches and moves, if it has one.
fn window(op: &Op) -> Option<Size> {
    match op {
        Op::Convolution(op) => Some(Size::product(op.kernel_size.iter().chain(&op.strides).chain(&op.dilation_rate))),
        Op::ConvLstm(op) => Some(Size::product(op.kernel_size.iter().chain(&op.strides).chain(&op.dilation_rate))),
        Op::Pool(op) => Some(Size::product(op.pool_size.iter().chain(&op.strides))),
        Op::Convolution3D(op) => {
            let more = op.output_padding.iter().filter(|size| size.known() != Some(0));
            Some(Size::product(op.kernel_size.iter().chain(&op.strides).chain(&op.dilation_rate).chain(more)))
        }
        Op::Pool3D(op) => match &op.windows {
            PoolWindows::Sliding { pool_size, strides, .. } => Some(Size::product(pool_size.iter().chain(strides))),
            PoolWindows::Adaptive => None,
        },
        Op::Each(each) => window(&each.op),
        _ => None,
    }
}
