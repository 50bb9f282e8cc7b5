//! `CategoricalAccuracy`: how often the largest output is the right class.

use super::{Mean, argmax, mean_of_rows};
use crate::config::row;

/// How often the largest output is where the target is largest (one-hot targets).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CategoricalAccuracy {
    /// What was gathered.
    pub mean: Mean,
}

row! {
    CategoricalAccuracy, "categorical_accuracy", [], Up;
    ; mean
}

mean_of_rows!(CategoricalAccuracy, fits = |classes, width| classes == width, |_, t, p| {
    f64::from(argmax(t) == argmax(p))
});
