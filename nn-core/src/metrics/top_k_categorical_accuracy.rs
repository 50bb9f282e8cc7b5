//! `TopKCategoricalAccuracy`: how often the right class is among the k largest outputs.

use super::{Mean, argmax, in_top_k, mean_of_rows};
use crate::config::row;

/// How often the output where the target is largest (one-hot targets) is among the `k` largest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TopKCategoricalAccuracy {
    /// How many outputs count; 5 by default.
    pub k: usize,
    /// What was gathered.
    pub mean: Mean,
}

row! {
    TopKCategoricalAccuracy, "top_k_categorical_accuracy", [], Up;
    k: number(5.0, FROM_ONE); mean
}

mean_of_rows!(TopKCategoricalAccuracy, fits = |classes, width| classes == width, |config, t, p| f64::from(in_top_k(
    p,
    argmax(t),
    config.k
)));
