//! `accuracy()`: the accuracy that fits targets and outputs.

use super::{BinaryAccuracy, CategoricalAccuracy, Mean, Metric, SparseCategoricalAccuracy, by_row};
use crate::config::row;
use crate::element::Element;

/// What Keras makes of `"accuracy"`: [`BinaryAccuracy`] for a single output, [`SparseCategoricalAccuracy`] for class
/// indices, else [`CategoricalAccuracy`].
///
/// Like Keras', it knows nothing of the loss: for a single output that is a logit, as with `BinaryCrossentropy::from_logits`, its threshold
/// of 0.5 is wrong; `BinaryAccuracy { threshold: 0.0, .. }` counts those.
///
/// ```
/// use nn_core::metrics::{Metric, accuracy};
///
/// let mut metric = accuracy();
/// metric.update(&[1.0_f32], &[0.2, 0.8], 2, 1, None);
/// assert_eq!(Metric::<f32>::result(&metric), 1.0);
/// ```
pub fn accuracy() -> ResolvedAccuracy {
    ResolvedAccuracy::default()
}

/// The metric that [`accuracy`] makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResolvedAccuracy {
    /// What was gathered.
    pub mean: Mean,
}

row! { ResolvedAccuracy, "accuracy", ["acc"], Up; ; mean }

impl<T: Element> Metric<T> for ResolvedAccuracy {
    by_row!();

    fn fits(&self, classes: usize, target_width: usize) -> bool {
        target_width == 1 || target_width == classes
    }

    fn reset(&mut self) {
        self.mean.reset();
    }

    fn update(&mut self, y_true: &[T], y_pred: &[T], classes: usize, target_width: usize, weights: Option<&[T]>) {
        let mean = self.mean;
        self.mean = if classes == 1 {
            let mut metric = BinaryAccuracy { mean, ..Default::default() };
            metric.update(y_true, y_pred, classes, target_width, weights);
            metric.mean
        } else if target_width == 1 {
            let mut metric = SparseCategoricalAccuracy { mean };
            metric.update(y_true, y_pred, classes, target_width, weights);
            metric.mean
        } else {
            let mut metric = CategoricalAccuracy { mean };
            metric.update(y_true, y_pred, classes, target_width, weights);
            metric.mean
        };
    }

    fn result(&self) -> f64 {
        self.mean.result()
    }
}
