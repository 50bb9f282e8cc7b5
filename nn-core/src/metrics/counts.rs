//! `TruePositives`, `TrueNegatives`, `FalsePositives`, `FalseNegatives`: how many outputs are on which side of a threshold.

use super::confusion::{Comparison, Confusion, THRESHOLDS, thresholds};
use super::{Metric, by_row, mean_of};
use crate::config::{OneOrMore, row};
use crate::element::Element;

macro_rules! count {
    ($(#[$doc:meta])* $class:ident, $name:literal, $counts:ident) => {
        $(#[$doc])*
        ///
        /// An output is positive if it is above the threshold, and true if its target is not zero. Samples count by their weights. For
        /// several thresholds [`results`](Metric::results) has a number for each.
        #[derive(Clone, Debug, PartialEq)]
        pub struct $class {
            /// A threshold, or several; 0.5 by default.
            pub thresholds: Option<OneOrMore>,
            /// What was gathered.
            pub confusion: Confusion,
        }

        row! {
            $class, $name, [];
            thresholds: optional(THRESHOLDS); confusion
        }

        impl<T: Element> Metric<T> for $class {
            by_row!();

            fn fits(&self, classes: usize, target_width: usize) -> bool {
                Comparison::fits(None, classes, target_width)
            }

            fn reset(&mut self) {
                self.confusion = Confusion::default();
            }

            fn update(&mut self, y_true: &[T], y_pred: &[T], classes: usize, _: usize, weights: Option<&[T]>) {
                let thresholds = thresholds(&self.thresholds, None);
                Comparison::new(&thresholds).update(&mut self.confusion, y_true, y_pred, classes, weights);
            }

            fn result(&self) -> f64 {
                mean_of(&self.confusion.$counts)
            }

            fn results(&self) -> Vec<f64> {
                self.confusion.$counts.clone()
            }
        }
    };
}

count! {
    /// How many outputs are positive where the target is true.
    ///
    /// ```
    /// use nn_core::metrics::{Metric, TruePositives};
    ///
    /// let mut metric = TruePositives::default();
    /// metric.update(&[1.0_f32, 1.0, 0.0], &[0.9, 0.2, 0.8], 1, 1, None);
    /// assert_eq!(Metric::<f32>::result(&metric), 1.0);
    /// ```
    TruePositives, "true_positives", true_positives
}

count! {
    /// How many outputs are not positive where the target is not true.
    TrueNegatives, "true_negatives", true_negatives
}

count! {
    /// How many outputs are positive where the target is not true.
    FalsePositives, "false_positives", false_positives
}

count! {
    /// How many outputs are not positive where the target is true.
    FalseNegatives, "false_negatives", false_negatives
}
