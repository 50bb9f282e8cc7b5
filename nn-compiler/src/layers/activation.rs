//! Activation functions as layers.

use nn_graph::Size;
use nn_graph::function::{Elementwise, Function};
use nn_graph::graph::{Element, Operand};
use nn_graph::op::{Op, PRelu, Softmax};
use nn_graph::weight::Initializer;

use crate::rule::{Problem, Site};
use crate::spec::{
    ACTIVATION, Kind, Lower, Masks, Opt, Placed, Positional, Spec, TRAINABLE, Values, axis, flag, not_negative, number,
    weight,
};

const MAX_VALUE: Opt =
    Opt { name: "max_value", kind: Kind::Number { default: None, takes: "a number from 0 on", valid: |x| x >= 0.0 } };
const SCALE: Opt =
    Opt { name: "scale", kind: Kind::Number { default: None, takes: "a number", valid: f64::is_finite } };
const SHARED_AXES: Opt = Opt { name: "shared_axes", kind: Kind::Axes };

const fn spec(names: &'static [&'static str], lower: Lower) -> Spec {
    Spec { masks: Masks::Passed, ..Spec::new(names, lower) }
}

const fn with(names: &'static [&'static str], options: &'static [&'static [Opt]], lower: Lower) -> Spec {
    Spec { options, ..spec(names, lower) }
}

/// A layer that is one function, without options.
macro_rules! plain {
    ($function:ident: $($name:literal),+) => {
        spec(&[$($name),+], |_, site, inputs| elementwise(Elementwise::$function, site, inputs))
    };
}

pub const SPECS: &[Spec] = &[
    Spec {
        positional: Positional::required(&[ACTIVATION]),
        ..spec(&["Activation"], |values, site, inputs| function(values.function("activation"), site, inputs))
    },
    with(&["ReLU"], &[&[MAX_VALUE, not_negative("negative_slope", 0.0), not_negative("threshold", 0.0)]], relu),
    with(&["LeakyReLU"], &[&[not_negative("negative_slope", 0.3)]], |values, site, inputs| {
        elementwise(Elementwise::LeakyRelu(values.number("negative_slope")), site, inputs)
    }),
    with(&["ELU"], &[&[not_negative("alpha", 1.0)]], |values, site, inputs| {
        elementwise(Elementwise::Elu(values.number("alpha")), site, inputs)
    }),
    with(&["GELU"], &[&[flag("approximate", false)]], |values, site, inputs| {
        let gelu = if values.flag("approximate") { Elementwise::GeluApproximate } else { Elementwise::Gelu };
        elementwise(gelu, site, inputs)
    }),
    plain!(Relu6: "ReLU6"),
    plain!(Selu: "SELU"),
    plain!(Sigmoid: "Sigmoid"),
    plain!(HardSigmoid: "HardSigmoid"),
    plain!(Tanh: "Tanh"),
    plain!(Softplus: "Softplus"),
    plain!(Softsign: "Softsign"),
    plain!(Swish: "Swish", "SiLU"),
    plain!(HardSwish: "HardSwish"),
    plain!(Mish: "Mish"),
    plain!(Exponential: "Exponential"),
    spec(&["Identity"], |_, site, inputs| function(Function::Linear, site, inputs)),
    Spec {
        positional: Positional::required(&[SCALE]),
        ..with(&["Rescaling"], &[&[number("offset", 0.0, "a number", f64::is_finite)]], rescaling)
    },
    // These lose masks, as in Keras.
    Spec {
        options: &[&[axis("axis", -1)]],
        ..Spec::new(&["Softmax"], |values, site, inputs| softmax(false, values, site, inputs))
    },
    Spec {
        options: &[&[axis("axis", -1)]],
        ..Spec::new(&["LogSoftmax"], |values, site, inputs| softmax(true, values, site, inputs))
    },
    Spec {
        options: &[&[SHARED_AXES, TRAINABLE]],
        weights: &[weight!("alpha", Initializer::Zeros)],
        planned: &["activity_regularizer"],
        ..spec(&["PReLU"], prelu)
    },
];

fn function(function: Function, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    Ok(Placed::new(input.to_vec(), Op::function(&function, input.len())))
}

fn elementwise(elementwise: Elementwise, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    function(Function::Elementwise(elementwise), site, inputs)
}

/// `ReLU<max_value, negative_slope, threshold>`: the plain one where nothing is said.
fn relu(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let max_value = values.maybe_number("max_value");
    let (negative_slope, threshold) = (values.number("negative_slope"), values.number("threshold"));
    let relu = if max_value.is_none() && negative_slope == 0.0 && threshold == 0.0 {
        Elementwise::Relu
    } else {
        Elementwise::ReluOptions { negative_slope, max_value, threshold }
    };
    elementwise(relu, site, inputs)
}

/// `Rescaling<scale, offset>`: constants, not weights, so that the step before it may compute it.
fn rescaling(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (scale, offset) = (values.number("scale"), values.number("offset"));
    let rescaling = Elementwise::Rescaling { scale, offset };
    match inputs {
        // Bytes are numbers here.
        [bytes] if bytes.element == Element::U8 => Ok(Placed {
            before: vec![(Op::Cast, bytes.shape.clone())],
            ..Placed::new(bytes.shape.clone(), Op::Activation(rescaling))
        }),
        _ => elementwise(rescaling, site, inputs),
    }
}

fn softmax(log: bool, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    let axis = site.axis(values.axis("axis"), input)?;
    Ok(Placed::new(input.to_vec(), Op::Softmax(Softmax { axis, log })))
}

/// A slope for each element that is learned, or one along some axes.
fn prelu(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    let axes = values.axes("shared_axes");
    let shared_axes: Vec<usize> = axes.iter().map(|axis| site.axis(*axis, input)).collect::<Result<_, _>>()?;
    let mut shape = input.to_vec();
    for axis in &shared_axes {
        shape[*axis] = Size::Known(1);
    }
    let params = vec![values.param("alpha", shape)];
    Ok(Placed { params, ..Placed::new(input.to_vec(), Op::PRelu(PRelu { shared_axes })) })
}
