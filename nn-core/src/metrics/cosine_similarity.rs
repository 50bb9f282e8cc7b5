//! `CosineSimilarity`: whether outputs point where targets do.

use super::{Mean, mean_of_rows};
use crate::config::row;
use crate::element::Element;
use crate::losses::cosine;

/// The cosine of the angle between a row of targets and a row of outputs: 1 for the same direction, −1 for the opposite one. The
/// loss of this name is minus that.
///
/// ```
/// use nn_core::metrics::{CosineSimilarity, Metric};
///
/// let mut metric = CosineSimilarity::default();
/// metric.update(&[0.0_f64, 2.0], &[3.0, 4.0], 2, 2, None);
/// assert!((Metric::<f64>::result(&metric) - 0.8).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineSimilarity {
    /// The axis of the vectors; -1 by default, the last one, and no other is built yet.
    pub axis: i64,
    /// What was gathered.
    pub mean: Mean,
}

row! {
    CosineSimilarity, "cosine_similarity", [], Up;
    axis: number(-1.0, LAST_AXIS); mean
}

mean_of_rows!(CosineSimilarity, fits = |classes, width| classes == width, |_, t, p| Element::to_f64(cosine(t, p)));
