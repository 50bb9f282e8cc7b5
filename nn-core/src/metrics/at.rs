//! `SensitivityAtSpecificity` and its siblings: the best of one rate where another is good enough.

use super::confusion::{Comparison, Confusion, evenly};
use super::{Metric, by_row};
use crate::config::{Config, row};
use crate::element::Element;

macro_rules! best_at {
    ($(#[$doc:meta])* $class:ident, $name:literal, $option:ident: $asked:ident, $rates:ident) => {
        $(#[$doc])*
        ///
        /// Thresholds are `num_thresholds` numbers from 0 to 1, equally far apart. An output is positive if it is above the threshold, and
        /// true if its target is not zero. Samples count by their weights. 0 where no threshold is good enough.
        #[derive(Clone, Debug, PartialEq)]
        pub struct $class {
            /// What the other rate must be at least, from 0 to 1.
            pub $option: f64,
            /// How many thresholds are tried; 200 by default.
            pub num_thresholds: usize,
            /// The index of the only class that counts. All by default.
            pub class_id: Option<usize>,
            /// What was gathered.
            pub confusion: Confusion,
        }

        row! {
            given $class, $name, [], Up;
            $option: required(UNIT),
            num_thresholds: number(200.0, FROM_ONE),
            class_id: optional(COUNT); confusion
        }

        impl $class {
            /// Where the other rate is at least this.
            pub fn new($option: f64) -> Self {
                Self { $option, ..Self::with_defaults() }
            }
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
                let thresholds = evenly(self.num_thresholds);
                let clips = self.num_thresholds > 1;
                let comparison = Comparison { class_id: self.class_id, clips, ..Comparison::new(&thresholds) };
                comparison.update(&mut self.confusion, y_true, y_pred, classes, weights);
            }

            fn result(&self) -> f64 {
                let rates = self.confusion.$asked().into_iter().zip(self.confusion.$rates());
                let good = rates.filter(|(asked, _)| asked.is_nan() || *asked >= self.$option);
                good.fold(0.0, |best, (_, rate)| if rate > best || rate.is_nan() { rate } else { best })
            }
        }
    };
}

best_at! {
    /// The largest sensitivity where the specificity is at least so large.
    ///
    /// ```
    /// use nn_core::metrics::{Metric, SensitivityAtSpecificity};
    ///
    /// let mut metric = SensitivityAtSpecificity::new(0.5);
    /// metric.update(&[0.0_f32, 0.0, 0.0, 1.0, 1.0], &[0.0, 0.3, 0.8, 0.3, 0.8], 1, 1, None);
    /// assert_eq!(Metric::<f32>::result(&metric), 0.5);
    /// ```
    SensitivityAtSpecificity, "sensitivity_at_specificity", specificity: specificities, recalls
}

best_at! {
    /// The largest specificity where the sensitivity is at least so large.
    SpecificityAtSensitivity, "specificity_at_sensitivity", sensitivity: recalls, specificities
}

best_at! {
    /// The largest precision where the recall is at least so large.
    PrecisionAtRecall, "precision_at_recall", recall: recalls, precisions
}

best_at! {
    /// The largest recall where the precision is at least so large.
    RecallAtPrecision, "recall_at_precision", precision: precisions, recalls
}
