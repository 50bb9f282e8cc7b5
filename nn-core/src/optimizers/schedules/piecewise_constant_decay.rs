//! `PiecewiseConstantDecay`: a rate for each of some spans of steps.

use super::LearningRateSchedule;
use crate::config::{self, Config, row};
use crate::error::FitError;

/// `values[0]` while `t ≤ boundaries[0]`, then `values[1]` while `t ≤ boundaries[1]`, and so on; the last value behind the
/// last boundary.
///
/// Boundaries are ascending, and there is one value more than boundaries: training refuses others before its first step.
///
/// ```
/// use nn_core::optimizers::schedules::{LearningRateSchedule, PiecewiseConstantDecay};
///
/// let schedule = PiecewiseConstantDecay::new([1000.0, 5000.0], [0.1, 0.05, 0.01]);
/// assert_eq!([0, 1000, 1001, 9000].map(|step| schedule.rate(step)), [0.1, 0.1, 0.05, 0.01]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PiecewiseConstantDecay {
    /// The numbers of steps up to which values hold.
    pub boundaries: Vec<f64>,
    /// The rates.
    pub values: Vec<f64>,
}

row! {
    given PiecewiseConstantDecay, "PiecewiseConstantDecay", [];
    boundaries: numbers(Range { expected: "a list of finite numbers from 0 on", ..FROM_ZERO }),
    values: numbers(Range { expected: "a list of finite numbers from 0 on", ..FROM_ZERO })
}

impl PiecewiseConstantDecay {
    /// These values, each up to its boundary, and the last one for ever.
    pub fn new(boundaries: impl Into<Vec<f64>>, values: impl Into<Vec<f64>>) -> Self {
        Self { boundaries: boundaries.into(), values: values.into() }
    }
}

impl LearningRateSchedule for PiecewiseConstantDecay {
    fn name(&self) -> &'static str {
        Self::ROW.name
    }

    fn check(&self) -> Result<(), FitError> {
        config::check(self)?;
        if !self.boundaries.is_sorted() {
            return Err(FitError::option("boundaries", "ascending numbers", self.get("boundaries")));
        }
        if self.values.len() != self.boundaries.len() + 1 {
            let found = format!("{} and {}", self.values.len(), self.boundaries.len());
            return Err(FitError::option("values", "one number more than `boundaries`", found));
        }
        Ok(())
    }

    fn rate(&self, step: u64) -> f64 {
        let before = self.boundaries.partition_point(|&boundary| boundary < step as f64);
        self.values.get(before).copied().unwrap_or(f64::NAN)
    }
}
