//! Constants: `Rescaling` and `Normalization`. By one number they are activations, which the step before may compute.

use nn_graph::Size;
use nn_graph::function::Elementwise;
use nn_graph::graph::{Element, Operand};
use nn_graph::op::{Constants, Op, Rescale, RescaleKind};
use nn_graph::size::shape_text;

use crate::rule::{Problem, Site};
use crate::spec::{Kind, Masks, Opt, Placed, Positional, Spec, Values, flag};

const fn constants(name: &'static str, default: Option<f64>) -> Opt {
    let takes = "a number, a tuple of numbers or the path of a constant array";
    Opt { name, kind: Kind::Constants { default, takes, valid: f64::is_finite } }
}

const VARIANCE: Opt = Opt {
    name: "variance",
    kind: Kind::Constants {
        default: None,
        takes: "a number from 0 on, a tuple of those or the path of a constant array",
        valid: |x| x.is_finite() && x >= 0.0,
    },
};

pub const SPECS: &[Spec] = &[
    Spec {
        positional: Positional::required(&[constants("scale", None)]),
        options: &[&[constants("offset", Some(0.0))]],
        masks: Masks::Passed,
        ..Spec::new(&["Rescaling"], rescaling)
    },
    Spec {
        positional: Positional::required(&[constants("mean", None), VARIANCE]),
        options: &[&[Opt { name: "axis", kind: Kind::Axes }, flag("invert", false)]],
        masks: Masks::Passed,
        ..Spec::new(&["Normalization"], normalization)
    },
];

/// `Rescaling<scale, offset>`: constants lie along the last axis, as arrays of Keras' broadcast.
fn rescaling(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (input, before) = numbers(site, inputs)?;
    let axis = site.axis(site.last_axis(), input)?;
    let (scale, offset) = (along(values, "scale", axis, site, input)?, along(values, "offset", axis, site, input)?);
    if let (Constants::One(scale), Constants::One(offset)) = (&scale, &offset) {
        let line = Elementwise::Rescaling { center: 0.0, scale: *scale, offset: *offset };
        return Ok(Placed { before, ..by_one(input, line) });
    }
    Ok(Placed { before, ..by_each(input, Rescale { kind: RescaleKind::Rescale, axis, constants: [scale, offset] }) })
}

/// `Normalization<mean, variance>`: constants lie along the last of the axes that are kept.
fn normalization(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (input, before) = numbers(site, inputs)?;
    let mut axes = values.axes("axis");
    if axes.is_empty() {
        axes.push(site.last_axis());
    }
    let kept: Vec<usize> = axes.iter().map(|axis| site.axis(*axis, input)).collect::<Result<_, _>>()?;
    let axis = kept.into_iter().max().unwrap_or(0);
    let (mean, variance) = (along(values, "mean", axis, site, input)?, along(values, "variance", axis, site, input)?);
    let kind = if values.flag("invert") { RescaleKind::Denormalize } else { RescaleKind::Normalize };
    if let (Constants::One(mean), Constants::One(variance)) = (&mean, &variance) {
        // As in Keras, no deviation is smaller.
        let deviation = variance.sqrt().max(1e-7);
        let line = match kind {
            RescaleKind::Denormalize => Elementwise::Rescaling { center: 0.0, scale: deviation, offset: *mean },
            _ => Elementwise::Rescaling { center: *mean, scale: 1.0 / deviation, offset: 0.0 },
        };
        return Ok(Placed { before, ..by_one(input, line) });
    }
    Ok(Placed { before, ..by_each(input, Rescale { kind, axis, constants: [mean, variance] }) })
}

/// Operations before that of the layer, with the shapes of their results.
type Before = Vec<(Op, Vec<Size>)>;

/// The shape of the input, and what makes numbers of it: bytes are numbers here.
fn numbers<'a>(site: &mut Site, inputs: &'a [Operand]) -> Result<(&'a [Size], Before), Problem> {
    match inputs {
        [bytes] if bytes.element == Element::U8 => Ok((&bytes.shape, vec![(Op::Cast, bytes.shape.clone())])),
        _ => Ok((site.only(inputs)?, Vec::new())),
    }
}

/// The constants of an option, of which there are as many as elements along an axis, or one.
fn along(values: &Values, name: &str, axis: usize, site: &Site, input: &[Size]) -> Result<Constants, Problem> {
    let constants = values.constants(name);
    let Constants::Each(numbers) = &constants else { return Ok(constants) };
    match (numbers.as_slice(), input[axis].known()) {
        ([one], _) => Ok(Constants::One(*one)),
        (numbers, Some(size)) if numbers.len() != size => {
            let (count, shape) = (numbers.len(), shape_text(input));
            let problem =
                format!("has {count} numbers as `{name}`, but axis {} of its input {shape} has {size}", axis + 1);
            Err(site.problem(&problem, "one number for each element of the axis, or one for all"))
        }
        _ => Ok(constants),
    }
}

fn by_one(input: &[Size], line: Elementwise) -> Placed {
    Placed::new(input.to_vec(), Op::Activation(line))
}

fn by_each(input: &[Size], op: Rescale) -> Placed {
    Placed::new(input.to_vec(), Op::Rescale(op))
}
