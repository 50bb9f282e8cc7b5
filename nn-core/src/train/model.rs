//! A network with what it takes to train it.

use super::data::{Given, Names, TRAINING, VALIDATION, Weights, flatten};
use super::driver::{Drive, Driven, Parts};
use super::logs::{History, Logs};
use super::network::Train;
use super::options::{Evaluate, Fit};
use super::typed::{Inputs, Typed, facts};
use crate::callbacks::Callback;
use crate::error::FitError;
use crate::losses::{Losses, LossesFor, Target};
use crate::metrics::MetricsFor;
use crate::network::Outputs;
use crate::optimizers::Optimizer;

/// A network with an optimizer, a loss and metrics: what [`compile`](crate::Network::compile) makes.
///
/// The network's weights are changed in place: [`network`](Self::network) sees them at any time,
/// [`into_network`](Self::into_network) ends training.
pub struct Model<N: Train, L, O> {
    network: Box<N>,
    loss: L,
    optimizer: O,
    driver: Box<dyn Drive<N::Element>>,
}

impl<N: Train, L: Losses<N::Element, Outputs<N>>, O: Optimizer<N::Element>> Model<N, L, O> {
    pub(crate) fn new(
        network: Box<N>,
        optimizer: O,
        loss: L,
        metrics: impl MetricsFor<N::Element, Outputs<N>>,
    ) -> Self {
        let mut driver = N::Element::driver(facts::<N>());
        metrics.each(&mut |place, metrics| driver.add_metrics(place, metrics, false));
        Self { network, loss, optimizer, driver }
    }

    /// Adds metrics in which samples count by their weights (`sample_weight` and `class_weight`), given as in
    /// [`compile`](crate::Network::compile).
    pub fn weighted_metrics(mut self, metrics: impl MetricsFor<N::Element, Outputs<N>>) -> Self {
        metrics.each(&mut |place, metrics| self.driver.add_metrics(place, metrics, true));
        self
    }

    /// Sets what the loss of each output counts in the total: `[("main", 1.0), ("aux", 0.2)]`. What is not named weighs 1.
    ///
    /// The logs have the loss of each output without its weight, as in Keras.
    ///
    /// # Errors
    ///
    /// If the network has no output of a name, a name comes twice, or a weight is not finite.
    pub fn loss_weights<'a>(mut self, weights: impl IntoIterator<Item = (&'a str, f64)>) -> Result<Self, FitError> {
        self.driver.set_loss_weights(&weights.into_iter().collect::<Vec<_>>())?;
        Ok(self)
    }

    /// The network.
    pub fn network(&self) -> &N {
        &self.network
    }

    /// The network, to change its weights.
    pub fn network_mut(&mut self) -> &mut N {
        &mut self.network
    }

    /// The network, trained.
    pub fn into_network(self) -> Box<N> {
        self.network
    }

    /// The optimizer.
    pub fn optimizer(&self) -> &O {
        &self.optimizer
    }

    /// The optimizer, to change its learning rate.
    pub fn optimizer_mut(&mut self) -> &mut O {
        &mut self.optimizer
    }

    /// The loss.
    pub fn loss(&self) -> &L {
        &self.loss
    }

    /// Runs the network on many samples: see [`predict`](crate::Network::predict).
    pub fn predict(&self, x: &[N::Input]) -> N::Predictions {
        self.network.predict(x)
    }

    /// Trains the network on samples `x` with targets `y`.
    ///
    /// Each epoch goes through the samples once, in steps of `batch_size`. With the same seed the weights are the same
    /// to the last bit, whatever the number of threads.
    ///
    /// Layers with `stateful` go on in each batch with what they have of the batch before: sample by sample, so that `shuffle` must
    /// be off and all batches must be of one size. [`reset_states`](Self::reset_states) and
    /// [`steps_per_state`](Fit::steps_per_state) let them begin anew.
    ///
    /// # Errors
    ///
    /// If the numbers of samples, targets and weights differ or are zero, a target, a weight or an option has a value that it
    /// cannot have, or options contradict each other: all of that before the first step. Later only if a callback fails.
    pub fn fit<Y>(&mut self, x: &[N::Input], y: &[Y], options: Fit<'_, '_, N, Y>) -> Result<History, FitError>
    where
        Y: Target<N::Element>,
        L: LossesFor<Outputs<N>, Y, N::Element>,
    {
        let settings = options.settings();
        let weights = Weights::new(options.sample_weight, options.sample_weights);
        let mut flat = Vec::new();
        let x = Inputs::<N>(x);
        let given = given(&x, y, weights, &mut flat, TRAINING);
        let weights = Weights::new(options.validation_sample_weight, options.validation_sample_weights);
        let (x, y) = options.validation_data.unwrap_or_default();
        let mut flat = Vec::new();
        let x = Inputs::<N>(x);
        let validation = options.validation_data.map(|_| self::given(&x, y, weights, &mut flat, VALIDATION));
        self.drive(options.callbacks, |driver, parts| driver.fit(parts, &settings, given, validation))
    }

    /// The loss and the metrics on these samples, as the network computes them at inference.
    ///
    /// The loss includes the penalties of regularizers, as Keras' does.
    ///
    /// # Errors
    ///
    /// If the numbers of samples, targets and weights differ or are zero, a target or a weight or an option has a value that it
    /// cannot have, or a callback fails.
    pub fn evaluate<Y>(&mut self, x: &[N::Input], y: &[Y], options: Evaluate<'_, '_, N>) -> Result<Logs, FitError>
    where
        Y: Target<N::Element>,
        L: LossesFor<Outputs<N>, Y, N::Element>,
    {
        let settings = options.settings();
        let weights = Weights::new(options.sample_weight, options.sample_weights);
        let (x, mut flat) = (Inputs::<N>(x), Vec::new());
        let given = given(&x, y, weights, &mut flat, TRAINING);
        self.drive(options.callbacks, |driver, parts| driver.evaluate(parts, &settings, given))
    }

    /// One step of training on these samples, all in one batch: the loss and the metrics of this batch alone.
    ///
    /// The loss is that before the step. `sample_weight` has one number for each sample.
    ///
    /// # Errors
    ///
    /// Those of [`evaluate`](Self::evaluate) for the data; then the network is as it was.
    pub fn train_on_batch<Y>(
        &mut self,
        x: &[N::Input],
        y: &[Y],
        sample_weight: Option<&[N::Element]>,
    ) -> Result<Logs, FitError>
    where
        Y: Target<N::Element>,
        L: LossesFor<Outputs<N>, Y, N::Element>,
    {
        let (x, mut flat) = (Inputs::<N>(x), Vec::new());
        let given = given(&x, y, Weights::new(sample_weight, None), &mut flat, TRAINING);
        self.drive(&mut [], |driver, parts| driver.train_on_batch(parts, given))
    }

    /// The loss and the metrics of these samples, all in one batch, at inference.
    ///
    /// # Errors
    ///
    /// Those of [`evaluate`](Self::evaluate) for the data.
    pub fn test_on_batch<Y>(
        &mut self,
        x: &[N::Input],
        y: &[Y],
        sample_weight: Option<&[N::Element]>,
    ) -> Result<Logs, FitError>
    where
        Y: Target<N::Element>,
        L: LossesFor<Outputs<N>, Y, N::Element>,
    {
        let (x, mut flat) = (Inputs::<N>(x), Vec::new());
        let given = given(&x, y, Weights::new(sample_weight, None), &mut flat, TRAINING);
        self.drive(&mut [], |driver, parts| driver.test_on_batch(parts, given))
    }

    /// Layers with `stateful` begin anew: with the next batch, which may have any number of samples.
    ///
    /// As in Keras, nothing else resets them: `fit`, `evaluate` and the calls of one batch go on with the same states, sample by
    /// sample, and so do epochs and validation. [`predict`](Self::predict) begins each sample with zeros.
    pub fn reset_states(&mut self) {
        self.driver.reset_states();
    }

    /// Hands all parts to the driver, which does not know their types.
    fn drive<R>(
        &mut self,
        callbacks: &mut [&mut dyn Callback<N>],
        run: impl FnOnce(&mut dyn Drive<N::Element>, Parts<'_, N::Element>) -> Result<R, FitError>,
    ) -> Result<R, FitError> {
        let Self { network, loss, optimizer, driver } = self;
        let mut learner = Typed { network: &mut **network, callbacks };
        run(&mut **driver, Parts { learner: &mut learner, losses: loss.each(), optimizer })
    }
}

/// Samples with their targets made flat.
fn given<'a, N: Train, Y: Target<N::Element>>(
    x: &'a Inputs<'_, N>,
    y: &[Y],
    weights: Weights<'a, N::Element>,
    flat: &'a mut Vec<N::Element>,
    names: Names,
) -> Given<'a, N::Element> {
    flatten(y, flat);
    Given { x, targets: y.len(), width: Y::WIDTH, y: flat, weights, names }
}
