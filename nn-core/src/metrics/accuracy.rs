//! `Accuracy`: how often outputs equal targets.

use super::{Mean, mean_of_rows};

/// How often an output equals its target exactly: Keras' class `Accuracy`.
///
/// For the `"accuracy"` of Keras' `compile`, see [`accuracy`](super::accuracy()).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accuracy {
    /// What was gathered.
    pub mean: Mean,
}

mean_of_rows!(Accuracy, "accuracy", fits = |classes, width| classes == width, |_, t, p| {
    t.iter().zip(p).filter(|(t, p)| t == p).count() as f64 / p.len() as f64
});
