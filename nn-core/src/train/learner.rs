//! A network as the driver of training sees it: no type of it, but what it consists of and what runs it.

use super::logs::Logs;
use super::network::{OutputActivation, Pass};
use super::outputs::Output;
use super::session::State;
use super::watched::Watched;
use crate::callbacks::{Callback, Control};
use crate::element::Element;
use crate::error::FitError;
use crate::layers::batch_normalization::{Partial, Statistics};
use crate::optimizers::Optimizer;
use crate::params::{Param, param_count};
use crate::record::BadInput;

/// What is known of a network before it is trained.
pub struct Facts<T> {
    /// Its weights, which lie in this order.
    pub params: Vec<Param>,
    /// The tables of which a sample uses some rows: see [`Train::TABLES`](super::Train::TABLES).
    pub tables: Vec<usize>,
    /// How often the shards synchronise, plus one.
    pub phases: usize,
    /// How many numbers the weights are, with what fills the last cache line.
    pub len: usize,
    /// Its outputs, in order.
    pub outputs: Vec<Output>,
    /// For each output.
    pub activations: Vec<OutputActivation>,
    /// How many numbers a sample carries from batch to batch: those of layers with `stateful`.
    pub state_len: usize,
    /// Makes memory to train in.
    pub training_shard: Box<dyn Fn() -> Box<dyn TrainingShard<T>> + Send + Sync>,
    /// Makes memory to evaluate in.
    pub test_shard: Box<dyn Fn() -> Box<dyn TestShard<T>> + Send + Sync>,
}

impl<T> Facts<T> {
    /// How many numbers the weights are.
    pub fn count(&self) -> usize {
        param_count(&self.params)
    }

    /// Rows of the losses in one sample, at all outputs.
    pub fn rows(&self) -> usize {
        self.outputs.iter().map(|output| output.rows).sum()
    }

    /// The place of the output of this name; the only output has none.
    pub fn find(&self, what: &'static str, name: &str) -> Result<usize, FitError> {
        let names = || self.outputs.iter().map(|output| output.name).filter(|name| !name.is_empty());
        match names().position(|other| other == name) {
            Some(index) => Ok(index),
            None => Err(FitError::UnknownOutput { what, name: name.to_owned(), outputs: names().collect() }),
        }
    }

    /// Checks that each name is that of an output, and of another one.
    pub fn check_names<'a>(&self, what: &'static str, names: impl Iterator<Item = &'a str>) -> Result<(), FitError> {
        let mut seen = Vec::new();
        for name in names {
            let index = self.find(what, name)?;
            if seen.contains(&index) {
                return Err(FitError::OutputTwice { what, name: name.to_owned() });
            }
            seen.push(index);
        }
        Ok(())
    }
}

/// A network that learns, with the callbacks that watch it.
pub trait Learner<T>: Send {
    /// All weights, with what fills the last cache line.
    fn weights(&self) -> &[T];

    /// The same, to write to.
    fn weights_mut(&mut self) -> &mut [T];

    /// Moves the moving statistics towards those of the batch.
    fn update_moving(&mut self, statistics: &[Statistics]);

    /// Calls a hook of each callback, in order.
    fn hook(
        &mut self,
        hook: &mut Hook<'_>,
        optimizer: &mut dyn Optimizer<T>,
        state: &mut State,
    ) -> Result<(), FitError>
    where
        T: Element;
}

/// What callbacks are told: a method of [`Callback`](crate::callbacks::Callback) each.
pub enum Hook<'a> {
    /// Before the first epoch.
    TrainBegin,
    /// After the last epoch, with its logs.
    TrainEnd(&'a Logs),
    /// Before an epoch.
    EpochBegin(usize),
    /// After an epoch and its validation.
    EpochEnd(usize, &'a mut Logs),
    /// Before a step of training.
    TrainBatchBegin(usize),
    /// After a step of training.
    TrainBatchEnd(usize, &'a Logs),
    /// Before an evaluation.
    TestBegin,
    /// After an evaluation, with its logs.
    TestEnd(&'a Logs),
    /// Before a step of evaluation.
    TestBatchBegin(usize),
    /// After a step of evaluation.
    TestBatchEnd(usize, &'a Logs),
}

/// Calls a hook of each callback, in order.
pub fn call<N: Watched>(
    callbacks: &mut [&mut dyn Callback<N>],
    network: &mut N,
    hook: &mut Hook<'_>,
    optimizer: &mut dyn Optimizer<N::Element>,
    state: &mut State,
) -> Result<(), FitError> {
    let mut control = Control { network, optimizer, state };
    let control = &mut control;
    for callback in callbacks.iter_mut() {
        let result = match hook {
            Hook::TrainBegin => callback.on_train_begin(control),
            Hook::TrainEnd(logs) => callback.on_train_end(logs, control),
            Hook::EpochBegin(epoch) => callback.on_epoch_begin(*epoch, control),
            Hook::EpochEnd(epoch, logs) => callback.on_epoch_end(*epoch, logs, control),
            Hook::TrainBatchBegin(batch) => callback.on_train_batch_begin(*batch, control),
            Hook::TrainBatchEnd(batch, logs) => callback.on_train_batch_end(*batch, logs, control),
            Hook::TestBegin => callback.on_test_begin(control),
            Hook::TestEnd(logs) => callback.on_test_end(logs, control),
            Hook::TestBatchBegin(batch) => callback.on_test_batch_begin(*batch, control),
            Hook::TestBatchEnd(batch, logs) => callback.on_test_batch_end(*batch, logs, control),
        };
        result.map_err(|source| FitError::Callback { callback: callback.name().to_owned(), source })?;
    }
    Ok(())
}

/// Samples of any type.
pub trait Samples: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// The bytes of an input of a sample.
    fn part(&self, sample: usize, part: usize) -> &[u8];

    /// How many inputs a sample has.
    fn parts(&self) -> usize;

    /// Refuses a sample that a layer cannot take.
    fn check(&self, sample: usize) -> Result<(), BadInput>;
}

/// A part of a batch with the memory and the code that train on it.
///
/// `weights` and `gradients` are those of [`Learner::weights`], in memory that begins at a cache line.
pub trait TrainingShard<T>: Send + Sync {
    /// Makes this the shard of so many samples from the `first` of the batch on.
    fn resize(&mut self, first: usize, samples: usize);

    /// Copies a sample to its place in the shard.
    fn load(&mut self, place: usize, x: &dyn Samples, sample: usize);

    /// What its samples carry from batch to batch, one sample after another: read and overwritten by [`forward`](Self::forward).
    fn states(&mut self) -> &mut [T];

    /// Runs a phase forward.
    fn forward(&mut self, weights: &[T], phase: usize, pass: &Pass<'_>);

    /// Runs a phase backward and adds to the gradients.
    fn backward(&mut self, weights: &[T], phase: usize, pass: &Pass<'_>, gradients: &mut [T]);

    /// An output.
    fn output(&self, part: usize) -> &[T];

    /// An output, or what went into its activation, and the place of its gradient.
    fn output_and_gradient(&mut self, part: usize, logits: bool) -> (&[T], &mut [T]);

    /// What the values of layers with an `activity_regularizer` cost: the sum over the samples.
    fn penalty(&self) -> f64;

    /// The mask of an output, where it has one.
    fn mask(&self, part: usize) -> Option<&[T]>;

    /// Lists the gradients of the rows of a table, for a use of it.
    fn rows<'a>(&'a self, of: usize, list: &mut Vec<(u32, &'a [T])>);

    /// What the shard adds to the statistics that the phase after this one begins with.
    fn partial(&self, phase: usize) -> Option<&Partial<T>>;

    /// The same on the way back.
    fn partial_backward(&self, phase: usize) -> Option<&Partial<T>>;
}

/// A part of a batch with the memory and the code that predict it, as [`predict`](crate::Network::predict) does.
pub trait TestShard<T>: Send + Sync {
    /// Runs the network on these samples, counted from the `first` on: adds the outputs, and their masks where there are any. Returns what the
    /// values of layers with an `activity_regularizer` cost. `states` is what the samples carry from batch to batch.
    #[expect(clippy::too_many_arguments, reason = "what a step of evaluation reads and writes")]
    fn predict(
        &mut self,
        weights: &[T],
        x: &dyn Samples,
        first: usize,
        samples: &[usize],
        states: &mut [T],
        outputs: &mut [Vec<T>],
        masks: &mut [Vec<T>],
    ) -> f64;
}
