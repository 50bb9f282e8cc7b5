//! `BatchNormalization`.

pub mod emit;

use std::rc::Rc;

use super::args::{Args, Axis};
use super::options::{BETA, GAMMA, Param, Weight};
use super::{Entry, Layer, Op, Placed, Positional, later};
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site};

/// `BatchNormalization<…>` along one axis.
#[derive(Clone)]
pub struct BatchNormalization {
    /// The normalized axis, counted without the batch.
    pub axis: usize,
    pub momentum: f64,
    pub epsilon: f64,
    pub center: bool,
    pub scale: bool,
    pub trainable: bool,
    pub gamma: Weight,
    pub beta: Weight,
    pub moving_mean: Weight,
    pub moving_variance: Weight,
}

/// The layer before its input is known, and so before `axis = -1` is.
struct Along {
    axis: Axis,
    layer: BatchNormalization,
}

pub const ENTRY: Entry = Entry {
    names: &["BatchNormalization", "BatchNorm"],
    positional: Positional::NONE,
    options: &[
        &["axis", "momentum", "epsilon", "center", "scale", "trainable"],
        GAMMA,
        BETA,
        &["moving_mean_initializer", "moving_variance_initializer"],
    ],
    read: |args| Rc::new(Along { axis: args.axis_or("axis", -1), layer: read(args) }),
};

fn read(args: &mut Args) -> BatchNormalization {
    BatchNormalization {
        axis: 0,
        momentum: args.number_or("momentum", 0.99, "a number between 0 and 1", |x| (0.0..=1.0).contains(&x)),
        epsilon: args.number_or("epsilon", 1e-3, "a number from 0 on", |x| x >= 0.0),
        center: args.bool_or("center", true),
        scale: args.bool_or("scale", true),
        trainable: args.bool_or("trainable", true),
        gamma: args.weight(GAMMA, "ones"),
        beta: args.weight(BETA, "zeros"),
        moving_mean: args.initial("moving_mean_initializer", "zeros"),
        moving_variance: args.initial("moving_variance_initializer", "ones"),
    }
}

impl BatchNormalization {
    /// Whether a mask of so many steps has one number for each row of channels, as Keras demands.
    pub fn fits_mask(&self, text: &str, input: &[Dim], steps: &Dim) -> Result<(), Problem> {
        if !self.trainable {
            return Ok(());
        }
        if self.axis + 1 < input.len() {
            let problem = format!("a mask for a `{text}` along another axis than the last");
            return Err(Problem::new(later::not_yet(&problem), "`Permute` brings the axis to the end".to_string()));
        }
        match (Dim::product(&input[..self.axis]).known(), steps.known()) {
            (Some(rows), Some(steps)) if rows != steps => {
                let problem = format!(
                    "`{text}` needs a mask for each of the {rows} rows of its input, but the mask has {steps} steps"
                );
                Err(Problem::new(problem, "`LayerNormalization` normalizes each row by itself".to_string()))
            }
            _ => Ok(()),
        }
    }
}

impl Layer for Along {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        let axis = site.axis(self.axis, input)?;
        let layer = BatchNormalization { axis, ..self.layer.clone() };
        let param = |name, trainable, weight: &Weight| {
            let weight = weight.clone();
            Param::new(name, vec![input[axis].clone()], trainable, weight)
        };
        let params = [
            layer.scale.then(|| param("gamma", layer.trainable, &layer.gamma)),
            layer.center.then(|| param("beta", layer.trainable, &layer.beta)),
            Some(param("moving_mean", false, &layer.moving_mean)),
            Some(param("moving_variance", false, &layer.moving_variance)),
        ];
        let params = params.into_iter().flatten().collect();
        let placed = Placed::new(input.to_vec(), Op::BatchNormalization(layer));
        Ok(Placed { params, macs: Dim::product(input), ..placed })
    }

    /// The statistics of a batch leave masked steps out.
    fn masks(&self, _: &[Operand], masks: &[Option<Mask>]) -> Masked {
        let learns = self.layer.trainable && masks.iter().any(Option::is_some);
        Masked { reads: if learns { masks.to_vec() } else { Vec::new() }, ..Masked::passed(masks) }
    }
}
