//! What `fit` and `evaluate` can be told, with Keras' names and defaults.

use crate::callbacks::Callback;
use crate::error::FitError;
use crate::network::Network;

/// Weights of classes, for `class_weight`: a class that is not named weighs 1.
pub type ClassWeights<'a> = &'a [(usize, f64)];

/// Weights of samples for outputs by name: `&[("main", &a), ("aux", &b)]`.
pub type OutputWeights<'a, T> = &'a [(&'a str, &'a [T])];

/// The options of [`Model::fit`](super::Model::fit).
///
/// Written as Keras' keyword arguments are: what is not named has its default.
///
/// ```
/// use nn_core::callbacks::EarlyStopping;
/// use nn_core::error::FitError;
/// use nn_core::losses::SparseCategoricalCrossentropy;
/// use nn_core::optimizers::Adam;
/// use nn_core::train::{Fit, History, Model, Train};
/// use nn_core::Tensor1;
///
/// type Classifier<N> = Model<N, SparseCategoricalCrossentropy, Adam>;
///
/// fn train<N>(model: &mut Classifier<N>, x: &[N::Input], y: &[u8]) -> Result<History, FitError>
/// where
///     N: Train<Element = f32, Output = Tensor1<10>>,
/// {
///     let mut stop = EarlyStopping::new("val_loss").patience(3);
///     model.fit(x, y, Fit {
///         epochs: 20,
///         validation_split: 0.1,
///         callbacks: &mut [&mut stop],
///         ..Fit::default()
///     })
/// }
/// ```
pub struct Fit<'a, 'c, N: Network, Y> {
    /// Samples in a step; the last batch of an epoch may be smaller. Default 32.
    pub batch_size: usize,
    /// The number of the last epoch, counted from 1: with `initial_epoch`, fewer are run. Default 1.
    pub epochs: usize,
    /// 0: silent. 1: a bar on a terminal, a line an epoch elsewhere. 2: a line an epoch. Default 1.
    pub verbose: u8,
    /// Called in this order. Default none.
    pub callbacks: &'a mut [&'c mut dyn Callback<N>],
    /// This part of the samples, the last ones, before any shuffling, is for validation only. Default 0.
    pub validation_split: f64,
    /// Samples and targets for validation at the end of an epoch. Default none.
    pub validation_data: Option<(&'a [N::Input], &'a [Y])>,
    /// One weight for each sample of `validation_data`. Default none.
    pub validation_sample_weight: Option<&'a [N::Element]>,
    /// The same for each output by its name. Default none.
    pub validation_sample_weights: Option<OutputWeights<'a, N::Element>>,
    /// Whether each pass over the samples has its own random order. Default true.
    pub shuffle: bool,
    /// A weight for each class, which scales the loss of its samples; for networks with one output. Default none.
    pub class_weight: Option<ClassWeights<'a>>,
    /// One weight for each sample, which scales its loss: at each output, if there are several. Default none.
    pub sample_weight: Option<&'a [N::Element]>,
    /// One weight for each sample at each output that is named; at the others all weigh the same. Default none.
    pub sample_weights: Option<OutputWeights<'a, N::Element>>,
    /// The epoch to start with, counted from 0: to take up a run again. Default 0.
    pub initial_epoch: usize,
    /// Steps in an epoch. Default: one pass over the samples.
    ///
    /// With it, an epoch begins where the one before ended, and passes follow one another.
    pub steps_per_epoch: Option<usize>,
    /// Samples in a step of validation. Default: `batch_size`.
    pub validation_batch_size: Option<usize>,
    /// Validation takes place every so many epochs. Default 1.
    pub validation_freq: usize,
    /// Layers with `stateful` begin anew after so many steps: a stream is cut into parts for so many batches, and gradients end
    /// where a batch begins (truncated backpropagation through time). Validation then has states of its own, which begin anew
    /// as often. Default: they begin anew by [`reset_states`](super::Model::reset_states) alone, as in Keras.
    pub steps_per_state: Option<usize>,
    /// What order and dropout depend on, together with epoch and step. Default: another for each call of `fit`,
    /// and the same ones for each run of the program.
    pub seed: Option<u64>,
}

impl<N: Network, Y> Default for Fit<'_, '_, N, Y> {
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

impl<'a, N: Network, Y> Fit<'a, '_, N, Y> {
    /// What does not depend on the types of samples and targets.
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

/// The options of `fit` but for samples, targets and callbacks, whose types the driver does not know.
pub struct FitSettings<'a> {
    /// Samples in a step.
    pub batch_size: usize,
    /// The number of the last epoch, counted from 1.
    pub epochs: usize,
    /// What is printed: 0, 1 or 2.
    pub verbose: u8,
    /// This part of the samples is for validation only.
    pub validation_split: f64,
    /// Whether each pass has a random order.
    pub shuffle: bool,
    /// The weights of classes.
    pub class_weight: Option<ClassWeights<'a>>,
    /// The epoch to start with, counted from 0.
    pub initial_epoch: usize,
    /// Steps in an epoch, if it is not one pass.
    pub steps_per_epoch: Option<usize>,
    /// Samples in a step of validation, if they are not those of training.
    pub validation_batch_size: Option<usize>,
    /// Validation takes place every so many epochs.
    pub validation_freq: usize,
    /// After how many steps states begin anew.
    pub steps_per_state: Option<usize>,
    /// What order and dropout depend on.
    pub seed: Option<u64>,
    /// Whether there are weights of samples for all outputs, and by name.
    pub has_weights: [bool; 2],
    /// Whether there are samples for validation.
    pub has_validation: bool,
    /// Whether these have weights for all outputs, and by name.
    pub has_validation_weights: [bool; 2],
}

impl FitSettings<'_> {
    /// Checks what does not depend on the data.
    pub(super) fn check(&self) -> Result<(), FitError> {
        at_least_one("batch_size", self.batch_size)?;
        at_least_one("steps_per_epoch", self.steps_per_epoch.unwrap_or(1))?;
        at_least_one("validation_batch_size", self.validation_batch_size.unwrap_or(1))?;
        at_least_one("validation_freq", self.validation_freq)?;
        verbosity(self.verbose)?;
        if !(0.0..1.0).contains(&self.validation_split) {
            return Err(FitError::option("validation_split", "at least 0 and below 1", self.validation_split));
        }
        self.check_pairs()
    }

    /// Checks options that exclude or need one another.
    fn check_pairs(&self) -> Result<(), FitError> {
        let several = "multiply them into the weights of samples";
        let names = ["sample_weight", "sample_weights"];
        for (name, given) in names.into_iter().zip(self.has_weights) {
            exclude("class_weight", self.class_weight.is_some(), name, given, several)?;
        }
        let split = self.validation_split > 0.0;
        let reason = "there is one set of samples for validation";
        exclude("validation_split", split, "validation_data", self.has_validation, reason)?;
        one_of(names, self.has_weights)?;
        let names = ["validation_sample_weight", "validation_sample_weights"];
        one_of(names, self.has_validation_weights)?;
        match names.into_iter().zip(self.has_validation_weights).find(|(_, given)| *given) {
            Some((name, _)) if !self.has_validation => {
                Err(FitError::option(name, "none without `validation_data`", "weights"))
            }
            _ => Ok(()),
        }
    }
}

/// The options of [`Model::evaluate`](super::Model::evaluate).
pub struct Evaluate<'a, 'c, N: Network> {
    /// Samples in a step. Default 32.
    pub batch_size: usize,
    /// 0: silent. 1: a bar on a terminal, a line elsewhere. 2: a line. Default 1.
    pub verbose: u8,
    /// One weight for each sample, which scales its loss: at each output, if there are several. Default none.
    pub sample_weight: Option<&'a [N::Element]>,
    /// One weight for each sample at each output that is named; at the others all weigh the same. Default none.
    pub sample_weights: Option<OutputWeights<'a, N::Element>>,
    /// Steps after which to end. Default: all samples.
    pub steps: Option<usize>,
    /// Layers with `stateful` begin anew after so many steps. Default: they go on with the states of the batch before.
    pub steps_per_state: Option<usize>,
    /// Called in this order. Default none.
    pub callbacks: &'a mut [&'c mut dyn Callback<N>],
}

impl<N: Network> Default for Evaluate<'_, '_, N> {
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

impl<N: Network> Evaluate<'_, '_, N> {
    /// What does not depend on the type of samples.
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

/// The options of `evaluate` but for samples, targets and callbacks.
pub struct TestSettings {
    /// Samples in a step.
    pub batch_size: usize,
    /// What is printed: 0, 1 or 2.
    pub verbose: u8,
    /// Steps after which to end.
    pub steps: Option<usize>,
    /// After how many steps states begin anew.
    pub steps_per_state: Option<usize>,
    /// Whether there are weights of samples for all outputs, and by name.
    pub has_weights: [bool; 2],
}

impl TestSettings {
    pub(super) fn check(&self) -> Result<(), FitError> {
        at_least_one("batch_size", self.batch_size)?;
        at_least_one("steps", self.steps.unwrap_or(1))?;
        one_of(["sample_weight", "sample_weights"], self.has_weights)?;
        verbosity(self.verbose)
    }
}

/// Two options of which one at most may be given.
fn exclude(
    first: &'static str,
    has_first: bool,
    second: &'static str,
    has_second: bool,
    reason: &'static str,
) -> Result<(), FitError> {
    if has_first && has_second { Err(FitError::Conflict { first, second, reason }) } else { Ok(()) }
}

fn one_of([all, named]: [&'static str; 2], [has_all, has_named]: [bool; 2]) -> Result<(), FitError> {
    exclude(all, has_all, named, has_named, "name the weights of each output, or give those of all")
}

fn at_least_one(option: &'static str, found: usize) -> Result<(), FitError> {
    if found == 0 { Err(FitError::option(option, "at least 1", found)) } else { Ok(()) }
}

fn verbosity(found: u8) -> Result<(), FitError> {
    if found > 2 { Err(FitError::option("verbose", "0, 1 or 2", found)) } else { Ok(()) }
}
