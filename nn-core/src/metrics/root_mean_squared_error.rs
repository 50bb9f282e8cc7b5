//! `RootMeanSquaredError`: the root of the mean squared difference.

use super::{Mean, mean_of_rows};
use crate::config::row;

/// `√mean((y_true - y_pred)²)`, the mean being that of all batches.
///
/// ```
/// use nn_core::metrics::{Metric, RootMeanSquaredError};
///
/// let mut metric = RootMeanSquaredError::default();
/// metric.update(&[0.0_f32, 0.0], &[3.0, 3.0], 1, 1, None);
/// assert_eq!(Metric::<f32>::result(&metric), 3.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RootMeanSquaredError {
    /// What was gathered: the mean of the squares.
    pub mean: Mean,
}

row! {
    RootMeanSquaredError, "root_mean_squared_error", [], Down;
    ; mean
}

mean_of_rows!(
    RootMeanSquaredError,
    fits = |classes, width| classes == width,
    |_, t, p| {
        let squares = t.iter().zip(p).map(|(&t, &p)| (p - t).to_f64().powi(2));
        squares.sum::<f64>() / p.len() as f64
    },
    result = f64::sqrt
);
