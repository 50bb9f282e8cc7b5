//! `ModelCheckpoint`.

use std::fs;
use std::path::{Path, PathBuf};

use super::monitor::{MODE, MONITOR, Mode, Monitor};
use super::template::fill;
use super::{Callback, CallbackResult, Control};
use crate::config::{self, Config, Field, Value, row};
use crate::train::{Logs, Watched};

/// When [`ModelCheckpoint`] saves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SaveFreq {
    /// After each epoch.
    #[default]
    Epoch,
    /// After so many steps, counted across epochs.
    Batches(usize),
}

impl Field for SaveFreq {
    fn read(value: Value<'_>) -> Option<Self> {
        if value == Value::Text("epoch") { Some(Self::Epoch) } else { usize::read(value).map(Self::Batches) }
    }

    fn show(&self) -> Value<'_> {
        match self {
            Self::Epoch => Value::Text("epoch"),
            Self::Batches(batches) => batches.show(),
        }
    }
}

/// Saves the network's weights as training goes on.
///
/// The file is named by a template: `{epoch}` (from 1), `{batch}` (from 1, with [`SaveFreq::Batches`]) and the names
/// of the logs stand for their values, with Python's formats `02d` and `.2f`. Folders that are missing are made.
///
/// ```
/// use nn_core::callbacks::ModelCheckpoint;
/// let every = ModelCheckpoint::new("runs/{epoch:02d}-{val_loss:.2f}.safetensors");
/// let best = ModelCheckpoint::new("best.safetensors").monitor("val_accuracy").save_best_only(true);
/// ```
#[derive(Clone, Debug)]
pub struct ModelCheckpoint {
    filepath: String,
    monitor: String,
    verbose: bool,
    save_best_only: bool,
    mode: Mode,
    save_freq: SaveFreq,
    initial_value_threshold: Option<f64>,
    best: Option<f64>,
    epoch: usize,
    batches: usize,
}

row! {
    given ModelCheckpoint, "ModelCheckpoint", [];
    filepath: text("", "a path"),
    monitor: MONITOR,
    verbose: flag(false),
    save_best_only: flag(false),
    mode: MODE,
    save_freq: text("epoch", "`epoch`, or at least 1 batch"),
    initial_value_threshold: optional(FINITE);
    best, epoch, batches
}

impl ModelCheckpoint {
    /// Saves to files named by this template.
    pub fn new(filepath: impl Into<String>) -> Self {
        Self { filepath: filepath.into(), ..Self::with_defaults() }
    }

    /// The value that tells which network is the best. Default `val_loss`.
    pub fn monitor(self, monitor: impl Into<String>) -> Self {
        Self { monitor: monitor.into(), ..self }
    }

    /// Whether to print a line when it saves. Default false.
    pub fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }

    /// Whether to save only what is better than all before. Where an epoch lacks the value, because it was not validated,
    /// nothing is saved (Keras saves then). Default false.
    pub fn save_best_only(self, save_best_only: bool) -> Self {
        Self { save_best_only, ..self }
    }

    /// Which way is better. Default: as the metric says.
    pub fn mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// When to save. Default: after each epoch.
    pub fn save_freq(self, save_freq: SaveFreq) -> Self {
        Self { save_freq, ..self }
    }

    /// Only values better than this are the best: for a run that is taken up again. Default none.
    pub fn initial_value_threshold(self, threshold: f64) -> Self {
        Self { initial_value_threshold: Some(threshold), ..self }
    }

    fn save<N: Watched>(&mut self, batch: Option<usize>, logs: &Logs, control: &mut Control<'_, N>) -> CallbackResult {
        let value = |name: &str| match (name, batch) {
            ("epoch", _) => Some((self.epoch + 1) as f64),
            ("batch", Some(batch)) => Some((batch + 1) as f64),
            _ => logs.get(name),
        };
        let path = PathBuf::from(fill(&self.filepath, value)?);
        if !self.wanted(logs, control)? {
            return Ok(());
        }
        if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
            fs::create_dir_all(folder).map_err(|error| format!("cannot make `{}`: {error}", folder.display()))?;
        }
        control.network.save_to(&path)?;
        if self.verbose {
            control.message(&format!("Epoch {}: saved to {}", self.epoch + 1, path.display()));
        }
        Ok(())
    }

    /// Whether this network is to be saved.
    fn wanted<N: Watched>(&mut self, logs: &Logs, control: &Control<'_, N>) -> Result<bool, String> {
        if !self.save_best_only {
            return Ok(true);
        }
        let monitor = Monitor { name: &self.monitor, mode: self.mode, min_delta: 0.0 };
        let Some(current) = monitor.look(logs, control)? else { return Ok(false) };
        let better = current.improves_on(self.best.or(self.initial_value_threshold));
        if better {
            self.best = Some(current.value);
        } else if self.verbose {
            control.message(&format!("Epoch {}: `{}` did not improve", self.epoch + 1, self.monitor));
        }
        Ok(better)
    }
}

impl<N: Watched> Callback<N> for ModelCheckpoint {
    fn on_train_begin(&mut self, _: &mut Control<'_, N>) -> CallbackResult {
        Ok(config::check(self)?)
    }

    fn on_epoch_begin(&mut self, epoch: usize, _: &mut Control<'_, N>) -> CallbackResult {
        self.epoch = epoch;
        Ok(())
    }

    fn on_train_batch_end(&mut self, batch: usize, logs: &Logs, control: &mut Control<'_, N>) -> CallbackResult {
        let SaveFreq::Batches(every) = self.save_freq else { return Ok(()) };
        self.batches += 1;
        if self.batches < every {
            return Ok(());
        }
        self.batches = 0;
        self.save(Some(batch), logs, control)
    }

    fn on_epoch_end(&mut self, _: usize, logs: &mut Logs, control: &mut Control<'_, N>) -> CallbackResult {
        match self.save_freq {
            SaveFreq::Epoch => self.save(None, logs, control),
            SaveFreq::Batches(_) => Ok(()),
        }
    }
}
