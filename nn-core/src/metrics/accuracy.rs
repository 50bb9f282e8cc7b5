//! `Accuracy`: how often outputs equal targets.

use super::{Mean, mean_of_rows};
use crate::config::row;

/// How often an output equals its target exactly: Keras' class `Accuracy`.
///
/// For the `"accuracy"` of Keras' `compile`, see [`accuracy`](super::accuracy()).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy {
    /// What was gathered.
    pub mean: Mean,
}

row! {
    Accuracy, "accuracy", [], Up;
    ; mean
}

mean_of_rows!(Accuracy, fits = |classes, width| classes == width, |_, t, p| {
    t.iter().zip(p).filter(|(t, p)| t == p).count() as f64 / p.len() as f64
});
