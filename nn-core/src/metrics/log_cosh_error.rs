//! `LogCoshError`: the mean of the logarithms of the hyperbolic cosines of the differences.

use super::{Mean, mean_of_rows};
use crate::config::row;
use crate::element::Element;
use crate::losses::log_cosh;

/// The mean of `ln(cosh(y_pred - y_true))`: the loss [`LogCosh`](crate::losses::LogCosh) as a metric, which has a name of its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogCoshError {
    /// What was gathered.
    pub mean: Mean,
}

row! {
    LogCoshError, "logcosh", ["log_cosh_error"], Down;
    ; mean
}

mean_of_rows!(LogCoshError, fits = |classes, width| classes == width, |_, t, p| {
    t.iter().zip(p).map(|(&t, &p)| Element::to_f64(log_cosh(p - t))).sum::<f64>() / p.len() as f64
});
