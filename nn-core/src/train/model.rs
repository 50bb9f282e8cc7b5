//! A network with what it takes to train it.

use super::data::{Data, TRAINING, flatten};
use super::key::mix;
use super::logs::{Logs, Params};
use super::meters::{Meters, Prefix};
use super::network::Train;
use super::options::Evaluate;
use super::penalty;
use super::probe::Tester;
use super::rows::Batch;
use super::session::Session;
use super::step::Trainer;
use crate::error::FitError;
use crate::losses::{Loss, LossFor, Reduction, Target};
use crate::metrics::Metrics;
use crate::optimizers::Optimizer;

/// A network with an optimizer, a loss and metrics: what [`compile`](Train::compile) makes.
///
/// The network's weights are changed in place: [`network`](Self::network) sees them at any time,
/// [`into_network`](Self::into_network) ends training.
pub struct Model<N: Train, L, O> {
    pub(super) network: Box<N>,
    pub(super) loss: L,
    pub(super) optimizer: O,
    pub(super) meters: Meters<N::Element>,
    pub(super) trainer: Trainer<N>,
    pub(super) tester: Tester<N>,
    /// How often `fit` and `train_on_batch` were called: their seeds.
    pub(super) calls: u64,
}

impl<N: Train, L: Loss<N::Element>, O: Optimizer<N::Element>> Model<N, L, O> {
    pub(super) fn new(network: Box<N>, optimizer: O, loss: L, metrics: Metrics<N::Element>) -> Self {
        let meters = Meters::new(metrics);
        Self { network, loss, optimizer, meters, trainer: Trainer::new(), tester: Tester::new(), calls: 0 }
    }

    /// Adds metrics in which samples count by their weights (`sample_weight` and `class_weight`).
    pub fn weighted_metrics(mut self, metrics: impl Into<Metrics<N::Element>>) -> Self {
        self.meters.add(metrics.into(), true);
        self
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
    pub fn predict(&self, x: &[N::Input]) -> Vec<N::Output> {
        self.network.predict(x)
    }

    /// The loss and the metrics on these samples, as the network computes them at inference.
    ///
    /// The loss includes the penalties of regularizers, as Keras' does.
    ///
    /// # Errors
    ///
    /// If the numbers of samples, targets and weights differ or are zero, a target or a weight or an option has a value that it
    /// cannot have, or a callback fails.
    pub fn evaluate<Y>(&mut self, x: &[N::Input], y: &[Y], options: Evaluate<'_, N>) -> Result<Logs, FitError>
    where
        Y: Target<N::Element>,
        L: LossFor<N::Output, Y, N::Element>,
    {
        options.check()?;
        let mut flat = Vec::new();
        let data = self.data(x, y, options.sample_weight, &mut flat)?;
        let Evaluate { batch_size, verbose, steps, callbacks, .. } = options;
        let epochs = Params { epochs: 1, steps: 0, verbose };
        let mut session = Session::new(callbacks, epochs, false);
        let samples = steps.map_or(x.len(), |steps| x.len().min(steps.saturating_mul(batch_size)));
        session.state.progress.begin("Evaluate".to_owned(), samples);
        let mut logs = Logs::default();
        self.test(data.split_at(samples).0, batch_size, Prefix::None, &mut logs, &mut session)?;
        session.state.progress.end(&logs);
        Ok(logs)
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
        L: LossFor<N::Output, Y, N::Element>,
    {
        let mut flat = Vec::new();
        let data = self.data(x, y, sample_weight, &mut flat)?;
        let samples: Vec<_> = (0..x.len()).collect();
        self.calls += 1;
        self.meters.reset();
        self.step(&Batch { data, samples: &samples }, mix(self.calls, 0));
        Ok(self.logs())
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
        L: LossFor<N::Output, Y, N::Element>,
    {
        let mut flat = Vec::new();
        let data = self.data(x, y, sample_weight, &mut flat)?;
        let samples: Vec<_> = (0..x.len()).collect();
        self.meters.reset();
        self.test_step(&Batch { data, samples: &samples });
        Ok(self.logs())
    }

    /// Checks samples with their targets.
    fn data<'a, Y: Target<N::Element>>(
        &self,
        x: &'a [N::Input],
        y: &[Y],
        weights: Option<&'a [N::Element]>,
        flat: &'a mut Vec<N::Element>,
    ) -> Result<Data<'a, N>, FitError> {
        self.check_reduction()?;
        flatten(y, flat);
        let data = Data { x, y: flat, width: Y::WIDTH, weights };
        data.check(y.len(), &self.loss, TRAINING)?;
        self.meters.check::<N>(data.width)?;
        Ok(data)
    }

    /// Training needs a loss that is one number.
    pub(super) fn check_reduction(&self) -> Result<(), FitError> {
        match self.loss.reduction() {
            Reduction::None => Err(FitError::option("reduction", "one that gives one number", "None")),
            _ => Ok(()),
        }
    }

    fn logs(&self) -> Logs {
        let mut logs = Logs::default();
        self.meters.write(Prefix::None, &mut logs);
        logs
    }

    /// One step of training: the loss before it.
    pub(super) fn step(&mut self, batch: &Batch<'_, N>, key: u64) -> f64 {
        let loss = self.trainer.run(&self.network, &self.loss, batch, key) + penalty::value(&*self.network);
        let gradient = self.trainer.gradient();
        penalty::add_gradient(&*self.network, gradient);
        self.optimizer.step(N::PARAMS, self.network.as_flat_mut(), gradient.as_flat());
        self.network.update_moving(self.trainer.statistics());
        self.meters.update::<N>(loss, batch.samples.len(), self.trainer.predictions());
        loss
    }

    /// One step of evaluation.
    pub(super) fn test_step(&mut self, batch: &Batch<'_, N>) {
        let loss = self.tester.run(&self.network, &self.loss, batch) + penalty::value(&*self.network);
        self.meters.update::<N>(loss, batch.samples.len(), self.tester.predictions());
    }
}
