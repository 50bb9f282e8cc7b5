//! `EarlyStopping`.

use super::monitor::{MODE, MONITOR, Mode, Monitor};
use super::{Callback, CallbackResult, Control};
use crate::config::{self, Config, row};
use crate::train::{Logs, Watched};

/// Ends training when a value has stopped getting better.
///
/// ```
/// use nn_core::callbacks::EarlyStopping;
/// let stop = EarlyStopping::new("val_loss").patience(3).restore_best_weights(true);
/// ```
#[derive(Clone, Debug)]
pub struct EarlyStopping {
    monitor: String,
    min_delta: f64,
    patience: usize,
    verbose: bool,
    mode: Mode,
    baseline: Option<f64>,
    restore_best_weights: bool,
    start_from_epoch: usize,
    wait: usize,
    best: Option<f64>,
    best_epoch: usize,
    best_weights: Vec<u8>,
    stopped_epoch: Option<usize>,
}

row! {
    EarlyStopping, "EarlyStopping", [];
    monitor: MONITOR,
    min_delta: number(0.0, FROM_ZERO),
    patience: number(0.0, COUNT),
    verbose: flag(false),
    mode: MODE,
    baseline: optional(FINITE),
    restore_best_weights: flag(false),
    start_from_epoch: number(0.0, COUNT);
    wait, best, best_epoch, best_weights, stopped_epoch
}

impl EarlyStopping {
    /// Monitors the value of this name; Keras' default is `val_loss`.
    pub fn new(monitor: impl Into<String>) -> Self {
        Self { monitor: monitor.into(), ..Self::with_defaults() }
    }

    /// A change by no more than this is no improvement. Default 0.
    pub fn min_delta(self, min_delta: f64) -> Self {
        Self { min_delta: min_delta.abs(), ..self }
    }

    /// Epochs without improvement after which to stop. Default 0.
    pub fn patience(self, patience: usize) -> Self {
        Self { patience, ..self }
    }

    /// Whether to print a line when it stops. Default false.
    pub fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }

    /// Which way is better. Default: as the metric says.
    pub fn mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// Only values better than this count as improvement for `patience`. Default none.
    pub fn baseline(self, baseline: f64) -> Self {
        Self { baseline: Some(baseline), ..self }
    }

    /// Whether the network ends with the weights of its best epoch instead of the last. Default false.
    pub fn restore_best_weights(self, restore_best_weights: bool) -> Self {
        Self { restore_best_weights, ..self }
    }

    /// Epochs before this one are not looked at. Default 0.
    pub fn start_from_epoch(self, start_from_epoch: usize) -> Self {
        Self { start_from_epoch, ..self }
    }

    /// The epoch that it stopped at in the last run, counted from 0.
    pub fn stopped_epoch(&self) -> Option<usize> {
        self.stopped_epoch
    }

    /// The best value of the last run.
    pub fn best(&self) -> Option<f64> {
        self.best
    }

    fn remember(&mut self, network: &impl Watched, epoch: usize) {
        self.best_epoch = epoch;
        if self.restore_best_weights {
            self.best_weights.clear();
            self.best_weights.extend_from_slice(bytemuck::cast_slice(network.flat()));
        }
    }
}

impl<N: Watched> Callback<N> for EarlyStopping {
    fn on_train_begin(&mut self, _: &mut Control<'_, N>) -> CallbackResult {
        config::check(self)?;
        (self.wait, self.best, self.best_epoch, self.stopped_epoch) = (0, None, 0, None);
        self.best_weights.clear();
        Ok(())
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, control: &mut Control<'_, N>) -> CallbackResult {
        let monitor = Monitor { name: &self.monitor, mode: self.mode, min_delta: self.min_delta };
        let Some(current) = monitor.look(logs, control)? else { return Ok(()) };
        if epoch < self.start_from_epoch {
            return Ok(());
        }
        if self.best_weights.is_empty() {
            // So that there are weights to restore even if every value is NaN.
            self.remember(control.network, epoch);
        }
        self.wait += 1;
        if current.improves_on(self.best) {
            self.best = Some(current.value);
            self.remember(control.network, epoch);
            if self.baseline.is_none() || current.improves_on(self.baseline) {
                self.wait = 0;
            }
        } else if self.wait >= self.patience && epoch > 0 {
            self.stopped_epoch = Some(epoch);
            control.stop_training();
        }
        Ok(())
    }

    fn on_train_end(&mut self, _: &Logs, control: &mut Control<'_, N>) -> CallbackResult {
        if let (Some(epoch), true) = (self.stopped_epoch, self.verbose) {
            control.message(&format!("Epoch {}: early stopping", epoch + 1));
        }
        if self.restore_best_weights && !self.best_weights.is_empty() {
            if self.verbose {
                control.message(&format!("Restoring the weights of the best epoch: {}", self.best_epoch + 1));
            }
            bytemuck::cast_slice_mut(control.network.flat_mut()).copy_from_slice(&self.best_weights);
        }
        Ok(())
    }
}
