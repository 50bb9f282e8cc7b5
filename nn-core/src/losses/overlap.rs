//! `Dice`, `Tversky`: how far outputs cover what they should, and nothing else.

use super::{BadTarget, Block, Loss, REDUCTION, Reduction, by_row, dense, softmax};
use crate::config::row;
use crate::element::Element;

/// A loss that is one minus a quotient of two sums.
trait Overlap {
    /// What an output adds to the two sums.
    fn terms<T: Element>(&self, t: T, p: T) -> [T; 2];

    /// The derivatives of these by the output.
    fn slopes<T: Element>(&self, t: T) -> [T; 2];

    /// The two sums, the second never zero.
    fn sums<T: Element>(&self, t: &[T], p: &[T]) -> [f64; 2] {
        let sum = |at: usize| t.iter().zip(p).map(|(&t, &p)| Element::to_f64(self.terms(t, p)[at])).sum::<f64>();
        [sum(0), sum(1) + softmax::EPSILON]
    }
}

macro_rules! overlap {
    ($loss:ident) => {
        impl<T: Element> Loss<T> for $loss {
            by_row!();

            fn axis(&self) -> i64 {
                self.axis.unwrap_or(-1)
            }

            fn block(&self) -> Block {
                if self.axis.is_some() { Block::Row } else { Block::Batch }
            }

            fn target_width(&self, classes: usize) -> usize {
                classes
            }

            fn check(&self, y_true: &[T], classes: usize) -> Result<(), BadTarget> {
                dense::check(y_true, classes)
            }

            fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, values: &mut [T]) {
                dense::each_row(y_true, y_pred, classes, values, |t, p| {
                    let [part, whole] = self.sums(t, p);
                    T::from_f64(1.0 - part / whole)
                });
            }

            fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, factor: &[T], dy_pred: &mut [T]) {
                dense::each_gradient(y_true, y_pred, classes, factor, dy_pred, |t, p, factor, dy| {
                    let [part, whole] = self.sums(t, p);
                    let [of_part, of_whole] = [1.0 / whole, part / (whole * whole)].map(T::from_f64);
                    for (dy, &t) in dy.iter_mut().zip(t) {
                        let [part, whole] = self.slopes(t);
                        *dy = factor * (whole * of_whole - part * of_part);
                    }
                });
            }
        }
    };
}

/// `1 - 2 · Σ y_true · y_pred / (Σ y_true + Σ y_pred + 1e-7)`, over all of a batch: Milletari et al.,
/// [V-Net](https://arxiv.org/abs/1606.04797).
///
/// As in Keras, a batch has one value, so that what one sample counts depends on the others; with `axis = -1` each row has its own.
///
/// ```
/// use nn_core::losses::{Dice, evaluate};
///
/// let (y_true, y_pred) = ([1.0_f64, 1.0, 0.0, 0.0], [0.5, 1.0, 0.5, 0.0]);
/// let batch = evaluate(&Dice::default(), &y_true, &y_pred, 2, None);
/// assert!((batch.value - 0.25).abs() < 1e-6);
/// let rows = evaluate(&Dice { axis: Some(-1), ..Dice::default() }, &y_true, &y_pred, 2, None);
/// assert!((rows.values[0] - 0.5 * (1.0 - 3.0 / 3.5)).abs() < 1e-6);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dice {
    /// The axis of the sums, -1 for the last one; by default none, which is all of a batch, itself axis 0.
    pub axis: Option<i64>,
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    Dice, "dice", [], Down;
    axis: optional(AXIS),
    reduction: REDUCTION
}

impl Overlap for Dice {
    fn terms<T: Element>(&self, t: T, p: T) -> [T; 2] {
        [t * (p + p), t + p]
    }

    fn slopes<T: Element>(&self, t: T) -> [T; 2] {
        [t + t, T::one()]
    }
}

overlap!(Dice);

/// `1 - tp / (tp + alpha · fp + beta · fn + 1e-7)`, over all of a batch: Salehi et al.,
/// [Tversky loss function for image segmentation](https://arxiv.org/abs/1706.05721).
///
/// `tp = Σ y_true · y_pred`; as Keras computes it, `fp = Σ y_true · (1 - y_pred)` and `fn = Σ (1 - y_true) · y_pred`, the other way round than in
/// the paper. A batch has one value, so that
/// what one sample counts depends on the others; with `axis = -1` each row has its own.
///
/// ```
/// use nn_core::losses::{Dice, Tversky, evaluate};
///
/// let (y_true, y_pred) = ([1.0, 1.0, 0.0, 0.0], [0.5, 1.0, 0.5, 0.0]);
/// let half = evaluate(&Tversky::default(), &y_true, &y_pred, 1, None);
/// assert!((half.value - evaluate(&Dice::default(), &y_true, &y_pred, 1, None).value).abs() < 1e-6);
/// let strict = evaluate(&Tversky { alpha: 2.0, ..Tversky::default() }, &y_true, &y_pred, 1, None);
/// assert!(strict.value > half.value);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tversky {
    /// What a missing output counts; 0.5 by default.
    pub alpha: f64,
    /// What an output counts where there should be none; 0.5 by default.
    pub beta: f64,
    /// How the values of the rows become one number.
    pub reduction: Reduction,
    /// The axis of the sums, -1 for the last one; by default none, which is all of a batch, itself axis 0.
    pub axis: Option<i64>,
}

row! {
    Tversky, "tversky", [], Down;
    alpha: number(0.5, FROM_ZERO),
    beta: number(0.5, FROM_ZERO),
    axis: optional(AXIS),
    reduction: REDUCTION
}

impl Overlap for Tversky {
    fn terms<T: Element>(&self, t: T, p: T) -> [T; 2] {
        let [alpha, beta] = [self.alpha, self.beta].map(T::from_f64);
        [t * p, t * p + alpha * t * (T::one() - p) + beta * (T::one() - t) * p]
    }

    fn slopes<T: Element>(&self, t: T) -> [T; 2] {
        let [alpha, beta] = [self.alpha, self.beta].map(T::from_f64);
        [t, t - alpha * t + beta * (T::one() - t)]
    }
}

overlap!(Tversky);
