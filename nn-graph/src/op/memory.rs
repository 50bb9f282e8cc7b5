//! The memory that an operation needs beside its inputs and results.

use core::ops::Range;

use super::{Convolution, Op, ReduceKind, is_bare};
use crate::graph::Node;
use crate::size::{Length, Size};

impl Op {
    /// The elements of the workspace that it alone needs at inference, as node `index`; `into` if it writes through a pooling
    /// or into a border.
    pub fn scratch(&self, index: usize, into: bool) -> Option<Size> {
        let own = Size::measured(if into { Length::ScratchInto } else { Length::Scratch }, index);
        match self {
            Op::Convolution(_)
            | Op::Convolution3D(_)
            | Op::Normalization(_)
            | Op::Attention(_)
            | Op::Attend(_)
            | Op::Recurrence(_)
            | Op::RecurrenceStep(_)
            | Op::ConvLstm(_)
            | Op::Custom(_) => Some(own),
            Op::Reduce(op) if op.kind == ReduceKind::Variance => Some(own),
            // A block puts together what it sees.
            Op::ConvolutionStep(step) if step.steps > 1 => Some(own),
            Op::Each(each) => match &each.op {
                // Here it pads its input itself.
                Op::Convolution(op) if !is_bare(&op.pads) => {
                    Some(Size::sum([&own, &Size::measured(Length::Bordered, index)]))
                }
                op => op.scratch(index, into),
            },
            Op::ConvolutionStep(_)
            | Op::Dense(_)
            | Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::Pool3D(_)
            | Op::BatchNormalization(_)
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
            | Op::Embedding(_)
            | Op::Masking(_)
            | Op::Mask(_)
            | Op::Border
            | Op::Copy => None,
        }
    }

    /// The elements for each sample that forward saves for backward, beside inputs and results.
    pub fn saved(&self, node: &Node, index: usize) -> Option<Size> {
        match self {
            Op::Normalization(_)
            | Op::Attention(_)
            | Op::Attend(_)
            | Op::Recurrence(_)
            | Op::ConvLstm(_)
            | Op::Custom(_) => Some(Size::measured(Length::Saved, index)),
            // The means; in backward, what an element is told of the others.
            Op::Reduce(op) => match op.kind {
                ReduceKind::Max | ReduceKind::Min | ReduceKind::Variance => Some(Size::product(&node.output)),
                ReduceKind::Prod => Some(Size::product([&Size::Known(2), &Size::product(&node.output)])),
                ReduceKind::Sum | ReduceKind::Mean | ReduceKind::Norm => None,
            },
            Op::Each(each) => {
                let saved = each.op.saved(&each.node(node), index)?;
                Some(Size::product([&each.steps, &saved]))
            }
            Op::Convolution(_)
            | Op::ConvolutionStep(_)
            | Op::RecurrenceStep(_)
            | Op::Dense(_)
            | Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::Pool3D(_)
            | Op::Convolution3D(_)
            | Op::BatchNormalization(_)
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
            | Op::Embedding(_)
            | Op::Masking(_)
            | Op::Mask(_)
            | Op::Border
            | Op::Copy => None,
        }
    }

    /// The elements that it carries from one call to the next.
    pub fn state(&self, index: usize) -> Option<Size> {
        match self {
            Op::Recurrence(op) => op.stateful.then(|| op.state_len()),
            Op::ConvLstm(op) => op.stateful.then(|| op.state_len()),
            // There is one: as in Keras, each step goes on where the one before it stopped.
            Op::Each(each) => each.op.state(index),
            Op::RecurrenceStep(step) => Some(step.layer.state_len()),
            Op::Custom(op) => op.stateful.then(|| Size::measured(Length::State, index)),
            // Both have one part, that of the former.
            Op::State(len) | Op::Carry(len) => Some(len.clone()),
            Op::ConvolutionStep(_) => Some(Size::measured(Length::State, index)),
            Op::Convolution(_)
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
            | Op::Take(_)
            | Op::OneHot(_)
            | Op::Cast
            | Op::Warp(_)
            | Op::Tone(_)
            | Op::Resizing(_)
            | Op::Dot(_)
            | Op::Attention(_)
            | Op::Attend(_)
            | Op::Embedding(_)
            | Op::Masking(_)
            | Op::Mask(_)
            | Op::Border
            | Op::Copy => None,
        }
    }

    /// The inputs whose memory the first result may take at inference, once nobody else reads them.
    pub fn in_place(&self, node: &Node) -> Range<usize> {
        match self {
            Op::Activation(_) => 0..1,
            // Masked ones have no form in place, and an input that is repeated is smaller than the output.
            Op::Merge(merge) if node.masks.is_empty() && node.input == node.output => {
                let alike = node.inputs.iter().all(|input| input.shape == node.output);
                if merge.commutes() && alike { 0..node.inputs.len() } else { 0..1 }
            }
            Op::Merge(_)
            | Op::Convolution(_)
            | Op::ConvolutionStep(_)
            | Op::Dense(_)
            | Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::Pool3D(_)
            | Op::Convolution3D(_)
            | Op::BatchNormalization(_)
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
            | Op::Copy => 0..0,
        }
    }
}

impl Convolution {
    /// The elements of its input with the zeros around it, as node `index`.
    pub fn bordered_len(&self, image: &[Size], index: usize) -> Size {
        let [height, width] = [0, 1].map(|axis| {
            let [before, behind] = &self.pads[axis];
            Size::sum([before, &image[axis], behind])
        });
        match Size::product([&height, &width, &image[2]]) {
            Size::Known(len) => Size::Known(len),
            _ => Size::measured(Length::Bordered, index),
        }
    }
}
