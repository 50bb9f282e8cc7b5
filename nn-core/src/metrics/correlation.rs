//! `PearsonCorrelation`, `ConcordanceCorrelation`: how far outputs go along with targets, within each row.

use super::{Mean, mean_of_rows};
use crate::config::row;
use crate::element::Element;

/// Pearson's correlation of a row of targets and a row of outputs: 1 where one is a line of the other that rises, −1 where it falls.
/// Not a number where one of them is constant, as a row of one number is.
///
/// ```
/// use nn_core::metrics::{Metric, PearsonCorrelation};
///
/// let mut metric = PearsonCorrelation::default();
/// metric.update(&[1.0_f64, 2.0, 4.0], &[2.0, 4.0, 8.0], 3, 3, None);
/// assert!((Metric::<f64>::result(&metric) - 1.0).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PearsonCorrelation {
    /// The axis along which numbers belong together; -1 by default, the last one, and no other is built yet.
    pub axis: i64,
    /// What was gathered.
    pub mean: Mean,
}

row! {
    PearsonCorrelation, "pearson_correlation", [], Up;
    axis: number(-1.0, LAST_AXIS); mean
}

mean_of_rows!(PearsonCorrelation, fits = |classes, width| classes == width, |_, t, p| {
    let Moments { variances: [of_true, of_pred], covariance, .. } = Moments::of(t, p);
    covariance / (of_true * of_pred).sqrt()
});

/// Lin's correlation of concordance of a row of targets and a row of outputs: 1 only where they are equal.
///
/// `2 · cov / (var(y_true) + var(y_pred) + (mean(y_true) - mean(y_pred))² + 1e-7)`.
///
/// ```
/// use nn_core::metrics::{ConcordanceCorrelation, Metric};
///
/// let mut metric = ConcordanceCorrelation::default();
/// metric.update(&[1.0_f64, 3.0], &[2.0, 4.0], 2, 2, None);
/// assert!((Metric::<f64>::result(&metric) - 2.0 / 3.0).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConcordanceCorrelation {
    /// The axis along which numbers belong together; -1 by default, the last one, and no other is built yet.
    pub axis: i64,
    /// What was gathered.
    pub mean: Mean,
}

row! {
    ConcordanceCorrelation, "concordance_correlation", [], Up;
    axis: number(-1.0, LAST_AXIS); mean
}

mean_of_rows!(ConcordanceCorrelation, fits = |classes, width| classes == width, |_, t, p| {
    let Moments { means, variances, covariance } = Moments::of(t, p);
    2.0 * covariance / (variances[0] + variances[1] + (means[0] - means[1]).powi(2) + 1e-7)
});

/// Means and variances of a row of targets and of one of outputs.
struct Moments {
    means: [f64; 2],
    variances: [f64; 2],
    covariance: f64,
}

impl Moments {
    fn of<T: Element>(t: &[T], p: &[T]) -> Self {
        let len = p.len() as f64;
        let rows = [t, p];
        let means = rows.map(|row| row.iter().map(|&x| Element::to_f64(x)).sum::<f64>() / len);
        let product = |a: usize, b: usize| {
            let terms = rows[a].iter().zip(rows[b]);
            terms.map(|(&x, &y)| (x.to_f64() - means[a]) * (y.to_f64() - means[b])).sum::<f64>() / len
        };
        Self { means, variances: [product(0, 0), product(1, 1)], covariance: product(0, 1) }
    }
}
