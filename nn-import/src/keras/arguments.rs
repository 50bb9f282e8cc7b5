//! What `get_config` says of a layer → what stands between its angle brackets.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value as Json;

use super::dialect::Config;

/// What is wrong with an option.
pub struct Problem {
    pub text: String,
    pub help: String,
}

fn problem(text: String) -> Problem {
    Problem { text, help: String::new() }
}

/// Options that say nothing of what is computed, or only how.
const SILENT: &[&str] = &[
    "name",
    "dtype",
    "batch_shape",
    "sparse",
    "ragged",
    "optional",
    "implementation",
    "input_dtype",
    "input_dim",
    "input_length",
    "synchronized",
    "fused",
    "autocast",
    "zero_output_for_mask",
    "use_legacy_config",
    "build_config",
    "virtual_batch_size",
    "flash_attention",
];

/// Pairs that are no sizes of two axes: equal ends stay two.
const RANGES: &[&str] = &["factor", "height_factor", "width_factor", "value_range"];

/// The layers of the language, by each of their names.
static LAYERS: LazyLock<HashMap<&'static str, nn_compiler::Layer>> = LazyLock::new(|| {
    let by_names = |layer: nn_compiler::Layer| layer.names.iter().map(move |name| (*name, layer.clone()));
    nn_compiler::layers().flat_map(by_names).collect()
});

/// Whether a layer has weights, so that its name is that of a field.
pub fn has_weights(class: &str) -> bool {
    let wraps = matches!(class, "TimeDistributed" | "Bidirectional");
    wraps || LAYERS.get(class).is_some_and(|layer| layer.options.iter().any(|option| option.ends_with("_initializer")))
}

/// What stands between the angle brackets of a layer.
pub fn arguments(class: &str, config: &Config, version: &str) -> Result<String, Problem> {
    let Some(layer) = LAYERS.get(class) else { return Err(unknown(class)) };
    let writer = Writer { class, layer, config, version };
    let mut written = writer.positional()?;
    for (name, value) in config {
        if let Some(text) = writer.option(name, value)? {
            written.push(text);
        }
    }
    Ok(written.join(", "))
}

fn unknown(class: &str) -> Problem {
    let text = "there is no such layer in the language".to_owned();
    let help = match class {
        "Lambda" => {
            "a `Lambda` of Python cannot be read: write its function as operations, and import the weights alone"
        }
        _ => {
            "a layer of one's own cannot be read: write the network with a `Custom` layer, and import the weights alone"
        }
    };
    Problem { text, help: help.to_owned() }
}

struct Writer<'a> {
    class: &'a str,
    layer: &'a nn_compiler::Layer,
    config: &'a Config,
    version: &'a str,
}

impl Writer<'_> {
    fn positional(&self) -> Result<Vec<String>, Problem> {
        let list = match self.class {
            "Reshape" => Some("target_shape"),
            "Permute" => Some("dims"),
            _ => None,
        };
        if let Some(list) = list {
            let sizes = self.config.get(list).and_then(Json::as_array).ok_or_else(|| self.missing(list))?;
            return Ok(sizes.iter().map(Json::to_string).collect());
        }
        let mut written = Vec::new();
        for name in self.layer.positional.iter().filter(|name| **name != "strides") {
            match self.config.get(*name) {
                None | Some(Json::Null) => break,
                Some(value) => written.push(self.value(name, value)?),
            }
        }
        let mut fills = self.layer.positional.iter().zip(&written);
        let is_default = fills.all(|(name, value)| self.default(name) == Some(value.as_str()));
        // `MaxPool2D`, whose window is 2×2 anyway: people say it all the same.
        let is_said = self.class.ends_with('D') || matches!(self.class, "Dropout" | "Activation");
        Ok(if is_default && !is_said { Vec::new() } else { written })
    }

    /// `strides = 2`, or nothing where that is what it is anyway.
    fn option(&self, name: &str, value: &Json) -> Result<Option<String>, Problem> {
        let is_positional = self.layer.positional.contains(&name) && name != "strides";
        let is_list = matches!((self.class, name), ("Reshape", "target_shape") | ("Permute", "dims"));
        if is_positional || is_list || value.is_null() || SILENT.contains(&name) {
            return Ok(None);
        }
        if !self.layer.options.contains(&name) {
            return if self.is_neutral(name, value) { Ok(None) } else { Err(self.unknown_option(name, value)) };
        }
        if name.ends_with("_initializer") && is_random_or_unknown(value) {
            return Ok(None);
        }
        let text = self.value(name, value)?;
        let same = match name {
            "strides" if self.layer.positional.contains(&"strides") => self.text_of("pool_size"),
            "value_dim" => self.text_of("key_dim"),
            "axis" if self.default("axis").is_none() => Some("-1".to_owned()),
            _ => None,
        };
        let is_default = self.default(name) == Some(&text) || same.as_deref() == Some(&text);
        Ok((!is_default).then(|| format!("{name} = {text}")))
    }

    fn text_of(&self, name: &str) -> Option<String> {
        self.value(name, self.config.get(name)?).ok()
    }

    fn default(&self, name: &str) -> Option<&str> {
        self.layer.defaults.iter().find(|(other, _)| *other == name).map(|(_, text)| text.as_str())
    }

    /// Whether an option that the language has not is one that changes nothing.
    fn is_neutral(&self, name: &str, value: &Json) -> bool {
        let flat = flat(value);
        match name {
            // What says how a weight starts does not matter where there is no such weight.
            _ if name.ends_with("_initializer") || name.ends_with("_constraint") => true,
            "filters" | "kernel_regularizer" if self.class.starts_with("Depthwise") => true,
            "renorm_momentum" | "renorm_clipping" => true,
            "attention_axes" => flat == 1,
            "groups" | "dilation_rate" => flat == 1,
            "stateful"
            | "unroll"
            | "time_major"
            | "renorm"
            | "use_gate"
            | "rms_scaling"
            | "force_generator"
            | "crop_to_aspect_ratio"
            | "pad_to_aspect_ratio" => flat == false,
            "trainable" => flat == true || !has_weights(self.class),
            "data_format" => flat == "channels_last" || flat == "None",
            "fill_mode" => flat == "constant",
            "fill_value" => flat == 0.0,
            "backward_layer" => self.is_mirrored(value),
            _ => false,
        }
    }

    /// Whether the layer that runs backwards is the other one but for its direction and its name: the language has no other.
    fn is_mirrored(&self, backward: &Json) -> bool {
        let written = |layer: &Json| {
            let class = layer.get("class_name")?.as_str()?;
            let mut config = layer.get("config")?.as_object()?.clone();
            config.remove("go_backwards");
            Some((class.to_owned(), arguments(class, &config, self.version).ok()?))
        };
        self.config.get("layer").and_then(written).is_some_and(|forward| written(backward) == Some(forward))
    }

    fn unknown_option(&self, name: &str, value: &Json) -> Problem {
        problem(format!("`{}` has no option `{name}` in the language, which is {value} here", self.class))
    }

    fn missing(&self, name: &str) -> Problem {
        problem(format!("its description has no `{name}`"))
    }

    fn value(&self, name: &str, value: &Json) -> Result<String, Problem> {
        let value = if RANGES.contains(&name) { value.clone() } else { flat(value) };
        match &value {
            Json::Bool(flag) => Ok(flag.to_string()),
            Json::Number(number) => Ok(number_text(number)),
            Json::String(word) => self.word(word),
            Json::Array(list) => {
                let list = list.iter().map(|value| self.value(name, value)).collect::<Result<Vec<_>, _>>()?;
                // A tuple of one has a comma.
                let end = if list.len() == 1 { ",)" } else { ")" };
                Ok(format!("({}{end}", list.join(", ")))
            }
            Json::Object(object) => self.object(name, object),
            Json::Null => Err(self.missing(name)),
        }
    }

    /// A word of Keras', or the name of a function.
    fn word(&self, word: &str) -> Result<String, Problem> {
        // Up to Keras 2 the slope is a fifth, and not a sixth.
        let is_old = self.version.starts_with(['1', '2']) || self.version.is_empty();
        Ok(match word {
            "hard_sigmoid" if is_old => "hard_sigmoid(0.2)".to_owned(),
            // Keras 2's own `leaky_relu` has the same slope as ours.
            word => word.to_owned(),
        })
    }

    /// `{"class_name": …, "config": …}`: a layer, an activation, a regularizer, a constraint, an initializer.
    fn object(&self, name: &str, object: &Config) -> Result<String, Problem> {
        let class = object.get("class_name").and_then(Json::as_str).unwrap_or_default();
        let config = object.get("config");
        if class == "function" {
            return self.word(config.and_then(Json::as_str).unwrap_or_default());
        }
        let empty = Config::new();
        let config = config.and_then(Json::as_object).unwrap_or(&empty);
        if name == "layer" {
            let arguments = arguments(class, config, self.version)?;
            return Ok(if arguments.is_empty() { class.to_owned() } else { format!("{class}<{arguments}>") });
        }
        let number = |key: &str| config.get(key).and_then(Json::as_f64);
        let call = |name: &str, keys: &[&str]| {
            let numbers: Vec<String> = keys.iter().filter_map(|key| Some(format!("{:?}", number(key)?))).collect();
            if numbers.is_empty() { name.to_owned() } else { format!("{name}({})", numbers.join(", ")) }
        };
        Ok(match class {
            "L1" => call("l1", &["l1"]),
            "L2" => call("l2", &["l2"]),
            "L1L2" => match (number("l1").unwrap_or(0.0), number("l2").unwrap_or(0.0)) {
                (0.0, l2) => format!("l2({})", shortest(l2)),
                (l1, 0.0) => format!("l1({})", shortest(l1)),
                (l1, l2) => format!("l1_l2({}, {})", shortest(l1), shortest(l2)),
            },
            "NonNeg" => "non_neg".to_owned(),
            "UnitNorm" => "unit_norm".to_owned(),
            "MaxNorm" => call("max_norm", &["max_value"]),
            "MinMaxNorm" => call("min_max_norm", &["min_value", "max_value", "rate"]),
            "Zeros" => "zeros".to_owned(),
            "Ones" => "ones".to_owned(),
            "Constant" => call("constant", &["value"]),
            "RandomUniform" => call("uniform", &["minval", "maxval"]),
            "RandomNormal" => call("normal", &["mean", "stddev"]),
            "TruncatedNormal" => call("truncated_normal", &["mean", "stddev"]),
            "Orthogonal" | "OrthogonalInitializer" => call("orthogonal", &["gain"]),
            "Identity" | "IdentityInitializer" => call("identity", &["gain"]),
            class => KNOWN_INITIALIZERS
                .iter()
                .find(|(keras, _)| *keras == class)
                .map(|(_, ours)| (*ours).to_owned())
                .ok_or_else(|| problem(format!("`{name}` is a `{class}`, which the language has not")))?,
        })
    }
}

const KNOWN_INITIALIZERS: &[(&str, &str)] = &[
    ("GlorotUniform", "glorot_uniform"),
    ("GlorotNormal", "glorot_normal"),
    ("HeUniform", "he_uniform"),
    ("HeNormal", "he_normal"),
    ("LecunUniform", "lecun_uniform"),
    ("LecunNormal", "lecun_normal"),
];

/// Whether an initializer has no name in the language: what it does is past, since the weights are there.
fn is_random_or_unknown(value: &Json) -> bool {
    matches!(value.get("class_name").and_then(Json::as_str), Some("VarianceScaling") | None) && !value.is_string()
}

/// One value in place of a list of equals.
fn flat(value: &Json) -> Json {
    let Json::Array(list) = value else { return value.clone() };
    let list: Vec<Json> = list.iter().map(flat).collect();
    match list.split_first() {
        Some((first, rest)) if rest.iter().all(|other| other == first) && !first.is_array() => first.clone(),
        _ => Json::Array(list),
    }
}

/// A number that was an `f32` in its file, or is one of Python's.
fn number_text(number: &serde_json::Number) -> String {
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => whole.to_string(),
        (None, Some(number)) => shortest(number),
        (None, None) => number.to_string(),
    }
}

/// `0.01` for 0.009999999776482582, which is the same `f32`.
fn shortest(number: f64) -> String {
    let short = number as f32;
    if f64::from(short) == number { format!("{short:?}") } else { format!("{number:?}") }
}
