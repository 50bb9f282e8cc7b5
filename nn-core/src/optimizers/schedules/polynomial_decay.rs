//! `PolynomialDecay`: a rate that falls along a polynomial.

use super::{LearningRateSchedule, by_row};
use crate::config::{Config, row};

/// `(initial_learning_rate - end_learning_rate) · (1 - t / decay_steps)^power + end_learning_rate`, and the last from
/// `decay_steps` steps on.
///
/// With `cycle`, the rate rises again at the end: `decay_steps` is multiplied with the smallest whole number that makes
/// it at least `t`.
///
/// ```
/// use nn_core::optimizers::schedules::{LearningRateSchedule, PolynomialDecay};
///
/// let schedule = PolynomialDecay { end_learning_rate: 0.0, ..PolynomialDecay::new(0.1, 100) };
/// assert_eq!([0, 50, 100, 200].map(|step| schedule.rate(step)), [0.1, 0.05, 0.0, 0.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PolynomialDecay {
    /// The rate of the first step.
    pub initial_learning_rate: f64,
    /// Steps in which the rate falls.
    pub decay_steps: usize,
    /// The rate at the end; 1e-4 by default.
    pub end_learning_rate: f64,
    /// The power; 1 by default, which is a straight line.
    pub power: f64,
    /// Whether the rate falls again and again. Default false.
    pub cycle: bool,
}

row! {
    given PolynomialDecay, "PolynomialDecay", [];
    initial_learning_rate: required(FROM_ZERO),
    decay_steps: required(FROM_ONE),
    end_learning_rate: number(1e-4, FROM_ZERO),
    power: number(1.0, FROM_ZERO),
    cycle: flag(false)
}

impl PolynomialDecay {
    /// A straight line down to 1e-4.
    pub fn new(initial_learning_rate: f64, decay_steps: usize) -> Self {
        Self { initial_learning_rate, decay_steps, ..Self::with_defaults() }
    }
}

impl LearningRateSchedule for PolynomialDecay {
    by_row!();

    fn rate(&self, step: u64) -> f64 {
        let (step, steps) = (step as f64, self.decay_steps as f64);
        let part = match self.cycle {
            true => step / (steps * (step / steps).ceil().max(1.0)),
            false => step.min(steps) / steps,
        };
        let (first, last) = (self.initial_learning_rate, self.end_learning_rate);
        (first - last) * (1.0 - part).powf(self.power) + last
    }
}
