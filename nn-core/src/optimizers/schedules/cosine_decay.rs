//! `CosineDecay`: a rate that falls along half a cosine, after a warm-up.

use super::{LearningRateSchedule, by_row, cosine};
use crate::config::{Config, row};

/// From `initial_learning_rate` down to `alpha` times that along half a cosine: Loshchilov and Hutter,
/// [SGDR: Stochastic Gradient Descent with Warm Restarts](https://arxiv.org/abs/1608.03983).
///
/// `initial_learning_rate · ((1 - alpha) · (1 + cos(π · t / decay_steps)) / 2 + alpha)`, and the last from `decay_steps`
/// steps on. With `warmup_target`, the rate first goes on a straight line from `initial_learning_rate` to that, in
/// `warmup_steps` steps, and falls from there.
///
/// ```
/// use nn_core::optimizers::schedules::{CosineDecay, LearningRateSchedule};
///
/// let schedule = CosineDecay { warmup_target: Some(0.1), warmup_steps: 10, ..CosineDecay::new(0.0, 100) };
/// let rates = [0, 5, 10, 60, 110].map(|step| (schedule.rate(step) * 1e6).round() / 1e6);
/// assert_eq!(rates, [0.0, 0.05, 0.1, 0.05, 0.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CosineDecay {
    /// The rate of the first step.
    pub initial_learning_rate: f64,
    /// Steps in which the rate falls, those of the warm-up not counted.
    pub decay_steps: usize,
    /// What part of the rate is left at the end; 0 by default.
    pub alpha: f64,
    /// The rate at the end of the warm-up; none by default, which is no warm-up.
    pub warmup_target: Option<f64>,
    /// Steps of the warm-up; 0 by default.
    pub warmup_steps: usize,
}

row! {
    given CosineDecay, "CosineDecay", [];
    initial_learning_rate: required(FROM_ZERO),
    decay_steps: required(FROM_ONE),
    alpha: number(0.0, FROM_ZERO),
    warmup_target: optional(FROM_ZERO),
    warmup_steps: number(0.0, COUNT)
}

impl CosineDecay {
    /// Down to zero, without a warm-up.
    pub fn new(initial_learning_rate: f64, decay_steps: usize) -> Self {
        Self { initial_learning_rate, decay_steps, ..Self::with_defaults() }
    }
}

impl LearningRateSchedule for CosineDecay {
    by_row!();

    fn rate(&self, step: u64) -> f64 {
        let (step, first) = (step as f64, self.initial_learning_rate);
        let (warmup, from) = match self.warmup_target {
            Some(target) => (self.warmup_steps as f64, target),
            None => (0.0, first),
        };
        if step < warmup {
            return first + (from - first) * step / warmup;
        }
        let steps = self.decay_steps as f64;
        from * cosine((step - warmup).min(steps) / steps, self.alpha)
    }
}
