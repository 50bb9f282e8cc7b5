//! The driver of training: what `fit` and `evaluate` do, without the type of the network, of its loss and of its optimizer.
//!
//! A [`Model`](super::Model) is a thin shell of types around it. Here is one `dyn` call for each shard and each hook, and all of
//! it is compiled once for each element type, in this crate: a program that trains ten networks has it once.

use super::data::{Data, Given};
use super::fit;
use super::key::mix;
use super::learner::{Facts, Learner};
use super::logs::{History, Logs, Params};
use super::meters::{Meters, Prefix};
use super::options::{FitSettings, TestSettings};
use super::penalty;
use super::probe::Tester;
use super::rows::Batch;
use super::session::{TestBatches, in_pool, state};
use super::states::States;
use super::step::{Task, Trainer};
use crate::element::Element;
use crate::error::FitError;
use crate::losses::{AlongAxis, Each, Reduction, replaced};
use crate::metrics::{Metrics, Place};
use crate::optimizers::Optimizer;

/// What a network is trained with.
pub struct Parts<'a, T> {
    /// The network and its callbacks.
    pub learner: &'a mut dyn Learner<T>,
    /// One for each output.
    pub losses: Each<'a, T>,
    /// What moves the weights.
    pub optimizer: &'a mut dyn Optimizer<T>,
}

/// What trains networks whose elements are of type `T`.
pub trait Drive<T: Element>: Send {
    /// Adds metrics of an output.
    fn add_metrics(&mut self, place: Place<'_>, metrics: Metrics<T>, weighted: bool);

    /// [`Model::loss_weights`](super::Model::loss_weights).
    fn set_loss_weights(&mut self, weights: &[(&str, f64)]) -> Result<(), FitError>;

    /// [`Model::fit`](super::Model::fit).
    fn fit(
        &mut self,
        parts: Parts<'_, T>,
        settings: &FitSettings<'_>,
        given: Given<'_, T>,
        validation: Option<Given<'_, T>>,
    ) -> Result<History, FitError>;

    /// [`Model::evaluate`](super::Model::evaluate).
    fn evaluate(&mut self, parts: Parts<'_, T>, settings: &TestSettings, given: Given<'_, T>)
    -> Result<Logs, FitError>;

    /// [`Model::train_on_batch`](super::Model::train_on_batch).
    fn train_on_batch(&mut self, parts: Parts<'_, T>, given: Given<'_, T>) -> Result<Logs, FitError>;

    /// [`Model::test_on_batch`](super::Model::test_on_batch).
    fn test_on_batch(&mut self, parts: Parts<'_, T>, given: Given<'_, T>) -> Result<Logs, FitError>;

    /// [`Model::reset_states`](super::Model::reset_states).
    fn reset_states(&mut self);
}

/// The element types that there is a driver for.
pub trait Driven: Sized {
    /// A driver of networks of which this is known.
    #[doc(hidden)]
    fn driver(facts: Facts<Self>) -> Box<dyn Drive<Self>>
    where
        Self: Element;
}

macro_rules! driven {
    ($($element:ty),+) => {$(
        impl Driven for $element {
            fn driver(facts: Facts<Self>) -> Box<dyn Drive<Self>> {
                Box::new(Driver::new(facts))
            }
        }

        // Not generic, so that it is compiled here.
        impl Drive<$element> for Driver<$element> {
            fn add_metrics(&mut self, place: Place<'_>, metrics: Metrics<$element>, weighted: bool) {
                self.meters.add(&self.facts.outputs, place, metrics, weighted);
            }

            fn set_loss_weights(&mut self, weights: &[(&str, f64)]) -> Result<(), FitError> {
                self.set_weights_of_losses(weights)
            }

            fn fit(
                &mut self,
                parts: Parts<'_, $element>,
                settings: &FitSettings<'_>,
                given: Given<'_, $element>,
                validation: Option<Given<'_, $element>>,
            ) -> Result<History, FitError> {
                along_axes(self, parts, |driver, parts| fit::fit(driver, parts, settings, given, validation))
            }

            fn evaluate(
                &mut self,
                parts: Parts<'_, $element>,
                settings: &TestSettings,
                given: Given<'_, $element>,
            ) -> Result<Logs, FitError> {
                along_axes(self, parts, |driver, parts| driver.evaluate_all(parts, settings, given))
            }

            fn train_on_batch(
                &mut self,
                parts: Parts<'_, $element>,
                given: Given<'_, $element>,
            ) -> Result<Logs, FitError> {
                along_axes(self, parts, |driver, parts| driver.train_on(parts, given))
            }

            fn test_on_batch(
                &mut self,
                parts: Parts<'_, $element>,
                given: Given<'_, $element>,
            ) -> Result<Logs, FitError> {
                along_axes(self, parts, |driver, parts| driver.test_on(parts, given))
            }

            fn reset_states(&mut self) {
                self.states.reset();
            }
        }
    )+};
}

driven!(f32, f64);

/// Goes on with the losses that lie along another axis than the last in the form that everybody here knows.
fn along_axes<T: Element, R>(
    driver: &mut Driver<T>,
    parts: Parts<'_, T>,
    run: impl FnOnce(&mut Driver<T>, Parts<'_, T>) -> Result<R, FitError>,
) -> Result<R, FitError> {
    let Parts { learner, losses, optimizer } = parts;
    let along = AlongAxis::each(&losses, driver.facts.outputs.iter().map(|output| output.shape))?;
    run(driver, Parts { learner, losses: replaced(&losses, &along), optimizer })
}

/// A driver with its memory.
pub(super) struct Driver<T> {
    pub facts: Facts<T>,
    pub meters: Meters<T>,
    pub states: States<T>,
    trainer: Trainer<T>,
    tester: Tester<T>,
    /// One for each output; empty where all weigh 1.
    loss_weights: Vec<f64>,
    /// How often `fit` and `train_on_batch` were called: their seeds.
    pub calls: u64,
}

impl<T: Element> Driver<T> {
    fn new(facts: Facts<T>) -> Self {
        let meters = Meters::new(&facts.outputs);
        let (trainer, tester) = (Trainer::new(&facts), Tester::new(&facts.outputs));
        let states = States::new(facts.state_len);
        Self { facts, meters, states, trainer, tester, loss_weights: Vec::new(), calls: 0 }
    }

    fn set_weights_of_losses(&mut self, weights: &[(&str, f64)]) -> Result<(), FitError> {
        self.facts.check_names("loss_weights", weights.iter().map(|(name, _)| *name))?;
        let mut by_output = vec![1.0; self.facts.outputs.len()];
        for (index, &(name, weight)) in weights.iter().enumerate() {
            if !weight.is_finite() {
                return Err(FitError::Weight { what: "loss_weights", index, found: weight });
            }
            by_output[self.facts.find("loss_weights", name)?] = weight;
        }
        self.loss_weights = by_output;
        Ok(())
    }

    fn evaluate_all(
        &mut self,
        mut parts: Parts<'_, T>,
        settings: &TestSettings,
        given: Given<'_, T>,
    ) -> Result<Logs, FitError> {
        settings.check()?;
        let data = self.check(&parts, given)?;
        let &TestSettings { batch_size, verbose, steps, steps_per_state, .. } = settings;
        let mut state = state(Params { epochs: 1, steps: 0, verbose }, false, self.meters.directions());
        let samples = steps.map_or(data.len, |steps| data.len.min(steps.saturating_mul(batch_size)));
        let data = data.split_at(samples).0;
        self.states.check_steps(steps_per_state)?;
        self.states.check("batch_size", batch_size)?;
        self.states.check_whole("x", &data, batch_size)?;
        state.progress.begin("Evaluate".to_owned(), samples as u64);
        let mut logs = Logs::default();
        let batches = TestBatches { batch_size, steps_per_state };
        in_pool(|| self.test(&mut parts, data, batches, Prefix::None, &mut logs, &mut state))?;
        self.end_states(&state);
        state.progress.end(&logs);
        Ok(logs)
    }

    fn train_on(&mut self, mut parts: Parts<'_, T>, given: Given<'_, T>) -> Result<Logs, FitError> {
        let data = self.check(&parts, given)?;
        self.states.check("x", data.len)?;
        let samples: Vec<_> = (0..data.len).collect();
        self.calls += 1;
        self.meters.reset();
        let key = mix(self.calls, 0);
        in_pool(|| self.step(&mut parts, &Batch { data, samples: &samples }, key));
        Ok(self.logs())
    }

    fn test_on(&mut self, mut parts: Parts<'_, T>, given: Given<'_, T>) -> Result<Logs, FitError> {
        let data = self.check(&parts, given)?;
        self.states.check("x", data.len)?;
        let samples: Vec<_> = (0..data.len).collect();
        self.meters.reset();
        in_pool(|| self.test_step(&mut parts, &Batch { data, samples: &samples }));
        Ok(self.logs())
    }

    /// Checks losses, optimizer, metrics, and samples with their targets.
    pub fn check<'a>(&self, parts: &Parts<'_, T>, given: Given<'a, T>) -> Result<Data<'a, T>, FitError> {
        let losses = &parts.losses;
        if losses.iter().flatten().any(|loss| loss.reduction() == Reduction::None) {
            return Err(FitError::option("reduction", "one that gives one number", "None"));
        }
        parts.optimizer.check()?;
        losses.iter().flatten().try_for_each(|loss| loss.check_options())?;
        let data = given.check(&self.facts, losses)?;
        self.meters.check(&self.facts, losses)?;
        Ok(data)
    }

    fn logs(&self) -> Logs {
        let mut logs = Logs::default();
        self.meters.write(Prefix::None, &mut logs);
        logs
    }

    /// One step of training: the loss before it.
    pub fn step(&mut self, parts: &mut Parts<'_, T>, batch: &Batch<'_, T>, key: u64) -> f64 {
        let Self { facts, meters, states, trainer, loss_weights, .. } = self;
        let weights = parts.learner.weights();
        let task = Task { facts, weights, losses: parts.losses, loss_weights, batch };
        let loss = trainer.run(&task, key, states.of(batch.samples.len()));
        let loss = loss + penalty::value(&facts.params, weights);
        penalty::add_gradient(&facts.params, weights, trainer.gradient_mut());
        let (gradient, rows) = trainer.gradient(facts);
        let count = facts.count();
        parts.optimizer.step_with_rows(
            &facts.params,
            &mut parts.learner.weights_mut()[..count],
            &gradient[..count],
            &rows,
        );
        parts.learner.update_moving(&trainer.statistics);
        meters.update(loss, trainer.losses(), batch.samples.len(), trainer.predictions());
        loss
    }

    /// One step of evaluation.
    pub fn test_step(&mut self, parts: &mut Parts<'_, T>, batch: &Batch<'_, T>) {
        let Self { facts, meters, states, tester, loss_weights, .. } = self;
        let weights = parts.learner.weights();
        let task = Task { facts, weights, losses: parts.losses, loss_weights, batch };
        let loss = tester.run(&task, states.of(batch.samples.len()));
        let loss = loss + penalty::value(&facts.params, weights);
        meters.update(loss, tester.losses(), batch.samples.len(), tester.predictions());
    }
}
