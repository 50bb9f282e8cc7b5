//! What training needs to know of an operation.

use super::{AlongKind, Op, Recurrence};
use crate::graph::Node;
use crate::size::Size;
use crate::weight::Weight;

impl Recurrence {
    /// One stream for the inputs and one for the states, as the runtime has them.
    pub fn streams(&self) -> u32 {
        if self.dropout > 0.0 || self.recurrent_dropout > 0.0 { 2 } else { 0 }
    }
}

impl Op {
    /// Whether it has weights, as far as its node has some.
    pub fn has_weights(&self) -> bool {
        match self {
            Op::Convolution(_)
            | Op::Convolution3D(_)
            | Op::ConvolutionStep(_)
            | Op::Dense(_)
            | Op::BatchNormalization(_)
            | Op::Normalization(_)
            | Op::PRelu(_)
            | Op::Attention(_)
            | Op::Attend(_)
            | Op::Recurrence(_)
            | Op::RecurrenceStep(_)
            | Op::ConvLstm(_)
            | Op::Embedding(_)
            | Op::Weight => true,
            Op::Custom(op) => op.weights,
            Op::Each(each) => each.op.has_weights(),
            Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::Pool3D(_)
            | Op::Activation(_)
            | Op::Softmax(_)
            | Op::Rescale(_)
            | Op::Dropout(_)
            | Op::Penalty(_)
            | Op::View
            | Op::Permute(_)
            | Op::Repeat(_)
            | Op::Inset(_)
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
            | Op::Masking(_)
            | Op::Mask(_)
            | Op::Border
            | Op::Copy => false,
        }
    }

    /// Whether its result is no number with a gradient.
    pub fn stops_gradient(&self) -> bool {
        match self {
            Op::Mask(_) | Op::Number(_) | Op::OneHot(_) | Op::Cast | Op::State(_) => true,
            Op::AlongAxis(op) => op.kind == AlongKind::ArgMax,
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
            | Op::Matmul
            | Op::Carry(_)
            | Op::Take(_)
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
            | Op::Each(_)
            | Op::Custom(_)
            | Op::Border
            | Op::Copy => false,
        }
    }

    /// Whether an activation that follows can be part of its step in training: its derivative is taken before backward.
    pub fn takes_activation_in_training(&self) -> bool {
        match self {
            Op::Convolution(_) | Op::Convolution3D(_) | Op::Dense(_) => true,
            Op::Each(each) => matches!(each.op, Op::Convolution(_) | Op::Convolution3D(_)),
            Op::ConvolutionStep(_)
            | Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::Pool3D(_)
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
            | Op::Custom(_)
            | Op::Border
            | Op::Copy => false,
        }
    }

    /// Whether it waits for all samples of the batch: a frozen normalization uses its moving statistics and need not.
    pub fn meets_batch(&self) -> bool {
        matches!(self, Op::BatchNormalization(op) if op.trainable)
    }

    /// Whether the gradient of its first weight is a list of the rows that the samples use.
    pub fn lists_rows(&self, node: &Node) -> bool {
        // A regularizer's gradient goes to all rows, and makes one of this weight that Keras has for all rows too.
        let free = |weight: &Weight| weight.regularizer.is_none() && weight.penalty.is_none();
        let listed = |node: &Node| node.params.first().is_some_and(|p| p.trainable && free(&p.weight));
        matches!(self, Op::Embedding(_)) && listed(node)
    }

    /// How many streams of random numbers training draws from: one for each choice of what is dropped.
    pub fn streams(&self) -> u32 {
        match self {
            Op::Dropout(op) => u32::from(op.rate > 0.0),
            Op::Warp(_) | Op::Tone(_) => 1,
            Op::Attention(op) => u32::from(op.dropout > 0.0),
            Op::Attend(op) => u32::from(op.dropout > 0.0),
            Op::Recurrence(op) => op.streams(),
            Op::ConvLstm(op) => op.streams(),
            Op::Each(each) => each.op.streams(),
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
            | Op::Resizing(_)
            | Op::Dot(_)
            | Op::RecurrenceStep(_)
            | Op::Embedding(_)
            | Op::Masking(_)
            | Op::Mask(_)
            | Op::Custom(_)
            | Op::Border
            | Op::Copy => 0,
        }
    }

    /// Its inputs are ids below this number.
    pub fn ids_below(&self) -> Option<&Size> {
        match self {
            Op::Embedding(op) => Some(&op.input_dim),
            Op::Take(op) => Some(&op.rows),
            Op::Each(each) => each.op.ids_below(),
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
            | Op::Masking(_)
            | Op::Mask(_)
            | Op::Custom(_)
            | Op::Border
            | Op::Copy => None,
        }
    }
}
