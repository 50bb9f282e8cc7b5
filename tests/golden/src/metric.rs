//! Cases of the kind `metric`: the result after each update.

use nn_core::metrics::{Mean, Metric};

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
        let got: Vec<_> = (0..want.len()).map(|index| update(&case, metric, index)).collect();
        case.compare_values(run, &[want.len()], &got, &want);
        metric.reset();
    }
}

/// Checks the mean of values over the case's updates.
///
/// # Panics
///
/// If a result is wrong.
pub fn check_mean(name: &str) {
    let case = Case::load(name);
    let want = results(&case);
    let mut mean = Mean::default();
    for run in ["results", "results after a reset"] {
        let got: Vec<_> = (0..want.len())
            .map(|index| {
                let values = elements::<f32>(&case.array(&format!("y_true@{index}")).data);
                mean.update(&values, weights(&case, index).as_deref());
                mean.result()
            })
            .collect();
        case.compare_values(run, &[want.len()], &got, &want);
        mean.reset();
    }
}

fn results(case: &Case) -> Vec<f64> {
    let results = case.json["results"].as_array().expect("a metric case has `results`");
    assert_eq!(results.len(), case.count("updates"), "{}: a result for each update", case.name);
    results.iter().map(|result| result.as_f64().expect("a number")).collect()
}

fn weights(case: &Case, index: usize) -> Option<Vec<f32>> {
    case.get(&format!("sample_weight@{index}")).map(|weights| elements(&weights.data))
}

fn update(case: &Case, metric: &mut dyn Metric<f32>, index: usize) -> f64 {
    let y_true = case.array(&format!("y_true@{index}"));
    let y_pred = case.array(&format!("y_pred@{index}"));
    let classes = if y_pred.shape.len() == 1 { 1 } else { *y_pred.shape.last().expect("it has axes") };
    let rows = y_pred.data.len() / classes;
    let width = y_true.data.len() / rows;
    let [y_true, y_pred] = [&y_true.data, &y_pred.data].map(|data| elements::<f32>(data));
    metric.update(&y_true, &y_pred, classes, width, weights(case, index).as_deref());
    metric.result()
}
