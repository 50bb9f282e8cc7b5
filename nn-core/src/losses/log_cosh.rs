//! `LogCosh`: the mean of the logarithms of the hyperbolic cosines of the differences.

use super::dense::{Pointwise, pointwise};
use super::{REDUCTION, Reduction};
use crate::config::row;
use crate::element::Element;

/// The mean over a row of `ln(cosh(y_pred - y_true))`: nearly `d² / 2` for a small difference `d`, nearly `|d| - ln 2` for a large one.
///
/// ```
/// use nn_core::losses::{LogCosh, evaluate};
///
/// let batch = evaluate(&LogCosh::default(), &[0.0, 0.0], &[0.0, -100.0], 2, None);
/// assert!((batch.value - (100.0 - 2.0_f64.ln()) / 2.0).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogCosh {
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    LogCosh, "log_cosh", [], Down;
    reduction: REDUCTION
}

pointwise!(LogCosh);

impl<T: Element> Pointwise<T> for LogCosh {
    fn value_and_slope(&self, _: &[T]) -> (impl Fn(T, T) -> T, impl Fn(T, T) -> T) {
        (|t, p| log_cosh(p - t), |t: T, p: T| (p - t).tanh())
    }
}

/// `ln(cosh(x))`, without overflow.
pub(crate) fn log_cosh<T: Element>(x: T) -> T {
    let size = x.abs();
    size + (size * T::from_f64(-2.0)).exp().ln_1p() - T::from_f64(std::f64::consts::LN_2)
}
