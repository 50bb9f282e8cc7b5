use nn_core::constraints::Constraint;
use nn_core::regularizers::Regularizer;

use crate::cases::{Case, run_all};
use crate::{call, cast, wide};

fn constraint(case: &Case) -> Option<Result<(), String>> {
    let (name, numbers, axes) = call(case.text("constraint"));
    let constraint = match (name, &numbers[..]) {
        ("non_neg", []) => Constraint::NonNeg,
        ("unit_norm", []) => Constraint::UnitNorm,
        ("max_norm", [max]) => Constraint::MaxNorm(*max),
        ("min_max_norm", [min, max]) => Constraint::MinMaxNorm(*min, *max, 1.0),
        ("min_max_norm", [min, max, rate]) => Constraint::MinMaxNorm(*min, *max, *rate),
        _ => return None,
    };
    let mut weights: Vec<f32> = cast(case.tensor("weights"));
    let shape = case.shape("weights");
    if axes.is_empty() {
        constraint.apply(shape, &mut weights);
    } else {
        constraint.apply_along(&axes, shape, &mut weights);
    }
    Some(case.check("projected", &wide(&weights), case.tensor("projected")))
}

fn regularizer(case: &Case) -> Option<Result<(), String>> {
    let (name, numbers, _) = call(case.text("regularizer"));
    let regularizer = match (name, &numbers[..]) {
        // Keras' default strength.
        ("l1", []) => Regularizer { l1: 0.01, l2: 0.0 },
        ("l2", []) => Regularizer { l1: 0.0, l2: 0.01 },
        ("l1", [l1]) => Regularizer { l1: *l1, l2: 0.0 },
        ("l2", [l2]) => Regularizer { l1: 0.0, l2: *l2 },
        ("l1_l2", [l1, l2]) => Regularizer { l1: *l1, l2: *l2 },
        _ => return None,
    };
    let weights: Vec<f32> = cast(case.tensor("weights"));
    let mut gradient = vec![0.0_f32; weights.len()];
    regularizer.add_gradient(&weights, &mut gradient);
    let value = case.check("value", &[regularizer.value(&weights)], case.tensor("value"));
    Some(value.and_then(|()| case.check("grad", &wide(&gradient), case.tensor("grad"))))
}

#[test]
fn constraints() {
    run_all("constraint", constraint);
}

#[test]
fn regularizers() {
    run_all("regularizer", regularizer);
}
