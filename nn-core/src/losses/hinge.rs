//! `Hinge`: how far outputs are from the right side of a margin.

use super::dense::{Pointwise, pointwise, sides};
use super::{REDUCTION, Reduction};
use crate::config::row;
use crate::element::Element;

/// The mean over a row of `max(1 - y_true · y_pred, 0)`.
///
/// Targets are −1 and 1, or 0 and 1: where all targets of a batch are 0 or 1, a 0 counts as −1, as in Keras. Others are taken as
/// they are; training looks at 16 samples at a time.
///
/// ```
/// use nn_core::losses::{Hinge, evaluate};
///
/// let batch = evaluate(&Hinge::default(), &[-1.0, 1.0], &[0.5, 2.0], 2, None);
/// assert_eq!(batch.value, 0.75);
/// assert_eq!(batch, evaluate(&Hinge::default(), &[0.0, 1.0], &[0.5, 2.0], 2, None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hinge {
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    Hinge, "hinge", [], Down;
    reduction: REDUCTION
}

pointwise!(Hinge);

impl<T: Element> Pointwise<T> for Hinge {
    fn value_and_slope(&self, y_true: &[T]) -> (impl Fn(T, T) -> T, impl Fn(T, T) -> T) {
        let side = sides(y_true);
        let value = move |t, p: T| (T::one() - side(t) * p).max(T::zero());
        (value, move |t, p| if side(t) * p > T::one() { T::zero() } else { -side(t) })
    }
}
