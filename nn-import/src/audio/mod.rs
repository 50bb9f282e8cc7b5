//! Models of audio effects: RTNeural's JSON, Neural Amp Modeler's `.nam`, GuitarML's JSON.
//!
//! They are networks of one sample after another, for `#[stream]`. How many samples `infer` takes in a call is not in the files: it is the
//! size `steps` of [`Options`], 64 if nothing is said.

mod guitarml;
mod nam;
mod rtneural;

use serde_json::Value as Json;

use crate::script::{Input, Kind, Value};
use crate::written::Written;
use crate::{ImportError, Model, Options, Unsupported};

/// Reads a model of an audio effect; what stands in it says of which kind it is. `None` for other JSON.
///
/// # Errors
///
/// [`ImportError::Format`] if arrays are missing or of other sizes than the file says, [`ImportError::Unsupported`] with all that the
/// language has not.
pub fn read(json: &Json, options: &Options) -> Option<Result<Model, ImportError>> {
    if json.get("architecture").is_some() {
        return Some(nam::read(json, options));
    }
    if json.get("in_shape").is_some() {
        return Some(rtneural::read(json, options));
    }
    json.get("state_dict").is_some().then(|| guitarml::read(json, options))
}

/// The samples of a call.
fn steps(options: &Options) -> usize {
    let input = options.inputs.first().and_then(|(_, shape)| shape.get(1));
    let named = options.dims.iter().find(|(name, _)| name == "steps").map(|(_, size)| size);
    *input.or(named).unwrap_or(&64)
}

/// A network with one input, which is given here.
fn with_input(name: &str, shape: Vec<usize>) -> (Written, Value) {
    let mut written = Written::default();
    written.script.name = name.to_owned();
    written.script.inputs.push(Input { name: "audio".to_owned(), shape, kind: Kind::Real });
    (written, Value::Input(0))
}

/// The numbers of a file, taken one array after another.
struct Numbers<'a> {
    format: &'static str,
    rest: &'a [f32],
}

impl Numbers<'_> {
    /// So many numbers.
    fn take(&mut self, count: usize) -> Result<Vec<f32>, ImportError> {
        let Some((taken, rest)) = self.rest.split_at_checked(count) else {
            let reason = format!("it has {} weights where {count} are wanted", self.rest.len());
            return Err(ImportError::Format { format: self.format, reason });
        };
        self.rest = rest;
        Ok(taken.to_vec())
    }

    /// All of them are used.
    fn end(&self) -> Result<(), ImportError> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(ImportError::Format { format: self.format, reason: format!("{left} weights are left over") }),
        }
    }
}

/// All numbers of lists in lists, and how long these are.
fn nested(json: &Json) -> (Vec<usize>, Vec<f32>) {
    fn flatten(json: &Json, values: &mut Vec<f32>) {
        match json {
            Json::Array(list) => list.iter().for_each(|json| flatten(json, values)),
            other => values.extend(other.as_f64().map(|number| number as f32)),
        }
    }
    let (mut shape, mut values, mut at) = (Vec::new(), Vec::new(), json);
    while let Json::Array(list) = at {
        shape.push(list.len());
        let Some(first) = list.first() else { break };
        at = first;
    }
    flatten(json, &mut values);
    (shape, values)
}

fn unsupported(node: String, problem: String) -> ImportError {
    ImportError::Unsupported(vec![Unsupported { node, problem, help: String::new() }])
}

/// A size that a file says.
fn size(json: &Json, name: &str, format: &'static str) -> Result<usize, ImportError> {
    let size = json.get(name).and_then(Json::as_u64).and_then(|size| usize::try_from(size).ok());
    size.filter(|size| *size <= 1 << 20)
        .ok_or_else(|| ImportError::Format { format, reason: format!("it does not say `{name}`") })
}
