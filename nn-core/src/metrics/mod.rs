//! The metrics of training: numbers that describe how well outputs meet targets, gathered over batches.

mod accuracy;
mod at;
mod auc;
mod binary_accuracy;
mod categorical_accuracy;
mod confusion;
mod correlation;
mod cosine_similarity;
mod counts;
mod f_score;
mod iou;
mod log_cosh_error;
mod loss;
mod mean;
mod precision_recall;
mod r2_score;
mod resolved_accuracy;
mod root_mean_squared_error;
mod several;
mod sparse_categorical_accuracy;
mod sparse_top_k_categorical_accuracy;
mod top_k_categorical_accuracy;

pub use accuracy::Accuracy;
pub use at::{PrecisionAtRecall, RecallAtPrecision, SensitivityAtSpecificity, SpecificityAtSensitivity};
pub use auc::{AUC, Curve, SummationMethod};
pub use binary_accuracy::BinaryAccuracy;
pub use categorical_accuracy::CategoricalAccuracy;
pub use confusion::Confusion;
pub use correlation::{ConcordanceCorrelation, PearsonCorrelation};
pub use cosine_similarity::CosineSimilarity;
pub use counts::{FalseNegatives, FalsePositives, TrueNegatives, TruePositives};
pub use f_score::{Average, F1Score, FBetaScore, ScoreCounts};
pub use iou::{BinaryIoU, ClassConfusion, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU};
pub use log_cosh_error::LogCoshError;
pub use loss::{
    BinaryCrossentropy, CategoricalCrossentropy, CategoricalHinge, Hinge, KLDivergence, LossMetric, MeanAbsoluteError,
    MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, Poisson, SparseCategoricalCrossentropy,
    SquaredHinge,
};
pub use mean::{Mean, Sum};
pub use precision_recall::{Precision, Recall};
pub use r2_score::{ClassAggregation, R2Score, Sums};
pub use resolved_accuracy::{ResolvedAccuracy, accuracy};
pub use root_mean_squared_error::RootMeanSquaredError;
pub use several::{MetricsFor, Place};
pub use sparse_categorical_accuracy::SparseCategoricalAccuracy;
pub use sparse_top_k_categorical_accuracy::SparseTopKCategoricalAccuracy;
pub use top_k_categorical_accuracy::TopKCategoricalAccuracy;

use crate::config::{Direction, table};
use crate::element::Element;
use crate::error::FitError;
use crate::losses::weight_of_row;

/// A metric, gathered over the batches of an epoch.
///
/// One of your own is a type that implements this, and is given to `compile` in a tuple or a box:
///
/// ```
/// use nn_core::Element;
/// use nn_core::metrics::{Metric, Metrics};
///
/// /// The largest difference between a target and its output.
/// #[derive(Default)]
/// struct Worst(f64);
///
/// impl<T: Element> Metric<T> for Worst {
///     fn name(&self) -> &str {
///         "worst"
///     }
///
///     fn fits(&self, classes: usize, target_width: usize) -> bool {
///         classes == target_width
///     }
///
///     fn reset(&mut self) {
///         self.0 = 0.0;
///     }
///
///     fn update(&mut self, y_true: &[T], y_pred: &[T], _: usize, _: usize, _: Option<&[T]>) {
///         for (&y_true, &y_pred) in y_true.iter().zip(y_pred) {
///             self.0 = self.0.max(Element::to_f64((y_true - y_pred).abs()));
///         }
///     }
///
///     fn result(&self) -> f64 {
///         self.0
///     }
/// }
///
/// let mut worst = Worst::default();
/// worst.update(&[1.0_f32, 2.0], &[1.5, -1.0], 1, 1, None);
/// assert_eq!(<Worst as Metric<f32>>::result(&worst), 3.0);
/// let _: Metrics<f32> = (worst,).into();
/// ```
pub trait Metric<T: Element>: Send {
    /// The name in logs and in `History`: `accuracy`.
    fn name(&self) -> &str;

    /// Which way it gets better, for callbacks that watch it; `None` if that depends, and they have to be told.
    fn direction(&self) -> Option<Direction> {
        None
    }

    /// Refuses options that have a value that they cannot have; training asks before its first step.
    fn check_options(&self) -> Result<(), FitError> {
        Ok(())
    }

    /// Whether it takes rows of `classes` outputs and `target_width` targets; the result is NaN where it does not.
    fn fits(&self, _classes: usize, _target_width: usize) -> bool {
        true
    }

    /// Forgets what was gathered.
    fn reset(&mut self);

    /// Adds a batch: rows of `classes` outputs and of `target_width` targets. `weights` has one number
    /// for each sample or for each row: the weight of a sample holds for all its rows.
    fn update(&mut self, y_true: &[T], y_pred: &[T], classes: usize, target_width: usize, weights: Option<&[T]>);

    /// The number for all batches since the last reset; 0 before the first. Where there are several, their mean.
    fn result(&self) -> f64;

    /// The same for a metric of several numbers, one for each threshold or class: each of them.
    fn results(&self) -> Vec<f64> {
        vec![self.result()]
    }
}

table! {
    METRICS: "metric", Metric<T: Element>;
    // The first of its name in logs, `accuracy`, is what Keras makes of that name.
    ResolvedAccuracy, Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy, TopKCategoricalAccuracy,
    SparseTopKCategoricalAccuracy, BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy,
    KLDivergence, Poisson, MeanAbsoluteError, MeanSquaredError, RootMeanSquaredError, MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError, CosineSimilarity, LogCoshError, R2Score, PearsonCorrelation, ConcordanceCorrelation,
    Hinge, SquaredHinge, CategoricalHinge, TruePositives, TrueNegatives, FalsePositives, FalseNegatives, Precision,
    Recall, SensitivityAtSpecificity, SpecificityAtSensitivity, PrecisionAtRecall, RecallAtPrecision, AUC, F1Score,
    FBetaScore, IoU, BinaryIoU, MeanIoU, OneHotIoU, OneHotMeanIoU
}

/// The metrics that a network is compiled with.
///
/// Made from one metric, an array, a `Vec`, or a tuple of up to six. (One metric of your own goes in a tuple or a box.)
pub struct Metrics<T>(pub Vec<Box<dyn Metric<T>>>);

impl<T> From<Box<dyn Metric<T>>> for Metrics<T> {
    fn from(metric: Box<dyn Metric<T>>) -> Self {
        Metrics(vec![metric])
    }
}

impl<T: Element, M: Metric<T> + 'static, const N: usize> From<[M; N]> for Metrics<T> {
    fn from(metrics: [M; N]) -> Self {
        Metrics(metrics.into_iter().map(|metric| Box::new(metric) as Box<dyn Metric<T>>).collect())
    }
}

impl<T> From<Vec<Box<dyn Metric<T>>>> for Metrics<T> {
    fn from(metrics: Vec<Box<dyn Metric<T>>>) -> Self {
        Metrics(metrics)
    }
}

macro_rules! from_tuple {
    ($($metric:ident $value:ident),+) => {
        impl<T: Element, $($metric: Metric<T> + 'static),+> From<($($metric,)+)> for Metrics<T> {
            fn from(($($value,)+): ($($metric,)+)) -> Self {
                Metrics(vec![$(Box::new($value)),+])
            }
        }
    };
}

from_tuple!(A a);
from_tuple!(A a, B b);
from_tuple!(A a, B b, C c);
from_tuple!(A a, B b, C c, D d);
from_tuple!(A a, B b, C c, D d, E e);
from_tuple!(A a, B b, C c, D d, E e, F f);

macro_rules! from_one {
    ($($metric:ty),+) => {$(
        impl<T: Element> From<$metric> for Metrics<T> {
            fn from(metric: $metric) -> Self {
                Metrics(vec![Box::new(metric)])
            }
        }
    )+};
}

from_one!(Accuracy, BinaryAccuracy, CategoricalAccuracy, ResolvedAccuracy, SparseCategoricalAccuracy);
from_one!(SparseTopKCategoricalAccuracy, TopKCategoricalAccuracy, RootMeanSquaredError, CosineSimilarity, LogCoshError);
from_one!(R2Score, PearsonCorrelation, ConcordanceCorrelation, TruePositives, TrueNegatives, FalsePositives);
from_one!(FalseNegatives, Precision, Recall, SensitivityAtSpecificity, SpecificityAtSensitivity, PrecisionAtRecall);
from_one!(RecallAtPrecision, AUC, F1Score, FBetaScore, IoU, BinaryIoU, MeanIoU, OneHotIoU, OneHotMeanIoU);

impl<T: Element, L: crate::losses::Loss<T> + 'static> From<LossMetric<L>> for Metrics<T> {
    fn from(metric: LossMetric<L>) -> Self {
        Metrics(vec![Box::new(metric)])
    }
}

/// The index of the largest element, the first where several are.
fn argmax<T: Element>(row: &[T]) -> usize {
    let larger = |best: usize, at: usize| if row[at] > row[best] { at } else { best };
    (1..row.len()).fold(0, larger)
}

/// Whether the output for `class` is one of the `k` largest. As in TensorFlow, outputs equal to the k-th largest all
/// are, and none is where an output is not finite.
fn in_top_k<T: Element>(row: &[T], class: usize, k: usize) -> bool {
    match row.get(class) {
        Some(&own) => row.iter().all(|x| x.is_finite()) && row.iter().filter(|&&x| x > own).count() < k,
        None => false,
    }
}

/// Rows of so many targets and outputs, with what each counts.
fn weighted_rows<'a, T: Element>(
    [y_true, y_pred]: [&'a [T]; 2],
    [width, classes]: [usize; 2],
    weights: Option<&'a [T]>,
) -> impl Iterator<Item = (&'a [T], &'a [T], f64)> {
    let rows = y_pred.len() / classes.max(1);
    let pairs = y_true.chunks_exact(width.max(1)).zip(y_pred.chunks_exact(classes.max(1)));
    let weight = move |row| weights.map_or(1.0, |weights| weight_of_row(weights, row, rows));
    pairs.enumerate().map(move |(row, (targets, outputs))| (targets, outputs, weight(row)))
}

/// The mean of some numbers; 0 of none.
fn mean_of(numbers: &[f64]) -> f64 {
    confusion::ratio(numbers.iter().sum(), numbers.len() as f64)
}

/// Writes what follows from the row of a metric, which may have more to check.
macro_rules! by_row {
    () => {
        crate::metrics::by_row!(|_metric| Ok(()));
    };
    (|$metric:ident| $check:expr) => {
        fn name(&self) -> &str {
            <Self as crate::config::Config>::ROW.name
        }

        fn direction(&self) -> Option<crate::config::Direction> {
            <Self as crate::config::Config>::ROW.direction
        }

        fn check_options(&self) -> Result<(), crate::error::FitError> {
            crate::config::check(self)?;
            let $metric = self;
            $check
        }
    };
}

/// Writes the parts of a metric that is the mean of `value(y_true, y_pred)` over the rows, or what becomes of it.
macro_rules! mean_of_rows {
    ($metric:ty, fits = $fits:expr, $value:expr) => {
        crate::metrics::mean_of_rows!($metric, fits = $fits, $value, result = std::convert::identity);
    };
    ($metric:ty, fits = $fits:expr, $value:expr, result = $result:expr) => {
        impl<T: crate::Element> crate::metrics::Metric<T> for $metric {
            crate::metrics::by_row!();

            fn fits(&self, classes: usize, target_width: usize) -> bool {
                let fits: fn(usize, usize) -> bool = $fits;
                fits(classes, target_width)
            }

            fn reset(&mut self) {
                self.mean = crate::metrics::Mean::default();
            }

            fn update(
                &mut self,
                y_true: &[T],
                y_pred: &[T],
                classes: usize,
                target_width: usize,
                weights: Option<&[T]>,
            ) {
                let fits = crate::metrics::Metric::<T>::fits(self, classes, target_width);
                let value: fn(&$metric, &[T], &[T]) -> f64 = $value;
                let rows = y_true.chunks_exact(target_width.max(1)).zip(y_pred.chunks_exact(classes.max(1)));
                let config = *self;
                let values = rows.map(|(t, p)| if fits { value(&config, t, p) } else { f64::NAN });
                self.mean.add_rows(values, weights);
            }

            fn result(&self) -> f64 {
                let result: fn(f64) -> f64 = $result;
                result(self.mean.result())
            }
        }
    };
}

use {by_row, mean_of_rows};

#[cfg(test)]
mod tests;
