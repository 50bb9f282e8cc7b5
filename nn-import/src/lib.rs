//! Model files of other tools as networks of the `nnc` crate.
//!
//! A file becomes a [`Model`]: the text of a network, as `network!` and nn-run read it, and the weights in Keras' layouts and order.
//!
//! ```no_run
//! use nn_import::Options;
//!
//! let model = nn_import::read_file("model.keras", &Options::new())?;
//! println!("{}", model.text);
//! # Ok::<(), nn_import::ImportError>(())
//! ```
//!
//! | file | reader |
//! | --- | --- |
//! | `.keras`, `.h5` and `.hdf5` with a whole model, of Keras 1 to 3 | [`keras::read`] |
//! | the JSON of `to_json()` | [`keras::read_json`] |
//! | RTNeural's JSON, `.nam` of Neural Amp Modeler, GuitarML's JSON | [`audio::read`] |
//! | `.onnx`, of opsets 7 to 23 | [`onnx::read`] |
//! | `.tflite`, quantized ones as the numbers that they stand for | [`tflite::read`] |
//! | `.weights.h5` and HDF5 files with weights alone, into a network of one's own | [`keras::fill`] |
//!
//! What a file has and the language has not is an [`ImportError::Unsupported`], which lists all of it.

pub mod audio;
mod compiled;
mod error;
pub mod keras;
mod model;
pub mod onnx;
mod options;
mod script;
pub mod tflite;
mod written;

pub use error::{ImportError, Unsupported};
pub use model::{Model, Tensor};
pub use options::Options;

use std::fs;
use std::path::Path;

/// Reads a model file; its first bytes say of which kind it is.
///
/// # Errors
///
/// [`ImportError::Io`] if it cannot be read, and those of [`read`].
pub fn read_file(path: impl AsRef<Path>, options: &Options) -> Result<Model, ImportError> {
    let path = path.as_ref();
    let bytes = fs::read(path).map_err(|source| ImportError::Io { path: path.display().to_string(), source })?;
    read(&bytes, options)
}

/// Reads the bytes of a model file, whose first ones say of which kind it is.
///
/// # Errors
///
/// [`ImportError::Format`] if they are of none, [`ImportError::Unsupported`] with all that the language has not.
pub fn read(bytes: &[u8], options: &Options) -> Result<Model, ImportError> {
    const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";
    if bytes.starts_with(b"PK") || bytes.starts_with(HDF5) {
        return keras::read(bytes, options);
    }
    if bytes.get(4..8) == Some(b"TFL3") {
        return tflite::read(bytes, options);
    }
    // An ONNX file has no mark of its own: it begins with the field of its version, a number.
    if bytes.first() == Some(&8) {
        return onnx::read(bytes, options);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim_start().starts_with('{') => json(text, options),
        _ => {
            let reason = "its first bytes are those of no kind that is read".to_owned();
            Err(ImportError::Format { format: "model", reason })
        }
    }
}

/// A model of an audio effect, or a description of Keras'.
fn json(text: &str, options: &Options) -> Result<Model, ImportError> {
    let bad = |error: serde_json::Error| ImportError::Format { format: "JSON", reason: error.to_string() };
    let json = serde_json::from_str(text).map_err(bad)?;
    audio::read(&json, options).unwrap_or_else(|| keras::read_json(text, options))
}
