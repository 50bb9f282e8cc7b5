//! The outputs of a network, as losses and metrics see them.

use crate::element::Element;
use crate::error::FitError;
use crate::losses::Loss;
use crate::network::Network;
use crate::record::{Record, output_len, part_offset};

/// An output.
#[derive(Clone, Copy)]
pub(super) struct Output {
    /// Its place among the outputs.
    pub index: usize,
    /// Empty if it is the only one.
    pub name: &'static str,
    pub shape: &'static [usize],
    /// Where its elements begin among those of all outputs.
    pub offset: usize,
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

/// The outputs of a network in order.
pub(super) fn outputs<N: Network>() -> impl Iterator<Item = Output> + Clone {
    let parts = <N::Output as Record>::PARTS;
    let mut rows_before = 0;
    parts.iter().enumerate().map(move |(index, part)| {
        let (offset, rows) = (part_offset(parts, index), part.rows());
        let output = Output {
            index,
            name: part.name,
            shape: part.shape,
            offset,
            len: part.len(),
            rows,
            classes: part.classes(),
            rows_before,
        };
        rows_before += rows;
        output
    })
}

/// Rows of the losses in one sample, at all outputs.
pub(super) fn rows<N: Network>() -> usize {
    outputs::<N>().map(|output| output.rows).sum()
}

/// All numbers of some outputs, one after another.
pub(super) fn flat<N: Network>(y: &[N::Output]) -> &[N::Element] {
    const { assert!(output_len(<N::Output as Record>::PARTS) * size_of::<N::Element>() == size_of::<N::Output>()) };
    bytemuck::cast_slice(y)
}

/// The place of the output of this name; the only output has none.
pub(super) fn find<N: Network>(what: &'static str, name: &str) -> Result<usize, FitError> {
    let names = || outputs::<N>().map(|output| output.name).filter(|name| !name.is_empty());
    match names().position(|other| other == name) {
        Some(index) => Ok(index),
        None => Err(FitError::UnknownOutput { what, name: name.to_owned(), outputs: names().collect() }),
    }
}

/// Checks that each name is that of an output, and of another one.
pub(super) fn check_names<'a, N: Network>(
    what: &'static str,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), FitError> {
    let mut seen = Vec::new();
    for name in names {
        let index = find::<N>(what, name)?;
        if seen.contains(&index) {
            return Err(FitError::OutputTwice { what, name: name.to_owned() });
        }
        seen.push(index);
    }
    Ok(())
}
