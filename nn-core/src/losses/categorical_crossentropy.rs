//! `CategoricalCrossentropy`: how surprised the output is by the class, given as a distribution over the classes.

use super::dense;
use super::softmax::{self, Clip};
use super::{BadTarget, Loss, REDUCTION, Reduction, by_row};
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
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    CategoricalCrossentropy, "categorical_crossentropy", [], Down;
    from_logits: flag(false),
    label_smoothing: number(0.0, UNIT),
    reduction: REDUCTION
}

impl CategoricalCrossentropy {
    /// The loss of a network that puts out logits.
    pub fn from_logits() -> Self {
        Self { from_logits: true, ..Self::default() }
    }

    /// What a target becomes: `y_true · (1 - label_smoothing) + label_smoothing / classes`.
    fn smooth<T: Element>(&self, classes: usize) -> impl Fn(T) -> T + use<T> {
        let keep = T::from_f64(1.0 - self.label_smoothing);
        let add = T::from_f64(self.label_smoothing / classes as f64);
        move |target| target * keep + add
    }
}

impl<T: Element> Loss<T> for CategoricalCrossentropy {
    by_row!();

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
        let smooth = self.smooth(classes);
        let clip = Clip::new();
        for (value, (t, row)) in
            values.iter_mut().zip(y_true.chunks_exact(classes.max(1)).zip(y_pred.chunks_exact(classes.max(1))))
        {
            let targets = t.iter().map(|&t| smooth(t));
            *value = if logits || self.from_logits {
                let log_sum = softmax::log_sum_exp(row);
                softmax::sum(targets.zip(row).map(|(t, &x)| t * (log_sum - x)))
            } else {
                let sum = softmax::sum(row.iter().copied());
                -softmax::sum(targets.zip(row).map(|(t, &p)| t * clip.apply(p / sum).ln()))
            };
        }
    }

    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, factor: &[T], dy_pred: &mut [T]) {
        let smooth = self.smooth(classes);
        let clip = Clip::new();
        let rows = y_true.chunks_exact(classes.max(1)).zip(y_pred.chunks_exact(classes.max(1)));
        for ((dy, &factor), (t, row)) in dy_pred.chunks_exact_mut(classes.max(1)).zip(factor).zip(rows) {
            if logits || self.from_logits {
                softmax::scaled(row, factor, dy);
                for (dy, &t) in dy.iter_mut().zip(t) {
                    *dy -= factor * smooth(t);
                }
            } else {
                gradient_of_probabilities(t.iter().map(|&t| smooth(t)), row, factor, &clip, dy);
            }
        }
    }
}

/// `value = -Σ t · ln clip(q)` with `q = p / Σ p`; through the division goes `(dq - Σ dq · q) / Σ p`.
fn gradient_of_probabilities<T: Element>(
    targets: impl Iterator<Item = T>,
    row: &[T],
    factor: T,
    clip: &Clip<T>,
    dy: &mut [T],
) {
    let sum = softmax::sum(row.iter().copied());
    let mut inner = 0.0;
    for ((dy, &p), t) in dy.iter_mut().zip(row).zip(targets) {
        let q = p / sum;
        *dy = if clip.keeps(q) { -t / q } else { T::zero() };
        inner += Element::to_f64(*dy * q);
    }
    let inner = T::from_f64(inner);
    for dy in dy {
        *dy = (*dy - inner) * factor / sum;
    }
}
