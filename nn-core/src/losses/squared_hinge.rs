//! `SquaredHinge`: how far outputs are from the right side of a margin, squared.

use super::dense::{Pointwise, pointwise, sides};
use super::{REDUCTION, Reduction};
use crate::config::row;
use crate::element::Element;

/// The mean over a row of `max(1 - y_true · y_pred, 0)²`.
///
/// Targets are −1 and 1, or 0 and 1: where all targets of a batch are 0 or 1, a 0 counts as −1, as in Keras. Others are taken as
/// they are; training looks at 16 samples at a time.
///
/// ```
/// use nn_core::losses::{SquaredHinge, evaluate};
///
/// let batch = evaluate(&SquaredHinge::default(), &[-1.0, 1.0], &[0.5, 2.0], 2, None);
/// assert_eq!(batch.value, 1.125);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SquaredHinge {
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    SquaredHinge, "squared_hinge", [], Down;
    reduction: REDUCTION
}

pointwise!(SquaredHinge);

impl<T: Element> Pointwise<T> for SquaredHinge {
    fn value_and_slope(&self, y_true: &[T]) -> (impl Fn(T, T) -> T, impl Fn(T, T) -> T) {
        let (side, two) = (sides(y_true), T::from_f64(2.0));
        let short = move |t, p: T| (T::one() - side(t) * p).max(T::zero());
        (move |t, p| short(t, p) * short(t, p), move |t, p| -two * short(t, p) * side(t))
    }
}
