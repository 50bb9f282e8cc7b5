//! `BinaryCrossentropy`: how surprised each output is by its yes or no.

use super::dense;
use super::softmax::{self, Clip};
use super::{BadTarget, Loss, REDUCTION, Reduction, along_its_axis, by_row};
use crate::config::row;
use crate::element::Element;
use crate::train::OutputActivation;

/// The mean over a row of `-y_true · ln y_pred - (1 - y_true) · ln (1 - y_pred)`.
///
/// Outputs are probabilities, or logits with `from_logits`. As Keras does, the logits of a network that ends in
/// `sigmoid` are used instead of its probabilities, and probabilities of any other origin are clipped to
/// `[1e-7, 1 - 1e-7]`, with a gradient of zero where they are clipped.
///
/// ```
/// use nn_core::losses::{BinaryCrossentropy, evaluate};
///
/// let batch = evaluate(&BinaryCrossentropy::from_logits(), &[1.0], &[0.0], 1, None);
/// assert!((batch.value - 2.0_f64.ln()).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryCrossentropy {
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
    BinaryCrossentropy, "binary_crossentropy", ["bce", "BCE"], Down;
    from_logits: flag(false),
    label_smoothing: number(0.0, UNIT),
    axis: number(-1.0, AXIS),
    reduction: REDUCTION
}

impl BinaryCrossentropy {
    /// The loss of a network that puts out logits.
    pub fn from_logits() -> Self {
        Self { from_logits: true, ..Self::default() }
    }
}

impl<T: Element> Loss<T> for BinaryCrossentropy {
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
        let smooth = smooth(self.label_smoothing);
        if logits || self.from_logits {
            dense::row_means(y_true, y_pred, classes, values, |t, x| of_logit(smooth(t), x));
        } else {
            let clip = Clip::probabilities();
            dense::row_means(y_true, y_pred, classes, values, |t, p| of_probability(smooth(t), clip.apply(p)));
        }
    }

    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, factor: &[T], dy_pred: &mut [T]) {
        let smooth = smooth(self.label_smoothing);
        if logits || self.from_logits {
            dense::mean_gradients(y_true, y_pred, classes, factor, dy_pred, |t, x| sigmoid(x) - smooth(t));
        } else {
            let clip = Clip::probabilities();
            let slope = |t, p| slope_of_probability(&clip, smooth(t), p);
            dense::mean_gradients(y_true, y_pred, classes, factor, dy_pred, slope);
        }
    }
}

/// What a target becomes: `y_true · (1 - label_smoothing) + label_smoothing / 2`.
pub(super) fn smooth<T: Element>(label_smoothing: f64) -> impl Fn(T) -> T + use<T> {
    softmax::smooth(label_smoothing, 2)
}

/// `ln(1 + exp(x)) - t · x`, without overflow.
pub(super) fn of_logit<T: Element>(t: T, x: T) -> T {
    x.max(T::zero()) - x * t + (-x.abs()).exp().ln_1p()
}

pub(super) fn of_probability<T: Element>(t: T, p: T) -> T {
    -(t * p.ln() + (T::one() - t) * (T::one() - p).ln())
}

/// The derivative by a probability that is clipped.
pub(super) fn slope_of_probability<T: Element>(clip: &Clip<T>, t: T, p: T) -> T {
    if clip.keeps(p) { (T::one() - t) / (T::one() - p) - t / p } else { T::zero() }
}

pub(super) fn sigmoid<T: Element>(x: T) -> T {
    T::one() / (T::one() + (-x).exp())
}
