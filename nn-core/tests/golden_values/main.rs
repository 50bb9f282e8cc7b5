//! Losses, metrics, optimizers, initializers, regularizers and constraints against Keras' results, which are in the
//! folder that the environment variable `NN_GOLDEN` names.

mod cases;
mod initializers;
mod losses;
mod metrics;
mod optimizers;
mod projections;

use nn_core::Element;

/// Numbers in the precision of a test.
fn cast<T: Element>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&value| T::from_f64(value)).collect()
}

/// Numbers of a test, for comparison.
fn wide<T: Element>(values: &[T]) -> Vec<f64> {
    values.iter().map(|&value| Element::to_f64(value)).collect()
}

/// The arguments of a call: `max_norm(1.0, axis = (0, 1, 2))` gives `("max_norm", [1.0], [0, 1, 2])`.
fn call(text: &str) -> (&str, Vec<f64>, Vec<usize>) {
    let (name, arguments) = text.split_once('(').unwrap_or((text, ""));
    let (plain, axes) = arguments.split_once("axis =").unwrap_or((arguments, ""));
    let parts = |text: &str| -> Vec<String> {
        let clean = |part: &str| part.trim_matches(|c| " ()".contains(c)).to_string();
        text.split(',').map(clean).filter(|part| !part.is_empty()).collect()
    };
    let numbers = parts(plain).iter().map(|part| part.parse().expect("a number")).collect();
    (name, numbers, parts(axes).iter().map(|part| part.parse().expect("an axis")).collect())
}
