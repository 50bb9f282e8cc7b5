//! What the suite covers: a case is covered if all that it uses stands in these tables.
//!
//! A case is judged by what it uses, never by its name, so cases of another folder are too.

use serde_json::Value as Json;

use crate::cases::Case;
use crate::dsl::{self, Call};
use crate::value::Object;

/// Layers and their options. `weights` stands for the options of each weight and `trainable`.
const LAYERS: &[(&str, &[&str])] = &[
    ("Input", &["dtype"]),
    ("Dense", &["activation", "use_bias", "weights"]),
    ("Conv2D", &["strides", "padding", "dilation_rate", "groups", "activation", "use_bias", "weights"]),
    ("MaxPool2D", &["strides", "padding"]),
    ("MaxPooling2D", &["strides", "padding"]),
    ("AvgPool2D", &["strides", "padding"]),
    ("AveragePooling2D", &["strides", "padding"]),
    ("GlobalMaxPool2D", &["keepdims"]),
    ("GlobalMaxPooling2D", &["keepdims"]),
    ("GlobalAvgPool2D", &["keepdims"]),
    ("GlobalAveragePooling2D", &["keepdims"]),
    ("Flatten", &[]),
    ("Reshape", &[]),
    ("Dropout", &["seed"]),
    ("BatchNormalization", &["axis", "momentum", "epsilon", "center", "scale", "weights"]),
    ("BatchNorm", &["axis", "momentum", "epsilon", "center", "scale", "weights"]),
    ("Activation", &[]),
    ("ReLU", &["max_value", "negative_slope", "threshold"]),
    ("LeakyReLU", &["negative_slope"]),
    ("ELU", &["alpha"]),
    ("PReLU", &["shared_axes", "weights"]),
    ("Softmax", &["axis"]),
    ("LogSoftmax", &["axis"]),
    ("ReLU6", &[]),
    ("SELU", &[]),
    ("GELU", &["approximate"]),
    ("Sigmoid", &[]),
    ("HardSigmoid", &[]),
    ("Tanh", &[]),
    ("Softplus", &[]),
    ("Softsign", &[]),
    ("Swish", &[]),
    ("SiLU", &[]),
    ("HardSwish", &[]),
    ("Mish", &[]),
    ("Exponential", &[]),
];

const ACTIVATIONS: &[&str] = &[
    "linear",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "sigmoid",
    "hard_sigmoid",
    "tanh",
    "softmax",
    "log_softmax",
    "softplus",
    "softsign",
    "swish",
    "silu",
    "hard_swish",
    "mish",
    "exponential",
];

const INITIALIZERS: &[&str] = &[
    "zeros",
    "ones",
    "constant",
    "uniform",
    "normal",
    "truncated_normal",
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "orthogonal",
    "identity",
];

const REGULARIZERS: &[&str] = &["l1", "l2", "l1_l2"];

const CONSTRAINTS: &[&str] = &["non_neg", "max_norm", "unit_norm", "min_max_norm"];

const LOSSES: &[(&str, &[&str])] = &[
    ("SparseCategoricalCrossentropy", &["from_logits", "ignore_class", "reduction"]),
    ("CategoricalCrossentropy", &["from_logits", "label_smoothing", "reduction"]),
    ("BinaryCrossentropy", &["from_logits", "label_smoothing", "reduction"]),
    ("MeanSquaredError", &["reduction"]),
    ("MeanAbsoluteError", &["reduction"]),
];

const CLIPPING: [&str; 4] = ["weight_decay", "clipnorm", "clipvalue", "global_clipnorm"];

const OPTIMIZERS: &[(&str, &[&str])] = &[
    ("SGD", &["learning_rate", "momentum", "nesterov"]),
    ("RMSprop", &["learning_rate", "rho", "momentum", "epsilon", "centered"]),
    ("Adam", &["learning_rate", "beta_1", "beta_2", "epsilon", "amsgrad"]),
];

const METRICS: &[(&str, &[&str])] = &[
    ("Accuracy", &[]),
    ("BinaryAccuracy", &["threshold"]),
    ("CategoricalAccuracy", &[]),
    ("SparseCategoricalAccuracy", &[]),
    ("TopKCategoricalAccuracy", &["k"]),
    ("SparseTopKCategoricalAccuracy", &["k"]),
    ("Mean", &[]),
    ("MeanSquaredError", &[]),
    ("MeanAbsoluteError", &[]),
    ("BinaryCrossentropy", &["from_logits", "label_smoothing"]),
    ("CategoricalCrossentropy", &["from_logits", "label_smoothing"]),
    ("SparseCategoricalCrossentropy", &["from_logits", "ignore_class"]),
];

/// What `metrics = […]` of a training may name.
const METRIC_NAMES: &[&str] = &["accuracy", "mse", "mae"];

/// The first thing that a case uses and the suite does not cover.
pub fn gap(case: &Case) -> Option<String> {
    match case.kind.as_str() {
        "network" if case.has("calls") => Some("a stateful network".to_string()),
        "network" | "initializer_default" => network(case.text("dsl")),
        "fit" => network(case.text("dsl")).or_else(|| fit(case)),
        "loss" => object("loss", &Object::from_config(&case.json), LOSSES, &[]),
        "optimizer" => object("optimizer", &Object::from_config(&case.json), OPTIMIZERS, &CLIPPING),
        "metric" => object("metric", &Object::from_config(&case.json), METRICS, &[]),
        "initializer" => word("initializer", case.text("initializer"), INITIALIZERS),
        "regularizer" => word("regularizer", case.text("regularizer"), REGULARIZERS),
        // As a function a constraint takes `axis`, as an option of a layer it does not.
        "constraint" => {
            word("constraint", case.text("constraint").split(", axis").next().unwrap_or_default(), CONSTRAINTS)
        }
        kind => Some(format!("kind {kind}")),
    }
}

fn network(dsl: &str) -> Option<String> {
    match dsl::chain(dsl) {
        Some(chain) => chain.iter().find_map(layer),
        None => Some("the form of a graph".to_string()),
    }
}

fn layer(call: &Call) -> Option<String> {
    let Some((_, known)) = LAYERS.iter().find(|(name, _)| *name == call.name) else {
        return Some(format!("layer {}", call.name));
    };
    let activation = if call.name == "Activation" { call.positional.first() } else { None };
    let activation = activation.and_then(|name| word("activation", name, ACTIVATIONS));
    activation.or_else(|| call.options.iter().find_map(|(name, value)| option(call.name, known, name, value)))
}

fn option(layer: &str, known: &[&str], name: &str, value: &str) -> Option<String> {
    let weights = known.contains(&"weights");
    match name {
        "activity_regularizer" => Some("option activity_regularizer".to_string()),
        "data_format" => word("data_format", value, &["channels_last"]),
        "trainable" if weights => None,
        "dtype" if layer == "Input" => word("input of dtype", value, &["f32", "f64"]),
        "activation" if known.contains(&name) => word("activation", value, ACTIVATIONS),
        _ if weights && name.ends_with("_initializer") => word("initializer", value, INITIALIZERS),
        _ if weights && name.ends_with("_regularizer") => word("regularizer", value, REGULARIZERS),
        _ if weights && name.ends_with("_constraint") => word("constraint", value, CONSTRAINTS),
        _ if known.contains(&name) => None,
        _ => Some(format!("option {name} of {layer}")),
    }
}

/// `max_norm(2.0)` by its name, and by the names of its arguments.
fn word(what: &str, text: &str, known: &[&str]) -> Option<String> {
    let value = Object::from_text(text);
    if !known.contains(&value.class.as_str()) {
        return Some(format!("{what} {}", value.class));
    }
    value.config.first().map(|(name, _)| format!("option {name} of a {what}"))
}

fn object(what: &str, object: &Object, known: &[(&str, &[&str])], all: &[&str]) -> Option<String> {
    let Some((class, keys)) = known.iter().find(|(class, _)| *class == object.class) else {
        return Some(format!("{what} {}", object.class));
    };
    object.config.iter().find_map(|(key, value)| match value {
        Json::Object(_) => Some(format!("a schedule as {key}")),
        Json::String(text) if text.contains('(') => Some(format!("a schedule as {key}")),
        _ if keys.contains(&key.as_str()) || all.contains(&key.as_str()) => None,
        _ => Some(format!("option {key} of {class}")),
    })
}

fn fit(case: &Case) -> Option<String> {
    let loss = || {
        let losses = crate::emit::networks::losses(case);
        losses.into_iter().find_map(|loss| object("loss", &Object::from_text(loss), LOSSES, &[]))
    };
    let optimizer = || object("optimizer", &Object::from_text(case.text("optimizer")), OPTIMIZERS, &CLIPPING);
    let metrics = || {
        let names = ["metrics", "weighted_metrics"].into_iter().flat_map(|key| case.json[key].as_array()).flatten();
        names.filter_map(Json::as_str).find_map(|name| word("metric", name, METRIC_NAMES))
    };
    let shuffle = || case.has("shuffle").then(|| "a shuffled training".to_string());
    loss().or_else(optimizer).or_else(metrics).or_else(shuffle)
}
