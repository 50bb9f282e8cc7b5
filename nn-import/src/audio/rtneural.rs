//! RTNeural's JSON: a chain of layers, whose arrays are Keras'.
//!
//! Its convolutions are causal where the number of steps does not shrink.

use serde_json::Value as Json;

use super::{nested, steps, unsupported, with_input};
use crate::script::Value;
use crate::written::{Array, Written};
use crate::{ImportError, Model, Options};

const FORMAT: &str = "RTNeural";

pub fn read(json: &Json, options: &Options) -> Result<Model, ImportError> {
    let sizes = |json: &Json| -> Vec<Option<usize>> {
        json.as_array().into_iter().flatten().map(|size| size.as_u64().map(|size| size as usize)).collect()
    };
    let shape: Vec<usize> = match sizes(&json["in_shape"]).as_slice() {
        [_, Some(features)] => vec![*features],
        [_, length, Some(features)] => vec![length.unwrap_or_else(|| steps(options)), *features],
        _ => return Err(bad("its `in_shape` is neither that of a vector nor that of a sequence")),
    };
    let mut length = (shape.len() == 2).then(|| shape[0]);
    let (mut written, mut at) = with_input("model", shape);
    let layers = json.get("layers").and_then(Json::as_array).ok_or_else(|| bad("it has no `layers`"))?;
    for layer in layers {
        let shape = sizes(&layer["shape"]);
        let after = if shape.len() == 3 { shape[1] } else { None };
        let shrinks = after.zip(length).is_some_and(|(after, before)| after < before);
        at = Reader { layer, features: shape.last().copied().flatten(), shrinks }.layer(&mut written, at)?;
        length = after.or(length);
    }
    written.script.outputs.push(("output".to_owned(), at));
    written.finish()
}

struct Reader<'a> {
    layer: &'a Json,
    features: Option<usize>,
    /// Whether there are fewer steps behind it.
    shrinks: bool,
}

impl Reader<'_> {
    fn layer(&self, written: &mut Written, from: Value) -> Result<Value, ImportError> {
        let kind = self.layer["type"].as_str().unwrap_or_default();
        let features = self.features.ok_or_else(|| bad("a layer does not say its features"))?;
        let arrays: Vec<Array> = self.layer["weights"].as_array().into_iter().flatten().map(array).collect();
        let bias = if arrays.len() == 1 { vec!["use_bias = false".to_owned()] } else { Vec::new() };
        let activation = self.activation();
        let (class, mut arguments, arrays) = match kind {
            "dense" | "time-distributed-dense" => ("Dense", vec![features.to_string()], arrays),
            "conv1d" => ("Conv1D", self.convolution(features), arrays),
            "lstm" => ("LSTM", vec![features.to_string(), "return_sequences = true".to_owned()], arrays),
            "gru" => ("GRU", vec![features.to_string(), "return_sequences = true".to_owned()], arrays),
            "activation" => return self.function(written, from),
            "batchnorm" => return Ok(self.batch_normalization(written, from, arrays)),
            "prelu" => return Ok(prelu(written, from, arrays)),
            other => {
                return Err(unsupported(format!("`{other}`"), "there is no such layer in the language".to_owned()));
            }
        };
        let own = if matches!(class, "LSTM" | "GRU") { "tanh" } else { "linear" };
        if activation != own && !activation.is_empty() {
            arguments.push(format!("activation = {activation}"));
        }
        arguments.extend(bias);
        Ok(written.layer(class, arguments.join(", "), &[from], None, arrays))
    }

    fn activation(&self) -> &str {
        self.layer["activation"].as_str().unwrap_or_default()
    }

    fn number(&self, name: &str) -> Option<u64> {
        let number = &self.layer[name];
        number.as_u64().or_else(|| number.get(0)?.as_u64())
    }

    fn convolution(&self, features: usize) -> Vec<String> {
        let mut arguments = vec![features.to_string(), self.number("kernel_size").unwrap_or(1).to_string()];
        if !self.shrinks {
            arguments.push("padding = causal".to_owned());
        }
        for (name, option) in [("strides", "strides"), ("dilation", "dilation_rate"), ("groups", "groups")] {
            arguments
                .extend(self.number(name).filter(|number| *number != 1).map(|number| format!("{option} = {number}")));
        }
        arguments
    }

    fn function(&self, written: &mut Written, from: Value) -> Result<Value, ImportError> {
        let activation = self.activation();
        let is_word = !activation.is_empty() && activation.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_word {
            return Err(unsupported("`activation`".to_owned(), format!("there is no activation `{activation}`")));
        }
        Ok(written.layer("Activation", activation.to_owned(), &[from], None, Vec::new()))
    }

    /// With gamma, beta, mean and variance, or with the last two.
    fn batch_normalization(&self, written: &mut Written, from: Value, arrays: Vec<Array>) -> Value {
        let epsilon = self.layer["epsilon"].as_f64().unwrap_or(1e-3);
        let plain = if arrays.len() == 2 { ", center = false, scale = false" } else { "" };
        written.layer("BatchNormalization", format!("epsilon = {epsilon:?}{plain}"), &[from], None, arrays)
    }
}

/// One slope for each feature, or one for all.
fn prelu(written: &mut Written, from: Value, arrays: Vec<Array>) -> Value {
    let is_one = arrays.first().is_some_and(|array| array.values.len() == 1);
    let shared = if is_one { "shared_axes = (1, 2)" } else { "shared_axes = 1" };
    written.layer("PReLU", shared.to_owned(), &[from], None, arrays)
}

fn array(json: &Json) -> Array {
    let (shape, values) = nested(json);
    Array { shape, values }
}

fn bad(reason: &str) -> ImportError {
    ImportError::Format { format: FORMAT, reason: reason.to_owned() }
}
