//! `SimpleRNN`, `LSTM`, `GRU`, their cells, and `Bidirectional` around them.

use std::rc::Rc;

use nn_graph::function::{Elementwise, Function};
use nn_graph::graph::Operand;
use nn_graph::mask::{Mask, Masked};
use nn_graph::op::{Direction, Merge, Op, Recurrence, RecurrenceKind};
use nn_graph::size::shape_text;
use nn_graph::weight::{Initializer, Param};
use nn_graph::{Shape, Size};

use crate::rule::{Problem, Site, ranked, rule};
use crate::spec::{
    ACTIVITY_REGULARIZER, BIAS, Beside, Configured, KERNEL, Kind, Lower, Masks, Opt, Placed, Positional, SEED, Spec,
    TRAINABLE, USE_BIAS, Values, WeightSpec, flag, number, size, weight, word,
};

const RECURRENT: WeightSpec = weight!("recurrent", Initializer::Orthogonal(1.0));
pub(super) const STATES_AND_MASK: &[&str] = &["initial_state", "mask"];
const WEIGHTS: &[WeightSpec] = &[KERNEL, RECURRENT, BIAS];

const TANH: Opt = Opt { name: "activation", kind: Kind::ElementwiseFunction(Function::Elementwise(Elementwise::Tanh)) };
const SIGMOID: Opt =
    Opt { name: "recurrent_activation", kind: Kind::ElementwiseFunction(Function::Elementwise(Elementwise::Sigmoid)) };
const UNITS: Positional = Positional::required(&[size("units")]);

pub(super) const fn dropped(name: &'static str) -> Opt {
    number(name, 0.0, "a share from 0 to 1", |x| (0.0..=1.0).contains(&x))
}

const OF_ALL: &[Opt] =
    &[TANH, USE_BIAS, TRAINABLE, dropped("dropout"), dropped("recurrent_dropout"), SEED, ACTIVITY_REGULARIZER];
const OF_GATED: &[Opt] = &[SIGMOID];
const OF_LSTM: &[Opt] = &[flag("unit_forget_bias", true)];
const OF_GRU: &[Opt] = &[flag("reset_after", true)];
// Steps are a loop in a function that the compiler unrolls as it likes: the results are the same either way.
const OF_LAYERS: &[Opt] = &[
    flag("return_sequences", false),
    flag("return_state", false),
    flag("go_backwards", false),
    flag("stateful", false),
    flag("unroll", false),
];

const fn layer(names: &'static [&'static str], options: &'static [&'static [Opt]], lower: Lower) -> Spec {
    Spec {
        positional: UNITS,
        options,
        weights: WEIGHTS,
        named: STATES_AND_MASK,
        masks: Masks::By(|values, inputs, masks| masked(values.flag("return_sequences"), inputs, masks)),
        certain_output: |values| {
            (!values.flag("return_sequences") && !values.flag("return_state")).then(|| vec![values.size("units")])
        },
        ..Spec::new(names, lower)
    }
}

const fn cell(names: &'static [&'static str], options: &'static [&'static [Opt]], lower: Lower) -> Spec {
    Spec {
        positional: UNITS,
        options,
        weights: WEIGHTS,
        masks: Masks::By(|_, inputs, masks| masked(false, inputs, masks)),
        ..Spec::new(names, lower)
    }
}

const SIMPLE_RNN: Spec = layer(&["SimpleRNN"], &[OF_ALL, OF_LAYERS], |values, site, inputs| {
    lower(values, RecurrenceKind::SimpleRnn, false, site, inputs)
});
const LSTM: Spec = layer(&["LSTM"], &[OF_ALL, OF_GATED, OF_LSTM, OF_LAYERS], |values, site, inputs| {
    lower(values, RecurrenceKind::Lstm, false, site, inputs)
});
const GRU: Spec = layer(&["GRU"], &[OF_ALL, OF_GATED, OF_GRU, OF_LAYERS], |values, site, inputs| {
    lower(values, RecurrenceKind::Gru, false, site, inputs)
});

pub const SPECS: &[Spec] = &[
    SIMPLE_RNN,
    LSTM,
    GRU,
    cell(&["SimpleRNNCell"], &[OF_ALL], |values, site, inputs| {
        lower(values, RecurrenceKind::SimpleRnn, true, site, inputs)
    }),
    cell(&["LSTMCell"], &[OF_ALL, OF_GATED, OF_LSTM], |values, site, inputs| {
        lower(values, RecurrenceKind::Lstm, true, site, inputs)
    }),
    cell(&["GRUCell"], &[OF_ALL, OF_GATED, OF_GRU], |values, site, inputs| {
        lower(values, RecurrenceKind::Gru, true, site, inputs)
    }),
    Spec {
        positional: Positional::required(&[Opt { name: "layer", kind: INNER }]),
        options: &[&[word("merge_mode", &["concat", "sum", "mul", "ave"]), ACTIVITY_REGULARIZER]],
        named: STATES_AND_MASK,
        masks: Masks::By(|values, inputs, masks| {
            let inner = values.layer("layer");
            inner.map(|layer| masked(layer.values.flag("return_sequences"), inputs, masks)).unwrap_or_default()
        }),
        ..Spec::new(&["Bidirectional"], bidirectional)
    },
];

const INNER: Kind = Kind::Layer {
    find: |name| SPECS.iter().find(|spec| spec.names.contains(&name) && spec.class() != "Bidirectional"),
    takes: "a recurrent layer: `Bidirectional<LSTM<32>>`",
};

/// Keras forgets the mask inside of a layer that is given its initial state, and hands it on all the same.
pub(super) fn masked(return_sequences: bool, inputs: &[Operand], masks: &[Option<Mask>]) -> Masked {
    let mask = masks.first().cloned().flatten();
    let reads = if inputs.len() == 1 && mask.is_some() { vec![mask.clone()] } else { Vec::new() };
    Masked { reads, gives: vec![mask.filter(|_| return_sequences)] }
}

/// What the arguments say, of a layer or of a cell.
fn op(values: &Values, kind: RecurrenceKind, cell: bool) -> Recurrence {
    let flag = |name: &str| !cell && values.flag(name);
    Recurrence {
        kind,
        cell,
        units: values.size("units"),
        activation: values.function("activation"),
        recurrent_activation: match kind {
            RecurrenceKind::SimpleRnn => Function::Linear,
            RecurrenceKind::Lstm | RecurrenceKind::Gru => values.function("recurrent_activation"),
        },
        use_bias: values.flag("use_bias"),
        return_sequences: flag("return_sequences"),
        return_state: cell || values.flag("return_state"),
        go_backwards: flag("go_backwards"),
        stateful: flag("stateful"),
        dropout: values.number("dropout"),
        recurrent_dropout: values.number("recurrent_dropout"),
        seed: values.seed("seed"),
        reset_after: kind != RecurrenceKind::Gru || values.flag("reset_after"),
        direction: None,
    }
}

fn lower(
    values: &Values,
    kind: RecurrenceKind,
    cell: bool,
    site: &mut Site,
    inputs: &[Operand],
) -> Result<Placed, Problem> {
    let op = op(values, kind, cell);
    let (steps, features) = sequence(&op, site, inputs)?;
    let units = &op.units;
    let row = [features.clone()];
    ranked!(site, row.as_slice(), |row| rule!(site, dense(row, units)))?;
    initial_states(&op, site, &inputs[1..])?;
    let row = vec![units.clone()];
    let time = (!cell && op.return_sequences).then(|| steps.clone());
    let mut outputs: Vec<Shape> = vec![time.into_iter().chain(row.clone()).collect()];
    if op.return_state {
        outputs.extend(std::iter::repeat_n(row, kind.states()));
    }
    let width = Size::product([&Size::Known(kind.gates()), units]);
    let macs = Size::product([&steps, &width, &Size::sum([&features, units])]);
    let params = params(values, &op, features, width);
    let placed = Placed::new(Vec::new(), Op::Recurrence(op));
    Ok(Placed { outputs, suffixes: &["h", "c"], params, macs, ..placed })
}

/// Steps and features of the first input.
fn sequence(op: &Recurrence, site: &Site, inputs: &[Operand]) -> Result<(Size, Size), Problem> {
    let Some(first) = inputs.first() else { return Err(site.problem("needs an input", "")) };
    match (site.real(first)?, op.cell) {
        ([steps, features], false) => Ok((steps.clone(), features.clone())),
        ([features], true) => Ok((Size::Known(1), features.clone())),
        (shape, true) => {
            let problem = format!("takes one step, a vector, but its input is {}", shape_text(shape));
            Err(site.problem(&problem, &format!("for all steps of a sequence there is `{}`", op.kind.class())))
        }
        (shape, false) => {
            let problem = format!("needs steps and features, but its input is {}", shape_text(shape));
            let help = match shape {
                [n] => {
                    format!("`return_sequences = true` in the recurrent layer before, or `Reshape<{}, 1>`", n.text())
                }
                _ => "make each step a vector first: `TimeDistributed<Flatten>`".to_string(),
            };
            Err(site.problem(&problem, &help))
        }
    }
}

fn initial_states(op: &Recurrence, site: &Site, given: &[Operand]) -> Result<(), Problem> {
    let states = op.kind.states();
    let call = if states == 2 { "(x, h, c)" } else { "(x, h)" };
    if given.len() != states && (op.cell || !given.is_empty()) {
        let problem =
            format!("has {states} initial state{}, but got {}", if states == 1 { "" } else { "s" }, given.len());
        return Err(site.problem(&problem, &format!("call it as `{}{call}`", site.text)));
    }
    for state in given {
        let shape = site.real(state)?;
        let fits = matches!(shape, [n] if n.known().zip(op.units.known()).is_none_or(|(a, b)| a == b));
        if !fits {
            let units = op.units.text();
            let problem = format!("has states of {units}, but one that it is given is {}", shape_text(shape));
            return Err(site.problem(&problem, "a state has one element for each unit"));
        }
    }
    Ok(())
}

fn params(values: &Values, op: &Recurrence, features: Size, width: Size) -> Vec<Param> {
    let twice = op.kind == RecurrenceKind::Gru && op.reset_after;
    let bias = if twice { vec![Size::Known(2), width.clone()] } else { vec![width.clone()] };
    let mut params = vec![
        values.param("kernel", vec![features, width.clone()]),
        values.param_of("recurrent_kernel", "recurrent", vec![op.units.clone(), width]),
    ];
    if op.use_bias {
        let mut bias = values.param("bias", bias);
        if op.kind == RecurrenceKind::Lstm && values.flag("unit_forget_bias") {
            // The bias of the forget gate starts at one, as Jozefowicz et al. advise; the others as the option says.
            bias.weight.initializer = Initializer::UnitForgetBias(Box::new(bias.weight.initializer));
        }
        params.push(bias);
    }
    params
}

/// A recurrent layer from both ends: two layers, and what makes one of their outputs.
fn bidirectional(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (layer, kind) = inner(values, site)?;
    let states = kind.states();
    if inputs.len() != 1 && inputs.len() != 1 + 2 * states {
        let problem = format!("has {} initial states, but got {}", 2 * states, inputs.len().saturating_sub(1));
        return Err(site.problem(&problem, "first those of the forward layer, then those of the backward layer"));
    }
    let given = if inputs.len() == 1 { 0 } else { states };
    let roles = [0, given].map(|before| [0].into_iter().chain(before + 1..=before + given).collect::<Vec<usize>>());
    let mut direction = |direction: Direction, roles: &[usize]| -> Result<Placed, Problem> {
        let seen: Vec<Operand> = roles.iter().map(|role| inputs[*role].clone()).collect();
        let mut placed = layer.lower(site, &seen)?;
        if let Op::Recurrence(op) = &mut placed.op {
            op.direction = Some(direction);
        }
        for param in &mut placed.params {
            param.name = format!("{}.{}", direction.name(), param.name);
        }
        Ok(placed)
    };
    let forward = direction(Direction::Forward, &roles[0])?;
    let backward = direction(Direction::Backward, &roles[1])?;
    let join = merged(values.word("merge_mode"), &forward.outputs[0]);
    if matches!(join.0, Op::Merge(_)) && forward.penalty.is_some() {
        let help = "it is for the outputs before they are merged: `merge_mode = concat` keeps them, and `Bidirectional` has \
                    one of its own for what they become";
        return Err(site.problem("takes no `activity_regularizer` of the layer inside", help));
    }
    let suffixes: &[&str] = if states == 2 {
        &["forward_h", "forward_c", "backward_h", "backward_c"]
    } else {
        &["forward_h", "backward_h"]
    };
    let names = [Direction::Forward, Direction::Backward].map(Direction::name);
    let [own, others] = roles;
    let beside = Beside { names, op: backward.op, roles: others, outputs: backward.outputs, join };
    Ok(Placed {
        roles: Some(own),
        params: [forward.params, backward.params].concat(),
        macs: Size::product([&Size::Known(2), &forward.macs]),
        suffixes,
        beside: Some(beside),
        penalty: forward.penalty,
        outputs: forward.outputs,
        ..Placed::new(Vec::new(), forward.op)
    })
}

/// The layer inside of a `Bidirectional`.
fn inner(values: &Values, site: &Site) -> Result<(Rc<Configured>, RecurrenceKind), Problem> {
    let kind = |layer: &Configured| match layer.spec.class() {
        "SimpleRNN" => Some(RecurrenceKind::SimpleRnn),
        "LSTM" => Some(RecurrenceKind::Lstm),
        "GRU" => Some(RecurrenceKind::Gru),
        _ => None,
    };
    let layer: Option<Rc<Configured>> = values.layer("layer");
    let Some((layer, kind)) = layer.and_then(|layer| kind(&layer).map(|kind| (layer, kind))) else {
        return Err(site.problem("needs a layer, not a cell", "`Bidirectional<LSTM<32>>`"));
    };
    if layer.values.flag("go_backwards") {
        let problem = "goes in both directions, but the layer inside has `go_backwards = true`";
        return Err(site.problem(problem, "leave `go_backwards` out"));
    }
    Ok((layer, kind))
}

/// What makes one of two outputs of this shape.
fn merged(mode: &str, half: &[Size]) -> (Op, Shape) {
    match mode {
        "sum" => (Op::Merge(Merge::Add), half.to_vec()),
        "mul" => (Op::Merge(Merge::Multiply), half.to_vec()),
        "ave" => (Op::Merge(Merge::Average), half.to_vec()),
        _ => {
            let axis = half.len() - 1;
            let mut output = half.to_vec();
            output[axis] = Size::product([&Size::Known(2), &output[axis]]);
            (super::merge::joined(axis, &[half, half]), output)
        }
    }
}
