//! `TopKCategoricalAccuracy`: how often the right class is among the k largest outputs.

use super::{Mean, argmax, in_top_k, mean_of_rows};

/// How often the output where the target is largest (one-hot targets) is among the `k` largest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TopKCategoricalAccuracy {
    /// How many outputs count.
    pub k: usize,
    /// What was gathered.
    pub mean: Mean,
}

impl Default for TopKCategoricalAccuracy {
    fn default() -> Self {
        Self { k: 5, mean: Mean::default() }
    }
}

mean_of_rows!(
    TopKCategoricalAccuracy,
    "top_k_categorical_accuracy",
    fits = |classes, width| classes == width,
    |config, t, p| f64::from(in_top_k(p, argmax(t), config.k))
);
