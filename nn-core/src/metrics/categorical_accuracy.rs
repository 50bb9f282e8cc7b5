//! `CategoricalAccuracy`: how often the largest output is the right class.

use super::{Mean, argmax, mean_of_rows};

/// How often the largest output is where the target is largest (one-hot targets).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CategoricalAccuracy {
    /// What was gathered.
    pub mean: Mean,
}

mean_of_rows!(CategoricalAccuracy, "categorical_accuracy", fits = |classes, width| classes == width, |_, t, p| {
    f64::from(argmax(t) == argmax(p))
});
