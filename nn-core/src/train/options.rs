//! What `fit` and `evaluate` can be told, with Keras' names and defaults.

use crate::callbacks::Callback;
use crate::error::FitError;
use crate::network::Network;

/// Weights of classes, for `class_weight`: a class that is not named weighs 1.
pub type ClassWeights<'a> = &'a [(usize, f64)];

/// The options of [`Model::fit`](super::Model::fit).
///
/// Written as Keras' keyword arguments are: what is not named has its default.
///
/// ```ignore
/// let mut stop = EarlyStopping::new("val_loss").patience(3);
/// let history = model.fit(&x, &y, Fit {
///     epochs: 20,
///     validation_data: Some((&x_test, &y_test)),
///     callbacks: &mut [&mut stop],
///     ..Fit::default()
/// })?;
/// ```
pub struct Fit<'a, N: Network, Y> {
    /// Samples in a step; the last batch of an epoch may be smaller. Default 32.
    pub batch_size: usize,
    /// The number of the last epoch, counted from 1: with `initial_epoch`, fewer are run. Default 1.
    pub epochs: usize,
    /// 0: silent. 1: a bar on a terminal, a line an epoch elsewhere. 2: a line an epoch. Default 1.
    pub verbose: u8,
    /// Called in this order. Default none.
    pub callbacks: &'a mut [&'a mut dyn Callback<N>],
    /// This part of the samples, the last ones, before any shuffling, is for validation only. Default 0.
    pub validation_split: f64,
    /// Samples and targets for validation at the end of an epoch. Default none.
    pub validation_data: Option<(&'a [N::Input], &'a [Y])>,
    /// One weight for each sample of `validation_data`. Default none.
    pub validation_sample_weight: Option<&'a [N::Element]>,
    /// Whether each pass over the samples has its own random order. Default true.
    pub shuffle: bool,
    /// A weight for each class, which scales the loss of its samples. Default none.
    pub class_weight: Option<ClassWeights<'a>>,
    /// One weight for each sample, which scales its loss. Default none.
    pub sample_weight: Option<&'a [N::Element]>,
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
    /// What order and dropout depend on, together with epoch and step. Default: another for each call of `fit`,
    /// and the same ones for each run of the program.
    pub seed: Option<u64>,
}

impl<N: Network, Y> Default for Fit<'_, N, Y> {
    fn default() -> Self {
        Self {
            batch_size: 32,
            epochs: 1,
            verbose: 1,
            callbacks: &mut [],
            validation_split: 0.0,
            validation_data: None,
            validation_sample_weight: None,
            shuffle: true,
            class_weight: None,
            sample_weight: None,
            initial_epoch: 0,
            steps_per_epoch: None,
            validation_batch_size: None,
            validation_freq: 1,
            seed: None,
        }
    }
}

impl<N: Network, Y> Fit<'_, N, Y> {
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
        let conflict = |first, second, reason| Err(FitError::Conflict { first, second, reason });
        if self.class_weight.is_some() && self.sample_weight.is_some() {
            return conflict("class_weight", "sample_weight", "multiply them into `sample_weight`");
        }
        if self.validation_split > 0.0 && self.validation_data.is_some() {
            return conflict("validation_split", "validation_data", "there is one set of samples for validation");
        }
        if self.validation_sample_weight.is_some() && self.validation_data.is_none() {
            let expected = "none without `validation_data`";
            return Err(FitError::option("validation_sample_weight", expected, "weights"));
        }
        Ok(())
    }
}

/// The options of [`Model::evaluate`](super::Model::evaluate).
pub struct Evaluate<'a, N: Network> {
    /// Samples in a step. Default 32.
    pub batch_size: usize,
    /// 0: silent. 1: a bar on a terminal, a line elsewhere. 2: a line. Default 1.
    pub verbose: u8,
    /// One weight for each sample, which scales its loss. Default none.
    pub sample_weight: Option<&'a [N::Element]>,
    /// Steps after which to end. Default: all samples.
    pub steps: Option<usize>,
    /// Called in this order. Default none.
    pub callbacks: &'a mut [&'a mut dyn Callback<N>],
}

impl<N: Network> Default for Evaluate<'_, N> {
    fn default() -> Self {
        Self { batch_size: 32, verbose: 1, sample_weight: None, steps: None, callbacks: &mut [] }
    }
}

impl<N: Network> Evaluate<'_, N> {
    pub(super) fn check(&self) -> Result<(), FitError> {
        at_least_one("batch_size", self.batch_size)?;
        at_least_one("steps", self.steps.unwrap_or(1))?;
        verbosity(self.verbose)
    }
}

fn at_least_one(option: &'static str, found: usize) -> Result<(), FitError> {
    if found == 0 { Err(FitError::option(option, "at least 1", found)) } else { Ok(()) }
}

fn verbosity(found: u8) -> Result<(), FitError> {
    if found > 2 { Err(FitError::option("verbose", "0, 1 or 2", found)) } else { Ok(()) }
}
