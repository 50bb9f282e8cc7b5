//! `Conv1D`.

use std::rc::Rc;

use super::args::Args;
use super::conv2d::{self, Conv2D};
use super::{Entry, Layer, Placed};
use crate::shapes::Operand;
use crate::shapes::rule::{Problem, Site, rule};

/// `Conv1D<filters, kernel_size, …>` on `steps × channels`: a convolution of images of one row.
struct Conv1D(Conv2D);

pub const ENTRY: Entry = Entry {
    names: &["Conv1D"],
    positional: conv2d::POSITIONAL,
    options: conv2d::OPTIONS,
    read: |args| Rc::new(Conv1D(conv2d::read(args, Args::steps_or, Args::padding_in_time))),
};

impl Layer for Conv1D {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let Conv1D(layer) = self;
        let sequence = site.sequence(site.only(inputs)?)?;
        let (window, filters, groups) = (layer.window().columns(), &layer.filters, &layer.groups);
        rule!(site, conv1d(sequence, filters, window, groups))?;
        let [steps, channels] = &sequence;
        Ok(layer.placed(vec![window.count(0, steps)], layer.kernel(&window.size, channels)))
    }
}
