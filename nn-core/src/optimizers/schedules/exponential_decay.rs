//! `ExponentialDecay`: a rate that is multiplied with the same factor again and again.

use super::{LearningRateSchedule, by_row, progress};
use crate::config::{Config, row};

/// `initial_learning_rate · decay_rate^(t / decay_steps)`.
///
/// With `staircase`, the exponent is rounded down: the rate falls every `decay_steps` steps.
///
/// ```
/// use nn_core::optimizers::schedules::{ExponentialDecay, LearningRateSchedule};
///
/// let schedule = ExponentialDecay { staircase: true, ..ExponentialDecay::new(0.1, 100, 0.5) };
/// assert_eq!([99, 100, 200].map(|step| schedule.rate(step)), [0.1, 0.05, 0.025]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ExponentialDecay {
    /// The rate of the first step.
    pub initial_learning_rate: f64,
    /// Steps in which the rate is multiplied with `decay_rate` once.
    pub decay_steps: usize,
    /// What the rate is multiplied with.
    pub decay_rate: f64,
    /// Whether the rate falls in stairs. Default false.
    pub staircase: bool,
}

row! {
    given ExponentialDecay, "ExponentialDecay", [];
    initial_learning_rate: required(FROM_ZERO),
    decay_steps: required(FROM_ONE),
    decay_rate: required(FROM_ZERO),
    staircase: flag(false)
}

impl ExponentialDecay {
    /// A decay in all steps alike.
    pub fn new(initial_learning_rate: f64, decay_steps: usize, decay_rate: f64) -> Self {
        Self { initial_learning_rate, decay_steps, decay_rate, ..Self::with_defaults() }
    }
}

impl LearningRateSchedule for ExponentialDecay {
    by_row!();

    fn rate(&self, step: u64) -> f64 {
        self.initial_learning_rate * self.decay_rate.powf(progress(step, self.decay_steps, self.staircase))
    }
}
