//! `MaxPooling2D` and `AveragePooling2D`.

pub mod emit;

use std::rc::Rc;

use super::args::Args;
use super::options::{Padding, Pair};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::rule::{Problem, Site, Windows, rule};

/// `MaxPool2D<pool_size, …>` or `AvgPool2D<pool_size, …>` on `height × width × channels`; pooling a sequence is that of a
/// single row.
#[derive(Clone)]
pub struct Pool2D {
    pub kind: Kind,
    pub pool_size: Pair,
    pub strides: Pair,
    pub padding: Padding,
}

/// Which value stands for a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Max,
    Average,
}

/// The entry of a pooling.
pub const fn entry(names: &'static [&'static str], read: fn(&mut Args) -> Rc<dyn Layer>) -> Entry {
    let positional = Positional::Named { names: &["pool_size"], required: 0 };
    Entry { names, positional, options: &[&["strides", "padding", "data_format"]], read }
}

pub const ENTRIES: &[Entry] = &[
    entry(&["MaxPooling2D", "MaxPool2D"], |args| Rc::new(read(args, Kind::Max))),
    entry(&["AveragePooling2D", "AvgPool2D"], |args| Rc::new(read(args, Kind::Average))),
];

fn read(args: &mut Args, kind: Kind) -> Pool2D {
    args.data_format();
    let pool_size = args.pair_or("pool_size", [Dim::Known(2), Dim::Known(2)]);
    let strides = args.pair_or("strides", pool_size.clone());
    Pool2D { kind, pool_size, strides, padding: args.padding() }
}

impl Layer for Pool2D {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let image = site.image(site.only(inputs)?)?;
        let window = self.window();
        rule!(site, pool2d(image, window))?;
        let [height, width, channels] = &image;
        let output = vec![window.count(0, height), window.count(1, width), channels.clone()];
        Ok(Placed::new(output, Op::Pool2D(self.clone())))
    }
}

impl Pool2D {
    /// The windows that it sees.
    pub fn window(&self) -> Windows<2> {
        Windows {
            size: self.pool_size.clone(),
            strides: self.strides.clone(),
            padding: self.padding,
            dilation: [Dim::Known(1), Dim::Known(1)],
        }
    }
}
