//! `Flatten`.

use std::rc::Rc;

use super::{Entry, Layer, Op, Placed, Positional};
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
    fn place(&self, _: &mut Site, input: &[Dim]) -> Result<Placed, Problem> {
        Ok(Placed::new(vec![Dim::product(input)], Op::View))
    }
}
