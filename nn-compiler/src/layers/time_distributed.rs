//! `TimeDistributed<Dense<64>>`: a layer on each step.

use nn_graph::function::Function;
use nn_graph::graph::Operand;
use nn_graph::op::{BatchNormalization, Dense, Each, Op, Softmax};
use nn_graph::{Shape, Size};

use super::find;
use crate::shapes::rule::{MOST_AXES, Problem, Site};
use crate::spec::{Kind, Masks, Opt, Placed, Positional, Spec, Values};

const LAYER: Opt = Opt { name: "layer", kind: Kind::Layer { find, takes: "a layer: `TimeDistributed<Dense<64>>`" } };

pub const SPECS: &[Spec] = &[Spec {
    positional: Positional::required(&[LAYER]),
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
    let [output] = inner.outputs.as_slice() else {
        let help = "leave `return_state` out: the wrapper hands on one value for each step";
        return Err(site.problem("takes a layer with one result", help));
    };
    let every: Shape = std::iter::once(steps.clone()).chain(output.clone()).collect();
    if every.len() > MOST_AXES {
        return Err(site.axes(&every));
    }
    if let Op::Convolution(op) = &inner.op
        && matches!(op.activation, Function::Softmax { .. })
    {
        return Err(site.problem("has a softmax inside", "put it behind: `TimeDistributed<…> => Softmax`"));
    }
    if inner.op.state(0).is_some() {
        let help = "leave `stateful` out: each step is a sample of its own";
        return Err(site.problem("has a stateful layer inside", help));
    }
    let op = on_all(inner.op, steps, step, output);
    let macs = Size::product([steps, &inner.macs]);
    Ok(Placed { params: inner.params, macs, roles: inner.roles, ..Placed::new(every, op) })
}

/// The operation on all steps: those that do not care how many rows there are stay what they are.
fn on_all(op: Op, steps: &Size, input: &[Size], output: &[Size]) -> Op {
    match op {
        Op::Dense(op) => Op::Dense(Dense { activation: op.activation.on(output.len() + 1), ..op }),
        Op::Softmax(op) => Op::Softmax(Softmax { axis: op.axis + 1, ..op }),
        Op::BatchNormalization(op) => Op::BatchNormalization(BatchNormalization { axis: op.axis + 1, ..op }),
        Op::Activation(_) | Op::Dropout(_) | Op::View => op,
        op => {
            let (input, output) = (input.to_vec(), output.to_vec());
            Op::Each(Box::new(Each { op, steps: steps.clone(), input, output }))
        }
    }
}
