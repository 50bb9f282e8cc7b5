//! `Flatten`.

use std::rc::Rc;

use super::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::rule::{Problem, Site};

/// All axes as one.
struct Flatten;

pub const ENTRY: Entry = Entry {
    names: &["Flatten"],
    positional: Positional::NONE,
    options: &[&["data_format"]],
    read: |args| {
        args.data_format();
        Rc::new(Flatten)
    },
};

impl Layer for Flatten {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        Ok(Placed::new(vec![Dim::product(input)], Op::View))
    }
}
