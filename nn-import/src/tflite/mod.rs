//! TFLite files: networks of real numbers, and those of whole numbers that stand for real ones.

mod buffer;
mod names;
mod nodes;
mod operators;
mod recurrent;
mod schema;
mod slices;
mod windows;

pub use schema::Scale;

use std::cell::Cell;

use crate::{ImportError, Model, Options, onnx};

/// Reads a model.
///
/// Weights of 16 bits, and whole numbers with a scale (for a tensor, or for each element of an axis), become the numbers that they
/// stand for, and so do inputs and outputs: the network computes with real numbers, and [`scales`] says what the whole ones are. Its
/// results are near those of a quantized file (values end where the file's whole numbers do), and not the same, since nothing is
/// rounded between layers.
///
/// Images have their channels last, as in the file. Of several graphs the first is read. What is read is at most eight times the file, and
/// what is made of it at most 16 numbers for each of its bytes and a million more.
///
/// # Errors
///
/// [`ImportError::Format`] for bytes that are no TFLite file, [`ImportError::Unsupported`] with all operators that the language has
/// not.
pub fn read(bytes: &[u8], options: &Options) -> Result<Model, ImportError> {
    let left = Cell::new(0);
    let graph = schema::graph(bytes, &left)?;
    let model = nodes::convert(&graph, bytes.len())?;
    onnx::read_model(&model, options, bytes.len()).map_err(|error| match error {
        ImportError::Format { reason, .. } => ImportError::Format { format: "TFLite", reason },
        error => error,
    })
}

/// What the whole numbers of each input and each output stand for, in the order of the file; `None` where they are none.
///
/// # Errors
///
/// [`ImportError::Format`] for bytes that are no TFLite file.
pub fn scales(bytes: &[u8]) -> Result<[Vec<Option<Scale>>; 2], ImportError> {
    let left = Cell::new(0);
    let graph = schema::graph(bytes, &left)?;
    let scales = |places: &[usize]| places.iter().map(|place| graph.tensors[*place].scale).collect();
    Ok([scales(&graph.inputs), scales(&graph.outputs)])
}
