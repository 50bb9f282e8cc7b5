//! `Flatten`.

use std::rc::Rc;

use super::permute::reorder;
use super::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::rule::{Problem, Site};

/// All axes as one, the channels last.
struct Flatten {
    channels_first: bool,
}

pub const ENTRY: Entry = Entry {
    names: &["Flatten"],
    positional: Positional::NONE,
    options: &[&["data_format"]],
    read: |args| Rc::new(Flatten { channels_first: args.channels_first() }),
};

impl Layer for Flatten {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        let op = if self.channels_first { reorder(input, (1..input.len()).chain([0]).collect()) } else { Op::View };
        Ok(Placed::new(vec![Dim::product(input)], op))
    }
}
