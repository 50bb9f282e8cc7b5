//! `Dropout`.

pub mod emit;

use std::rc::Rc;

use super::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::Operand;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site};

/// `Dropout<rate, …>`.
#[derive(Clone)]
pub struct Dropout {
    /// The share of elements that are dropped, in `0..1`.
    pub rate: f64,
    /// `seed = …`, mixed into the training's own seed.
    pub seed: Option<u64>,
}

pub const ENTRY: Entry = Entry {
    names: &["Dropout"],
    positional: Positional::Named { names: &["rate"], required: 1 },
    options: &[&["seed"]],
    read: |args| {
        let takes = "a share from 0 to below 1";
        let rate = args.number_or("rate", 0.0, takes, |x| (0.0..1.0).contains(&x));
        Rc::new(Dropout { rate, seed: args.seed("seed") })
    },
};

impl Layer for Dropout {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        Ok(Placed::new(input.to_vec(), Op::Dropout(self.clone())))
    }

    fn masks(&self, _: &[Operand], masks: &[Option<Mask>]) -> Masked {
        Masked::passed(masks)
    }
}
