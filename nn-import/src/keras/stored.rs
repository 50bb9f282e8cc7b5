//! The arrays of a Keras file, layer by layer, as all of its layouts have them.

use hdf5_pure::{AttrValue, DType, File, Group};
use serde_json::Value as Json;

use crate::ImportError;

/// An array of a file.
#[derive(Clone, Debug)]
pub struct Array {
    /// The file's own name.
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// The arrays of a layer, in Keras' order, and of the layers inside of it.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    pub name: String,
    pub arrays: Vec<Array>,
    pub inner: Vec<Stored>,
}

/// An HDF5 file of Keras', whichever layout it has.
pub struct Hdf5 {
    file: File,
    len: usize,
}

/// More layers inside of layers are in no file that Keras has written.
const DEEPEST: usize = 32;

/// What layers call the parts that have weights, in the order of Keras' `weights`.
const PARTS: &[&str] =
    &["cell", "forward_layer", "backward_layer", "layer", "query_dense", "key_dense", "value_dense", "output_dense"];

impl Hdf5 {
    pub fn open(bytes: Vec<u8>) -> Result<Self, ImportError> {
        let len = bytes.len();
        Ok(Hdf5 { file: File::from_bytes(bytes).map_err(bad)?, len })
    }

    /// The description of the model, if the file has one.
    pub fn config(&self) -> Result<Option<Json>, ImportError> {
        let attributes = self.file.root().attrs().map_err(bad)?;
        let Some(text) = attributes.get("model_config").and_then(text) else { return Ok(None) };
        serde_json::from_str(text).map(Some).map_err(bad)
    }

    /// The version of Keras that wrote the file: `2.4.0`.
    pub fn version(&self) -> Option<String> {
        let weights = self.file.group("model_weights").ok().and_then(|group| group.attrs().ok());
        let attributes = self.file.root().attrs().ok()?;
        let version = attributes.get("keras_version").and_then(text).map(str::to_owned);
        version.or_else(|| weights?.get("keras_version").and_then(text).map(str::to_owned))
    }

    /// The arrays of all layers.
    pub fn layers(&self) -> Result<Vec<Stored>, ImportError> {
        let root = self.file.root();
        let groups = root.groups().map_err(bad)?;
        let weights = if groups.iter().any(|group| group == "model_weights") {
            root.group("model_weights").map_err(bad)?
        } else {
            root
        };
        let named = names(&weights, "layer_names")?;
        if !named.is_empty() {
            return named.iter().map(|layer| self.by_names(&weights, layer)).collect();
        }
        match weights.group("layers") {
            Ok(layers) => self.by_variables(&layers, 0),
            Err(_) => Err(format("it has no weights of Keras'")),
        }
    }

    /// Up to Keras 2, and in `.h5` of Keras 3: a group for each layer, which lists its weights.
    fn by_names(&self, weights: &Group, layer: &str) -> Result<Stored, ImportError> {
        let group = weights.group(layer).map_err(bad)?;
        let names = names(&group, "weight_names")?;
        let arrays = names.iter().map(|name| self.array(&group, name)).collect::<Result<_, _>>()?;
        Ok(Stored { name: layer.to_owned(), arrays, inner: Vec::new() })
    }

    /// `.weights.h5` of Keras 3: a group for each layer by its class, with numbered variables.
    fn by_variables(&self, layers: &Group, depth: usize) -> Result<Vec<Stored>, ImportError> {
        if depth > DEEPEST {
            return Err(format("its layers lie too deep in one another"));
        }
        let groups = layers.groups().map_err(bad)?;
        groups.iter().map(|name| self.variables(&layers.group(name).map_err(bad)?, name, depth)).collect()
    }

    fn variables(&self, group: &Group, name: &str, depth: usize) -> Result<Stored, ImportError> {
        let mut stored = Stored { name: name.to_owned(), ..Stored::default() };
        let inside = group.groups().map_err(bad)?;
        let has = |part: &str| inside.iter().any(|inside| inside == part);
        if has("vars") {
            let variables = group.group("vars").map_err(bad)?;
            if let Some(name) = variables.attrs().map_err(bad)?.get("name").and_then(text) {
                stored.name = name.to_owned();
            }
            let mut numbers = variables.datasets().map_err(bad)?;
            numbers.sort_by_key(|number| number.parse::<usize>().unwrap_or(usize::MAX));
            for number in numbers {
                stored.arrays.push(self.array(&variables, &number)?);
            }
        }
        if depth < DEEPEST {
            for part in PARTS.iter().filter(|part| has(part)) {
                let part = self.variables(&group.group(part).map_err(bad)?, part, depth + 1)?;
                stored.arrays.extend(part.arrays);
            }
        }
        if has("layers") {
            stored.inner = self.by_variables(&group.group("layers").map_err(bad)?, depth + 1)?;
        }
        Ok(stored)
    }

    fn array(&self, group: &Group, name: &str) -> Result<Array, ImportError> {
        let dataset = group.dataset(name).map_err(bad)?;
        let shape: Vec<usize> = dataset.shape().map_err(bad)?.iter().map(|size| *size as usize).collect();
        let count = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
        // Deflate makes at most a thousandth of what it takes.
        if count.is_none_or(|count| count > self.len.saturating_mul(1_000)) {
            return Err(format(&format!("`{name}` has more elements than the file can hold")));
        }
        if !matches!(dataset.dtype().map_err(bad)?, DType::F32 | DType::F64 | DType::I32 | DType::I64 | DType::U32) {
            let values = dataset.read_f32();
            return match values {
                Ok(values) if Some(values.len()) == count => Ok(Array { name: name.to_owned(), shape, values }),
                _ => Err(format(&format!("`{name}` has elements that are no numbers"))),
            };
        }
        let values = dataset.read_f32().map_err(bad)?;
        if Some(values.len()) != count {
            return Err(format(&format!("`{name}` has {} elements, where its shape is {shape:?}", values.len())));
        }
        Ok(Array { name: name.to_owned(), shape, values })
    }
}

/// A list of names, which Keras cuts into `names0`, `names1`, … where it is long.
fn names(group: &Group, attribute: &str) -> Result<Vec<String>, ImportError> {
    let attributes = group.attrs().map_err(bad)?;
    if let Some(value) = attributes.get(attribute) {
        return Ok(texts(value));
    }
    let chunks = (0..).map_while(|number| attributes.get(&format!("{attribute}{number}")));
    Ok(chunks.flat_map(texts).collect())
}

fn text(value: &AttrValue) -> Option<&str> {
    use AttrValue::{AsciiString, String, VarLenAsciiString, VarLenString};
    match value {
        String(text) | AsciiString(text) | VarLenString(text) | VarLenAsciiString(text) => Some(text),
        AttrValue::StringSized { value, .. } | AttrValue::AsciiStringSized { value, .. } => Some(value),
        _ => None,
    }
}

fn texts(value: &AttrValue) -> Vec<String> {
    use AttrValue::{AsciiStringArray, StringArray, VarLenAsciiStringArray, VarLenStringArray};
    match value {
        StringArray(texts) | AsciiStringArray(texts) | VarLenStringArray(texts) | VarLenAsciiStringArray(texts) => {
            texts.clone()
        }
        AttrValue::StringArraySized { values, .. } | AttrValue::AsciiStringArraySized { values, .. } => values.clone(),
        one => text(one).map(str::to_owned).into_iter().collect(),
    }
}

fn bad(error: impl std::fmt::Display) -> ImportError {
    format(&error.to_string())
}

fn format(reason: &str) -> ImportError {
    ImportError::Format { format: "Keras", reason: reason.to_owned() }
}
