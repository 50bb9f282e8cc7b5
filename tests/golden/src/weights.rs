//! Cases of the kinds `regularizer` and `constraint`.

use nn_core::constraints::Constraint;
use nn_core::regularizers::Regularizer;

use crate::case::Case;
use crate::network::elements;

/// Checks a penalty and its gradient.
///
/// # Panics
///
/// If one of them is wrong.
pub fn check_regularizer(name: &str, regularizer: Regularizer) {
    let case = Case::load(name);
    let weights = elements::<f32>(&case.array("weights").data);
    case.compare("value", &[regularizer.value(&weights)]);
    let mut gradient = vec![0.0; weights.len()];
    regularizer.add_gradient(&weights, &mut gradient);
    case.compare("grad", &gradient);
}

/// Checks what a constraint makes of a weight, norms taken along `axes`.
///
/// # Panics
///
/// If it is wrong.
pub fn check_constraint(name: &str, constraint: Constraint, axes: &[usize]) {
    let case = Case::load(name);
    let weights = case.array("weights");
    let mut projected = elements::<f32>(&weights.data);
    constraint.apply_along(axes, &weights.shape, &mut projected);
    case.compare("projected", &projected);
    if axes == [0] {
        let mut projected = elements::<f32>(&weights.data);
        constraint.apply(&weights.shape, &mut projected);
        case.compare("projected", &projected);
    }
}
