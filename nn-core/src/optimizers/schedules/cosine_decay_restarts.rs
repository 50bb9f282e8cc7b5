//! `CosineDecayRestarts`: a rate that falls along half a cosine again and again.

use super::{LearningRateSchedule, by_row, cosine};
use crate::config::{Config, row};

/// Half cosines one after another: Loshchilov and Hutter,
/// [SGDR: Stochastic Gradient Descent with Warm Restarts](https://arxiv.org/abs/1608.03983).
///
/// The first one takes `first_decay_steps` steps, each of the others `t_mul` times as many as the one before. Each starts at
/// `m_mul` times the height of the one before. In part `p` of one of height `m` the rate is
/// `initial_learning_rate · ((1 - alpha) · m · (1 + cos(π · p)) / 2 + alpha)`.
///
/// ```
/// use nn_core::optimizers::schedules::{CosineDecayRestarts, LearningRateSchedule};
///
/// let schedule = CosineDecayRestarts { m_mul: 0.5, ..CosineDecayRestarts::new(0.1, 100) };
/// assert_eq!([0, 100, 300].map(|step| schedule.rate(step)), [0.1, 0.05, 0.025]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CosineDecayRestarts {
    /// The rate of the first step.
    pub initial_learning_rate: f64,
    /// Steps up to the first restart.
    pub first_decay_steps: usize,
    /// How much longer each decay is than the one before; 2 by default.
    pub t_mul: f64,
    /// How much higher each decay starts than the one before; 1 by default.
    pub m_mul: f64,
    /// What part of the rate is left at the end of each; 0 by default.
    pub alpha: f64,
}

row! {
    given CosineDecayRestarts, "CosineDecayRestarts", [];
    initial_learning_rate: required(FROM_ZERO),
    first_decay_steps: required(FROM_ONE),
    // Shorter and shorter decays would come to an end, behind which Keras has no rate either.
    t_mul: number(2.0, Range { from: Included(1.0), expected: "a finite number from 1 on", ..FROM_ZERO }),
    m_mul: number(1.0, FROM_ZERO),
    alpha: number(0.0, FROM_ZERO)
}

impl CosineDecayRestarts {
    /// Down to zero, each decay twice as long as the one before and as high.
    pub fn new(initial_learning_rate: f64, first_decay_steps: usize) -> Self {
        Self { initial_learning_rate, first_decay_steps, ..Self::with_defaults() }
    }

    /// The number of the decay at `time`, in lengths of the first, and how far it has come.
    fn decay(&self, time: f64) -> (f64, f64) {
        let t = self.t_mul;
        if t == 1.0 {
            return (time.floor(), time.fract());
        }
        let start = |number: f64| (t.powf(number) - 1.0) / (t - 1.0);
        let number = (1.0 + time * (t - 1.0)).log(t).floor();
        // A logarithm may be just below the whole number that it should be.
        let number = if time >= start(number + 1.0) { number + 1.0 } else { number };
        (number, (time - start(number)) / t.powf(number))
    }
}

impl LearningRateSchedule for CosineDecayRestarts {
    by_row!();

    fn rate(&self, step: u64) -> f64 {
        let (number, part) = self.decay(step as f64 / self.first_decay_steps as f64);
        let height = self.m_mul.powf(number);
        self.initial_learning_rate * (height * cosine(part, 0.0) * (1.0 - self.alpha) + self.alpha)
    }
}
