//! `ReduceLROnPlateau`.

use super::monitor::{MODE, MONITOR, Mode, Monitor};
use super::{Callback, CallbackResult, Control};
use crate::config::{self, Config, row};
use crate::train::{Logs, Watched};

/// Multiplies the learning rate by a factor when a value has stopped getting better.
///
/// The learning rate of each epoch goes into the logs as `learning_rate`. That of the optimizer must be a number: with a schedule
/// training is refused.
///
/// ```
/// use nn_core::callbacks::ReduceLROnPlateau;
/// let reduce = ReduceLROnPlateau::new("val_loss").factor(0.2).patience(5).min_lr(1e-5);
/// ```
#[derive(Clone, Debug)]
pub struct ReduceLROnPlateau {
    monitor: String,
    factor: f64,
    patience: usize,
    verbose: bool,
    mode: Mode,
    min_delta: f64,
    cooldown: usize,
    min_lr: f64,
    best: Option<f64>,
    wait: usize,
    cooling: usize,
}

row! {
    ReduceLROnPlateau, "ReduceLROnPlateau", [];
    monitor: MONITOR,
    factor: number(0.1, BELOW_ONE),
    patience: number(10.0, COUNT),
    verbose: flag(false),
    mode: MODE,
    min_delta: number(1e-4, FROM_ZERO),
    cooldown: number(0.0, COUNT),
    min_lr: number(0.0, FROM_ZERO);
    best, wait, cooling
}

impl ReduceLROnPlateau {
    /// Monitors the value of this name; Keras' default is `val_loss`.
    pub fn new(monitor: impl Into<String>) -> Self {
        Self { monitor: monitor.into(), ..Self::with_defaults() }
    }

    /// What the learning rate is multiplied with; below 1. Default 0.1.
    pub fn factor(self, factor: f64) -> Self {
        Self { factor, ..self }
    }

    /// Epochs without improvement after which to reduce. Default 10.
    pub fn patience(self, patience: usize) -> Self {
        Self { patience, ..self }
    }

    /// Whether to print a line when it reduces. Default false.
    pub fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }

    /// Which way is better. Default: as the metric says.
    pub fn mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// A change by no more than this is no improvement. Default 1e-4.
    pub fn min_delta(self, min_delta: f64) -> Self {
        Self { min_delta: min_delta.abs(), ..self }
    }

    /// Epochs after a reduction in which the others are not counted. Default 0.
    pub fn cooldown(self, cooldown: usize) -> Self {
        Self { cooldown, ..self }
    }

    /// The learning rate does not fall below this. Default 0.
    pub fn min_lr(self, min_lr: f64) -> Self {
        Self { min_lr, ..self }
    }

    fn reduce<N: Watched>(&mut self, epoch: usize, control: &mut Control<'_, N>) -> CallbackResult {
        let old = control.learning_rate();
        if old <= self.min_lr {
            return Ok(());
        }
        let new = (old * self.factor).max(self.min_lr);
        control.set_learning_rate(new)?;
        if self.verbose {
            control.message(&format!("Epoch {}: reducing the learning rate to {new}", epoch + 1));
        }
        self.cooling = self.cooldown;
        self.wait = 0;
        Ok(())
    }
}

impl<N: Watched> Callback<N> for ReduceLROnPlateau {
    fn on_train_begin(&mut self, control: &mut Control<'_, N>) -> CallbackResult {
        config::check(self)?;
        // A schedule refuses it, and does so better now than after hours.
        control.set_learning_rate(control.learning_rate())?;
        (self.best, self.wait, self.cooling) = (None, 0, 0);
        Ok(())
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, control: &mut Control<'_, N>) -> CallbackResult {
        let monitor = Monitor { name: &self.monitor, mode: self.mode, min_delta: self.min_delta };
        let current = monitor.look(logs, control)?;
        logs.set("learning_rate", control.learning_rate());
        let Some(current) = current else { return Ok(()) };
        if self.cooling > 0 {
            self.cooling -= 1;
            self.wait = 0;
        }
        if current.improves_on(self.best) {
            self.best = Some(current.value);
            self.wait = 0;
        } else if self.cooling == 0 {
            self.wait += 1;
            if self.wait >= self.patience {
                self.reduce(epoch, control)?;
            }
        }
        Ok(())
    }
}
