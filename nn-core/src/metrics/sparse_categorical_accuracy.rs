//! `SparseCategoricalAccuracy`: how often the largest output is the right class.

use super::{Mean, argmax, mean_of_rows};
use crate::config::row;

/// How often the largest output is the class whose index the target is.
///
/// ```
/// use nn_core::metrics::{Metric, SparseCategoricalAccuracy};
///
/// let mut metric = SparseCategoricalAccuracy::default();
/// metric.update(&[0.0_f32, 1.0], &[0.7, 0.3, 0.6, 0.4], 2, 1, None);
/// assert_eq!(Metric::<f32>::result(&metric), 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparseCategoricalAccuracy {
    /// What was gathered.
    pub mean: Mean,
}

row! {
    SparseCategoricalAccuracy, "sparse_categorical_accuracy", [], Up;
    ; mean
}

mean_of_rows!(SparseCategoricalAccuracy, fits = |_, width| width == 1, |_, t, p| {
    f64::from(t[0] == T::from_f64(argmax(p) as f64))
});
