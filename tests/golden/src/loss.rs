//! Cases of the kind `loss`: the value, and its gradient with respect to the outputs.

use nn_core::losses::{Loss, Reduction, evaluate, factors};

use crate::case::{Array, Case};
use crate::network::elements;

/// Checks a loss on the case's targets and outputs.
///
/// # Panics
///
/// If the value or the gradient is wrong.
pub fn check(name: &str, loss: &dyn Loss<f32>) {
    let case = Case::load(name);
    let pred = case.array("y_pred");
    let classes = *pred.shape.last().expect("outputs have an axis");
    let [y_true, y_pred] = [&case.array("y_true"), &pred].map(|array| elements::<f32>(&array.data));
    let weights = case.get("sample_weight").map(|weights| elements::<f32>(&weights.data));
    let mask = case.get("mask").map(mask);
    let rows = y_pred.len() / classes;
    assert_eq!(y_true.len(), rows * loss.target_width(classes), "{name}: the width of a row of targets");
    loss.check(&y_true, classes).unwrap_or_else(|error| panic!("{name}: {error}"));

    let mut factor = vec![f32::NAN; rows];
    factors(loss, &y_true, classes, weights.as_deref(), mask.as_deref(), &mut factor);
    let mut values = vec![f32::NAN; rows];
    loss.rows(&y_true, &y_pred, classes, false, &mut values);
    values.iter_mut().zip(&factor).for_each(|(value, factor)| *value *= factor);
    let total = values.iter().copied().map(f64::from).sum::<f64>();
    match loss.reduction() {
        Reduction::None => case.compare("value", &values),
        _ => case.compare("value", &[total]),
    }
    if mask.is_none() {
        let evaluation = evaluate(loss, &y_true, &y_pred, classes, weights.as_deref());
        assert!((evaluation.value - total).abs() <= 1e-6 * total.abs(), "{name}: `evaluate` gives the same");
    }

    if let Some(dvalue) = case.get("dvalue") {
        factor.iter_mut().zip(&dvalue.data).for_each(|(factor, &dvalue)| *factor *= dvalue as f32);
    }
    let mut gradient = vec![f32::NAN; y_pred.len()];
    loss.gradient(&y_true, &y_pred, classes, false, &factor, &mut gradient);
    case.compare("grad", &gradient);
}

fn mask(array: Array) -> Vec<bool> {
    array.data.iter().map(|&value| value != 0.0).collect()
}
