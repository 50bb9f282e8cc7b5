//! `ConvLSTM1D` and `ConvLSTM2D`.

use nn_graph::function::{Elementwise, Function};
use nn_graph::graph::Operand;
use nn_graph::mask::{Mask, Masked};
use nn_graph::op::{ConvLstm, Op, Permute};
use nn_graph::size::shape_text;
use nn_graph::weight::{Initializer, Param};
use nn_graph::{Shape, Size};

use super::recurrent::{self, dropped};
use crate::rule::{Problem, Site, Windows, rule};
use crate::spec::{
    ACTIVITY_REGULARIZER, BIAS, DATA_FORMAT, KERNEL, Kind, Lower, Masks, Opt, Placed, Positional, SEED, Spec,
    TRAINABLE, USE_BIAS, Values, WeightSpec, flag, size, sizes, weight, word,
};

const RECURRENT: WeightSpec = weight!("recurrent", Initializer::Orthogonal(1.0));
const PADDING: Opt = word("padding", &["valid", "same"]);
const TANH: Opt = Opt { name: "activation", kind: Kind::ElementwiseFunction(Function::Elementwise(Elementwise::Tanh)) };
const SIGMOID: Opt =
    Opt { name: "recurrent_activation", kind: Kind::ElementwiseFunction(Function::Elementwise(Elementwise::Sigmoid)) };
const OF_BOTH: &[Opt] = &[
    PADDING,
    DATA_FORMAT,
    TANH,
    SIGMOID,
    USE_BIAS,
    flag("unit_forget_bias", true),
    flag("return_sequences", false),
    flag("return_state", false),
    flag("go_backwards", false),
    flag("stateful", false),
    dropped("dropout"),
    dropped("recurrent_dropout"),
    SEED,
    TRAINABLE,
    ACTIVITY_REGULARIZER,
];

const fn spec(
    names: &'static [&'static str],
    positional: &'static [Opt],
    options: &'static [&'static [Opt]],
    lower: Lower,
) -> Spec {
    Spec {
        positional: Positional::required(positional),
        options,
        weights: &[KERNEL, RECURRENT, BIAS],
        named: recurrent::STATES_AND_MASK,
        masks: Masks::OfRows(masked, of_steps),
        ..Spec::new(names, lower)
    }
}

pub const SPECS: &[Spec] = &[
    spec(
        &["ConvLSTM1D"],
        &[size("filters"), sizes("kernel_size", 1, Some(1))],
        &[&[sizes("strides", 1, Some(1)), sizes("dilation_rate", 1, Some(1))], OF_BOTH],
        |values, site, inputs| lower(1, values, site, inputs),
    ),
    spec(
        &["ConvLSTM2D"],
        &[size("filters"), sizes("kernel_size", 2, Some(1))],
        &[&[sizes("strides", 2, Some(1)), sizes("dilation_rate", 2, Some(1))], OF_BOTH],
        |values, site, inputs| lower(2, values, site, inputs),
    ),
];

/// A mask leaves out time steps.
fn masked(values: &Values, inputs: &[Operand], masks: &[Option<Mask>]) -> Masked {
    recurrent::masked(values.flag("return_sequences"), inputs, masks)
}

/// A mask of pixels says nothing of time steps.
fn of_steps(_: &Values, text: &str, input: &[Size], steps: &Size) -> Result<(), Problem> {
    match (input.first().and_then(Size::known), steps.known()) {
        (Some(time), Some(steps)) if time != steps => {
            let problem =
                format!("`{text}` needs a mask for each of its {time} time steps, but the mask has {steps} elements");
            let help =
                "`Masking` before `TimeDistributed<Reshape<…>>` makes one of vectors, `mask_zero = true` one of ids";
            Err(Problem::new(problem, help.to_string()))
        }
        _ => Ok(()),
    }
}

/// Checks the states that it is given: both or none.
fn initial_states(op: &ConvLstm, site: &Site, given: &[Operand]) -> Result<(), Problem> {
    if !matches!(given.len(), 0 | 2) {
        let problem = format!("has 2 initial states, but got {}", given.len());
        return Err(site.problem(&problem, &format!("call it as `{}(x, h, c)`", site.text)));
    }
    for state in given {
        let shape = site.real(state)?;
        let differs = |(a, b): (&Size, &Size)| a.known().zip(b.known()).is_some_and(|(a, b)| a != b);
        if shape.len() != op.state.len() || shape.iter().zip(&op.state).any(differs) {
            let (has, found) = (shape_text(&op.state), shape_text(shape));
            let problem = format!("has states of {has}, but one that it is given is {found}");
            return Err(site.problem(&problem, "a state has the shape of the output of one step"));
        }
    }
    Ok(())
}

/// A Conv1D could keep the size by another padding too.
fn without_causal(problem: Problem) -> Problem {
    Problem { help: problem.help.replace(" or `causal`", ""), ..problem }
}

/// Whether the channels come before the axes of space; states are those of the kernel, whose channels are the last.
fn channels_first(axes: usize, values: &Values, site: &Site, inputs: &[Operand]) -> Result<bool, Problem> {
    let first = values.channels_first();
    if first && (values.flag("return_state") || inputs.len() > 1) {
        let order = if axes == 1 { "`Permute<1, 3, 2>`" } else { "`Permute<1, 3, 4, 2>`" };
        let help = format!("leave `data_format` out, and put {order} before it");
        return Err(site.problem("has states with their channels last, and neither takes nor gives them here", &help));
    }
    Ok(first)
}

/// The shape of an input with its channels last.
fn turned(channels_first: bool, input: &[Size]) -> Shape {
    let mut shape = input.to_vec();
    if channels_first && shape.len() > 1 {
        shape[1..].rotate_left(1);
    }
    shape
}

/// From channels last to channels first, behind an axis of time if there is one.
fn back(axes: usize, output: &[Size]) -> (Op, Shape) {
    let time = output.len() - axes - 1;
    let order: Vec<usize> = (0..time).chain([time + axes]).chain(time..time + axes).collect();
    let shape = order.iter().map(|axis| output[*axis].clone()).collect();
    (Op::Permute(Permute { axes: order }), shape)
}

fn lower(axes: usize, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let Some(x) = inputs.first() else { return Err(site.problem("needs an input", "")) };
    let given = site.real(x)?;
    let first = channels_first(axes, values, site, inputs)?;
    let turned = turned(first, given);
    let input = &turned[..];
    let needs = |axes: &str| {
        let problem = format!("needs {axes}, but its input is {}", shape_text(given));
        site.problem(&problem, "`Reshape` puts an axis of steps or of channels there")
    };
    let (kernel_size, strides, dilation) =
        (values.pair("kernel_size"), values.pair("strides"), values.pair("dilation_rate"));
    let (filters, padding) = (values.size("filters"), values.padding());
    let windows =
        || Windows { size: kernel_size.clone(), strides: strides.clone(), padding, dilation: dilation.clone() };
    let gates = Size::product([&Size::Known(4), &filters]);
    let one = Size::Known(1);
    let (steps, space, channels): (&Size, Vec<Size>, &Size) = match (axes, input) {
        (1, [steps, width, channels]) => {
            let (row, columns) = ([width.clone(), channels.clone()], windows().columns());
            let one = &one;
            rule!(site, conv1d(row, filters, columns, one)).map_err(without_causal)?;
            (steps, vec![columns.count(0, width)], channels)
        }
        (2, [steps, height, width, channels]) => {
            let (image, windows, one) = ([height.clone(), width.clone(), channels.clone()], windows(), &one);
            rule!(site, conv2d(image, filters, windows, one))?;
            (steps, vec![windows.count(0, height), windows.count(1, width)], channels)
        }
        (1, _) if first => return Err(needs("time steps, channels and steps")),
        (1, _) => return Err(needs("time steps, steps and channels")),
        _ if first => return Err(needs("time steps, channels, height and width")),
        _ => return Err(needs("time steps, height, width and channels")),
    };
    let op = ConvLstm {
        filters: filters.clone(),
        kernel_size: kernel_size.clone(),
        strides,
        padding,
        dilation_rate: dilation,
        activation: values.function("activation"),
        recurrent_activation: values.function("recurrent_activation"),
        use_bias: values.flag("use_bias"),
        return_sequences: values.flag("return_sequences"),
        return_state: values.flag("return_state"),
        go_backwards: values.flag("go_backwards"),
        stateful: values.flag("stateful"),
        state: space.iter().chain([&filters]).cloned().collect(),
        dropout: values.number("dropout"),
        recurrent_dropout: values.number("recurrent_dropout"),
        seed: values.seed("seed"),
    };
    initial_states(&op, site, &inputs[1..])?;
    let state = op.state.clone();
    let time = op.return_sequences.then(|| steps.clone());
    let mut outputs = vec![time.into_iter().chain(state.clone()).collect()];
    if op.return_state {
        outputs.extend([state.clone(), state]);
    }
    let taps = &kernel_size[2 - axes..];
    let kernel = |channels: &Size| taps.iter().chain([channels, &gates]).cloned().collect::<Vec<_>>();
    let mut params = vec![
        values.param("kernel", kernel(channels)),
        values.param_of("recurrent_kernel", "recurrent", kernel(&filters)),
    ];
    if op.use_bias {
        let mut bias: Param = values.param("bias", vec![gates.clone()]);
        if values.flag("unit_forget_bias") {
            bias.weight.initializer = Initializer::UnitForgetBias(Box::new(bias.weight.initializer));
        }
        params.push(bias);
    }
    let macs = Size::product(space.iter().chain(taps).chain([steps, &gates, &Size::sum([channels, &filters])]));
    let mut placed =
        Placed { outputs, suffixes: &["h", "c"], params, macs, ..Placed::new(Vec::new(), Op::ConvLstm(op)) };
    if first {
        placed
            .before
            .push((Op::Permute(Permute { axes: [0].into_iter().chain(2..=axes + 1).chain([1]).collect() }), turned));
        placed.after.push(back(axes, &placed.outputs[0]));
    }
    Ok(placed)
}
