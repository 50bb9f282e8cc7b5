//! Keras' own files: `.keras`, `.h5` of Keras 1 to 3, the JSON of `to_json()`, and files of weights alone.

mod arguments;
mod dialect;
mod functions;
mod network;
mod stored;
mod weights;

use std::io::{Cursor, Read};

use serde_json::Value as Json;
use zip::ZipArchive;

use crate::{ImportError, Model, Options};
use network::Built;
use stored::{Hdf5, Stored};
pub use weights::fill;

/// Reads a whole model: a `.keras` archive, or an HDF5 file with a description in it.
///
/// # Errors
///
/// [`ImportError::Format`] for bytes that are neither, and for a file that has weights only;
/// [`ImportError::Unsupported`] with all layers and options that the language has not.
pub fn read(bytes: &[u8], options: &Options) -> Result<Model, ImportError> {
    if bytes.starts_with(b"PK") {
        return archive(bytes, options);
    }
    let file = Hdf5::open(bytes.to_vec())?;
    let Some(config) = file.config()? else {
        return Err(bad("it has weights, and no description of the network that they belong to"));
    };
    let version = file.version().unwrap_or_default();
    model(&config, options, &version, &file.layers()?)
}

/// Reads the description of a model, as `to_json()` writes it. Such a model has no weights.
///
/// # Errors
///
/// As [`read`].
pub fn read_json(text: &str, options: &Options) -> Result<Model, ImportError> {
    let json: Json = serde_json::from_str(text).map_err(|error| bad(&error.to_string()))?;
    let version = json.get("keras_version").and_then(Json::as_str).unwrap_or("3").to_owned();
    let built = network::build(&dialect::model(&json)?, options, &version)?;
    let (text, inputs, outputs) = (built.script.print().text, names(&built).0, names(&built).1);
    Ok(Model { text, weights: Vec::new(), inputs, outputs })
}

/// The arrays of a file of weights alone, layer by layer.
///
/// # Errors
///
/// [`ImportError::Format`] for bytes that are no HDF5 file of Keras'.
pub(crate) fn layers(bytes: &[u8]) -> Result<Vec<Stored>, ImportError> {
    if bytes.starts_with(b"PK") {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| bad(&error.to_string()))?;
        return Hdf5::open(entry(&mut archive, "model.weights.h5", bytes.len())?)?.layers();
    }
    Hdf5::open(bytes.to_vec())?.layers()
}

fn archive(bytes: &[u8], options: &Options) -> Result<Model, ImportError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| bad(&error.to_string()))?;
    let json = |bytes: Vec<u8>| serde_json::from_slice::<Json>(&bytes).map_err(|error| bad(&error.to_string()));
    let config = json(entry(&mut archive, "config.json", bytes.len())?)?;
    let metadata = json(entry(&mut archive, "metadata.json", bytes.len())?)?;
    let version = metadata.get("keras_version").and_then(Json::as_str).unwrap_or_default();
    let weights = Hdf5::open(entry(&mut archive, "model.weights.h5", bytes.len())?)?;
    model(&config, options, version, &weights.layers()?)
}

/// A file of an archive, which holds at most a thousand times what the archive does.
fn entry(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, len: usize) -> Result<Vec<u8>, ImportError> {
    let file = archive.by_name(name).map_err(|error| bad(&format!("`{name}`: {error}")))?;
    let mut bytes = Vec::new();
    let most = (len as u64).saturating_mul(1_000);
    file.take(most).read_to_end(&mut bytes).map_err(|error| bad(&format!("`{name}`: {error}")))?;
    Ok(bytes)
}

fn model(config: &Json, options: &Options, version: &str, layers: &[Stored]) -> Result<Model, ImportError> {
    let built = network::build(&dialect::model(config)?, options, version)?;
    let printed = built.script.print();
    let weights = weights::of_model(&printed, &built.layers, layers)?;
    let (inputs, outputs) = names(&built);
    Ok(Model { text: printed.text, weights, inputs, outputs })
}

fn names(built: &Built) -> (Vec<String>, Vec<String>) {
    let inputs = built.script.inputs.iter().map(|input| input.name.clone());
    (inputs.collect(), built.script.outputs.iter().map(|(name, _)| name.clone()).collect())
}

fn bad(reason: &str) -> ImportError {
    ImportError::Format { format: "Keras", reason: reason.to_owned() }
}
