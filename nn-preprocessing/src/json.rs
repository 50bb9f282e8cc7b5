//! Layers as JSON, in the form of Keras' `serialize`: the class, and the options with what was learned among them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::data::Array;
use crate::error::{PreprocessingError, Result};

/// Options of every layer of Keras, which say nothing here.
const IGNORED: &[&str] = &["name", "dtype", "trainable", "build_config", "batch_input_shape"];

/// What Keras' layers call it.
const GIVEN: &str = "has_input_vocabulary";

/// A layer that can be saved.
pub(crate) trait Saved: Sized {
    /// Its name in Keras.
    const CLASS: &'static str;

    /// Options, and what was learned among them.
    type Config: Serialize + DeserializeOwned;

    /// Options that Keras writes and the layer does not have, with the only value that they may have; `null` means
    /// any.
    const FIXED: &'static [(&'static str, Value)];

    fn config(&self) -> Self::Config;

    /// Whether the vocabulary among the options was given and not learned, if the layer has one.
    fn given(&self) -> Option<bool> {
        None
    }

    fn from_config(config: Self::Config, given: bool) -> Result<Self>;
}

fn format<T>(what: impl Into<String>, expected: impl Into<String>, found: impl Into<String>) -> Result<T> {
    Err(PreprocessingError::Format { what: what.into(), expected: expected.into(), found: found.into() })
}

pub(crate) fn to_json<L: Saved>(layer: &L) -> String {
    // Numbers that are not finite become `null`, and nothing else can fail: the keys are texts.
    let mut config = serde_json::to_value(layer.config()).unwrap_or_default();
    if let (Some(given), Some(config)) = (layer.given(), config.as_object_mut()) {
        config.insert(GIVEN.to_string(), given.into());
    }
    json!({ "module": "keras.layers", "class_name": L::CLASS, "config": config, "registered_name": null }).to_string()
}

pub(crate) fn from_json<L: Saved>(text: &str) -> Result<L> {
    let what = || format!("the JSON of a `{}`", L::CLASS);
    let json: Value = match serde_json::from_str(text) {
        Ok(json) => json,
        Err(error) => return format(what(), "valid", error.to_string()),
    };
    let Value::Object(mut object) = json else { return format(what(), "an object", "it is something else") };
    if let Some(class) = object.get("class_name") {
        if class.as_str() != Some(L::CLASS) {
            return format(what(), "that of such a layer", format!("it is that of {class}"));
        }
        match object.remove("config") {
            Some(Value::Object(config)) => object = config,
            _ => return format(what(), "complete", "it has no object `config`"),
        }
    }
    object.retain(|key, _| !IGNORED.contains(&key.as_str()));
    for (key, only) in L::FIXED {
        match object.remove(*key) {
            Some(value) if !only.is_null() && value != *only => {
                return format(
                    what(),
                    format!("of a layer that is built: `{key}` can only be {only}"),
                    format!("it is {value}"),
                );
            }
            _ => {}
        }
    }
    let given = object.remove(GIVEN).is_none_or(|given| given != Value::Bool(false));
    match serde_json::from_value(Value::Object(object)) {
        Ok(config) => L::from_config(config, given),
        Err(error) => {
            format(format!("the config of a `{}`", L::CLASS), "one of its options and values", error.to_string())
        }
    }
}

pub(crate) fn load<L: Saved>(path: &Path) -> Result<L> {
    from_json(&read_text(path)?)
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| PreprocessingError::File {
        action: "read",
        path: path.to_owned(),
        source,
    })
}

/// The terms of a vocabulary in a text file, one on each line: what Keras' layers read where `vocabulary` is a path.
///
/// # Errors
///
/// If the file cannot be read.
pub fn read_vocabulary(path: impl AsRef<Path>) -> Result<Vec<String>> {
    Ok(read_text(path.as_ref())?.lines().map(str::to_string).collect())
}

/// Writes a new file beside the old one and moves it over the old one: whoever reads it finds one or the other,
/// whole.
pub(crate) fn save<L: Saved>(layer: &L, path: &Path) -> Result<()> {
    // A link stays a link to the new file.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    replace(&path, to_json(layer).as_bytes()).map_err(|source| PreprocessingError::File {
        action: "write",
        path,
        source,
    })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut builder = tempfile::Builder::new();
    // Temporary files are private; this one is to have the rights of the file that it replaces, or those of any new file.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let old = fs::metadata(path).map(|metadata| metadata.permissions());
        builder.permissions(old.unwrap_or_else(|_| fs::Permissions::from_mode(0o666)));
    }
    let mut file = builder.tempfile_in(&folder)?;
    file.as_file_mut().write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The methods that save and load a layer.
macro_rules! saved {
    ($layer:ident) => {
        impl $layer {
            /// The layer as JSON: its class and its config, with what it learned, in the form that
            /// `keras.layers.deserialize` reads.
            pub fn to_json(&self) -> String {
                $crate::json::to_json(self)
            }

            /// The layer of such a text, or of Keras' config alone.
            ///
            /// # Errors
            ///
            /// If the text is no JSON, or an option is unknown or has a value that it cannot have.
            pub fn from_json(text: &str) -> $crate::Result<Self> {
                $crate::json::from_json(text)
            }

            /// Writes the JSON to a file; one that was there before is replaced as a whole, or is as it was.
            ///
            /// # Errors
            ///
            /// If the file cannot be written.
            pub fn save(&self, path: impl AsRef<std::path::Path>) -> $crate::Result<()> {
                $crate::json::save(self, path.as_ref())
            }

            /// Reads what [`save`](Self::save) wrote.
            ///
            /// # Errors
            ///
            /// If the file cannot be read, and as [`from_json`](Self::from_json).
            pub fn load(path: impl AsRef<std::path::Path>) -> $crate::Result<Self> {
                $crate::json::load(path.as_ref())
            }
        }
    };
}

pub(crate) use saved;

/// Lists of lists, as the shape has them.
pub(crate) fn nested(array: &Array<f64>) -> Value {
    fn of(shape: &[usize], data: &[f64]) -> Value {
        match shape {
            [] => data.first().copied().into(),
            [len, inner @ ..] => {
                let width = data.len().checked_div(*len).unwrap_or(0);
                (0..*len).map(|at| of(inner, data.get(at * width..(at + 1) * width).unwrap_or_default())).collect()
            }
        }
    }
    of(array.shape(), array.as_slice())
}

/// The array of such lists.
pub(crate) fn array(json: &Value) -> Option<Array<f64>> {
    fn read(json: &Value, shape: &[usize], data: &mut Vec<f64>) -> bool {
        match (json, shape) {
            (Value::Array(list), [len, inner @ ..]) => {
                list.len() == *len && list.iter().all(|json| read(json, inner, data))
            }
            (json, []) => json.as_f64().is_some_and(|number| {
                data.push(number);
                true
            }),
            _ => false,
        }
    }
    let (mut shape, mut data, mut inner) = (Vec::new(), Vec::new(), Some(json));
    while let Some(Value::Array(list)) = inner {
        shape.push(list.len());
        inner = list.first();
    }
    read(json, &shape, &mut data).then_some(())?;
    Array::new(&shape, data).ok()
}
