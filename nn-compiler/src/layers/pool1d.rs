//! `MaxPooling1D` and `AveragePooling1D`.

use std::rc::Rc;

use super::args::Args;
use super::pool2d::{Kind, Pool2D, entry};
use super::{Entry, Layer, Op, Placed};
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::rule::{Problem, Site, rule};

/// `MaxPool1D<pool_size, …>` or `AvgPool1D<pool_size, …>` on `steps × channels`: a pooling of images of one row.
struct Pool1D(Pool2D);

pub const ENTRIES: &[Entry] = &[
    entry(&["MaxPooling1D", "MaxPool1D"], |args| Rc::new(read(args, Kind::Max))),
    entry(&["AveragePooling1D", "AvgPool1D"], |args| Rc::new(read(args, Kind::Average))),
];

fn read(args: &mut Args, kind: Kind) -> Pool1D {
    args.data_format();
    let pool_size = args.steps_or("pool_size", [Dim::Known(1), Dim::Known(2)]);
    let strides = args.steps_or("strides", pool_size.clone());
    Pool1D(Pool2D { kind, pool_size, strides, padding: args.padding() })
}

impl Layer for Pool1D {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let Pool1D(layer) = self;
        let sequence = site.sequence(site.only(inputs)?)?;
        let window = layer.window().columns();
        rule!(site, pool1d(sequence, window))?;
        let [steps, channels] = &sequence;
        Ok(Placed::new(vec![window.count(0, steps), channels.clone()], Op::Pool2D(layer.clone())))
    }
}
