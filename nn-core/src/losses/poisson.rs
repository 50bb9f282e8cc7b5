//! `Poisson`: how surprising counts are, of which outputs are the rates.

use super::dense::{Pointwise, pointwise};
use super::softmax::EPSILON;
use super::{REDUCTION, Reduction};
use crate::config::row;
use crate::element::Element;

/// The mean over a row of `y_pred - y_true · ln(y_pred + 1e-7)`: the part of the negative logarithm of Poisson's likelihood that
/// depends on the output. Outputs are rates, which are not negative: of one below the loss is not a number.
///
/// ```
/// use nn_core::losses::{Poisson, evaluate};
///
/// let batch = evaluate(&Poisson::default(), &[2.0, 0.0], &[1.0, 3.0], 2, None);
/// assert!((batch.value - 2.0_f64).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poisson {
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    Poisson, "poisson", [], Down;
    reduction: REDUCTION
}

pointwise!(Poisson);

impl<T: Element> Pointwise<T> for Poisson {
    fn value_and_slope(&self, _: &[T]) -> (impl Fn(T, T) -> T, impl Fn(T, T) -> T) {
        let epsilon = T::from_f64(EPSILON);
        (move |t, p: T| p - t * (p + epsilon).ln(), move |t, p| T::one() - t / (p + epsilon))
    }
}
