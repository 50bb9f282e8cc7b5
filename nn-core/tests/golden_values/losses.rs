use nn_core::Element;
use nn_core::losses::{Reduction, factors, from_config};

use crate::cases::{Case, run_all};
use crate::{cast, wide};

fn run<T: Element>(case: &Case) -> Option<Result<(), String>> {
    let loss = case.make(from_config::<T>)?;
    let classes = *case.shape("y_pred").last().expect("an axis");
    let (y_true, y_pred): (Vec<T>, Vec<T>) = (cast(case.tensor("y_true")), cast(case.tensor("y_pred")));
    let rows = y_pred.len() / classes;
    let weights: Option<Vec<T>> = case.has("sample_weight").then(|| cast(case.tensor("sample_weight")));
    let mask: Option<Vec<bool>> =
        case.has("mask").then(|| case.tensor("mask").iter().map(|&valid| valid != 0.0).collect());
    let mut values = vec![T::zero(); rows];
    let mut row_factors = vec![T::zero(); rows];
    let mut gradient = vec![T::nan(); y_pred.len()];
    loss.check(&y_true, classes).expect("valid targets");
    factors(loss.as_ref(), &y_true, classes, weights.as_deref(), mask.as_deref(), &mut row_factors);
    loss.rows(&y_true, &y_pred, classes, false, &mut values);
    let weighted: Vec<f64> =
        wide(&values).iter().zip(wide(&row_factors)).map(|(value, factor)| value * factor).collect();
    let got = if loss.reduction() == Reduction::None { weighted } else { vec![weighted.iter().sum()] };
    if case.has("dvalue") {
        row_factors.iter_mut().zip(cast::<T>(case.tensor("dvalue"))).for_each(|(factor, dvalue)| *factor *= dvalue);
    }
    loss.gradient(&y_true, &y_pred, classes, false, &row_factors, &mut gradient);
    let value = case.check("value", &got, case.tensor("value"));
    Some(value.and_then(|()| case.check("grad", &wide(&gradient), case.tensor("grad"))))
}

#[test]
fn losses_in_f32() {
    run_all("loss", run::<f32>);
}

#[test]
fn losses_in_f64() {
    run_all("loss", |case| if case.text("computed_in") == "f32" { None } else { run::<f64>(case) });
}
