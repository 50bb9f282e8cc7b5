//! How an operation behaves along time: what it is for one step, and for a block of steps.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{
    Along, AlongAxis, BatchNormalization, Concatenate, Constants, Convolution, ConvolutionStep, Custom, Dense, Dropout,
    Normalization, NormalizationKind, Op, PRelu, Pad, Recurrence, RecurrenceStep, Reduce, Rescale, Slice, Softmax,
    Stack,
};
use crate::graph::{Element, Node, Operand};
use crate::size::{Rule, Size};

/// An operation for one time step.
#[derive(Debug)]
pub struct TimeStep {
    /// What runs in each step.
    pub op: Op,
    /// Whether its result has an axis of time.
    pub timed: bool,
    /// The first outputs that the whole operation does not have.
    pub latency: Size,
    /// How many earlier steps it reaches back to; `None` if to all of them.
    pub reach: Option<Size>,
}

impl TimeStep {
    /// An operation that looks at one step alone.
    pub fn of(op: Op) -> Self {
        // So that it gives the same in a block of steps.
        let op = match op {
            Op::Dense(op) => Op::Dense(Dense { in_order: true, ..op }),
            other => other,
        };
        TimeStep { op, timed: true, latency: Size::Known(0), reach: Some(Size::Known(0)) }
    }
}

impl Op {
    /// The operation for one step of a value whose first axis is time; `None` where it needs more than the steps so far.
    pub fn time_step(&self, node: &Node) -> Option<TimeStep> {
        let op = match self {
            Op::Dense(_) if node.input.len() > 1 => self.clone(),
            Op::Activation(_) | Op::Dropout(_) | Op::Penalty(_) | Op::Weight | Op::Number(_) => self.clone(),
            Op::Softmax(op) => Op::Softmax(Softmax { axis: op.axis.checked_sub(1)?, ..op.clone() }),
            // One number for all is no number for each step.
            Op::Rescale(op) if op.constants.iter().all(|constants| matches!(constants, Constants::One(_))) => {
                Op::Rescale(Rescale { axis: op.axis.saturating_sub(1), ..op.clone() })
            }
            Op::Rescale(op) => Op::Rescale(Rescale { axis: op.axis.checked_sub(1)?, ..op.clone() }),
            // The slopes are those of all steps.
            Op::PRelu(op) if op.shared_axes.contains(&0) => {
                let shared_axes = op.shared_axes.iter().filter_map(|axis| axis.checked_sub(1)).collect();
                Op::PRelu(PRelu { shared_axes })
            }
            Op::BatchNormalization(op) => {
                Op::BatchNormalization(BatchNormalization { axis: op.axis.checked_sub(1)?, ..op.clone() })
            }
            Op::View if node.input.len() == node.output.len() => Op::View,
            Op::Concatenate(op) => Op::Concatenate(Concatenate { axis: op.axis.checked_sub(1)?, at: None }),
            Op::Merge(_) => self.clone(),
            // Each step is one of the result, if all of them are taken.
            Op::Slice(op) if node.input.len() > 1 => {
                let time = node.input.first().map(Along::whole)?;
                let others =
                    |axes: &Vec<Along>| Some(axes.split_first().filter(|(first, _)| **first == time)?.1.to_vec());
                Op::Slice(Slice { parts: op.parts.iter().map(others).collect::<Option<_>>()? })
            }
            Op::Stack(op) => Op::Stack(Stack { axis: op.axis.checked_sub(1)? }),
            Op::Pad(op) => {
                let none = [Size::Known(0), Size::Known(0)];
                let ends =
                    op.ends.split_first().filter(|(time, others)| **time == none && !others.is_empty())?.1.to_vec();
                Op::Pad(Pad { ends, ..op.clone() })
            }
            Op::Reduce(op) => {
                let axes = op.axes.split_first().filter(|(time, others)| !**time && !others.is_empty())?.1.to_vec();
                Op::Reduce(Reduce { axes, ..op.clone() })
            }
            Op::AlongAxis(op) => Op::AlongAxis(AlongAxis { axis: op.axis.checked_sub(1)?, ..op.clone() }),
            // A row for each step, by a matrix that is the same for all of them.
            Op::Matmul if node.inputs[0].shape.len() == 2 && node.inputs[1].shape.len() < 3 => Op::Matmul,
            Op::OneHot(_) | Op::Cast if node.input.len() == 1 && node.inputs[0].element != Element::Real => {
                self.clone()
            }
            Op::Embedding(_) if node.input.len() == 1 => self.clone(),
            Op::Normalization(op) => {
                let along = op.along.split_first().filter(|(time, _)| !**time)?.1.to_vec();
                match op.kind {
                    NormalizationKind::Layer | NormalizationKind::Rms | NormalizationKind::Unit => {
                        Op::Normalization(Normalization { along, ..op.clone() })
                    }
                    NormalizationKind::Group(_) => return None,
                }
            }
            Op::Custom(op) => return custom(op, node),
            Op::Convolution(op) => return convolution(op, node),
            Op::Recurrence(op) => return recurrence(op, node),
            Op::Each(each) => each.op.clone(),
            Op::Dense(_)
            | Op::View
            | Op::Embedding(_)
            | Op::ConvolutionStep(_)
            | Op::RecurrenceStep(_)
            | Op::ConvLstm(_)
            | Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::Pool3D(_)
            | Op::Convolution3D(_)
            | Op::PRelu(_)
            | Op::Permute(_)
            | Op::Repeat(_)
            | Op::Inset(_)
            | Op::Slice(_)
            | Op::Matmul
            | Op::UpSample(_)
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
            | Op::Masking(_)
            | Op::Mask(_)
            | Op::Border
            | Op::Copy => return None,
        };
        Some(TimeStep::of(op))
    }
}

impl Op {
    /// The operation of one time step for a block of `steps`, which are the first axis of its results and of the inputs that are not
    /// `fixed`; `None` where it has none that gives the same bits.
    pub fn side_by_side(&self, node: &Node, steps: usize, fixed: &[bool]) -> Option<Op> {
        let all = || Along::whole(&Size::Known(steps));
        let op = match self {
            Op::Dense(_) | Op::Activation(_) | Op::Penalty(_) | Op::View => self.clone(),
            Op::Dropout(op) => {
                let shared_axes = op.shared_axes.iter().map(|axis| axis + 1).collect();
                Op::Dropout(Dropout { shared_axes, ..op.clone() })
            }
            Op::Softmax(op) => Op::Softmax(Softmax { axis: op.axis + 1, ..op.clone() }),
            Op::Rescale(op) => Op::Rescale(Rescale { axis: op.axis + 1, ..op.clone() }),
            Op::BatchNormalization(op) => {
                Op::BatchNormalization(BatchNormalization { axis: op.axis + 1, ..op.clone() })
            }
            Op::Concatenate(op) => Op::Concatenate(Concatenate { axis: op.axis + 1, at: None }),
            Op::Stack(op) => Op::Stack(Stack { axis: op.axis + 1 }),
            Op::PRelu(op) => {
                let shared_axes = core::iter::once(0).chain(op.shared_axes.iter().map(|axis| axis + 1)).collect();
                Op::PRelu(PRelu { shared_axes })
            }
            Op::AlongAxis(op) => Op::AlongAxis(AlongAxis { axis: op.axis + 1, ..op.clone() }),
            // An input with fewer axes would be spread along others.
            Op::Merge(_) => {
                let alike = |(input, fixed): (&Operand, &bool)| *fixed || input.shape.len() == node.output.len();
                node.inputs.iter().zip(fixed).all(alike).then(|| self.clone())?
            }
            Op::Slice(op) => {
                let behind = |axes: &Vec<Along>| core::iter::once(all()).chain(axes.iter().cloned()).collect();
                Op::Slice(Slice { parts: op.parts.iter().map(behind).collect() })
            }
            Op::Pad(op) => {
                let none = [Size::Known(0), Size::Known(0)];
                let ends = core::iter::once(none).chain(op.ends.iter().cloned()).collect();
                Op::Pad(Pad { ends, ..op.clone() })
            }
            Op::Reduce(op) => Op::Reduce(Reduce { axes: behind(&op.axes), ..op.clone() }),
            Op::Normalization(op) => match op.kind {
                NormalizationKind::Layer | NormalizationKind::Rms | NormalizationKind::Unit => {
                    Op::Normalization(Normalization { along: behind(&op.along), ..op.clone() })
                }
                NormalizationKind::Group(_) => return None,
            },
            // The ids of a block are a sequence.
            Op::Embedding(_) | Op::OneHot(_) | Op::Cast if node.inputs[0].element != Element::Real => self.clone(),
            Op::ConvolutionStep(op) => Op::ConvolutionStep(Box::new(ConvolutionStep { steps, ..(**op).clone() })),
            Op::RecurrenceStep(op) => Op::RecurrenceStep(RecurrenceStep { steps, ..op.clone() }),
            Op::Embedding(_)
            | Op::OneHot(_)
            | Op::Cast
            | Op::Weight
            | Op::Number(_)
            | Op::Convolution(_)
            | Op::Convolution3D(_)
            | Op::Recurrence(_)
            | Op::ConvLstm(_)
            | Op::Pool(_)
            | Op::GlobalPool(_)
            | Op::Pool3D(_)
            | Op::Warp(_)
            | Op::Tone(_)
            | Op::Permute(_)
            | Op::Repeat(_)
            | Op::Inset(_)
            | Op::Matmul
            | Op::UpSample(_)
            | Op::Take(_)
            | Op::Resizing(_)
            | Op::Dot(_)
            | Op::Attention(_)
            | Op::Attend(_)
            | Op::Masking(_)
            | Op::Mask(_)
            | Op::Each(_)
            | Op::Custom(_)
            | Op::State(_)
            | Op::Carry(_)
            | Op::Border
            | Op::Copy => return None,
        };
        Some(op)
    }
}

/// What is true of some axes, behind one of which it is not.
fn behind(axes: &[bool]) -> Vec<bool> {
    core::iter::once(false).chain(axes.iter().copied()).collect()
}

/// The step of a convolution: of a sequence, in one part, without strides, and not looking ahead.
fn convolution(op: &Convolution, node: &Node) -> Option<TimeStep> {
    let strides = op.strides[1].known() != Some(1);
    let [_, [zeros, ahead]] = &op.pads;
    if node.input.len() != 2 || strides || ahead.known() != Some(0) {
        return None;
    }
    let before = Rule::Before.of([&op.kernel_size[1], &op.dilation_rate[1]]);
    let latency = match zeros {
        zeros if *zeros == before => Size::Known(0),
        Size::Known(0) => before.clone(),
        _ => return None,
    };
    let step = ConvolutionStep { layer: op.clone(), whole: node.clone(), steps: 1 };
    Some(TimeStep { op: Op::ConvolutionStep(Box::new(step)), timed: true, latency, reach: Some(before) })
}

/// The step of a layer of the user's, whose type has to be one on a step, too: it goes on with its state, which may hold anything.
fn custom(op: &Custom, node: &Node) -> Option<TimeStep> {
    let stepwise = node.input.len() > 1 && node.output.len() > 1 && node.input.first() == node.output.first();
    let reach = if op.weights { None } else { Some(Size::Known(0)) };
    let op = Op::Custom(Custom { stateful: op.weights, ..op.clone() });
    stepwise.then_some(TimeStep { op, timed: true, latency: Size::Known(0), reach })
}

/// The step of a recurrent layer; not if it goes backward, is given its state or hands it out.
fn recurrence(op: &Recurrence, node: &Node) -> Option<TimeStep> {
    let runs = !op.go_backwards && op.direction.is_none() && !op.return_state && !op.cell && node.inputs.len() == 1;
    runs.then(|| TimeStep {
        op: Op::RecurrenceStep(RecurrenceStep { layer: op.clone(), steps: 1 }),
        timed: op.return_sequences,
        latency: Size::Known(0),
        reach: None,
    })
}
