//! `CosineSimilarity`: how far outputs point away from targets.

use super::{BadTarget, Loss, REDUCTION, Reduction, along_its_axis, by_row, dense, softmax};
use crate::config::row;
use crate::element::Element;

/// Minus the cosine of the angle between a row of targets and a row of outputs: from −1, the same direction, to 1, the opposite one;
/// 0 where one of them is zero.
///
/// Both are divided by their norms, but by no less than 1e-7.
///
/// ```
/// use nn_core::losses::{CosineSimilarity, evaluate};
///
/// let batch = evaluate(&CosineSimilarity::default(), &[0.0, 2.0], &[3.0, 4.0], 2, None);
/// assert!((batch.value + 0.8_f64).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineSimilarity {
    /// The axis of the vectors: -1 by default, the last one; the batch is axis 0.
    pub axis: i64,
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    CosineSimilarity, "cosine_similarity", [], Down;
    axis: number(-1.0, AXIS),
    reduction: REDUCTION
}

/// One over the norm of a row, and whether that depends on the row.
fn inverse_norm<T: Element>(row: &[T]) -> (T, bool) {
    let norm = softmax::sum(row.iter().map(|&x| x * x)).sqrt();
    let smallest = T::from_f64(softmax::EPSILON);
    if norm < smallest { (T::one() / smallest, false) } else { (T::one() / norm, true) }
}

/// The cosine of the angle between two rows.
pub(crate) fn cosine<T: Element>(t: &[T], p: &[T]) -> T {
    softmax::sum(t.iter().zip(p).map(|(&t, &p)| t * p)) * inverse_norm(t).0 * inverse_norm(p).0
}

impl<T: Element> Loss<T> for CosineSimilarity {
    by_row!();
    along_its_axis!();

    fn target_width(&self, classes: usize) -> usize {
        classes
    }

    fn check(&self, y_true: &[T], classes: usize) -> Result<(), BadTarget> {
        dense::check(y_true, classes)
    }

    fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, values: &mut [T]) {
        dense::each_row(y_true, y_pred, classes, values, |t, p| -cosine(t, p));
    }

    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, factor: &[T], dy_pred: &mut [T]) {
        dense::each_gradient(y_true, y_pred, classes, factor, dy_pred, |t, p, factor, dy| {
            let (of_true, (of_pred, depends)) = (inverse_norm(t).0, inverse_norm(p));
            let along = if depends { cosine(t, p) * of_pred } else { T::zero() };
            for ((dy, &t), &p) in dy.iter_mut().zip(t).zip(p) {
                *dy = (along * p - t * of_true) * of_pred * factor;
            }
        });
    }
}
