use nn_core::metrics::{Mean, from_config};
use serde_json::Value;

use crate::cases::{Case, run_all};
use crate::cast;

/// The length of a row: the last axis, where there is one beside the batch.
fn width(shape: &[usize]) -> usize {
    if shape.len() > 1 { shape[shape.len() - 1] } else { 1 }
}

fn run(case: &Case) -> Option<Result<(), String>> {
    let mut mean = (case.text("class") == "Mean").then(Mean::default);
    let mut metric = if mean.is_some() { None } else { Some(case.make(from_config::<f32>)?) };
    let results = case.json["results"].as_array()?;
    let mut got = Vec::new();
    for update in 0..results.len() {
        let weights = format!("sample_weight@{update}");
        let weights: Option<Vec<f32>> = case.has(&weights).then(|| cast(case.tensor(&weights)));
        let (truth, prediction) = (format!("y_true@{update}"), format!("y_pred@{update}"));
        let y_true: Vec<f32> = cast(case.tensor(&truth));
        if let Some(mean) = &mut mean {
            mean.update(&y_true, weights.as_deref());
            got.push(mean.result());
        } else if let Some(metric) = &mut metric {
            let y_pred: Vec<f32> = cast(case.tensor(&prediction));
            let (classes, target_width) = (width(case.shape(&prediction)), width(case.shape(&truth)));
            assert!(metric.fits(classes, target_width), "{}", case.name());
            metric.update(&y_true, &y_pred, classes, target_width, weights.as_deref());
            got.extend(metric.results());
        }
    }
    // A number, or one for each threshold or class.
    let number = |result: &Value| result.as_f64().unwrap_or(f64::NAN);
    let numbers =
        |result: &Value| result.as_array().map_or(vec![number(result)], |all| all.iter().map(number).collect());
    let results: Vec<f64> = results.iter().flat_map(numbers).collect();
    Some(case.check("results", &got, &results))
}

#[test]
fn metrics() {
    run_all("metric", run);
}
