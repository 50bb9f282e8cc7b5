//! Losses as metrics.

use super::{Mean, Metric};
use crate::config::{Config, Direction, Opt, Row, Value};
use crate::element::Element;
use crate::error::FitError;
use crate::losses::{self, Block, Loss};

/// A loss as a metric: the mean of its values over all rows. The loss's reduction plays no part. A loss of whole batches is refused
/// before the first step.
///
/// ```
/// use nn_core::{losses, metrics};
///
/// let plain = metrics::MeanSquaredError::default();
/// let smoothed = metrics::LossMetric::of(losses::BinaryCrossentropy { label_smoothing: 0.1, ..Default::default() });
/// # let _: metrics::Metrics<f32> = (plain, smoothed).into();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LossMetric<L> {
    /// The loss.
    pub loss: L,
    /// What was gathered.
    pub mean: Mean,
}

/// The mean of the squared differences.
pub type MeanSquaredError = LossMetric<losses::MeanSquaredError>;
/// The mean of the absolute differences.
pub type MeanAbsoluteError = LossMetric<losses::MeanAbsoluteError>;
/// The mean of the binary crossentropies.
pub type BinaryCrossentropy = LossMetric<losses::BinaryCrossentropy>;
/// The mean of the categorical crossentropies.
pub type CategoricalCrossentropy = LossMetric<losses::CategoricalCrossentropy>;
/// The mean of the sparse categorical crossentropies.
pub type SparseCategoricalCrossentropy = LossMetric<losses::SparseCategoricalCrossentropy>;
/// The mean of the absolute differences, in percent of the targets.
pub type MeanAbsolutePercentageError = LossMetric<losses::MeanAbsolutePercentageError>;
/// The mean of the squared differences of logarithms.
pub type MeanSquaredLogarithmicError = LossMetric<losses::MeanSquaredLogarithmicError>;
/// The mean of the hinge losses.
pub type Hinge = LossMetric<losses::Hinge>;
/// The mean of the squared hinge losses.
pub type SquaredHinge = LossMetric<losses::SquaredHinge>;
/// The mean of the categorical hinge losses.
pub type CategoricalHinge = LossMetric<losses::CategoricalHinge>;
/// The mean of the divergences of Kullback and Leibler.
pub type KLDivergence = LossMetric<losses::KLDivergence>;
/// The mean of the losses of Poisson.
pub type Poisson = LossMetric<losses::Poisson>;

impl<L> LossMetric<L> {
    /// The metric of a loss.
    pub fn of(loss: L) -> Self {
        Self { loss, mean: Mean::default() }
    }
}

/// The row of the loss, but for `reduction`.
impl<L: Config> Config for LossMetric<L> {
    const ROW: &'static Row = &Row { options: without_reduction(L::ROW.options), ..*L::ROW };

    fn with_defaults() -> Self {
        Self::of(L::with_defaults())
    }

    fn get(&self, option: &str) -> Value<'_> {
        self.loss.get(option)
    }

    fn set(&mut self, option: &str, value: Value<'_>) -> bool {
        self.loss.set(option, value)
    }
}

const fn without_reduction(options: &'static [Opt]) -> &'static [Opt] {
    // The last one, as in Keras.
    if let [options @ .., _] = options { options } else { options }
}

impl<T: Element, L: Loss<T>> Metric<T> for LossMetric<L> {
    fn name(&self) -> &str {
        self.loss.name()
    }

    fn direction(&self) -> Option<Direction> {
        Some(Direction::Down)
    }

    fn check_options(&self) -> Result<(), FitError> {
        if self.loss.block() == Block::Batch {
            return Err(FitError::option("metrics", "a loss that has a value for each row", self.loss.name()));
        }
        if self.loss.axis() != -1 {
            return Err(FitError::option("axis", "-1, the last axis, in a metric", self.loss.axis()));
        }
        self.loss.check_options()
    }

    fn fits(&self, classes: usize, target_width: usize) -> bool {
        self.loss.target_width(classes) == target_width
    }

    fn reset(&mut self) {
        self.mean.reset();
    }

    fn update(&mut self, y_true: &[T], y_pred: &[T], classes: usize, target_width: usize, weights: Option<&[T]>) {
        let mut values = vec![T::nan(); y_pred.len() / classes.max(1)];
        if self.fits(classes, target_width) {
            self.loss.rows(y_true, y_pred, classes, false, &mut values);
        }
        self.mean.update(&values, weights);
    }

    fn result(&self) -> f64 {
        self.mean.result()
    }
}
