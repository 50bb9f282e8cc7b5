//! Learning-rate schedules: rates that depend on the number of steps that an optimizer has made.
//!
//! An optimizer takes one in place of a number. `t` in the formulas is the number of steps made so far, 0 at the first.
//!
//! ```
//! use nn_core::optimizers::schedules::{CosineDecay, LearningRateSchedule};
//! use nn_core::optimizers::{Adam, Optimizer};
//!
//! let schedule = CosineDecay { warmup_target: Some(1e-3), warmup_steps: 100, ..CosineDecay::new(0.0, 1000) };
//! assert_eq!(schedule.rate(50), 0.5e-3);
//! let adam: Adam = Adam::new(schedule);
//! assert_eq!(adam.learning_rate(), 0.0);
//! ```

mod cosine_decay;
mod cosine_decay_restarts;
mod exponential_decay;
mod inverse_time_decay;
mod piecewise_constant_decay;
mod polynomial_decay;

pub use cosine_decay::CosineDecay;
pub use cosine_decay_restarts::CosineDecayRestarts;
pub use exponential_decay::ExponentialDecay;
pub use inverse_time_decay::InverseTimeDecay;
pub use piecewise_constant_decay::PiecewiseConstantDecay;
pub use polynomial_decay::PolynomialDecay;

use crate::config::table;
use crate::error::FitError;

/// A learning rate for each step. A function of the number of steps is one.
pub trait LearningRateSchedule: Send + Sync {
    /// What errors call it: by default the name of the type.
    fn name(&self) -> &'static str {
        crate::config::type_name::<Self>()
    }

    /// The rate after so many steps.
    fn rate(&self, step: u64) -> f64;

    /// Refuses options that have a value that they cannot have; training asks before its first step.
    ///
    /// # Errors
    ///
    /// For the schedules here: if an option is not what the table in [`config`](crate::config) allows.
    fn check(&self) -> Result<(), FitError> {
        Ok(())
    }
}

impl<F: Fn(u64) -> f64 + Send + Sync> LearningRateSchedule for F {
    fn name(&self) -> &'static str {
        "a function"
    }

    fn rate(&self, step: u64) -> f64 {
        self(step)
    }
}

table! {
    SCHEDULES: "learning-rate schedule", LearningRateSchedule;
    ExponentialDecay, PiecewiseConstantDecay, PolynomialDecay, InverseTimeDecay, CosineDecay, CosineDecayRestarts
}

/// Writes the methods of a schedule that only look at its row.
macro_rules! by_row {
    () => {
        fn name(&self) -> &'static str {
            <Self as crate::config::Config>::ROW.name
        }

        fn check(&self) -> Result<(), crate::error::FitError> {
            crate::config::check(self)
        }
    };
}

/// How far a decay has come after so many steps: in whole numbers of `decay_steps`, or in parts of them.
fn progress(step: u64, decay_steps: usize, staircase: bool) -> f64 {
    let progress = step as f64 / decay_steps as f64;
    if staircase { progress.floor() } else { progress }
}

/// From 1 down to `alpha` along half a cosine, while `part` goes from 0 to 1.
fn cosine(part: f64, alpha: f64) -> f64 {
    (1.0 - alpha) * 0.5 * (1.0 + (std::f64::consts::PI * part).cos()) + alpha
}

use by_row;

#[cfg(test)]
mod tests;
