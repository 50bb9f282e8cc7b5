//! `CategoricalCrossentropy`: how surprised the output is by the class, given as a distribution over the classes.

use super::dense;
use super::softmax::{self, Clip};
use super::{BadTarget, Loss, REDUCTION, Reduction, along_its_axis, by_row};
use crate::config::row;
use crate::element::Element;
use crate::train::OutputActivation;

/// `-Σ y_true · ln y_pred` over the classes, which are the last axis.
///
/// Outputs are probabilities, or logits with `from_logits`. As Keras does, the logits of a network that ends in
/// `softmax` are used instead of its probabilities; probabilities of any other origin are divided by their sum and
/// clipped to `[1e-7, 1 - 1e-7]`, with a gradient of zero where they are clipped. From logits the gradient is that of
/// TensorFlow, `softmax - y_true`, which takes for granted that a target adds up to one.
///
/// ```
/// use nn_core::losses::{CategoricalCrossentropy, evaluate};
///
/// let batch = evaluate(&CategoricalCrossentropy::default(), &[0.0, 1.0], &[0.5, 0.5], 2, None);
/// assert!((batch.value - 2.0_f64.ln()).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CategoricalCrossentropy {
    /// Whether outputs are logits rather than probabilities.
    pub from_logits: bool,
    /// How much of a target is spread evenly over the classes, from 0 to 1; 0 by default.
    pub label_smoothing: f64,
    /// The axis of the rows: -1 by default, the last one; the batch is axis 0.
    pub axis: i64,
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    CategoricalCrossentropy, "categorical_crossentropy", [], Down;
    from_logits: flag(false),
    label_smoothing: number(0.0, UNIT),
    axis: number(-1.0, AXIS),
    reduction: REDUCTION
}

impl CategoricalCrossentropy {
    /// The loss of a network that puts out logits.
    pub fn from_logits() -> Self {
        Self { from_logits: true, ..Self::default() }
    }
}

impl<T: Element> Loss<T> for CategoricalCrossentropy {
    by_row!();
    along_its_axis!();

    fn target_width(&self, classes: usize) -> usize {
        classes
    }

    fn prefers_logits_of(&self) -> OutputActivation {
        if self.from_logits { OutputActivation::Other } else { OutputActivation::Softmax }
    }

    fn check(&self, y_true: &[T], classes: usize) -> Result<(), BadTarget> {
        dense::check(y_true, classes)
    }

    fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, values: &mut [T]) {
        let smooth = softmax::smooth(self.label_smoothing, classes);
        let clip = Clip::probabilities();
        dense::each_row(y_true, y_pred, classes, values, |t, row| {
            let targets = t.iter().map(|&t| smooth(t));
            if logits || self.from_logits {
                let log_sum = softmax::log_sum_exp(row);
                softmax::sum(targets.zip(row).map(|(t, &x)| t * (log_sum - x)))
            } else {
                let sum = softmax::sum(row.iter().copied());
                -softmax::sum(targets.zip(row).map(|(t, &p)| t * clip.apply(p / sum).ln()))
            }
        });
    }

    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, factor: &[T], dy_pred: &mut [T]) {
        let smooth = softmax::smooth(self.label_smoothing, classes);
        let clip = Clip::probabilities();
        dense::each_gradient(y_true, y_pred, classes, factor, dy_pred, |t, row, factor, dy| {
            if logits || self.from_logits {
                softmax::scaled(row, factor, dy);
                for (dy, &t) in dy.iter_mut().zip(t) {
                    *dy -= factor * smooth(t);
                }
            } else {
                softmax::gradient_of_parts(row, factor, &clip, dy, |class, q| -smooth(t[class]) / q);
            }
        });
    }
}
