//! Steps of a program → operations with numbers.

use nn_core::Element;
use nn_graph::op::fusion::Epilogue;
use nn_graph::plan::Step;
use nn_graph::plan::training::TrainStep;
use nn_graph::size::around;
use nn_graph::{Op, Program};

use super::{Operation, Site, Tail, activation, mask, moved, pool, softmax};
use crate::description::Param;
use crate::sizes;

impl Operation {
    /// A step of inference.
    pub(crate) fn of_step<T: Element>(program: &Program, step: &Step, params: &[Param]) -> Self {
        let Some(node) = step.node.map(|node| &program.graph.nodes[node]) else { return Operation::Copy(moved::Copy) };
        let site = Site { program, params, node };
        let tail = Tail::new(&step.epilogue);
        Self::new::<T>(&site, &step.op, tail, step.in_place())
    }

    /// A step of training.
    pub(crate) fn of_train_step<T: Element>(program: &Program, step: &TrainStep, params: &[Param]) -> Self {
        let Some(node) = step.node.map(|node| &program.graph.nodes[node]) else { return Operation::Copy(moved::Copy) };
        let site = Site { program, params, node };
        let tail = Tail { activation: step.activation.map(activation), ..Tail::default() };
        Self::new::<T>(&site, &step.op, tail, false)
    }

    fn new<T: Element>(site: &Site<'_>, op: &Op, tail: Tail, in_place: bool) -> Self {
        let node = site.node;
        match op {
            Op::Activation(function) => {
                Operation::Activation(activation::Activation { function: activation(*function), in_place })
            }
            Op::Softmax(op) => {
                let axes = sizes::array(&around(&node.output, op.axis));
                Operation::Softmax(softmax::Softmax { axes, log: op.log })
            }
            Op::Repeat(op) => {
                Operation::Repeat(moved::Repeat { sizes: [sizes::known(&op.n), sizes::product(&node.input)] })
            }
            Op::GlobalPool(op) => {
                Operation::GlobalPool(pool::GlobalPool { kind: pool::kind(op.kind), sizes: sizes::image(node) })
            }
            Op::Masking(op) => {
                let features = node.input.last().map_or(1, sizes::known);
                Operation::Masking(mask::Masking { value: op.mask_value, features })
            }
            Op::Mask(op) => Operation::Mask(mask::Mask { op: op.clone() }),
            Op::View | Op::Copy => Operation::Copy(moved::Copy),
            other => panic!("waiting for {other:?}"),
        }
    }
}
