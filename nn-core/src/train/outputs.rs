//! The outputs of a network, as losses and metrics see them.

use crate::element::Element;
use crate::losses::Loss;
use crate::record::Part;

/// An output.
#[derive(Clone, Copy)]
pub struct Output {
    /// Its place among the outputs.
    pub index: usize,
    /// Empty if it is the only one.
    pub name: &'static str,
    /// Its shape.
    pub shape: &'static [usize],
    /// Its elements.
    pub len: usize,
    /// Rows of the loss in one sample: one, but for sequences and images that are classified in each place.
    pub rows: usize,
    /// The numbers that a loss sees as one row.
    pub classes: usize,
    /// The rows of one sample at the outputs before.
    pub rows_before: usize,
}

impl Output {
    /// The numbers in one sample's target.
    pub fn width<T: Element>(&self, loss: &dyn Loss<T>) -> usize {
        self.rows * loss.target_width(self.classes)
    }
}

/// The outputs in order.
pub fn outputs(parts: &[Part]) -> Vec<Output> {
    let mut rows_before = 0;
    let output = |(index, part): (usize, &Part)| {
        let rows = part.rows();
        let (name, shape, len, classes) = (part.name, part.shape, part.len(), part.classes());
        let output = Output { index, name, shape, len, rows, classes, rows_before };
        rows_before += rows;
        output
    };
    parts.iter().enumerate().map(output).collect()
}
