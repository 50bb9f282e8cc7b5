//! `MeanSquaredLogarithmicError`: the mean of the squared differences of logarithms.

use super::dense::{Pointwise, pointwise};
use super::softmax::{Clip, EPSILON};
use super::{REDUCTION, Reduction};
use crate::config::row;
use crate::element::Element;

/// The mean over a row of `(ln(y_true + 1) - ln(y_pred + 1))²`.
///
/// Both are at least 1e-7 in it; outputs below have no gradient.
///
/// ```
/// use nn_core::losses::{MeanSquaredLogarithmicError, evaluate};
///
/// let batch = evaluate(&MeanSquaredLogarithmicError::default(), &[3.0_f64], &[1.0], 1, None);
/// assert!((batch.value - 2.0_f64.ln().powi(2)).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanSquaredLogarithmicError {
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    MeanSquaredLogarithmicError, "mean_squared_logarithmic_error", ["msle", "MSLE"], Down;
    reduction: REDUCTION
}

pointwise!(MeanSquaredLogarithmicError);

impl<T: Element> Pointwise<T> for MeanSquaredLogarithmicError {
    fn value_and_slope(&self, _: &[T]) -> (impl Fn(T, T) -> T, impl Fn(T, T) -> T) {
        let (clip, two) = (Clip::new(EPSILON, f64::INFINITY), T::from_f64(2.0));
        let difference = move |t: T, p: T| clip.apply(p).ln_1p() - clip.apply(t).ln_1p();
        let slope = move |t, p| if clip.keeps(p) { two * difference(t, p) / (p + T::one()) } else { T::zero() };
        (move |t, p| difference(t, p) * difference(t, p), slope)
    }
}
