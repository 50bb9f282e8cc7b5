//! `BinaryAccuracy`: how often outputs are on the right side of a threshold.

use super::{Mean, mean_of_rows};
use crate::config::row;

/// How often an output is on its target's side of the threshold, targets being 0 and 1.
///
/// ```
/// use nn_core::metrics::{BinaryAccuracy, Metric};
///
/// let mut metric = BinaryAccuracy { threshold: 0.7, ..Default::default() };
/// metric.update(&[1.0_f32, 1.0, 0.0, 0.0], &[0.9, 0.6, 0.6, 0.2], 1, 1, None);
/// assert_eq!(Metric::<f32>::result(&metric), 0.75);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryAccuracy {
    /// Outputs above it mean 1; 0.5 by default. Where outputs are logits, it is 0.
    pub threshold: f64,
    /// What was gathered.
    pub mean: Mean,
}

row! {
    BinaryAccuracy, "binary_accuracy", [], Up;
    threshold: number(0.5, FINITE); mean
}

mean_of_rows!(BinaryAccuracy, fits = |classes, width| classes == width, |config, t, p| {
    let threshold = T::from_f64(config.threshold);
    let side = |&p: &T| if p > threshold { T::one() } else { T::zero() };
    t.iter().zip(p).filter(|(t, p)| **t == side(p)).count() as f64 / p.len() as f64
});
