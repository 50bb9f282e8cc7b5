//! `SparseTopKCategoricalAccuracy`: how often the right class is among the k largest outputs.

use super::{Mean, in_top_k, mean_of_rows};
use crate::config::row;

/// How often the output of the class whose index the target is, is among the `k` largest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparseTopKCategoricalAccuracy {
    /// How many outputs count; 5 by default.
    pub k: usize,
    /// What was gathered.
    pub mean: Mean,
}

row! {
    SparseTopKCategoricalAccuracy, "sparse_top_k_categorical_accuracy", [], Up;
    k: number(5.0, FROM_ONE); mean
}

mean_of_rows!(SparseTopKCategoricalAccuracy, fits = |_, width| width == 1, |config, t, p| f64::from(
    t[0].to_usize().is_some_and(|class| in_top_k(p, class, config.k))
));
