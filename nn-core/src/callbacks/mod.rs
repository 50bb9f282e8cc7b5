//! Called by `fit` and `evaluate` as training goes on: to stop it, to save, to change the learning rate, to report.

mod csv_logger;
mod early_stopping;
mod lambda_callback;
mod learning_rate_scheduler;
mod model_checkpoint;
mod monitor;
mod reduce_lr_on_plateau;
mod template;
mod terminate_on_nan;
#[cfg(test)]
mod tests;

pub use csv_logger::CSVLogger;
pub use early_stopping::EarlyStopping;
pub use lambda_callback::LambdaCallback;
pub use learning_rate_scheduler::LearningRateScheduler;
pub use model_checkpoint::{ModelCheckpoint, SaveFreq};
pub use monitor::Mode;
pub use reduce_lr_on_plateau::ReduceLROnPlateau;
pub use terminate_on_nan::TerminateOnNaN;

use crate::config::{Direction, table};
use crate::error::FitError;
use crate::metrics::METRICS;
use crate::optimizers::Optimizer;
use crate::train::session::State;
use crate::train::{Logs, Params, Watched};

/// What a hook returns: an error breaks `fit` off, and comes out of it.
pub type CallbackResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Hooks into training, with Keras' names; each does nothing unless it is written.
///
/// Hooks are called on one of rayon's threads, one after another. Epochs and batches are counted from 0. `control` gives access to the network, the learning rate and the end of
/// training. What a hook adds to the `logs` of an epoch goes into the history.
///
/// ```
/// use nn_core::callbacks::{Callback, CallbackResult, Control};
/// use nn_core::train::Logs;
/// use nn_core::Network;
///
/// /// Ends training once the loss is small enough.
/// struct GoodEnough(f64);
///
/// impl<N: Network> Callback<N> for GoodEnough {
///     fn on_epoch_end(&mut self, _epoch: usize, logs: &mut Logs, control: &mut Control<'_, N>) -> CallbackResult {
///         if logs["loss"] < self.0 {
///             control.stop_training();
///         }
///         Ok(())
///     }
/// }
/// ```
#[expect(unused_variables, reason = "the names are documentation")]
pub trait Callback<N: Watched>: Send {
    /// What errors call it: by default the name of the type.
    fn name(&self) -> &str {
        crate::config::type_name::<Self>()
    }

    /// Before the first epoch.
    fn on_train_begin(&mut self, control: &mut Control<'_, N>) -> CallbackResult {
        Ok(())
    }

    /// After the last epoch, with its logs.
    fn on_train_end(&mut self, logs: &Logs, control: &mut Control<'_, N>) -> CallbackResult {
        Ok(())
    }

    /// Before an epoch.
    fn on_epoch_begin(&mut self, epoch: usize, control: &mut Control<'_, N>) -> CallbackResult {
        Ok(())
    }

    /// After an epoch and its validation.
    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, control: &mut Control<'_, N>) -> CallbackResult {
        Ok(())
    }

    /// Before a step of training.
    fn on_train_batch_begin(&mut self, batch: usize, control: &mut Control<'_, N>) -> CallbackResult {
        Ok(())
    }

    /// After a step of training, with the means of the epoch so far.
    fn on_train_batch_end(&mut self, batch: usize, logs: &Logs, control: &mut Control<'_, N>) -> CallbackResult {
        Ok(())
    }

    /// Before an evaluation, validation included.
    fn on_test_begin(&mut self, control: &mut Control<'_, N>) -> CallbackResult {
        Ok(())
    }

    /// After an evaluation, with its logs.
    fn on_test_end(&mut self, logs: &Logs, control: &mut Control<'_, N>) -> CallbackResult {
        Ok(())
    }

    /// Before a step of evaluation.
    fn on_test_batch_begin(&mut self, batch: usize, control: &mut Control<'_, N>) -> CallbackResult {
        Ok(())
    }

    /// After a step of evaluation, with the means so far.
    fn on_test_batch_end(&mut self, batch: usize, logs: &Logs, control: &mut Control<'_, N>) -> CallbackResult {
        Ok(())
    }
}

table! {
    CALLBACKS: "callback", Callback<N: Watched>;
    EarlyStopping, ReduceLROnPlateau, ModelCheckpoint, CSVLogger, TerminateOnNaN
}

/// What a callback can see and change.
pub struct Control<'a, N: Watched> {
    /// The network with the weights of the last step.
    pub network: &'a mut N,
    pub(crate) optimizer: &'a mut dyn Optimizer<N::Element>,
    pub(crate) state: &'a mut State,
}

impl<N: Watched> Control<'_, N> {
    /// Ends training after this step, or this epoch.
    pub fn stop_training(&mut self) {
        self.state.stop = true;
    }

    /// Layers with `stateful` begin anew with the next batch: in `on_epoch_begin`, say.
    pub fn reset_states(&mut self) {
        self.state.reset = true;
    }

    /// The learning rate of the next step.
    pub fn learning_rate(&self) -> f64 {
        self.optimizer.learning_rate()
    }

    /// Sets the learning rate of the next steps.
    ///
    /// # Errors
    ///
    /// If the optimizer follows a schedule.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<(), FitError> {
        self.optimizer.set_learning_rate(learning_rate)
    }

    /// What `fit` was asked to do.
    pub fn params(&self) -> Params {
        self.state.params
    }

    /// Which way a value of the logs gets better: as its metric says. A value that a callback has added is taken for the metric
    /// whose name it has, `accuracy` or `val_accuracy`. `None` where that does not tell.
    pub fn direction(&self, name: &str) -> Option<Direction> {
        match self.state.directions.iter().find(|(other, _)| other == name) {
            Some((_, direction)) => *direction,
            None => {
                let name = name.strip_prefix("val_").unwrap_or(name);
                METRICS.iter().find(|row| row.name == name)?.direction
            }
        }
    }

    /// Whether there are samples for validation, so that some epochs have `val_…`.
    pub fn validates(&self) -> bool {
        self.state.validates
    }

    /// The loss of the last batch alone, regularization included; the logs have the mean of the epoch so far.
    pub fn batch_loss(&self) -> f64 {
        self.state.batch_loss
    }

    /// Prints a line on stderr, above the progress bar if there is one.
    pub fn message(&self, text: &str) {
        self.state.progress.message(text);
    }
}
