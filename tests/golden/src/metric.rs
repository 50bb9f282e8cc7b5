//! Cases of the kind `metric`: the result after each update.

use nn_core::metrics::{Mean, Metric, Sum};
use serde_json::Value as Json;

use crate::case::Case;
use crate::network::elements;

/// Checks a metric over the case's updates.
///
/// # Panics
///
/// If a result is wrong.
pub fn check(name: &str, metric: &mut dyn Metric<f32>) {
    let case = Case::load(name);
    let want = results(&case);
    for run in ["results", "results after a reset"] {
        for (index, want) in want.iter().enumerate() {
            case.compare_values(run, &[want.len()], &update(&case, metric, index), want);
        }
        metric.reset();
    }
}

/// Checks the mean of values over the case's updates.
///
/// # Panics
///
/// If a result is wrong.
pub fn check_mean(name: &str) {
    check_values(name, Mean::update, Mean::result);
}

/// Checks the sum of values over the case's updates.
///
/// # Panics
///
/// If a result is wrong.
pub fn check_sum(name: &str) {
    check_values(name, Sum::update, Sum::result);
}

fn check_values<M: Default>(name: &str, update: fn(&mut M, &[f32], Option<&[f32]>), result: fn(&M) -> f64) {
    let case = Case::load(name);
    let want = results(&case);
    let mut metric = M::default();
    for (index, want) in want.iter().enumerate() {
        let values = elements::<f32>(&case.array(&format!("y_true@{index}")).data);
        update(&mut metric, &values, weights(&case, index).as_deref());
        case.compare_values("results", &[1], &[result(&metric)], want);
    }
}

/// The numbers after each update.
fn results(case: &Case) -> Vec<Vec<f64>> {
    let results = case.json["results"].as_array().expect("a metric case has `results`");
    assert_eq!(results.len(), case.count("updates"), "{}: a result for each update", case.name);
    let number = |result: &Json| result.as_f64().expect("a number");
    let several = |result: &Json| result.as_array().map(|several| several.iter().map(number).collect());
    results.iter().map(|result| several(result).unwrap_or_else(|| vec![number(result)])).collect()
}

fn weights(case: &Case, index: usize) -> Option<Vec<f32>> {
    case.get(&format!("sample_weight@{index}")).map(|weights| elements(&weights.data))
}

fn update(case: &Case, metric: &mut dyn Metric<f32>, index: usize) -> Vec<f64> {
    let y_true = case.array(&format!("y_true@{index}"));
    let y_pred = case.array(&format!("y_pred@{index}"));
    let classes = if y_pred.shape.len() == 1 { 1 } else { *y_pred.shape.last().expect("it has axes") };
    let rows = y_pred.data.len() / classes;
    let width = y_true.data.len() / rows;
    let [y_true, y_pred] = [&y_true.data, &y_pred.data].map(|data| elements::<f32>(data));
    metric.update(&y_true, &y_pred, classes, width, weights(case, index).as_deref());
    metric.results()
}
