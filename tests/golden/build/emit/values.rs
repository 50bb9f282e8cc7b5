//! Cases of a single loss, optimizer, metric, initializer, regularizer or constraint.

use nn_compiler::Named;
use serde_json::Value as Json;

use super::{Refusal, call, rows};
use crate::cases::{Case, camel_case};
use crate::value::Object;

/// `::nn_core::losses::from_config::<f32>("Huber", &[("delta", Value::Number(0.5))]).unwrap()`, if the reference has all of it.
pub fn made(what: &str, element: &str, object: &Object) -> Result<String, Refusal> {
    let class = &object.class;
    let (title, module) = match what {
        "loss" => ("Losses", "losses"),
        "metric" => ("Metrics", "metrics"),
        "schedule" => ("Schedules", "optimizers::schedules"),
        _ => ("Optimizers", "optimizers"),
    };
    let row = rows::find(title, class).ok_or_else(|| Refusal::unknown(format!("{what} {class}")))?;
    if !object.positional.is_empty() {
        return Err(Refusal::broken(format!("an argument of `{class}` has no name")));
    }
    let option = |(key, value): &(String, Json)| {
        if !row.options.contains(key) {
            return Err(Refusal::unknown(format!("option {key} of {class}")));
        }
        if let Some(schedule) = inner(value)? {
            let schedule = made("schedule", element, &schedule)?;
            let rate = format!("::nn_core::optimizers::LearningRate::from({schedule})");
            return Ok(format!("({key:?}, ::nn_core::config::Value::Schedule(&{rate}))"));
        }
        let value = match value {
            Json::Null => "None".to_string(),
            Json::Bool(flag) => format!("Flag({flag})"),
            Json::String(text) => format!("Text({text:?})"),
            Json::Number(number) => format!("Number({:?}_f64)", number.as_f64().unwrap_or(f64::NAN)),
            Json::Array(list) if list.iter().all(Json::is_number) => {
                let list: Vec<_> = list.iter().filter_map(Json::as_f64).map(|number| format!("{number:?}")).collect();
                format!("Numbers(&[{}])", list.join(", "))
            }
            Json::Array(_) | Json::Object(_) => {
                return Err(Refusal::broken(format!("`{key}` of `{class}` cannot be `{value}`")));
            }
        };
        Ok(format!("({key:?}, ::nn_core::config::Value::{value})"))
    };
    let options: Vec<String> = object.config.iter().map(option).collect::<Result<_, _>>()?;
    let options = options.join(", ");
    let element = if what == "schedule" { String::new() } else { format!("::<{element}>") };
    Ok(format!("::nn_core::{module}::from_config{element}({class:?}, &[{options}]).unwrap()"))
}

/// The schedule that is the value of an option: `{"class": "CosineDecay", …}` or `CosineDecay(…)`.
fn inner(value: &Json) -> Result<Option<Object>, Refusal> {
    match value {
        Json::String(text) if text.contains('(') => Ok(Some(Object::from_text(text))),
        Json::Object(object) => {
            let mut config = object.clone();
            let class = config.remove("class").unwrap_or_default();
            Object::from_config(&serde_json::json!({ "class": class, "config": config })).map(Some)
        }
        _ => Ok(None),
    }
}

pub fn schedule(case: &Case) -> Result<String, Refusal> {
    let schedule = made("schedule", "f64", &Object::from_config(&case.json)?)?;
    Ok(call(case, &format!("::nn_golden::optimizer::check_schedule({:?}, &*{schedule})", case.name)))
}

pub fn loss(case: &Case) -> Result<String, Refusal> {
    let loss = made("loss", "f32", &Object::from_config(&case.json)?)?;
    Ok(call(case, &format!("::nn_golden::loss::check({:?}, &*{loss})", case.name)))
}

pub fn optimizer(case: &Case) -> Result<String, Refusal> {
    let optimizer = made("optimizer", "f32", &Object::from_config(&case.json)?)?;
    Ok(call(case, &format!("::nn_golden::optimizer::check({:?}, {optimizer})", case.name)))
}

pub fn metric(case: &Case) -> Result<String, Refusal> {
    let object = Object::from_config(&case.json)?;
    // What metrics are made of, and none itself.
    if let Some(check) = [("Mean", "mean"), ("Sum", "sum")].iter().find(|(class, _)| *class == object.class) {
        return Ok(call(case, &format!("::nn_golden::metric::check_{}({:?})", check.1, case.name)));
    }
    let metric = made("metric", "f32", &object)?;
    Ok(call(case, &format!("::nn_golden::metric::check({:?}, &mut *{metric})", case.name)))
}

/// The layers of preprocessing that there is a check for.
const PREPROCESSING: &[&str] = &[
    "StringLookup",
    "IntegerLookup",
    "TextVectorization",
    "CategoryEncoding",
    "Discretization",
    "Hashing",
    "Normalization",
];

pub fn preprocess(case: &Case) -> Result<String, Refusal> {
    match case.text("class") {
        class if PREPROCESSING.contains(&class) => {
            Ok(call(case, &format!("::nn_golden::preprocess::check({:?})", case.name)))
        }
        class => Err(Refusal::unknown(format!("preprocessing layer {class}"))),
    }
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
        (other, _) => return Err(Refusal::unknown(format!("regularizer {other}"))),
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
        (_, Some(mistake)) => Err(Refusal::broken(mistake.message.clone())),
        (None, None) => Err(Refusal::unknown(format!("{what} {class}"))),
    }
}

/// `MaxNorm(2.0)` of `max_norm(2.0)`.
fn variant(object: &Object, numbers: &[f64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(|number| format!("{number:?}")).collect();
    let name = camel_case(&object.class);
    if numbers.is_empty() { name } else { format!("{name}({})", numbers.join(", ")) }
}
