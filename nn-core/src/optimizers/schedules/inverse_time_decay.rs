//! `InverseTimeDecay`: a rate that falls as one over the number of steps.

use super::{LearningRateSchedule, by_row, progress};
use crate::config::{Config, row};

/// `initial_learning_rate / (1 + decay_rate · t / decay_steps)`.
///
/// With `staircase`, `t / decay_steps` is rounded down: the rate falls every `decay_steps` steps.
///
/// ```
/// use nn_core::optimizers::schedules::{InverseTimeDecay, LearningRateSchedule};
///
/// let schedule = InverseTimeDecay::new(0.1, 100, 1.0);
/// assert_eq!([0, 100, 300].map(|step| schedule.rate(step)), [0.1, 0.05, 0.025]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct InverseTimeDecay {
    /// The rate of the first step.
    pub initial_learning_rate: f64,
    /// Steps in which the denominator grows by `decay_rate`.
    pub decay_steps: usize,
    /// How much the denominator grows.
    pub decay_rate: f64,
    /// Whether the rate falls in stairs. Default false.
    pub staircase: bool,
}

row! {
    given InverseTimeDecay, "InverseTimeDecay", [];
    initial_learning_rate: required(FROM_ZERO),
    decay_steps: required(FROM_ONE),
    decay_rate: required(FROM_ZERO),
    staircase: flag(false)
}

impl InverseTimeDecay {
    /// A decay in all steps alike.
    pub fn new(initial_learning_rate: f64, decay_steps: usize, decay_rate: f64) -> Self {
        Self { initial_learning_rate, decay_steps, decay_rate, ..Self::with_defaults() }
    }
}

impl LearningRateSchedule for InverseTimeDecay {
    by_row!();

    fn rate(&self, step: u64) -> f64 {
        self.initial_learning_rate / (1.0 + self.decay_rate * progress(step, self.decay_steps, self.staircase))
    }
}
