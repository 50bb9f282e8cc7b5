use nn_core::losses;
use nn_core::metrics::{
    Accuracy, BinaryAccuracy, CategoricalAccuracy, LossMetric, Mean, MeanAbsoluteError, MeanSquaredError, Metric,
    SparseCategoricalAccuracy, SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy,
};

use crate::cases::{Case, run_all};
use crate::cast;

fn metric(case: &Case) -> Option<Box<dyn Metric<f32>>> {
    let k = case.number("k", 5.0) as usize;
    let (from_logits, label_smoothing) = (case.flag("from_logits"), case.number("label_smoothing", 0.0));
    Some(match case.text("class") {
        "Accuracy" => Box::new(Accuracy::default()),
        "BinaryAccuracy" => Box::new(BinaryAccuracy { threshold: case.number("threshold", 0.5), ..Default::default() }),
        "CategoricalAccuracy" => Box::new(CategoricalAccuracy::default()),
        "SparseCategoricalAccuracy" => Box::new(SparseCategoricalAccuracy::default()),
        "TopKCategoricalAccuracy" => Box::new(TopKCategoricalAccuracy { k, ..Default::default() }),
        "SparseTopKCategoricalAccuracy" => Box::new(SparseTopKCategoricalAccuracy { k, ..Default::default() }),
        "MeanSquaredError" => Box::new(MeanSquaredError::default()),
        "MeanAbsoluteError" => Box::new(MeanAbsoluteError::default()),
        "BinaryCrossentropy" => {
            Box::new(LossMetric::of(losses::BinaryCrossentropy { from_logits, label_smoothing, ..Default::default() }))
        }
        "CategoricalCrossentropy" => Box::new(LossMetric::of(losses::CategoricalCrossentropy {
            from_logits,
            label_smoothing,
            ..Default::default()
        })),
        "SparseCategoricalCrossentropy" => {
            Box::new(LossMetric::of(losses::SparseCategoricalCrossentropy { from_logits, ..Default::default() }))
        }
        _ => return None,
    })
}

/// The length of a row: the last axis, where there is one beside the batch.
fn width(shape: &[usize]) -> usize {
    if shape.len() > 1 { shape[shape.len() - 1] } else { 1 }
}

fn run(case: &Case) -> Option<Result<(), String>> {
    let mut mean = (case.text("class") == "Mean").then(Mean::default);
    let mut metric = if mean.is_some() { None } else { Some(metric(case)?) };
    let results: Vec<f64> = case.json["results"].as_array()?.iter().filter_map(|result| result.as_f64()).collect();
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
            got.push(metric.result());
        }
    }
    Some(case.check("results", &got, &results))
}

#[test]
fn metrics() {
    run_all("metric", run);
}
