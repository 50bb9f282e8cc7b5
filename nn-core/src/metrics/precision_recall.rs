//! `Precision`, `Recall`: what part of the positives is true, and what part of what is true is positive.

use super::confusion::{Comparison, Confusion, THRESHOLDS, thresholds};
use super::{Metric, by_row, mean_of};
use crate::config::{OneOrMore, row};
use crate::element::Element;

macro_rules! rate {
    ($(#[$doc:meta])* $class:ident, $name:literal, $rates:ident) => {
        $(#[$doc])*
        ///
        /// An output is positive if it is above the threshold, and true if its target is not zero. Samples count by their weights. For
        /// several thresholds [`results`](Metric::results) has a number for each.
        #[derive(Clone, Debug, PartialEq)]
        pub struct $class {
            /// A threshold, or several; 0.5 by default, and none with `top_k`.
            pub thresholds: Option<OneOrMore>,
            /// How many outputs of a row can be positive: the largest. All by default.
            pub top_k: Option<usize>,
            /// The index of the only class that counts. All by default.
            pub class_id: Option<usize>,
            /// What was gathered.
            pub confusion: Confusion,
        }

        row! {
            $class, $name, [], Up;
            thresholds: optional(THRESHOLDS),
            top_k: optional(FROM_ONE),
            class_id: optional(COUNT); confusion
        }

        impl<T: Element> Metric<T> for $class {
            by_row!();

            fn fits(&self, classes: usize, target_width: usize) -> bool {
                Comparison::fits(self.class_id, classes, target_width)
            }

            fn reset(&mut self) {
                self.confusion = Confusion::default();
            }

            fn update(&mut self, y_true: &[T], y_pred: &[T], classes: usize, _: usize, weights: Option<&[T]>) {
                let thresholds = thresholds(&self.thresholds, self.top_k);
                let comparison = Comparison { top_k: self.top_k, class_id: self.class_id, ..Comparison::new(&thresholds) };
                comparison.update(&mut self.confusion, y_true, y_pred, classes, weights);
            }

            fn result(&self) -> f64 {
                mean_of(&self.confusion.$rates())
            }

            fn results(&self) -> Vec<f64> {
                self.confusion.$rates()
            }
        }
    };
}

rate! {
    /// What part of the positive outputs is true: `true positives / (true positives + false positives)`.
    ///
    /// ```
    /// use nn_core::metrics::{Metric, Precision};
    ///
    /// let mut metric = Precision { thresholds: Some([0.3, 0.7].into()), ..Default::default() };
    /// metric.update(&[1.0_f32, 1.0, 0.0], &[0.9, 0.2, 0.5], 1, 1, None);
    /// assert_eq!(Metric::<f32>::results(&metric), [0.5, 1.0]);
    /// ```
    Precision, "precision", precisions
}

rate! {
    /// What part of what is true is positive: `true positives / (true positives + false negatives)`.
    ///
    /// ```
    /// use nn_core::metrics::{Metric, Recall};
    ///
    /// let mut metric = Recall { class_id: Some(1), ..Default::default() };
    /// metric.update(&[0.0_f32, 1.0, 0.0, 1.0], &[0.1, 0.9, 0.6, 0.4], 2, 2, None);
    /// assert_eq!(Metric::<f32>::result(&metric), 0.5);
    /// ```
    Recall, "recall", recalls
}
