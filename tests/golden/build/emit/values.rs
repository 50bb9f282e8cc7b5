//! Cases of a single loss, optimizer, metric, initializer, regularizer or constraint.

use serde_json::Value as Json;

use crate::cases::{Case, camel_case};
use crate::emit::call;
use crate::value::Object;

/// `nn_core::losses::from_config::<f32>("Huber", &[("delta", Value::from(0.5))]).unwrap()`.
pub fn made(module: &str, element: &str, object: &Object) -> String {
    let options = object.config.iter().map(|(key, value)| match value {
        Json::Null => format!("({key:?}, nn_core::config::Value::None)"),
        value => format!("({key:?}, nn_core::config::Value::from({value}))"),
    });
    let options = options.collect::<Vec<_>>().join(", ");
    format!("nn_core::{module}::from_config::<{element}>({:?}, &[{options}]).unwrap()", object.class)
}

pub fn loss(case: &Case) -> String {
    let loss = made("losses", "f32", &Object::from_config(&case.json));
    call(case, &format!("nn_golden::loss::check({:?}, &*{loss})", case.name))
}

pub fn optimizer(case: &Case) -> String {
    let optimizer = made("optimizers", "f32", &Object::from_config(&case.json));
    call(case, &format!("nn_golden::optimizer::check({:?}, {optimizer})", case.name))
}

pub fn metric(case: &Case) -> String {
    let object = Object::from_config(&case.json);
    if object.class == "Mean" {
        return call(case, &format!("nn_golden::metric::check_mean({:?})", case.name));
    }
    call(case, &format!("nn_golden::metric::check({:?}, &mut *{})", case.name, made("metrics", "f32", &object)))
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

/// Metrics by the names that Keras' `compile` takes.
pub fn metrics(element: &str, names: &Json) -> String {
    let names = names.as_array().into_iter().flatten().filter_map(Json::as_str);
    let metrics: Vec<_> = names.map(|name| made("metrics", element, &Object::from_text(name))).collect();
    if metrics.is_empty() { "()".to_string() } else { format!("vec![{}]", metrics.join(", ")) }
}
