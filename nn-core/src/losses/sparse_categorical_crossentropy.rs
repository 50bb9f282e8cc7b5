//! `SparseCategoricalCrossentropy`: how surprised the output is by the class, given by its index.

use super::softmax::{self, Clip};
use super::{BadTarget, Expected, Loss, REDUCTION, Reduction, by_row};
use crate::config::row;
use crate::element::Element;
use crate::train::OutputActivation;

/// `-ln p` of the class that is right, the target being its index.
///
/// Outputs are probabilities, or logits with `from_logits`. As Keras does, the logits of a network that ends in
/// `softmax` are used instead of its probabilities, and probabilities of any other origin are clipped to
/// `[1e-7, 1 - 1e-7]` and made to add up to one; the gradient is zero where they are clipped.
///
/// ```
/// use nn_core::losses::{SparseCategoricalCrossentropy, evaluate};
///
/// let loss = SparseCategoricalCrossentropy::from_logits();
/// let batch = evaluate(&loss, &[2.0_f64], &[0.0, 0.0, 0.0, 0.0], 4, None);
/// assert!((batch.value - 4.0_f64.ln()).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparseCategoricalCrossentropy {
    /// Whether outputs are logits rather than probabilities.
    pub from_logits: bool,
    /// Rows with this target count as masked; it need not be the index of a class.
    pub ignore_class: Option<i64>,
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    SparseCategoricalCrossentropy, "sparse_categorical_crossentropy", [], Down;
    from_logits: flag(false),
    ignore_class: optional(WHOLE),
    reduction: REDUCTION
}

impl SparseCategoricalCrossentropy {
    /// The loss of a network that puts out logits.
    pub fn from_logits() -> Self {
        Self { from_logits: true, ..Self::default() }
    }

    fn ignored<T: Element>(&self, target: T) -> bool {
        self.ignore_class.is_some_and(|class| Element::to_f64(target) == class as f64)
    }
}

impl<T: Element> Loss<T> for SparseCategoricalCrossentropy {
    by_row!();

    fn target_width(&self, _: usize) -> usize {
        1
    }

    fn prefers_logits_of(&self) -> OutputActivation {
        if self.from_logits { OutputActivation::Other } else { OutputActivation::Softmax }
    }

    fn ignores(&self, target: &[T]) -> bool {
        target.first().is_some_and(|&target| self.ignored(target))
    }

    fn check(&self, y_true: &[T], classes: usize) -> Result<(), BadTarget> {
        let limit = T::from_f64(classes as f64);
        let fits = |target: T| target >= T::zero() && target < limit && target.fract() == T::zero();
        match y_true.iter().position(|&target| !fits(target) && !self.ignored(target)) {
            Some(row) => {
                Err(BadTarget { row, value: Element::to_f64(y_true[row]), expected: Expected::Class(classes) })
            }
            None => Ok(()),
        }
    }

    fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, values: &mut [T]) {
        let logits = logits || self.from_logits;
        let clip = Clip::probabilities();
        for ((value, &target), row) in values.iter_mut().zip(y_true).zip(y_pred.chunks_exact(classes.max(1))) {
            *value = match class_of(target, classes) {
                _ if self.ignored(target) => T::zero(),
                None => T::nan(),
                Some(class) if logits => softmax::log_sum_exp(row) - row[class],
                Some(class) => softmax::sum(row.iter().map(|&p| clip.apply(p))).ln() - clip.apply(row[class]).ln(),
            };
        }
    }

    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, factor: &[T], dy_pred: &mut [T]) {
        let logits = logits || self.from_logits;
        let clip = Clip::probabilities();
        let rows = y_pred.chunks_exact(classes.max(1)).zip(dy_pred.chunks_exact_mut(classes.max(1)));
        for ((&target, &factor), (row, dy)) in y_true.iter().zip(factor).zip(rows) {
            match class_of(target, classes) {
                _ if self.ignored(target) => dy.fill(T::zero()),
                None => dy.fill(T::nan()),
                Some(class) if logits => {
                    softmax::scaled(row, factor, dy);
                    dy[class] -= factor;
                }
                Some(class) => gradient_of_probabilities(row, class, factor, &clip, dy),
            }
        }
    }
}

/// The class that a target names, if there is such a class.
fn class_of<T: Element>(target: T, classes: usize) -> Option<usize> {
    target.to_usize().filter(|&class| class < classes && target.fract() == T::zero())
}

/// `value = ln Σ clip(p) - ln clip(p[class])`.
fn gradient_of_probabilities<T: Element>(row: &[T], class: usize, factor: T, clip: &Clip<T>, dy: &mut [T]) {
    let share = factor / softmax::sum(row.iter().map(|&p| clip.apply(p)));
    for (dy, &p) in dy.iter_mut().zip(row) {
        *dy = if clip.keeps(p) { share } else { T::zero() };
    }
    if clip.keeps(row[class]) {
        dy[class] -= factor / row[class];
    }
}
