//! `MeanSquaredError`: the mean of the squared differences.

use super::dense;
use super::{BadTarget, Loss, REDUCTION, Reduction, by_row};
use crate::config::row;
use crate::element::Element;

/// The mean over a row of `(y_true - y_pred)²`.
///
/// ```
/// use nn_core::losses::{MeanSquaredError, evaluate};
///
/// let batch = evaluate(&MeanSquaredError::default(), &[0.0, 2.0], &[1.0, 4.0], 2, None);
/// assert_eq!(batch.value, 2.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanSquaredError {
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    MeanSquaredError, "mean_squared_error", ["mse", "MSE"], Down;
    reduction: REDUCTION
}

impl<T: Element> Loss<T> for MeanSquaredError {
    by_row!();

    fn target_width(&self, classes: usize) -> usize {
        classes
    }

    fn check(&self, y_true: &[T], classes: usize) -> Result<(), BadTarget> {
        dense::check(y_true, classes)
    }

    fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, values: &mut [T]) {
        dense::row_means(y_true, y_pred, classes, values, |t, p| (p - t) * (p - t));
    }

    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, factor: &[T], dy_pred: &mut [T]) {
        let two = T::from_f64(2.0);
        dense::mean_gradients(y_true, y_pred, classes, factor, dy_pred, |t, p| two * (p - t));
    }
}
