//! The metrics of training: numbers that describe how well outputs meet targets, gathered over batches.

use crate::element::Element;

/// A metric, gathered over the batches of an epoch.
pub trait Metric<T: Element>: Send {
    /// The name in logs and in `History`: `accuracy`.
    fn name(&self) -> &str;

    /// Forgets what was gathered.
    fn reset(&mut self);

    /// Adds a batch: rows of `classes` outputs and of `target_width` targets. `weights` has one number
    /// for each sample or for each row: the weight of a sample holds for all its rows.
    fn update(&mut self, y_true: &[T], y_pred: &[T], classes: usize, target_width: usize, weights: Option<&[T]>);

    /// The number for all batches since the last reset; 0 before the first.
    fn result(&self) -> f64;
}

/// The metrics that a network is compiled with.
///
/// Made from `()`, one metric, an array, a `Vec`, or a tuple of up to six. (One metric of your own goes in a tuple or a box.)
pub struct Metrics<T>(pub Vec<Box<dyn Metric<T>>>);

impl<T> From<()> for Metrics<T> {
    fn from((): ()) -> Self {
        Metrics(Vec::new())
    }
}

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
    ($($metric:ident),+) => {
        impl<T: Element, $($metric: Metric<T> + 'static),+> From<($($metric,)+)> for Metrics<T> {
            #[allow(non_snake_case)]
            fn from(($($metric,)+): ($($metric,)+)) -> Self {
                Metrics(vec![$(Box::new($metric)),+])
            }
        }
    };
}

from_tuple!(A);
from_tuple!(A, B);
from_tuple!(A, B, C);
from_tuple!(A, B, C, D);
from_tuple!(A, B, C, D, E);
from_tuple!(A, B, C, D, E, F);
