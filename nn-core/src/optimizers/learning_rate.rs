//! The learning rate of an optimizer: a number, or a schedule.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use super::schedules::LearningRateSchedule;
use crate::config::{Field, Value};
use crate::error::FitError;

/// How long the steps of an optimizer are: a number, or a schedule of the number of steps made so far.
///
/// Made from a number, a [schedule](super::schedules), or a function.
///
/// ```
/// use nn_core::optimizers::schedules::ExponentialDecay;
/// use nn_core::optimizers::{Adam, LearningRate, SGD};
///
/// let constant = Adam::<f32>::new(1e-3);
/// let decaying = Adam::<f32>::new(ExponentialDecay::new(1e-3, 1000, 0.5));
/// let own = SGD::<f32>::new(|step: u64| 0.1 / (1.0 + step as f64));
/// assert_eq!(constant.learning_rate.at(2000), 1e-3);
/// assert_eq!(decaying.learning_rate.at(2000), 0.25e-3);
/// assert_eq!(own.learning_rate.at(1), 0.05);
/// ```
#[derive(Clone)]
pub enum LearningRate {
    /// The same for all steps, until it is set to another.
    Number(f64),
    /// Another for each step.
    Schedule(Arc<dyn LearningRateSchedule>),
}

impl LearningRate {
    /// The rate after so many steps.
    pub fn at(&self, step: u64) -> f64 {
        match self {
            Self::Number(rate) => *rate,
            Self::Schedule(schedule) => schedule.rate(step),
        }
    }

    /// Replaces a number.
    ///
    /// # Errors
    ///
    /// If it is a schedule, which decides on the rate alone, as in Keras.
    pub fn set(&mut self, rate: f64) -> Result<(), FitError> {
        match self {
            Self::Number(number) => {
                *number = rate;
                Ok(())
            }
            Self::Schedule(schedule) => Err(FitError::ScheduledRate { schedule: schedule.name() }),
        }
    }

    /// Refuses a schedule with options that it cannot have.
    pub(super) fn check(&self) -> Result<(), FitError> {
        match self {
            Self::Number(_) => Ok(()),
            Self::Schedule(schedule) => schedule.check(),
        }
    }
}

impl Default for LearningRate {
    fn default() -> Self {
        Self::Number(0.0)
    }
}

impl From<f64> for LearningRate {
    fn from(rate: f64) -> Self {
        Self::Number(rate)
    }
}

impl<S: LearningRateSchedule + 'static> From<S> for LearningRate {
    fn from(schedule: S) -> Self {
        Self::Schedule(Arc::new(schedule))
    }
}

impl From<Box<dyn LearningRateSchedule>> for LearningRate {
    fn from(schedule: Box<dyn LearningRateSchedule>) -> Self {
        Self::Schedule(schedule.into())
    }
}

impl Debug for LearningRate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(rate) => write!(f, "{rate}"),
            Self::Schedule(schedule) => f.write_str(schedule.name()),
        }
    }
}

/// Schedules are equal if they are one and the same.
impl PartialEq for LearningRate {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Schedule(a), Self::Schedule(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Field for LearningRate {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Number(rate) => Some(Self::Number(rate)),
            Value::Schedule(rate) => Some(rate.clone()),
            _ => None,
        }
    }

    fn show(&self) -> Value<'_> {
        match self {
            Self::Number(rate) => Value::Number(*rate),
            Self::Schedule(_) => Value::Schedule(self),
        }
    }
}
