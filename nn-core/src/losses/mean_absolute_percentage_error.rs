//! `MeanAbsolutePercentageError`: the mean of the absolute differences, in percent of the target.

use super::dense::{Pointwise, pointwise, sign};
use super::softmax::EPSILON;
use super::{REDUCTION, Reduction};
use crate::config::row;
use crate::element::Element;

/// The mean over a row of `100 · |y_true - y_pred| / max(|y_true|, 1e-7)`; the gradient is zero where the two are equal.
///
/// ```
/// use nn_core::losses::{MeanAbsolutePercentageError, evaluate};
///
/// let batch = evaluate(&MeanAbsolutePercentageError::default(), &[2.0, -4.0], &[1.0, -5.0], 2, None);
/// assert_eq!(batch.value, 37.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanAbsolutePercentageError {
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    MeanAbsolutePercentageError, "mean_absolute_percentage_error", ["mape", "MAPE"], Down;
    reduction: REDUCTION
}

pointwise!(MeanAbsolutePercentageError);

impl<T: Element> Pointwise<T> for MeanAbsolutePercentageError {
    fn value_and_slope(&self, _: &[T]) -> (impl Fn(T, T) -> T, impl Fn(T, T) -> T) {
        let (percent, epsilon) = (T::from_f64(100.0), T::from_f64(EPSILON));
        let scale = move |t: T| percent / t.abs().max(epsilon);
        (move |t, p| (p - t).abs() * scale(t), move |t, p| sign(p - t) * scale(t))
    }
}
