//! `Softmax` and `LogSoftmax`.

pub mod emit;

use std::rc::Rc;

use super::args::Axis;
use super::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::Operand;
use crate::shapes::rule::{Problem, Site};

/// `softmax` or `log_softmax` along one axis.
#[derive(Clone)]
pub struct Softmax {
    /// The axis, counted without the batch.
    pub axis: usize,
    pub log: bool,
}

struct Along {
    axis: Axis,
    log: bool,
}

const OPTIONS: &[&[&str]] = &[&["axis"]];

pub const ENTRIES: &[Entry] = &[
    Entry {
        names: &["Softmax"],
        positional: Positional::NONE,
        options: OPTIONS,
        read: |args| Rc::new(Along { axis: args.axis_or("axis", -1), log: false }),
    },
    Entry {
        names: &["LogSoftmax"],
        positional: Positional::NONE,
        options: OPTIONS,
        read: |args| Rc::new(Along { axis: args.axis_or("axis", -1), log: true }),
    },
];

impl Layer for Along {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        let axis = site.axis(self.axis, input)?;
        Ok(Placed::new(input.to_vec(), Op::Softmax(Softmax { axis, log: self.log })))
    }
}
