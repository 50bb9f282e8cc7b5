//! Operations of `keras.ops` on single elements. They pass masks on, as activations do.

use nn_graph::function::{Elementwise, Function, Operation};
use nn_graph::graph::Operand;
use nn_graph::op::Op;

use crate::rule::{Problem, Site};
use crate::spec::{Kind, Lower, Masks, Opt, Placed, Positional, Spec, Values};

const fn spec(names: &'static [&'static str], lower: Lower) -> Spec {
    Spec { masks: Masks::Passed, ..Spec::new(names, lower) }
}

const fn number(name: &'static str) -> Opt {
    Opt { name, kind: Kind::Number { default: None, takes: "a number", valid: f64::is_finite } }
}

/// The rows of the table.
macro_rules! rows {
    ($(#[doc = $doc:literal] $name:ident: $keeps:ident,)*) => {
        &[$(spec(&[stringify!($name)], |_, site, inputs| {
            elementwise(Elementwise::Operation(Operation::$name), site, inputs)
        }),)*]
    };
}

pub const LISTED: &[Spec] = nn_shape::operations!(rows);

pub const SPECS: &[Spec] = &[
    spec(&["Exp"], |_, site, inputs| elementwise(Elementwise::Exponential, site, inputs)),
    Spec { positional: Positional::required(&[number("x_min"), number("x_max")]), ..spec(&["Clip"], clip) },
    Spec {
        positional: Positional::required(&[number("exponent")]),
        ..spec(&["Power"], |values, site, inputs| {
            elementwise(Elementwise::Power(values.number("exponent")), site, inputs)
        })
    },
];

fn elementwise(elementwise: Elementwise, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    Ok(Placed::new(input.to_vec(), Op::function(&Function::Elementwise(elementwise), input.len())))
}

fn clip(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (min, max) = (values.number("x_min"), values.number("x_max"));
    if min > max {
        let problem = format!("has nothing between its ends: {min:?} is above {max:?}");
        return Err(site.problem(&problem, &format!("`Clip<{max:?}, {min:?}>`")));
    }
    elementwise(Elementwise::Clip(min, max), site, inputs)
}
