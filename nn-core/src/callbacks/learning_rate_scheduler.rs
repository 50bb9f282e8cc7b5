//! `LearningRateScheduler`.

use super::{Callback, CallbackResult, Control};
use crate::config::{self, Value};
use crate::train::{Logs, Watched};

/// Sets the learning rate at the beginning of each epoch.
///
/// The learning rate of each epoch goes into the logs as `learning_rate`. That of the optimizer must be a number: with a schedule
/// training is refused. For a rate that changes with each step, see [`schedules`](crate::optimizers::schedules).
///
/// ```
/// use nn_core::callbacks::LearningRateScheduler;
/// // Constant for ten epochs, then smaller by a tenth in each.
/// let schedule = LearningRateScheduler::new(|epoch, rate| if epoch < 10 { rate } else { 0.9 * rate });
/// ```
pub struct LearningRateScheduler<'a> {
    schedule: Box<dyn FnMut(usize, f64) -> f64 + Send + 'a>,
    verbose: bool,
}

impl<'a> LearningRateScheduler<'a> {
    /// `schedule` makes the new learning rate from the epoch, counted from 0, and the old one.
    pub fn new(schedule: impl FnMut(usize, f64) -> f64 + Send + 'a) -> Self {
        Self { schedule: Box::new(schedule), verbose: false }
    }

    /// Whether to print a line in each epoch. Default false.
    pub fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }
}

impl<N: Watched> Callback<N> for LearningRateScheduler<'_> {
    fn on_epoch_begin(&mut self, epoch: usize, control: &mut Control<'_, N>) -> CallbackResult {
        let new = (self.schedule)(epoch, control.learning_rate());
        if !config::FROM_ZERO.allows(Value::Number(new)) {
            return Err(format!("the schedule gives {new} for epoch {epoch}").into());
        }
        control.set_learning_rate(new)?;
        if self.verbose {
            control.message(&format!("Epoch {}: setting the learning rate to {new}", epoch + 1));
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, _: usize, logs: &mut Logs, control: &mut Control<'_, N>) -> CallbackResult {
        logs.set("learning_rate", control.learning_rate());
        Ok(())
    }
}
