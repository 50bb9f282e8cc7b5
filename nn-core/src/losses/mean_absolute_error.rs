//! `MeanAbsoluteError`: the mean of the absolute differences.

use super::dense::{Pointwise, pointwise, sign};
use super::{REDUCTION, Reduction};
use crate::config::row;
use crate::element::Element;

/// The mean over a row of `|y_true - y_pred|`; the gradient is zero where the two are equal.
///
/// ```
/// use nn_core::losses::{MeanAbsoluteError, evaluate};
///
/// let batch = evaluate(&MeanAbsoluteError::default(), &[0.0, 2.0], &[1.0, 4.0], 2, None);
/// assert_eq!(batch.value, 1.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanAbsoluteError {
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    MeanAbsoluteError, "mean_absolute_error", ["mae", "MAE"], Down;
    reduction: REDUCTION
}

pointwise!(MeanAbsoluteError);

impl<T: Element> Pointwise<T> for MeanAbsoluteError {
    fn value_and_slope(&self, _: &[T]) -> (impl Fn(T, T) -> T, impl Fn(T, T) -> T) {
        (|t: T, p: T| (p - t).abs(), |t, p| sign(p - t))
    }
}
