//! `TimeDistributed<Dense<64>>`: a layer on each step.

use nn_graph::graph::Operand;
use nn_graph::op::{BatchNormalization, Concatenate, Dropout, Each, Op, Permute, Rescale, Softmax};
use nn_graph::{Shape, Size};

use super::find;
use crate::rule::{MOST_AXES, Problem, Site};
use crate::spec::{ACTIVITY_REGULARIZER, Beside, Kind, Masks, Opt, Placed, Positional, Spec, Values};

const LAYER: Opt = Opt { name: "layer", kind: Kind::Layer { find, takes: "a layer: `TimeDistributed<Dense<64>>`" } };

pub const SPECS: &[Spec] = &[Spec {
    positional: Positional::required(&[LAYER]),
    options: &[&[ACTIVITY_REGULARIZER]],
    masks: Masks::Passed,
    ..Spec::new(&["TimeDistributed"], lower)
}];

fn lower(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    let (Some(layer), [steps, step @ ..]) = (values.layer("layer"), input) else {
        return Err(site.problem("needs a layer and an input", ""));
    };
    if step.is_empty() {
        let help = "its input needs an axis of steps before those of the layer inside";
        return Err(site.problem("needs a sequence, but its input is a vector", help));
    }
    let one = Operand { shape: step.to_vec(), ..inputs[0].clone() };
    let inner = layer.lower(site, &[one])?;
    if inner.results() != 1 {
        let help = "leave `return_state` out: the wrapper hands on one value for each step";
        return Err(site.problem("takes a layer with one result", help));
    }
    if inner.penalty.is_some() {
        let help =
            "as in Keras, it is an option of the wrapper: `TimeDistributed<Dense<64>, activity_regularizer = l2>`";
        return Err(site.problem("takes no `activity_regularizer` of the layer inside", help));
    }
    let every = |shape: &[Size]| -> Shape { [steps].into_iter().chain(shape).cloned().collect() };
    if inner.output().len() >= MOST_AXES {
        return Err(site.axes(&every(inner.output())));
    }
    let mut from: Shape = step.to_vec();
    let mut on_steps = |(op, output): (Op, Shape)| {
        let all = (on_all(op, steps, &from, &output), every(&output));
        from = output;
        all
    };
    let before = inner.before.into_iter().map(&mut on_steps).collect();
    let (op, output) = on_steps((inner.op, inner.outputs[0].clone()));
    let beside = inner.beside.map(|beside| {
        let half = &beside.outputs[0];
        let join = (on_all(beside.join.0, steps, half, &beside.join.1), every(&beside.join.1));
        Beside { op: on_all(beside.op, steps, step, half), outputs: vec![every(half)], join, ..beside }
    });
    let after = inner.after.into_iter().map(&mut on_steps).collect();
    let macs = Size::product([steps, &inner.macs]);
    Ok(Placed { params: inner.params, macs, roles: inner.roles, before, beside, after, ..Placed::new(output, op) })
}

/// The operation on all steps: those that do not care how many rows there are stay what they are.
fn on_all(op: Op, steps: &Size, input: &[Size], output: &[Size]) -> Op {
    match op {
        Op::Softmax(op) => Op::Softmax(Softmax { axis: op.axis + 1, ..op }),
        Op::Rescale(op) => Op::Rescale(Rescale { axis: op.axis + 1, ..op }),
        Op::BatchNormalization(op) => Op::BatchNormalization(BatchNormalization { axis: op.axis + 1, ..op }),
        Op::Permute(op) => {
            Op::Permute(Permute { axes: [0].into_iter().chain(op.axes.iter().map(|a| a + 1)).collect() })
        }
        Op::Concatenate(op) => {
            let at = op.at.filter(|_| steps.known() == Some(1));
            Op::Concatenate(Concatenate { axis: op.axis + 1, at })
        }
        Op::Dropout(op) => {
            let shared_axes = op.shared_axes.iter().map(|axis| axis + 1).collect();
            Op::Dropout(Dropout { shared_axes, ..op })
        }
        Op::Activation(_) | Op::Dense(_) | Op::Merge(_) | Op::View => op,
        op => {
            let (input, output) = (input.to_vec(), output.to_vec());
            Op::Each(Box::new(Each { op, steps: steps.clone(), input, output }))
        }
    }
}
