//! What can become part of what.

use super::{BatchNormalization, Merge, Op, Pool, is_bare};
use crate::function::Elementwise;
use crate::graph::{Node, ValueId};
use crate::size::Size;

/// What a step does with its results before it stores them.
#[derive(Clone, Debug, PartialEq)]
pub enum Epilogue {
    /// The BatchNormalization of this node, as a scale and a shift.
    Affine(usize),
    /// A function of single elements.
    Activation(Elementwise),
    /// The pooling of this node.
    Pool(usize),
    /// The sum with another value, which is the last input of the step.
    Sum,
}

/// Windows of up to this many elements are pooled in registers; more would not fit beside the sums.
const LARGEST_FUSED_POOL: usize = 4;

impl Op {
    /// Whether it computes nothing at inference: its result is its input.
    pub fn is_view(&self) -> bool {
        match self {
            Op::View | Op::Dropout(_) | Op::Warp(_) | Op::Tone(_) | Op::Penalty(_) => true,
            // On each picture of a sequence.
            Op::Each(each) => each.op.augments(),
            Op::Convolution(_)
            | Op::ConvolutionStep(_)
            | Op::Dense(_)
            | Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::Pool3D(_)
            | Op::Convolution3D(_)
            | Op::BatchNormalization(_)
            | Op::Normalization(_)
            | Op::Activation(_)
            | Op::Softmax(_)
            | Op::Rescale(_)
            | Op::PRelu(_)
            | Op::Permute(_)
            | Op::Repeat(_)
            | Op::Inset(_)
            | Op::Weight
            | Op::Slice(_)
            | Op::UpSample(_)
            | Op::Concatenate(_)
            | Op::Merge(_)
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
            | Op::Custom(_)
            | Op::Border
            | Op::Copy => false,
        }
    }

    /// The same in training.
    pub fn is_view_in_training(&self) -> bool {
        match self {
            Op::Dropout(dropout) => dropout.rate == 0.0,
            op if op.augments() => false,
            other => other.is_view(),
        }
    }

    /// Whether it changes pictures at random in training.
    fn augments(&self) -> bool {
        match self {
            Op::Each(each) => each.op.augments(),
            op => matches!(op, Op::Warp(_) | Op::Tone(_)),
        }
    }

    /// Whether its result lies among the weights at inference, so that no step computes it.
    pub fn is_stored(&self) -> bool {
        matches!(self, Op::Weight)
    }

    /// What its step can take in, beside what it has taken: `done`.
    pub fn takes(&self, node: &Node, done: &[Epilogue], next: &Epilogue) -> bool {
        let activated = matches!(done.last(), Some(Epilogue::Activation(_)));
        match (self, next) {
            (Op::Convolution(_), Epilogue::Pool(_)) => {
                !done.iter().any(|part| matches!(part, Epilogue::Pool(_) | Epilogue::Sum))
            }
            // Behind a pooling there is one place for an activation, and the sum stands before it.
            (Op::Convolution(_), Epilogue::Sum) => {
                let pooled = done.iter().any(|part| matches!(part, Epilogue::Pool(_)));
                !(pooled && activated || done.contains(&Epilogue::Sum))
            }
            (Op::Convolution(_) | Op::Convolution3D(_) | Op::Dense(_), Epilogue::Affine(_)) => done.is_empty(),
            (Op::Convolution(_) | Op::Convolution3D(_) | Op::Dense(_), Epilogue::Activation(_)) => !activated,
            (Op::Pool(_), Epilogue::Activation(_)) => done.is_empty(),
            (Op::ConvolutionStep(_), Epilogue::Activation(_)) => done.is_empty(),
            (Op::Each(each), Epilogue::Activation(_)) => {
                matches!(each.op, Op::Convolution(_) | Op::Convolution3D(_)) && !activated
            }
            (Op::Merge(_), Epilogue::Activation(_)) => done.is_empty() && node.masks.is_empty(),
            (
                Op::Pool(_)
                | Op::ConvolutionStep(_)
                | Op::Merge(_)
                | Op::Dense(_)
                | Op::GlobalPool(_)
                | Op::Pool3D(_)
                | Op::Convolution3D(_)
                | Op::BatchNormalization(_)
                | Op::Normalization(_)
                | Op::Activation(_)
                | Op::Softmax(_)
                | Op::Rescale(_)
                | Op::PRelu(_)
                | Op::Dropout(_)
                | Op::Penalty(_)
                | Op::View
                | Op::Permute(_)
                | Op::Repeat(_)
                | Op::Inset(_)
                | Op::Weight
                | Op::Slice(_)
                | Op::UpSample(_)
                | Op::Concatenate(_)
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
                | Op::Copy,
                _,
            ) => false,
        }
    }

    /// What it can be for the step before it; `viewed` if it sees the result of that in another shape.
    pub fn as_epilogue(&self, node: &Node, index: usize, viewed: bool) -> Option<Epilogue> {
        match self {
            Op::Activation(function) => Some(Epilogue::Activation(*function)),
            Op::BatchNormalization(BatchNormalization { axis, .. }) if !viewed && axis + 1 == node.input.len() => {
                Some(Epilogue::Affine(index))
            }
            Op::Pool(pool) if !viewed && fits_registers(pool) => Some(Epilogue::Pool(index)),
            Op::Merge(Merge::Add) if node.inputs.iter().all(|input| input.shape == node.output) => Some(Epilogue::Sum),
            Op::BatchNormalization(_)
            | Op::Pool(_)
            | Op::Merge(_)
            | Op::Convolution(_)
            | Op::ConvolutionStep(_)
            | Op::Dense(_)
            | Op::GlobalPool(_)
            | Op::Pool3D(_)
            | Op::Convolution3D(_)
            | Op::Normalization(_)
            | Op::Softmax(_)
            | Op::Rescale(_)
            | Op::PRelu(_)
            | Op::Dropout(_)
            | Op::Penalty(_)
            | Op::View
            | Op::Permute(_)
            | Op::Repeat(_)
            | Op::Inset(_)
            | Op::Weight
            | Op::Slice(_)
            | Op::UpSample(_)
            | Op::Concatenate(_)
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

    /// Whether it can write its result with zeros around it, for the convolution that reads it.
    pub fn leaves_border(&self) -> bool {
        match self {
            Op::Convolution(_) | Op::Pool(_) => true,
            Op::ConvolutionStep(_)
            | Op::Dense(_)
            | Op::GlobalPool(_)
            | Op::Pool3D(_)
            | Op::Convolution3D(_)
            | Op::BatchNormalization(_)
            | Op::Normalization(_)
            | Op::Activation(_)
            | Op::Softmax(_)
            | Op::Rescale(_)
            | Op::PRelu(_)
            | Op::Dropout(_)
            | Op::Penalty(_)
            | Op::View
            | Op::Permute(_)
            | Op::Repeat(_)
            | Op::Inset(_)
            | Op::Weight
            | Op::Slice(_)
            | Op::UpSample(_)
            | Op::Concatenate(_)
            | Op::Merge(_)
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
            | Op::Copy => false,
        }
    }
}

/// The masks that a node reads at inference: those of a BatchNormalization are for the statistics of a batch.
pub fn masks_at_inference(node: &Node) -> &[Option<ValueId>] {
    if matches!(node.op, Op::BatchNormalization(_)) { &[] } else { &node.masks }
}

/// Pooling can happen in registers where windows are small, do not overlap and lie inside.
fn fits_registers(pool: &Pool) -> bool {
    let known = |pair: &[Size; 2]| Some([pair[0].known()?, pair[1].known()?]);
    let (Some(size), Some(strides)) = (known(&pool.pool_size), known(&pool.strides)) else {
        return false;
    };
    size == strides && size[0] * size[1] <= LARGEST_FUSED_POOL && is_bare(&pool.pads)
}
