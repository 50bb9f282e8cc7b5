//! Which gradients backward computes, and where a value has several readers: one of them writes its gradient, the others
//! add to it.

use alloc::vec;
use alloc::vec::Vec;

use super::flow::Flow;
use super::training::{TrainOutput, TrainStep};
use crate::graph::{Element, Graph, ValueId};

/// Whether the gradient of a value is needed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Need {
    /// Ids and masks have none.
    Never,
    /// Nothing before it learns: only if the caller wants the gradient of the input.
    OnRequest,
    /// Something before it learns.
    Always,
}

/// What a step does with the gradient of an input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gradient {
    /// Nobody needs it.
    None,
    /// It is the first to write it.
    Written,
    /// It adds to what others have written.
    Added,
}

/// What is needed of each value; `None` for a value that no step computes.
pub(super) fn needs(graph: &Graph, flow: &Flow, steps: &[TrainStep]) -> Vec<Option<Need>> {
    let mut needs: Vec<Option<Need>> = vec![None; flow.values.len()];
    for input in &graph.inputs {
        let real = flow.values[input.value].element == Element::Real;
        needs[input.value] = Some(if real { Need::OnRequest } else { Need::Never });
    }
    for step in steps {
        let of_inputs = step.inputs.iter().filter_map(|value| needs[*value]).max().unwrap_or(Need::Never);
        let learns = step.op.has_weights() && step.node.is_some_and(|node| !graph.nodes[node].params.is_empty());
        let need = match step.op.stops_gradient() {
            true => Need::Never,
            false if learns => Need::Always,
            false => of_inputs,
        };
        step.outputs.iter().flatten().for_each(|value| needs[*value] = Some(need));
        if let Some(saved) = step.saved {
            needs[saved] = Some(Need::Never);
        }
    }
    needs
}

/// Goes backward once and notes who writes and who adds.
pub(super) fn assign(needs: &[Option<Need>], outputs: &[TrainOutput], steps: &mut [TrainStep]) {
    // The loss writes the gradient of the outputs.
    let mut written: Vec<ValueId> = outputs.iter().map(|output| output.value).collect();
    for step in steps.iter_mut().rev() {
        let unread = step.outputs.iter().flatten().copied();
        step.unread = unread.filter(|value| needs[*value] > Some(Need::Never) && !written.contains(value)).collect();
        let gradient = |value: &ValueId| {
            if needs[*value].is_none_or(|need| need == Need::Never) {
                return Gradient::None;
            }
            if written.contains(value) {
                return Gradient::Added;
            }
            written.push(*value);
            Gradient::Written
        };
        step.gradients = step.inputs.iter().map(gradient).collect();
    }
}
