//! Noise in training, nothing at inference: `Dropout` and its kind.

use nn_graph::Size;
use nn_graph::graph::Operand;
use nn_graph::op::{Dropout, Noise, Op};
use nn_graph::size::shape_text;

use super::space::Space;
use crate::rule::{Problem, Site};
use crate::spec::{DATA_FORMAT, Kind, Lower, Masks, Opt, Placed, Positional, SEED, Spec, Values, not_negative, share};

const RATE: &[Opt] = &[share("rate")];
const NOISE_SHAPE: Opt = Opt { name: "noise_shape", kind: Kind::NoiseShape };
const STDDEV: &[Opt] = &[not_negative("stddev", 0.0)];

const fn spec(names: &'static [&'static str], strength: &'static [Opt], lower: Lower) -> Spec {
    Spec {
        positional: Positional::required(strength),
        options: &[&[SEED]],
        masks: Masks::Passed,
        ..Spec::new(names, lower)
    }
}

pub const SPECS: &[Spec] = &[
    Spec {
        options: &[&[NOISE_SHAPE, SEED]],
        ..spec(&["Dropout"], RATE, |values, site, inputs| shaped(Noise::Dropout, values, site, inputs))
    },
    Spec {
        options: &[&[NOISE_SHAPE, SEED]],
        ..spec(&["AlphaDropout"], RATE, |values, site, inputs| shaped(Noise::AlphaDropout, values, site, inputs))
    },
    spec(&["GaussianDropout"], RATE, |values, site, inputs| each(Noise::GaussianDropout, "rate", values, site, inputs)),
    spec(&["GaussianNoise"], STDDEV, |values, site, inputs| each(Noise::GaussianNoise, "stddev", values, site, inputs)),
    spec(&["SpatialDropout1D"], RATE, |values, site, inputs| {
        whole_channels(Space::channels_last(1), values, site, inputs)
    }),
    Spec {
        options: &[&[DATA_FORMAT, SEED]],
        ..spec(&["SpatialDropout2D"], RATE, |values, site, inputs| {
            whole_channels(Space::of(2, values), values, site, inputs)
        })
    },
    Spec {
        options: &[&[DATA_FORMAT, SEED]],
        ..spec(&["SpatialDropout3D"], RATE, |values, site, inputs| {
            whole_channels(Space::of(3, values), values, site, inputs)
        })
    },
];

/// Every element by itself.
fn each(noise: Noise, strength: &str, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let rate = values.number(strength);
    let op = Dropout { noise, rate, seed: values.seed("seed"), shared_axes: Vec::new() };
    Ok(Placed::new(site.only(inputs)?.to_vec(), Op::Dropout(op)))
}

/// The same, but for axes of which the noise has one element.
fn shaped(noise: Noise, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = site.only(inputs)?;
    let shared_axes = match values.maybe_sizes("noise_shape") {
        Some(sizes) => shared(&sizes, site, input)?,
        None => Vec::new(),
    };
    let op = Dropout { noise, rate: values.number("rate"), seed: values.seed("seed"), shared_axes };
    Ok(Placed::new(input.to_vec(), Op::Dropout(op)))
}

/// The axes along which elements share their random number.
fn shared(sizes: &[Size], site: &Site, input: &[Size]) -> Result<Vec<usize>, Problem> {
    let own = Size::Known(nn_shape::INFER);
    let axes = match sizes {
        [batch, axes @ ..] if axes.len() == input.len() => {
            if *batch != own {
                let problem = "has a size for the batch in `noise_shape`, whose samples have noise of their own";
                return Err(site.problem(problem, "`None` stands for all of them, or leave it out"));
            }
            axes
        }
        axes => axes,
    };
    let fits = |(size, own_size): (&Size, &Size)| [&own, &Size::Known(1), own_size].contains(&size);
    if axes.len() != input.len() || !axes.iter().zip(input).all(fits) {
        let problem = format!("has a `noise_shape` that does not fit its input {}", shape_text(input));
        let help =
            "for each axis 1, where elements along it share their noise, or its size, for which `None` stands too";
        return Err(site.problem(&problem, help));
    }
    let shares = |(axis, (size, own_size)): (usize, (&Size, &Size))| {
        (*size == Size::Known(1) && *own_size != Size::Known(1)).then_some(axis)
    };
    Ok(axes.iter().zip(input).enumerate().filter_map(shares).collect())
}

/// A channel is dropped as a whole.
fn whole_channels(space: Space, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = space.input(site, inputs)?;
    let first = usize::from(space.channels_first);
    let shared_axes = (first..first + space.axes).collect();
    let op = Dropout { noise: Noise::Dropout, rate: values.number("rate"), seed: values.seed("seed"), shared_axes };
    Ok(Placed::new(input, Op::Dropout(op)))
}
