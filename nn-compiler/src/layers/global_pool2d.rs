//! `GlobalMaxPooling2D` and `GlobalAveragePooling2D`.

pub mod emit;

use std::rc::Rc;

use super::args::Args;
use super::pool2d::Kind;
use super::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::rule::{Problem, Site};

/// `GlobalAvgPool2D` or `GlobalMaxPool2D` on `height × width × channels`.
#[derive(Clone)]
pub struct GlobalPool2D {
    pub kind: Kind,
    /// `1 × 1 × channels` instead of `channels`.
    pub keepdims: bool,
}

/// The entry of a pooling over all.
pub const fn entry(names: &'static [&'static str], read: fn(&mut Args) -> Rc<dyn Layer>) -> Entry {
    Entry { names, positional: Positional::NONE, options: &[&["keepdims", "data_format"]], read }
}

pub const ENTRIES: &[Entry] = &[
    entry(&["GlobalMaxPooling2D", "GlobalMaxPool2D"], |args| Rc::new(read(args, Kind::Max))),
    entry(&["GlobalAveragePooling2D", "GlobalAvgPool2D"], |args| Rc::new(read(args, Kind::Average))),
];

fn read(args: &mut Args, kind: Kind) -> GlobalPool2D {
    args.data_format();
    GlobalPool2D { kind, keepdims: args.bool_or("keepdims", false) }
}

impl Layer for GlobalPool2D {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        let [_, _, channels] = site.image(input)?;
        let output = if self.keepdims { vec![Dim::Known(1), Dim::Known(1), channels] } else { vec![channels] };
        Ok(Placed::new(output, Op::Alone(Rc::new(self.clone()))))
    }
}
