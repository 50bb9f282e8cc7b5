//! What `fit` and `evaluate` can be told, with Keras' names and defaults.

use nn_core::callbacks::Callback;
use nn_core::train::seam::{FitSettings, TestSettings};
use nn_core::train::{ClassWeights, OutputWeights};

use crate::data::Data;
use crate::engine::Real;
use crate::network::Network;

/// The options of [`Model::fit`](super::Model::fit): those of [`nn_core::train::Fit`].
///
/// ```
/// use nn_run::Fit;
///
/// let fit = Fit::<f32> { epochs: 20, validation_split: 0.1, ..Fit::default() };
/// assert_eq!(fit.batch_size, 32);
/// ```
pub struct Fit<'a, 'c, T: Real> {
    /// Samples in a step; the last batch of an epoch may be smaller. Default 32.
    pub batch_size: usize,
    /// The number of the last epoch, counted from 1. Default 1.
    pub epochs: usize,
    /// 0: silent. 1: a bar on a terminal, a line an epoch elsewhere. 2: a line an epoch. Default 1.
    pub verbose: u8,
    /// Called in this order. Default none.
    pub callbacks: &'a mut [&'c mut dyn Callback<Network<T>>],
    /// This part of the samples, the last ones, is for validation only. Default 0.
    pub validation_split: f64,
    /// Samples and targets for validation at the end of an epoch. Default none.
    pub validation_data: Option<(&'a [Data<'a, T>], &'a [T])>,
    /// One weight for each sample of `validation_data`. Default none.
    pub validation_sample_weight: Option<&'a [T]>,
    /// The same for each output by its name. Default none.
    pub validation_sample_weights: Option<OutputWeights<'a, T>>,
    /// Whether each pass over the samples has its own random order. Default true.
    pub shuffle: bool,
    /// A weight for each class, for networks with one output. Default none.
    pub class_weight: Option<ClassWeights<'a>>,
    /// One weight for each sample. Default none.
    pub sample_weight: Option<&'a [T]>,
    /// One weight for each sample at each output that is named. Default none.
    pub sample_weights: Option<OutputWeights<'a, T>>,
    /// The epoch to start with, counted from 0. Default 0.
    pub initial_epoch: usize,
    /// Steps in an epoch. Default: one pass over the samples.
    pub steps_per_epoch: Option<usize>,
    /// Samples in a step of validation. Default: `batch_size`.
    pub validation_batch_size: Option<usize>,
    /// Validation takes place every so many epochs. Default 1.
    pub validation_freq: usize,
    /// Layers with `stateful` begin anew after so many steps. Default: by [`Model::reset_states`](super::Model::reset_states) alone.
    pub steps_per_state: Option<usize>,
    /// What order and dropout depend on, together with epoch and step. Default: another for each call.
    pub seed: Option<u64>,
}

impl<T: Real> Default for Fit<'_, '_, T> {
    fn default() -> Self {
        Self {
            batch_size: 32,
            epochs: 1,
            verbose: 1,
            callbacks: &mut [],
            validation_split: 0.0,
            validation_data: None,
            validation_sample_weight: None,
            validation_sample_weights: None,
            shuffle: true,
            class_weight: None,
            sample_weight: None,
            sample_weights: None,
            initial_epoch: 0,
            steps_per_epoch: None,
            validation_batch_size: None,
            validation_freq: 1,
            steps_per_state: None,
            seed: None,
        }
    }
}

impl<'a, T: Real> Fit<'a, '_, T> {
    pub(super) fn settings(&self) -> FitSettings<'a> {
        FitSettings {
            batch_size: self.batch_size,
            epochs: self.epochs,
            verbose: self.verbose,
            validation_split: self.validation_split,
            shuffle: self.shuffle,
            class_weight: self.class_weight,
            initial_epoch: self.initial_epoch,
            steps_per_epoch: self.steps_per_epoch,
            validation_batch_size: self.validation_batch_size,
            validation_freq: self.validation_freq,
            steps_per_state: self.steps_per_state,
            seed: self.seed,
            has_weights: [self.sample_weight.is_some(), self.sample_weights.is_some()],
            has_validation: self.validation_data.is_some(),
            has_validation_weights: [self.validation_sample_weight.is_some(), self.validation_sample_weights.is_some()],
        }
    }
}

/// The options of [`Model::evaluate`](super::Model::evaluate).
pub struct Evaluate<'a, 'c, T: Real> {
    /// Samples in a step. Default 32.
    pub batch_size: usize,
    /// 0: silent. 1: a bar on a terminal, a line elsewhere. 2: a line. Default 1.
    pub verbose: u8,
    /// One weight for each sample. Default none.
    pub sample_weight: Option<&'a [T]>,
    /// One weight for each sample at each output that is named. Default none.
    pub sample_weights: Option<OutputWeights<'a, T>>,
    /// Steps after which to end. Default: all samples.
    pub steps: Option<usize>,
    /// Layers with `stateful` begin anew after so many steps. Default: they go on with the states of the batch before.
    pub steps_per_state: Option<usize>,
    /// Called in this order. Default none.
    pub callbacks: &'a mut [&'c mut dyn Callback<Network<T>>],
}

impl<T: Real> Default for Evaluate<'_, '_, T> {
    fn default() -> Self {
        Self {
            batch_size: 32,
            verbose: 1,
            sample_weight: None,
            sample_weights: None,
            steps: None,
            steps_per_state: None,
            callbacks: &mut [],
        }
    }
}

impl<T: Real> Evaluate<'_, '_, T> {
    pub(super) fn settings(&self) -> TestSettings {
        TestSettings {
            batch_size: self.batch_size,
            verbose: self.verbose,
            steps: self.steps,
            steps_per_state: self.steps_per_state,
            has_weights: [self.sample_weight.is_some(), self.sample_weights.is_some()],
        }
    }
}
