//! A network with what it takes to train it.

use super::data::{Data, Names, TRAINING, Weights, flatten};
use super::key::mix;
use super::logs::{Logs, Params};
use super::meters::{Meters, Prefix};
use super::network::Train;
use super::options::{Evaluate, OutputWeights};
use super::outputs::{check_names, find, outputs};
use super::penalty;
use super::probe::Tester;
use super::rows::Batch;
use super::session::{Session, in_pool};
use super::step::{Task, Trainer};
use crate::error::FitError;
use crate::losses::{Losses, LossesFor, Reduction, Target};
use crate::metrics::MetricsFor;
use crate::network::Outputs;
use crate::optimizers::Optimizer;

/// A network with an optimizer, a loss and metrics: what [`compile`](crate::Network::compile) makes.
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
    /// One for each output; empty where all weigh 1.
    loss_weights: Vec<f64>,
    /// How often `fit` and `train_on_batch` were called: their seeds.
    pub(super) calls: u64,
}

impl<N: Train, L: Losses<N::Element, Outputs<N>>, O: Optimizer<N::Element>> Model<N, L, O> {
    pub(crate) fn new(
        network: Box<N>,
        optimizer: O,
        loss: L,
        metrics: impl MetricsFor<N::Element, Outputs<N>>,
    ) -> Self {
        let mut meters = Meters::new::<N>();
        meters.add::<N>(metrics, false);
        let (trainer, tester) = (Trainer::new(), Tester::new());
        Self { network, loss, optimizer, meters, trainer, tester, loss_weights: Vec::new(), calls: 0 }
    }

    /// Adds metrics in which samples count by their weights (`sample_weight` and `class_weight`), given as in
    /// [`compile`](crate::Network::compile).
    pub fn weighted_metrics(mut self, metrics: impl MetricsFor<N::Element, Outputs<N>>) -> Self {
        self.meters.add::<N>(metrics, true);
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
        let weights: Vec<_> = weights.into_iter().collect();
        check_names::<N>("loss_weights", weights.iter().map(|(name, _)| *name))?;
        self.loss_weights = outputs::<N>().map(|_| 1.0).collect();
        for (index, (name, weight)) in weights.into_iter().enumerate() {
            if !weight.is_finite() {
                return Err(FitError::Weight { what: "loss_weights", index, found: weight });
            }
            let place = find::<N>("loss_weights", name)?;
            self.loss_weights[place] = weight;
        }
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
        L: LossesFor<Outputs<N>, Y, N::Element>,
    {
        options.check()?;
        let mut flat = Vec::new();
        let data = self.data((x, y), options.sample_weight, options.sample_weights, &mut flat, TRAINING)?;
        let Evaluate { batch_size, verbose, steps, callbacks, .. } = options;
        let epochs = Params { epochs: 1, steps: 0, verbose };
        let mut session = Session::new(callbacks, epochs, false, self.meters.directions());
        let samples = steps.map_or(x.len(), |steps| x.len().min(steps.saturating_mul(batch_size)));
        session.state.progress.begin("Evaluate".to_owned(), samples as u64);
        let mut logs = Logs::default();
        let data = data.split_at(samples).0;
        in_pool(|| self.test(data, batch_size, Prefix::None, &mut logs, &mut session))?;
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
        L: LossesFor<Outputs<N>, Y, N::Element>,
    {
        let mut flat = Vec::new();
        let data = self.data((x, y), sample_weight, None, &mut flat, TRAINING)?;
        let samples: Vec<_> = (0..x.len()).collect();
        self.calls += 1;
        self.meters.reset();
        let key = mix(self.calls, 0);
        in_pool(|| self.step(&Batch { data, samples: &samples }, key));
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
        L: LossesFor<Outputs<N>, Y, N::Element>,
    {
        let mut flat = Vec::new();
        let data = self.data((x, y), sample_weight, None, &mut flat, TRAINING)?;
        let samples: Vec<_> = (0..x.len()).collect();
        self.meters.reset();
        in_pool(|| self.test_step(&Batch { data, samples: &samples }));
        Ok(self.logs())
    }

    /// Checks samples with their targets.
    pub(super) fn data<'a, Y: Target<N::Element>>(
        &self,
        (x, y): (&'a [N::Input], &[Y]),
        weight: Option<&'a [N::Element]>,
        weights: Option<OutputWeights<'a, N::Element>>,
        flat: &'a mut Vec<N::Element>,
        names: Names,
    ) -> Result<Data<'a, N>, FitError> {
        let losses = self.loss.each();
        if losses.iter().flatten().any(|loss| loss.reduction() == Reduction::None) {
            return Err(FitError::option("reduction", "one that gives one number", "None"));
        }
        self.optimizer.check()?;
        losses.iter().flatten().try_for_each(|loss| loss.check_options())?;
        flatten(y, flat);
        let data = Data { x, y: flat, width: Y::WIDTH, weights: Weights::new(weight, weights) };
        data.check(y.len(), &losses, names)?;
        self.meters.check::<N>(&losses)?;
        Ok(data)
    }

    fn logs(&self) -> Logs {
        let mut logs = Logs::default();
        self.meters.write(Prefix::None, &mut logs);
        logs
    }

    /// One step of training: the loss before it.
    pub(super) fn step(&mut self, batch: &Batch<'_, N>, key: u64) -> f64 {
        let network = &*self.network;
        let task = Task { network, losses: self.loss.each(), loss_weights: &self.loss_weights, batch };
        let loss = self.trainer.run(&task, key) + penalty::value(network);
        let (gradient, rows) = self.trainer.gradient();
        penalty::add_gradient(network, gradient);
        self.optimizer.step_with_rows(N::PARAMS, self.network.as_flat_mut(), gradient.as_flat(), &rows);
        self.network.update_moving(self.trainer.statistics());
        self.meters.update(loss, self.trainer.losses(), batch.samples.len(), self.trainer.predictions());
        loss
    }

    /// One step of evaluation.
    pub(super) fn test_step(&mut self, batch: &Batch<'_, N>) {
        let network = &*self.network;
        let task = Task { network, losses: self.loss.each(), loss_weights: &self.loss_weights, batch };
        let loss = self.tester.run(&task) + penalty::value(network);
        self.meters.update(loss, self.tester.losses(), batch.samples.len(), self.tester.predictions());
    }
}
