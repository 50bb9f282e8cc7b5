//! `CategoricalFocalCrossentropy`: crossentropy that counts what is nearly right already for little.

use super::softmax::{self, Clip};
use super::{BadTarget, Loss, REDUCTION, Reduction, along_its_axis, by_row, dense};
use crate::config::{OneOrMore, row};
use crate::element::Element;

/// `-Σ alpha · (1 - y_pred)^gamma · y_true · ln y_pred` over the classes, which are the last axis: Lin et al.,
/// [Focal Loss for Dense Object Detection](https://arxiv.org/abs/1708.02002).
///
/// Outputs are probabilities, or logits with `from_logits`. Probabilities are divided by their sum and clipped to
/// `[1e-7, 1 - 1e-7]`, with a gradient of zero where they are clipped.
///
/// ```
/// use nn_core::losses::{CategoricalFocalCrossentropy, evaluate};
///
/// let loss = CategoricalFocalCrossentropy { alpha: [0.25, 0.75].into(), ..Default::default() };
/// let batch = evaluate(&loss, &[0.0, 1.0], &[0.5, 0.5], 2, None);
/// assert!((batch.value - 0.75 * 0.25 * 2.0_f64.ln()).abs() < 1e-12);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CategoricalFocalCrossentropy {
    /// What each class counts: a number, or one for each; 0.25 by default.
    pub alpha: OneOrMore,
    /// How much less counts what is nearly right; 2 by default, and 0 is the plain crossentropy.
    pub gamma: f64,
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
    CategoricalFocalCrossentropy, "categorical_focal_crossentropy", [], Down;
    alpha: number(0.25, Range { expected: "a finite number from 0 on, or a list of them", ..FROM_ZERO }),
    gamma: number(2.0, FROM_ZERO),
    from_logits: flag(false),
    label_smoothing: number(0.0, UNIT),
    axis: number(-1.0, AXIS),
    reduction: REDUCTION
}

impl CategoricalFocalCrossentropy {
    /// The loss of a network that puts out logits.
    pub fn from_logits() -> Self {
        Self { from_logits: true, ..Self::default() }
    }

    /// What each class counts; not a number for one that has none.
    fn alpha<T: Element>(&self, class: usize) -> T {
        T::from_f64(self.alpha.get(class).unwrap_or(f64::NAN))
    }

    /// The probabilities of a row, which need not add up to one.
    fn probabilities<T: Element>(&self, row: &[T], out: &mut [T]) {
        if self.from_logits { softmax::scaled(row, T::one(), out) } else { out.copy_from_slice(row) }
    }
}

impl<T: Element> Loss<T> for CategoricalFocalCrossentropy {
    by_row!();
    along_its_axis!();

    fn target_width(&self, classes: usize) -> usize {
        classes
    }

    fn check(&self, y_true: &[T], classes: usize) -> Result<(), BadTarget> {
        dense::check(y_true, classes)
    }

    fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, values: &mut [T]) {
        let smooth = softmax::smooth(self.label_smoothing, classes);
        let (clip, gamma) = (Clip::probabilities(), T::from_f64(self.gamma));
        let mut probabilities = vec![T::zero(); classes];
        dense::each_row(y_true, y_pred, classes, values, |t, row| {
            self.probabilities(row, &mut probabilities);
            let sum = softmax::sum(probabilities.iter().copied());
            let terms = t.iter().zip(&probabilities).enumerate().map(|(class, (&t, &p))| {
                let q = clip.apply(p / sum);
                self.alpha::<T>(class) * (T::one() - q).powf(gamma) * smooth(t) * q.ln()
            });
            -softmax::sum(terms)
        });
    }

    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, factor: &[T], dy_pred: &mut [T]) {
        let smooth = softmax::smooth(self.label_smoothing, classes);
        let (clip, gamma) = (Clip::probabilities(), T::from_f64(self.gamma));
        let mut probabilities = vec![T::zero(); classes];
        dense::each_gradient(y_true, y_pred, classes, factor, dy_pred, |t, row, factor, dy| {
            self.probabilities(row, &mut probabilities);
            softmax::gradient_of_parts(&probabilities, factor, &clip, dy, |class, q| {
                let wrong = T::one() - q;
                let slope = gamma * wrong.powf(gamma - T::one()) * q.ln() - wrong.powf(gamma) / q;
                self.alpha::<T>(class) * smooth(t[class]) * slope
            });
            if self.from_logits {
                let inner = softmax::sum(dy.iter().zip(&probabilities).map(|(&dy, &p)| dy * p));
                dy.iter_mut().zip(&probabilities).for_each(|(dy, &p)| *dy = p * (*dy - inner));
            }
        });
    }
}
