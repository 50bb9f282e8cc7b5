//! `CategoricalHinge`: how far the output of the right class is above the others.

use super::{BadTarget, Loss, REDUCTION, Reduction, by_row, dense, softmax};
use crate::config::row;
use crate::element::Element;

/// `max(neg - pos + 1, 0)` with `pos = Σ y_true · y_pred` and `neg = max((1 - y_true) · y_pred)` over the classes, which are the
/// last axis. Where several outputs are the largest, they share its gradient.
///
/// ```
/// use nn_core::losses::{CategoricalHinge, evaluate};
///
/// let batch = evaluate(&CategoricalHinge::default(), &[0.0, 1.0, 0.0], &[0.5, 1.0, -2.0], 3, None);
/// assert_eq!(batch.value, 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CategoricalHinge {
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    CategoricalHinge, "categorical_hinge", [], Down;
    reduction: REDUCTION
}

/// The value before it is cut at zero, the largest output of another class, and how many are as large.
fn margin<T: Element>(t: &[T], p: &[T]) -> (T, T, usize) {
    let others = || t.iter().zip(p).map(|(&t, &p)| (T::one() - t) * p);
    let largest = others().fold(T::neg_infinity(), T::max);
    let right = softmax::sum(t.iter().zip(p).map(|(&t, &p)| t * p));
    (largest - right + T::one(), largest, others().filter(|&other| other == largest).count())
}

impl<T: Element> Loss<T> for CategoricalHinge {
    by_row!();

    fn target_width(&self, classes: usize) -> usize {
        classes
    }

    fn check(&self, y_true: &[T], classes: usize) -> Result<(), BadTarget> {
        dense::check(y_true, classes)
    }

    fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, values: &mut [T]) {
        dense::each_row(y_true, y_pred, classes, values, |t, p| margin(t, p).0.max(T::zero()));
    }

    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, factor: &[T], dy_pred: &mut [T]) {
        dense::each_gradient(y_true, y_pred, classes, factor, dy_pred, |t, p, factor, dy| {
            let (margin, largest, count) = margin(t, p);
            let factor = if margin < T::zero() { T::zero() } else { factor };
            let share = factor / T::from_f64(count.max(1) as f64);
            for ((dy, &t), &p) in dy.iter_mut().zip(t).zip(p) {
                let other = T::one() - t;
                let of_largest = if other * p == largest { other * share } else { T::zero() };
                *dy = of_largest - t * factor;
            }
        });
    }
}
