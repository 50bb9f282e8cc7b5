//! `BinaryFocalCrossentropy`: crossentropy that counts what is nearly right already for little.

use super::binary_crossentropy::{of_logit, of_probability, sigmoid, slope_of_probability, smooth};
use super::softmax::Clip;
use super::{BadTarget, Loss, REDUCTION, Reduction, along_its_axis, by_row, dense};
use crate::config::row;
use crate::element::Element;
use crate::train::OutputActivation;

/// The mean over a row of the [binary crossentropy](super::BinaryCrossentropy) times `(1 - p)^gamma`, `p` being
/// `y_true · y_pred + (1 - y_true) · (1 - y_pred)`: Lin et al., [Focal Loss for Dense Object Detection](https://arxiv.org/abs/1708.02002).
///
/// With `apply_class_balancing`, also times `y_true · alpha + (1 - y_true) · (1 - alpha)`. Outputs are probabilities, or logits with
/// `from_logits`; where a network ends in `sigmoid`, its logits are used for the crossentropy.
///
/// ```
/// use nn_core::losses::{BinaryFocalCrossentropy, evaluate};
///
/// let batch = evaluate(&BinaryFocalCrossentropy::default(), &[1.0], &[0.5], 1, None);
/// assert!((batch.value - 0.25 * 2.0_f64.ln()).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryFocalCrossentropy {
    /// Whether ones count `alpha`, and zeros the rest.
    pub apply_class_balancing: bool,
    /// What ones count, from 0 to 1, with `apply_class_balancing`; 0.25 by default.
    pub alpha: f64,
    /// How much less counts what is nearly right; 2 by default, and 0 is the plain crossentropy.
    pub gamma: f64,
    /// Whether outputs are logits rather than probabilities.
    pub from_logits: bool,
    /// How far targets are drawn towards one half, from 0 to 1; 0 by default.
    pub label_smoothing: f64,
    /// The axis of the rows: -1 by default, the last one; the batch is axis 0.
    pub axis: i64,
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    BinaryFocalCrossentropy, "binary_focal_crossentropy", [], Down;
    apply_class_balancing: flag(false),
    alpha: number(0.25, UNIT),
    gamma: number(2.0, FROM_ZERO),
    from_logits: flag(false),
    label_smoothing: number(0.0, UNIT),
    axis: number(-1.0, AXIS),
    reduction: REDUCTION
}

impl BinaryFocalCrossentropy {
    /// The loss of a network that puts out logits.
    pub fn from_logits() -> Self {
        Self { from_logits: true, ..Self::default() }
    }

    /// What crossentropies are multiplied with, of target and probability; and the derivative of that by the probability.
    fn factor<T: Element>(&self) -> impl Fn(T, T) -> (T, T) + use<T> {
        let (one, gamma) = (T::one(), T::from_f64(self.gamma));
        let [alpha, rest] = match self.apply_class_balancing {
            true => [self.alpha, 1.0 - self.alpha],
            false => [1.0, 1.0],
        };
        let [alpha, rest] = [alpha, rest].map(T::from_f64);
        move |t, p| {
            let wrong = one - (t * p + (one - t) * (one - p));
            let weight = t * alpha + (one - t) * rest;
            // A power of zero at zero has no derivative.
            let slope = if gamma == T::zero() { gamma } else { gamma * wrong.powf(gamma - one) };
            (weight * wrong.powf(gamma), weight * slope * (one - t - t))
        }
    }
}

impl<T: Element> Loss<T> for BinaryFocalCrossentropy {
    by_row!();
    along_its_axis!();

    fn target_width(&self, classes: usize) -> usize {
        classes
    }

    fn prefers_logits_of(&self) -> OutputActivation {
        if self.from_logits { OutputActivation::Other } else { OutputActivation::Sigmoid }
    }

    fn check(&self, y_true: &[T], classes: usize) -> Result<(), BadTarget> {
        dense::check(y_true, classes)
    }

    fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, values: &mut [T]) {
        let (smooth, factor) = (smooth(self.label_smoothing), self.factor());
        if logits || self.from_logits {
            let value = |t, x| factor(smooth(t), sigmoid(x)).0 * of_logit(smooth(t), x);
            dense::row_means(y_true, y_pred, classes, values, value);
        } else {
            let clip = Clip::probabilities();
            let value = |t, p| factor(smooth(t), p).0 * of_probability(smooth(t), clip.apply(p));
            dense::row_means(y_true, y_pred, classes, values, value);
        }
    }

    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, scale: &[T], dy_pred: &mut [T]) {
        let (smooth, factor) = (smooth(self.label_smoothing), self.factor());
        if logits || self.from_logits {
            dense::mean_gradients(y_true, y_pred, classes, scale, dy_pred, |t, x| {
                let (t, p) = (smooth(t), sigmoid(x));
                let (factor, slope) = factor(t, p);
                slope * p * (T::one() - p) * of_logit(t, x) + factor * (p - t)
            });
        } else {
            let clip = Clip::probabilities();
            dense::mean_gradients(y_true, y_pred, classes, scale, dy_pred, |t, p| {
                let t = smooth(t);
                let (factor, slope) = factor(t, p);
                slope * of_probability(t, clip.apply(p)) + factor * slope_of_probability(&clip, t, p)
            });
        }
    }
}
