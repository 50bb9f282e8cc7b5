//! Cases of a single loss, optimizer, metric, initializer, regularizer or constraint.

use nn_compiler::Named;
use serde_json::Value as Json;

use super::{Refusal, call};
use crate::cases::{Case, camel_case};
use crate::value::Object;

/// What an option takes, as the field of its struct.
#[derive(Clone, Copy, PartialEq)]
pub enum Takes {
    Number,
    Flag,
    Count,
    MaybeNumber,
    MaybeInteger,
    Reduction,
}
use Takes::{Count, Flag, MaybeInteger, MaybeNumber, Number, Reduction};

/// Classes with their options.
pub type Table = &'static [(&'static str, &'static [(&'static str, Takes)])];

const SMOOTHED: &[(&str, Takes)] = &[("from_logits", Flag), ("label_smoothing", Number), ("reduction", Reduction)];

pub const LOSSES: Table = &[
    (
        "SparseCategoricalCrossentropy",
        &[("from_logits", Flag), ("ignore_class", MaybeInteger), ("reduction", Reduction)],
    ),
    ("CategoricalCrossentropy", SMOOTHED),
    ("BinaryCrossentropy", SMOOTHED),
    ("MeanSquaredError", &[("reduction", Reduction)]),
    ("MeanAbsoluteError", &[("reduction", Reduction)]),
];

pub const OPTIMIZERS: Table = &[
    ("SGD", &[("learning_rate", Number), ("momentum", Number), ("nesterov", Flag)]),
    (
        "RMSprop",
        &[("learning_rate", Number), ("rho", Number), ("momentum", Number), ("epsilon", Number), ("centered", Flag)],
    ),
    (
        "Adam",
        &[("learning_rate", Number), ("beta_1", Number), ("beta_2", Number), ("epsilon", Number), ("amsgrad", Flag)],
    ),
];

/// Options of all optimizers.
const CLIPPING: &[(&str, Takes)] = &[
    ("weight_decay", MaybeNumber),
    ("clipnorm", MaybeNumber),
    ("clipvalue", MaybeNumber),
    ("global_clipnorm", MaybeNumber),
];

/// Beside these, each loss is a metric.
const METRICS: Table = &[
    ("Accuracy", &[]),
    ("BinaryAccuracy", &[("threshold", Number)]),
    ("CategoricalAccuracy", &[]),
    ("SparseCategoricalAccuracy", &[]),
    ("TopKCategoricalAccuracy", &[("k", Count)]),
    ("SparseTopKCategoricalAccuracy", &[("k", Count)]),
    ("Mean", &[]),
];

/// `::nn_core::losses::Huber { delta: 0.5, ..Default::default() }`, if the table has all of it.
pub fn expression(what: &str, module: &str, object: &Object, table: Table) -> Result<String, Refusal> {
    let class = &object.class;
    let row = table.iter().find(|(name, _)| name == class);
    let (_, options) = row.ok_or_else(|| Refusal::gap(format!("{what} {class}")))?;
    if !object.positional.is_empty() {
        return Err(Refusal::broken(format!("an argument of `{class}` has no name")));
    }
    let all = if module == "optimizers" { CLIPPING } else { &[] };
    let mut fields = String::new();
    for (key, value) in &object.config {
        if value.is_object() || value.as_str().is_some_and(|text| text.contains('(')) {
            return Err(Refusal::gap(format!("a schedule as {key}")));
        }
        let option = options.iter().chain(all).find(|(name, _)| name == key);
        let (_, takes) = option.ok_or_else(|| Refusal::gap(format!("option {key} of {class}")))?;
        let text = literal(*takes, value);
        let text = text.ok_or_else(|| Refusal::broken(format!("`{key}` of `{class}` cannot be `{value}`")))?;
        fields += &format!("{key}: {text}, ");
    }
    let path = format!("::nn_core::{module}::{class}");
    Ok(if fields.is_empty() {
        format!("{path}::default()")
    } else {
        format!("{path} {{ {fields}..Default::default() }}")
    })
}

/// A value as Rust; `None` if it is of another kind.
fn literal(takes: Takes, value: &Json) -> Option<String> {
    Some(match takes {
        Number => number(value)?,
        Flag => value.as_bool()?.to_string(),
        Count => value.as_u64()?.to_string(),
        MaybeNumber | MaybeInteger if value.is_null() => "None".to_string(),
        MaybeNumber => format!("Some({})", number(value)?),
        MaybeInteger => format!("Some({})", value.as_i64()?),
        Reduction => {
            let names = ["sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none"];
            let name = names.iter().find(|name| value.as_str() == Some(**name))?;
            format!("::nn_core::losses::Reduction::{}", camel_case(name))
        }
    })
}

/// With a point or an exponent, as Rust wants it.
fn number(value: &Json) -> Option<String> {
    Some(format!("{:?}", value.as_f64()?))
}

pub fn loss(case: &Case) -> Result<String, Refusal> {
    let loss = expression("loss", "losses", &Object::from_config(&case.json)?, LOSSES)?;
    Ok(call(case, &format!("::nn_golden::loss::check({:?}, {loss})", case.name)))
}

pub fn optimizer(case: &Case) -> Result<String, Refusal> {
    let optimizer = expression("optimizer", "optimizers", &Object::from_config(&case.json)?, OPTIMIZERS)?;
    Ok(call(case, &format!("::nn_golden::optimizer::check({:?}, {optimizer})", case.name)))
}

pub fn metric(case: &Case) -> Result<String, Refusal> {
    let object = Object::from_config(&case.json)?;
    let metric = if LOSSES.iter().any(|(name, _)| *name == object.class) {
        // A metric is a mean.
        if object.config.iter().any(|(key, _)| key == "reduction") {
            return Err(Refusal::gap(format!("option reduction of {}", object.class)));
        }
        format!("::nn_core::metrics::LossMetric::of({})", expression("metric", "losses", &object, LOSSES)?)
    } else {
        expression("metric", "metrics", &object, METRICS)?
    };
    if object.class == "Mean" {
        return Ok(call(case, &format!("::nn_golden::metric::check_mean({:?})", case.name)));
    }
    Ok(call(case, &format!("::nn_golden::metric::check({:?}, {metric})", case.name)))
}

pub fn initializer(case: &Case) -> Result<String, Refusal> {
    let object = Object::from_text(case.text("initializer"));
    let numbers = numbers(&object, "initializer", nn_compiler::initializers())?;
    let initializer = format!("::nn_core::initializers::Initializer::{}", variant(&object, &numbers));
    Ok(call(case, &format!("::nn_golden::initial::check_initializer({:?}, {initializer})", case.name)))
}

pub fn constraint(case: &Case) -> Result<String, Refusal> {
    let mut object = Object::from_text(case.text("constraint"));
    // As a function a constraint takes `axis`, as an option of a layer it does not.
    let axis = object.config.iter().position(|(key, _)| key == "axis").map(|at| object.config.remove(at).1);
    let axes = match axis {
        None => Some(vec![0]),
        Some(Json::String(axes)) => serde_json::from_str(&axes.replace('(', "[").replace(')', "]")).ok(),
        Some(axis) => axis.as_u64().map(|axis| vec![axis]),
    };
    let axes = axes.ok_or_else(|| Refusal::broken("its `axis` is neither a number nor several: `(0, 1)`"))?;
    let numbers = numbers(&object, "constraint", nn_compiler::constraints())?;
    let constraint = format!("::nn_core::constraints::Constraint::{}", variant(&object, &numbers));
    Ok(call(case, &format!("::nn_golden::weights::check_constraint({:?}, {constraint}, &{axes:?})", case.name)))
}

pub fn regularizer(case: &Case) -> Result<String, Refusal> {
    let object = Object::from_text(case.text("regularizer"));
    let (l1, l2) = match (object.class.as_str(), &numbers(&object, "regularizer", nn_compiler::regularizers())?[..]) {
        ("l1", [l1]) => (*l1, 0.0),
        ("l2", [l2]) => (0.0, *l2),
        ("l1_l2", [l1, l2]) => (*l1, *l2),
        (other, _) => return Err(Refusal::gap(format!("regularizer {other}"))),
    };
    let regularizer = format!("::nn_core::regularizers::Regularizer {{ l1: {l1:?}, l2: {l2:?} }}");
    Ok(call(case, &format!("::nn_golden::weights::check_regularizer({:?}, {regularizer})", case.name)))
}

/// The numbers of a value, Keras' defaults standing in for what is left out, if the compiler takes it for a kernel.
fn numbers(object: &Object, what: &str, mut rows: impl Iterator<Item = Named>) -> Result<Vec<f64>, Refusal> {
    let class = &object.class;
    let given: Option<Vec<f64>> = object.positional.iter().map(Json::as_f64).collect();
    let given = given.filter(|_| object.config.is_empty());
    let given = given.ok_or_else(|| Refusal::broken(format!("the arguments of `{class}` are not all numbers")))?;
    let text: Vec<String> = given.iter().map(|number| format!("{number:?}")).collect();
    let text = if text.is_empty() { class.clone() } else { format!("{class}({})", text.join(", ")) };
    let mistakes = nn_compiler::check(&format!("Input<1> => Dense<1, kernel_{what} = {text}>"));
    let row = rows.find(|row| row.name == class);
    match (row, mistakes.first()) {
        (Some(row), None) => Ok(given.iter().chain(row.defaults.iter().skip(given.len())).copied().collect()),
        (_, Some(mistake)) => Err(Refusal::Broken(mistake.message.clone())),
        (None, None) => Err(Refusal::gap(format!("{what} {class}"))),
    }
}

/// `MaxNorm(2.0)` of `max_norm(2.0)`.
fn variant(object: &Object, numbers: &[f64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(|number| format!("{number:?}")).collect();
    let name = camel_case(&object.class);
    if numbers.is_empty() { name } else { format!("{name}({})", numbers.join(", ")) }
}
