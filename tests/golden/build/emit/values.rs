//! Cases of a single loss, optimizer, metric, initializer, regularizer or constraint.

use serde_json::Value as Json;

use crate::cases::{Case, camel_case};
use crate::emit::call;
use crate::value::Object;

/// `nn_core::losses::Huber { delta: 0.5, ..Default::default() }`.
pub fn expression(module: &str, object: &Object) -> String {
    let path = format!("nn_core::{module}::{}", object.class);
    let fields: String = object.config.iter().map(|(key, value)| format!("{key}: {}, ", field(key, value))).collect();
    if fields.is_empty() { format!("{path}::default()") } else { format!("{path} {{ {fields}..Default::default() }}") }
}

fn field(key: &str, value: &Json) -> String {
    match (key, value) {
        ("reduction", Json::String(name)) => format!("nn_core::losses::Reduction::{}", camel_case(name)),
        ("weight_decay" | "clipnorm" | "clipvalue" | "global_clipnorm" | "ignore_class", _) => format!("Some({value})"),
        _ => value.to_string(),
    }
}

/// Metrics that are the mean of a loss, with the loss's options.
const LOSS_METRICS: [&str; 3] = ["BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"];

pub fn loss(case: &Case) -> String {
    let loss = expression("losses", &Object::from_config(&case.json));
    call(case, &format!("nn_golden::loss::check({:?}, {loss})", case.name))
}

pub fn optimizer(case: &Case) -> String {
    let optimizer = expression("optimizers", &Object::from_config(&case.json));
    call(case, &format!("nn_golden::optimizer::check({:?}, {optimizer})", case.name))
}

pub fn metric(case: &Case) -> String {
    let object = Object::from_config(&case.json);
    let metric = match object.class.as_str() {
        "Mean" => return call(case, &format!("nn_golden::metric::check_mean({:?})", case.name)),
        class if LOSS_METRICS.contains(&class) => {
            format!("nn_core::metrics::LossMetric::of({})", expression("losses", &object))
        }
        _ => expression("metrics", &object),
    };
    call(case, &format!("nn_golden::metric::check({:?}, {metric})", case.name))
}

pub fn initializer(case: &Case) -> String {
    let object = Object::from_text(case.text("initializer"));
    let defaults: &[f64] = match object.class.as_str() {
        "uniform" => &[-0.05, 0.05],
        "normal" | "truncated_normal" => &[0.0, 0.05],
        "orthogonal" | "identity" => &[1.0],
        _ => &[],
    };
    let initializer = format!("nn_core::initializers::Initializer::{}", variant(&object, defaults));
    call(case, &format!("nn_golden::initial::check_initializer({:?}, {initializer})", case.name))
}

pub fn constraint(case: &Case) -> String {
    let object = Object::from_text(case.text("constraint"));
    let defaults: &[f64] = match object.class.as_str() {
        "max_norm" => &[2.0],
        "min_max_norm" => &[0.0, 1.0, 1.0],
        _ => &[],
    };
    let constraint = format!("nn_core::constraints::Constraint::{}", variant(&object, defaults));
    let axis = object.config.iter().find(|(key, _)| key == "axis").map_or(Json::from(0), |(_, axis)| axis.clone());
    let axes = axis.as_str().map_or(axis.to_string(), |axes| axes.trim_matches(['(', ')']).to_string());
    call(case, &format!("nn_golden::weights::check_constraint({:?}, {constraint}, &[{axes}])", case.name))
}

pub fn regularizer(case: &Case) -> String {
    let object = Object::from_text(case.text("regularizer"));
    let factor = |at: usize| object.positional.get(at).cloned().unwrap_or(Json::from(0.01));
    let (l1, l2) = match object.class.as_str() {
        "l1" => (factor(0), Json::from(0.0)),
        "l2" => (Json::from(0.0), factor(0)),
        _ => (factor(0), factor(1)),
    };
    let regularizer = format!("nn_core::regularizers::Regularizer {{ l1: {l1}, l2: {l2} }}");
    call(case, &format!("nn_golden::weights::check_regularizer({:?}, {regularizer})", case.name))
}

/// `MaxNorm(2.0)` of `max_norm(2.0)`, Keras' defaults standing in for what is left out.
fn variant(object: &Object, defaults: &[f64]) -> String {
    let given = object.positional.iter().map(|value| format!("{:?}", value.as_f64().expect("a number")));
    let rest = defaults.iter().skip(object.positional.len()).map(|value| format!("{value:?}"));
    let arguments: Vec<_> = given.chain(rest).collect();
    let name = camel_case(&object.class);
    if arguments.is_empty() { name } else { format!("{name}({})", arguments.join(", ")) }
}

/// A tuple of metrics, of the names that Keras' `compile` takes.
pub fn metrics(names: &Json) -> String {
    let metric = |name: &Json| match name.as_str().unwrap_or_default() {
        "mse" => "nn_core::metrics::MeanSquaredError::default()",
        "mae" => "nn_core::metrics::MeanAbsoluteError::default()",
        _ => "nn_core::metrics::accuracy()",
    };
    let metrics: String = names.as_array().into_iter().flatten().map(|name| format!("{},", metric(name))).collect();
    format!("({metrics})")
}
