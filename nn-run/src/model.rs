//! Training of networks without a type, by the driver that trains the compiled ones.

mod learner;
mod options;

use nn_core::callbacks::Callback;
use nn_core::error::FitError;
use nn_core::losses::{Each, Loss, MAX_OUTPUTS};
use nn_core::metrics::{Metrics, Place};
use nn_core::optimizers::Optimizer;
use nn_core::train::seam::{Drive, Given, Parts, TRAINING, VALIDATION, Weights};
use nn_core::train::{History, Logs};

use self::learner::{Inputs, Learning, facts};
pub use self::options::{Evaluate, Fit};
use crate::data::Data;
use crate::engine::Real;
use crate::error::BadCall;
use crate::network::Network;

/// A network with an optimizer, losses and metrics: what [`Network::compile`] makes.
///
/// Samples are given as one [`Data`] for each input, sample after sample; targets as numbers, sample after sample, where those of one
/// output are behind those of another. The weights and the logs have the bits of the compiled network, but for the logs of
/// evaluation where that runs many samples at a time through large dense layers.
///
/// ```
/// use nn_core::losses::MeanSquaredError;
/// use nn_core::optimizers::Adam;
/// use nn_run::{Data, Fit, Network};
///
/// let mut network = Network::<f32>::from_text("Input<1> => Dense<1>").unwrap();
/// network.initialize(&mut nn_core::rng(1));
/// let mut model = network.compile(Adam::new(0.1), vec![Box::new(MeanSquaredError::default())]).unwrap();
/// let (x, y) = ([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0]);
/// let history = model.fit(&[Data::Real(&x)], &y, Fit { epochs: 200, verbose: 0, ..Fit::default() }).unwrap();
/// assert!(history.last().unwrap()["loss"] < 0.01);
/// ```
pub struct Model<T: Real> {
    network: Network<T>,
    losses: Vec<Box<dyn Loss<T>>>,
    optimizer: Box<dyn Optimizer<T>>,
    driver: Box<dyn Drive<T>>,
}

impl<T: Real> Network<T> {
    /// Joins the network with what it takes to train it: an optimizer, and a loss for each output.
    ///
    /// # Errors
    ///
    /// If there are more or fewer losses than outputs, more than eight outputs, or the network has layers with a state.
    pub fn compile(
        self,
        optimizer: impl Optimizer<T> + 'static,
        losses: Vec<Box<dyn Loss<T>>>,
    ) -> Result<Model<T>, BadCall> {
        let plan = &*self.plan;
        plan.check_count("outputs", plan.outputs.len(), losses.len())?;
        if losses.len() > MAX_OUTPUTS {
            let lacks = "has more than eight outputs, the most that are trained";
            return Err(BadCall::Lacks { network: plan.name.clone(), lacks });
        }
        let driver = T::driver(facts(&self)?);
        Ok(Model { network: self, losses, optimizer: Box::new(optimizer), driver })
    }
}

impl<T: Real> Model<T> {
    /// Adds metrics of the output, the first where there are several.
    pub fn metrics(mut self, metrics: impl Into<Metrics<T>>) -> Self {
        self.driver.add_metrics(Place::Index(0), metrics.into(), false);
        self
    }

    /// Adds metrics of the output of this name.
    pub fn metrics_of(mut self, output: &str, metrics: impl Into<Metrics<T>>) -> Self {
        self.driver.add_metrics(Place::Name(output), metrics.into(), false);
        self
    }

    /// Adds metrics in which samples count by their weights.
    pub fn weighted_metrics(mut self, metrics: impl Into<Metrics<T>>) -> Self {
        self.driver.add_metrics(Place::Index(0), metrics.into(), true);
        self
    }

    /// The same for the output of this name.
    pub fn weighted_metrics_of(mut self, output: &str, metrics: impl Into<Metrics<T>>) -> Self {
        self.driver.add_metrics(Place::Name(output), metrics.into(), true);
        self
    }

    /// Sets what the loss of each output counts in the total. What is not named weighs 1.
    ///
    /// # Errors
    ///
    /// If the network has no output of a name, a name comes twice, or a weight is not finite.
    pub fn loss_weights(mut self, weights: &[(&str, f64)]) -> Result<Self, FitError> {
        self.driver.set_loss_weights(weights)?;
        Ok(self)
    }

    /// The network.
    pub fn network(&self) -> &Network<T> {
        &self.network
    }

    /// The network, to change its weights.
    pub fn network_mut(&mut self) -> &mut Network<T> {
        &mut self.network
    }

    /// The network, trained.
    pub fn into_network(self) -> Network<T> {
        self.network
    }

    /// The optimizer.
    pub fn optimizer(&self) -> &dyn Optimizer<T> {
        &*self.optimizer
    }

    /// Trains the network on samples `x` with targets `y`: see [`Model::fit` of nn-core](nn_core::train::Model::fit).
    ///
    /// # Errors
    ///
    /// If the numbers of samples, targets and weights differ or are zero, a target, a weight or an option has a value that it
    /// cannot have, or options contradict each other: all of that before the first step. Later only if a callback fails.
    pub fn fit(&mut self, x: &[Data<'_, T>], y: &[T], options: Fit<'_, '_, T>) -> Result<History, TrainError> {
        let settings = options.settings();
        let x = Inputs::new(&self.network, x)?;
        let weights = Weights::new(options.sample_weight, options.sample_weights);
        let given = self.given(&x, y, weights, TRAINING)?;
        let weights = Weights::new(options.validation_sample_weight, options.validation_sample_weights);
        let held_out = match options.validation_data {
            Some((x, y)) => Some((Inputs::new(&self.network, x)?, y)),
            None => None,
        };
        let validation = match &held_out {
            Some((x, y)) => Some(self.given(x, y, weights, VALIDATION)?),
            None => None,
        };
        Ok(self.drive(options.callbacks, |driver, parts| driver.fit(parts, &settings, given, validation))?)
    }

    /// The loss and the metrics on these samples, as the network computes them at inference.
    ///
    /// # Errors
    ///
    /// Those of [`fit`](Self::fit).
    pub fn evaluate(&mut self, x: &[Data<'_, T>], y: &[T], options: Evaluate<'_, '_, T>) -> Result<Logs, TrainError> {
        let settings = options.settings();
        let x = Inputs::new(&self.network, x)?;
        let weights = Weights::new(options.sample_weight, options.sample_weights);
        let given = self.given(&x, y, weights, TRAINING)?;
        Ok(self.drive(options.callbacks, |driver, parts| driver.evaluate(parts, &settings, given))?)
    }

    /// One step of training on these samples, all in one batch: the loss before it and the metrics of this batch alone.
    ///
    /// # Errors
    ///
    /// Those of [`fit`](Self::fit); then the network is as it was.
    pub fn train_on_batch(
        &mut self,
        x: &[Data<'_, T>],
        y: &[T],
        sample_weight: Option<&[T]>,
    ) -> Result<Logs, TrainError> {
        let x = Inputs::new(&self.network, x)?;
        let given = self.given(&x, y, Weights::new(sample_weight, None), TRAINING)?;
        Ok(self.drive(&mut [], |driver, parts| driver.train_on_batch(parts, given))?)
    }

    /// The loss and the metrics of these samples, all in one batch, at inference.
    ///
    /// # Errors
    ///
    /// Those of [`fit`](Self::fit).
    pub fn test_on_batch(
        &mut self,
        x: &[Data<'_, T>],
        y: &[T],
        sample_weight: Option<&[T]>,
    ) -> Result<Logs, TrainError> {
        let x = Inputs::new(&self.network, x)?;
        let given = self.given(&x, y, Weights::new(sample_weight, None), TRAINING)?;
        Ok(self.drive(&mut [], |driver, parts| driver.test_on_batch(parts, given))?)
    }

    /// Layers with `stateful` begin anew: see [`Model::reset_states` of nn-core](nn_core::train::Model::reset_states).
    pub fn reset_states(&mut self) {
        self.driver.reset_states();
    }

    /// Samples with their targets: as many for each as the losses want.
    fn given<'a>(
        &self,
        x: &'a Inputs<'_, T>,
        y: &'a [T],
        weights: Weights<'a, T>,
        names: nn_core::train::seam::Names,
    ) -> Result<Given<'a, T>, BadCall> {
        let widths = self.network.plan.outputs.iter().zip(&self.losses).map(|(part, loss)| {
            let classes = part.shape.last().copied().unwrap_or(1);
            part.len().checked_div(classes).unwrap_or(0) * loss.target_width(classes)
        });
        let width: usize = widths.sum();
        if width > 0 && !y.len().is_multiple_of(width) {
            let (network, shape) = (self.network.plan.name.clone(), format!("{width} for each sample"));
            let expected = y.len().next_multiple_of(width);
            return Err(BadCall::Len { network, name: names.y.to_owned(), shape, expected, found: y.len() });
        }
        Ok(Given { x, targets: y.len().checked_div(width).unwrap_or(0), width, y, weights, names })
    }

    /// Hands all parts to the driver.
    fn drive<R>(
        &mut self,
        callbacks: &mut [&mut dyn Callback<Network<T>>],
        run: impl FnOnce(&mut dyn Drive<T>, Parts<'_, T>) -> Result<R, FitError>,
    ) -> Result<R, FitError> {
        let Self { network, losses, optimizer, driver } = self;
        let mut each: Each<'_, T> = [None; MAX_OUTPUTS];
        each.iter_mut().zip(losses).for_each(|(each, loss)| *each = Some(&**loss));
        let mut learner = Learning { network, callbacks };
        run(&mut **driver, Parts { learner: &mut learner, losses: each, optimizer: &mut **optimizer })
    }
}

/// Why a network is not trained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// Samples or targets that are not those of the network.
    #[error(transparent)]
    Call(#[from] BadCall),
    /// What training refuses.
    #[error(transparent)]
    Fit(#[from] FitError),
}
