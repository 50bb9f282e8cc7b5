//! How an operation behaves when its inputs have their axes in another order.

use alloc::vec::Vec;

use super::{BatchNormalization, Concatenate, Dropout, Op, Rescale, Softmax};

impl Op {
    /// The operation that computes the same on inputs whose axes are not yet in the order `axes` (for each axis the one that
    /// it was before) and leaves its result in their order; `None` where it needs the order that it has.
    pub fn in_order(&self, axes: &[usize]) -> Option<Op> {
        match self {
            Op::Activation(_) | Op::Merge(_) | Op::Penalty(_) => Some(self.clone()),
            Op::Dropout(op) => {
                let shared_axes = op.shared_axes.iter().map(|axis| axes[*axis]).collect();
                Some(Op::Dropout(Dropout { shared_axes, ..op.clone() }))
            }
            Op::Softmax(op) => Some(Op::Softmax(Softmax { axis: axes[op.axis], ..op.clone() })),
            Op::Rescale(op) => Some(Op::Rescale(Rescale { axis: axes[op.axis], ..op.clone() })),
            Op::BatchNormalization(op) => {
                Some(Op::BatchNormalization(BatchNormalization { axis: axes[op.axis], ..op.clone() }))
            }
            // What lay in one piece lies apart in another order.
            Op::Concatenate(op) => Some(Op::Concatenate(Concatenate { axis: axes[op.axis], at: None })),
            Op::Convolution(_)
            | Op::ConvolutionStep(_)
            | Op::Dense(_)
            | Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::Pool3D(_)
            | Op::Convolution3D(_)
            | Op::Normalization(_)
            | Op::PRelu(_)
            | Op::View
            | Op::Permute(_)
            | Op::Repeat(_)
            | Op::Inset(_)
            | Op::Weight
            | Op::Slice(_)
            | Op::UpSample(_)
            | Op::Stack(_)
            | Op::Pad(_)
            | Op::Reduce(_)
            | Op::AlongAxis(_)
            | Op::Matmul
            | Op::Number(_)
            | Op::Take(_)
            | Op::OneHot(_)
            | Op::State(_)
            | Op::Carry(_)
            | Op::Cast
            | Op::Warp(_)
            | Op::Tone(_)
            | Op::Resizing(_)
            | Op::Dot(_)
            | Op::Attention(_)
            | Op::Attend(_)
            | Op::Recurrence(_)
            | Op::RecurrenceStep(_)
            | Op::ConvLstm(_)
            | Op::Embedding(_)
            | Op::Masking(_)
            | Op::Mask(_)
            | Op::Each(_)
            | Op::Custom(_)
            | Op::Border
            | Op::Copy => None,
        }
    }
}

/// Whether one order after the other is the order at the start.
pub fn cancel(first: &[usize], second: &[usize]) -> bool {
    first.len() == second.len() && second.iter().enumerate().all(|(axis, from)| first.get(*from) == Some(&axis))
}

/// What is there for each axis of the result of `axes`, in the order of the axes before.
pub fn undone<V: Clone>(axes: &[usize], items: &[V]) -> Vec<V> {
    let before = (0..axes.len()).filter_map(|axis| axes.iter().position(|from| *from == axis));
    before.filter_map(|axis| items.get(axis).cloned()).collect()
}
