//! `PReLU`.

pub mod emit;

use std::rc::Rc;

use super::args::Axis;
use super::options::{ALPHA, Param, Weight};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site};

/// `PReLU<shared_axes = …>`: a slope for each element that is learned.
#[derive(Clone)]
pub struct PRelu {
    /// The axes, counted without the batch, along which one slope is shared.
    pub shared_axes: Vec<usize>,
}

struct Shared {
    axes: Vec<Axis>,
    trainable: bool,
    alpha: Weight,
}

pub const ENTRY: Entry = Entry {
    names: &["PReLU"],
    positional: Positional::NONE,
    options: &[&["shared_axes", "trainable"], ALPHA],
    read: |args| {
        Rc::new(Shared {
            axes: args.axes("shared_axes"),
            trainable: args.bool_or("trainable", true),
            alpha: args.weight(ALPHA, "zeros"),
        })
    },
};

impl Layer for Shared {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        let shared_axes: Vec<_> = self.axes.iter().map(|axis| site.axis(*axis, input)).collect::<Result<_, _>>()?;
        let mut shape = input.to_vec();
        for axis in &shared_axes {
            shape[*axis] = Dim::Known(1);
        }
        let alpha = Param::new("alpha", shape, self.trainable, self.alpha.clone());
        let op = Op::Alone(Rc::new(PRelu { shared_axes }));
        Ok(Placed { params: vec![alpha], ..Placed::new(input.to_vec(), op) })
    }

    fn masks(&self, _: &[Operand], masks: &[Option<Mask>]) -> Masked {
        Masked::passed(masks)
    }
}
