//! `MeanSquaredError`: the mean of the squared differences.

use super::dense::{Pointwise, pointwise};
use super::{REDUCTION, Reduction};
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

pointwise!(MeanSquaredError);

impl<T: Element> Pointwise<T> for MeanSquaredError {
    fn value_and_slope(&self, _: &[T]) -> (impl Fn(T, T) -> T, impl Fn(T, T) -> T) {
        let two = T::from_f64(2.0);
        (|t, p| (p - t) * (p - t), move |t, p| two * (p - t))
    }
}
