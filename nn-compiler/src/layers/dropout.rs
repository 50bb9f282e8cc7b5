//! Noise in training, nothing at inference: `Dropout` and its kind.

use nn_graph::graph::Operand;
use nn_graph::op::{Dropout, Noise, Op};

use super::space::Space;
use crate::rule::{Problem, Site};
use crate::spec::{DATA_FORMAT, Lower, Masks, Opt, Placed, Positional, SEED, Spec, Values, not_negative, share};

const RATE: &[Opt] = &[share("rate")];
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
        planned: &["noise_shape"],
        ..spec(&["Dropout"], RATE, |values, site, inputs| each(Noise::Dropout, "rate", values, site, inputs))
    },
    Spec {
        planned: &["noise_shape"],
        ..spec(&["AlphaDropout"], RATE, |values, site, inputs| each(Noise::AlphaDropout, "rate", values, site, inputs))
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

/// A channel is dropped as a whole.
fn whole_channels(space: Space, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let input = space.input(site, inputs)?;
    let first = usize::from(space.channels_first);
    let shared_axes = (first..first + space.axes).collect();
    let op = Dropout { noise: Noise::Dropout, rate: values.number("rate"), seed: values.seed("seed"), shared_axes };
    Ok(Placed::new(input, Op::Dropout(op)))
}
