//! Normalization: by the statistics of the batch, and of each sample by its own.

use nn_graph::graph::Operand;
use nn_graph::mask::{Mask, Masked};
use nn_graph::op::{BatchNormalization, Normalization, NormalizationKind, Op};
use nn_graph::weight::Initializer;
use nn_graph::{Shape, Size};

use crate::rule::Axis;
use crate::rule::{Problem, Site, rule};
use crate::spec::{
    ACTIVITY_REGULARIZER, BETA, EPSILON, GAMMA, Kind, Masks, Opt, Placed, Positional, Spec, TRAINABLE, Values,
    WeightSpec, axis, epsilon, flag, number, weight,
};

const CENTER: Opt = flag("center", true);
const SCALE: Opt = flag("scale", true);
const AXES: Opt = Opt { name: "axis", kind: Kind::Axes };
const MOMENTUM: Opt = number("momentum", 0.99, "a number between 0 and 1", |x| (0.0..=1.0).contains(&x));
const MOVING_MEAN: WeightSpec = weight!("moving_mean", Initializer::Zeros, frozen);
const MOVING_VARIANCE: WeightSpec = weight!("moving_variance", Initializer::Ones, frozen);

pub const SPECS: &[Spec] = &[
    Spec {
        options: &[&[axis("axis", -1), MOMENTUM, EPSILON, CENTER, SCALE, TRAINABLE, ACTIVITY_REGULARIZER]],
        weights: &[GAMMA, BETA, MOVING_MEAN, MOVING_VARIANCE],
        masks: Masks::OfRows(batch_masks, fits_mask),
        ..Spec::new(&["BatchNormalization", "BatchNorm"], batch)
    },
    Spec {
        options: &[&[AXES, EPSILON, TRAINABLE, ACTIVITY_REGULARIZER], &[CENTER, SCALE]],
        weights: &[GAMMA, BETA],
        masks: Masks::Passed,
        ..Spec::new(&["LayerNormalization", "LayerNorm"], layer)
    },
    // It loses masks: in Keras it does not say that it supports them.
    Spec {
        options: &[&[AXES, epsilon(1e-6), TRAINABLE, ACTIVITY_REGULARIZER]],
        weights: &[weight!("scale", Initializer::Ones)],
        ..Spec::new(&["RMSNormalization"], rms)
    },
    Spec { options: &[&[AXES]], masks: Masks::Passed, ..Spec::new(&["UnitNormalization"], unit) },
    Spec {
        positional: Positional::optional(&[Opt { name: "groups", kind: Kind::SizeOrAll(32) }]),
        options: &[&[axis("axis", -1), EPSILON, TRAINABLE, ACTIVITY_REGULARIZER], &[CENTER, SCALE]],
        weights: &[GAMMA, BETA],
        masks: Masks::Passed,
        ..Spec::new(&["GroupNormalization"], group)
    },
];

fn batch(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    let op = BatchNormalization {
        axis: site.axis(values.axis("axis"), input)?,
        momentum: values.number("momentum"),
        epsilon: values.number("epsilon"),
        center: values.flag("center"),
        scale: values.flag("scale"),
        trainable: values.flag("trainable"),
    };
    let shape = || vec![input[op.axis].clone()];
    let frozen = |name| {
        let mut param = values.param(name, shape());
        param.trainable = false;
        param
    };
    let learned = [op.scale.then(|| values.param("gamma", shape())), op.center.then(|| values.param("beta", shape()))];
    let params = learned.into_iter().flatten().chain(["moving_mean", "moving_variance"].map(frozen)).collect();
    Ok(Placed { params, macs: Size::product(input), ..Placed::new(input.to_vec(), Op::BatchNormalization(op)) })
}

/// The statistics of a batch leave masked steps out.
fn batch_masks(values: &Values, _: &[Operand], masks: &[Option<Mask>]) -> Masked {
    let learns = values.flag("trainable") && masks.iter().any(Option::is_some);
    Masked { reads: if learns { masks.to_vec() } else { Vec::new() }, ..Masked::passed(masks) }
}

/// Whether a mask of so many steps has one number for each row of channels, as Keras demands.
fn fits_mask(values: &Values, text: &str, input: &[Size], steps: &Size) -> Result<(), Problem> {
    if !values.flag("trainable") {
        return Ok(());
    }
    let axis = values.axis("axis").axis;
    let last = input.len() as i128;
    if axis != -1 && axis != last {
        // Keras adds all other axes up and divides by the steps that count alone: no mean.
        let problem = format!("a mask says which rows count, and a `{text}` along another axis than the last has none");
        return Err(Problem::new(problem, "`Permute` brings the axis to the end".to_string()));
    }
    match (Size::product(&input[..input.len() - 1]).known(), steps.known()) {
        (Some(rows), Some(steps)) if rows != steps => {
            let problem = format!(
                "`{text}` needs a mask for each of the {rows} rows of its input, but the mask has {steps} steps"
            );
            Err(Problem::new(problem, "`LayerNormalization` normalizes each row by itself".to_string()))
        }
        _ => Ok(()),
    }
}

fn layer(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    along(values, site, inputs, NormalizationKind::Layer)
}

fn rms(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    along(values, site, inputs, NormalizationKind::Rms)
}

/// `UnitNormalization`: no weights, and nothing is added to the sum of squares.
fn unit(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (input, along) = over(values, site, inputs)?;
    let (kind, len) = (NormalizationKind::Unit, Size::Known(0));
    let op = Normalization { kind, epsilon: 0.0, center: false, scale: false, along, len };
    Ok(Placed { macs: Size::product(input), ..Placed::new(input.to_vec(), Op::Normalization(op)) })
}

/// The input, and which of its axes are meant: the last one if nothing is said.
fn over<'a>(values: &Values, site: &Site, inputs: &'a [Operand]) -> Result<(&'a [Size], Vec<bool>), Problem> {
    let input = site.only(inputs)?;
    let mut axes = values.axes("axis");
    if axes.is_empty() {
        axes.push(site.last_axis());
    }
    Ok((input, marked(site, input, &axes)?))
}

/// Over some axes.
fn along(values: &Values, site: &mut Site, inputs: &[Operand], kind: NormalizationKind) -> Result<Placed, Problem> {
    let (input, along) = over(values, site, inputs)?;
    let of_axes = input.iter().zip(&along).filter(|(_, along)| **along).map(|(size, _)| size.clone());
    let shape: Shape = of_axes.collect();
    Ok(placed(values, input, along, shape, kind))
}

fn group(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    let axis = values.axis("axis");
    let channels = &input[site.axis(axis, input)?];
    let groups = match values.maybe_size("groups") {
        Some(groups) => {
            rule!(site, group_normalization(channels, groups))?;
            groups
        }
        None => channels.clone(),
    };
    let along = marked(site, input, &[axis])?;
    Ok(placed(values, input, along, vec![channels.clone()], NormalizationKind::Group(groups)))
}

/// For each axis whether it is among these.
fn marked(site: &Site, input: &[Size], axes: &[Axis]) -> Result<Vec<bool>, Problem> {
    let mut along = vec![false; input.len()];
    for axis in axes {
        along[site.axis(*axis, input)?] = true;
    }
    Ok(along)
}

fn placed(values: &Values, input: &[Size], along: Vec<bool>, shape: Shape, kind: NormalizationKind) -> Placed {
    let (center, scale) = match kind {
        NormalizationKind::Unit => (false, false),
        NormalizationKind::Rms => (false, true),
        NormalizationKind::Layer | NormalizationKind::Group(_) => (values.flag("center"), values.flag("scale")),
    };
    let gamma = if kind == NormalizationKind::Rms { "scale" } else { "gamma" };
    let gamma = scale.then(|| values.param(gamma, shape.clone()));
    let beta = center.then(|| values.param("beta", shape.clone()));
    let op =
        Normalization { kind, epsilon: values.number("epsilon"), center, scale, along, len: Size::product(&shape) };
    Placed {
        params: gamma.into_iter().chain(beta).collect(),
        macs: Size::product(input),
        ..Placed::new(input.to_vec(), Op::Normalization(op))
    }
}
