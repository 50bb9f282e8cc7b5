//! `SparseTopKCategoricalAccuracy`: how often the right class is among the k largest outputs.

use super::{Mean, in_top_k, mean_of_rows};

/// How often the output of the class whose index the target is, is among the `k` largest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparseTopKCategoricalAccuracy {
    /// How many outputs count.
    pub k: usize,
    /// What was gathered.
    pub mean: Mean,
}

impl Default for SparseTopKCategoricalAccuracy {
    fn default() -> Self {
        Self { k: 5, mean: Mean::default() }
    }
}

mean_of_rows!(
    SparseTopKCategoricalAccuracy,
    "sparse_top_k_categorical_accuracy",
    fits = |_, width| width == 1,
    |config, t, p| f64::from(t[0].to_usize().is_some_and(|class| in_top_k(p, class, config.k)))
);
