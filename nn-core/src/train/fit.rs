//! `fit`: epochs of steps, with validation and callbacks in between.

use super::data::{Data, TRAINING, VALIDATION, Weights, class_weights};
use super::key::{mix, shuffle};
use super::logs::{History, Logs, Params};
use super::meters::Prefix;
use super::model::Model;
use super::network::Train;
use super::options::Fit;
use super::rows::Batch;
use super::session::{Session, in_pool};
use crate::error::FitError;
use crate::losses::{Losses, LossesFor, Target};
use crate::network::{Network, Outputs};
use crate::optimizers::Optimizer;

/// What a run does in which order; all but the data.
struct Schedule {
    initial_epoch: usize,
    epochs: usize,
    batch_size: usize,
    steps: usize,
    shuffle: bool,
    seed: u64,
    validation_freq: usize,
    validation_batch_size: usize,
}

impl<N: Train, L: Losses<N::Element, Outputs<N>>, O: Optimizer<N::Element>> Model<N, L, O> {
    /// Trains the network on samples `x` with targets `y`.
    ///
    /// Each epoch goes through the samples once, in steps of `batch_size`. With the same seed the weights are the same
    /// to the last bit, whatever the number of threads.
    ///
    /// # Errors
    ///
    /// If the numbers of samples, targets and weights differ or are zero, a target, a weight or an option has a value that it
    /// cannot have, or options contradict each other: all of that before the first step. Later only if a callback fails.
    pub fn fit<Y>(&mut self, x: &[N::Input], y: &[Y], options: Fit<'_, N, Y>) -> Result<History, FitError>
    where
        Y: Target<N::Element>,
        L: LossesFor<Outputs<N>, Y, N::Element>,
    {
        options.check()?;
        let (mut flat, mut validation_flat) = (Vec::new(), Vec::new());
        let data = self.data((x, y), options.sample_weight, options.sample_weights, &mut flat, TRAINING)?;
        let (mut data, mut validation) = split(data, options.validation_split)?;
        if let Some(pairs) = options.validation_data {
            let (weight, weights) = (options.validation_sample_weight, options.validation_sample_weights);
            validation = Some(self.data(pairs, weight, weights, &mut validation_flat, VALIDATION)?);
        }
        let by_class = options.class_weight.map(|table| class_weights(&data, table)).transpose()?;
        if by_class.is_some() {
            data.weights = Weights::new(by_class.as_deref(), None);
        }
        self.calls += 1;
        let schedule = Schedule::new(&options, data.x.len(), self.calls);
        let params = Params { epochs: schedule.epochs, steps: schedule.steps, verbose: options.verbose };
        let directions = self.meters.directions();
        let session = Session::new(options.callbacks, params, validation.is_some(), directions);
        in_pool(|| self.run(data, validation, &schedule, session))
    }

    fn run(
        &mut self,
        data: Data<'_, N>,
        validation: Option<Data<'_, N>>,
        schedule: &Schedule,
        mut session: Session<'_, N>,
    ) -> Result<History, FitError> {
        let session = &mut session;
        let mut history = History::new(session.state.params);
        let mut batches = Batches::new(data.x.len(), schedule);
        let mut logs = Logs::default();
        self.hook(session, |callback, control| callback.on_train_begin(control))?;
        for epoch in schedule.initial_epoch..schedule.epochs {
            let title = format!("Epoch {}/{}", epoch + 1, schedule.epochs);
            session.state.progress.begin(title, batches.samples(epoch));
            self.hook(session, |callback, control| callback.on_epoch_begin(epoch, control))?;
            logs = Logs::default();
            self.epoch(epoch, data, &mut batches, &mut logs, session)?;
            if let Some(validation) = validation.filter(|_| (epoch + 1) % schedule.validation_freq == 0) {
                self.test(validation, schedule.validation_batch_size, Prefix::Val, &mut logs, session)?;
            }
            self.hook(session, |callback, control| callback.on_epoch_end(epoch, &mut logs, control))?;
            session.state.progress.end(&logs);
            history.push(epoch, &logs);
            if session.state.stop {
                break;
            }
        }
        self.optimizer.finalize(N::PARAMS, self.network.as_flat_mut());
        self.hook(session, |callback, control| callback.on_train_end(&logs, control))?;
        Ok(history)
    }

    /// The steps of one epoch.
    fn epoch(
        &mut self,
        epoch: usize,
        data: Data<'_, N>,
        batches: &mut Batches<'_>,
        logs: &mut Logs,
        session: &mut Session<'_, N>,
    ) -> Result<(), FitError> {
        self.meters.reset();
        for step in 0..batches.schedule.steps {
            self.hook(session, |callback, control| callback.on_train_batch_begin(step, control))?;
            let (samples, key) = batches.batch(epoch, step);
            session.state.batch_loss = self.step(&Batch { data, samples }, key);
            self.meters.write(Prefix::None, logs);
            self.hook(session, |callback, control| callback.on_train_batch_end(step, logs, control))?;
            session.state.progress.advance(samples.len(), logs);
            if session.state.stop {
                break;
            }
        }
        Ok(())
    }
}

impl Schedule {
    fn new<N: Network, Y>(options: &Fit<'_, N, Y>, samples: usize, calls: u64) -> Self {
        Self {
            initial_epoch: options.initial_epoch,
            epochs: options.epochs,
            batch_size: options.batch_size,
            steps: options.steps_per_epoch.unwrap_or(samples.div_ceil(options.batch_size)),
            shuffle: options.shuffle,
            seed: options.seed.unwrap_or_else(|| mix(calls, 1)),
            validation_freq: options.validation_freq,
            validation_batch_size: options.validation_batch_size.unwrap_or(options.batch_size),
        }
    }
}

/// The batches by epoch and step. They follow from the seed and the place alone.
struct Batches<'a> {
    schedule: &'a Schedule,
    /// The order of the samples in pass `pass`.
    order: Vec<usize>,
    pass: Option<u128>,
}

impl<'a> Batches<'a> {
    fn new(samples: usize, schedule: &'a Schedule) -> Self {
        Self { schedule, order: (0..samples).collect(), pass: None }
    }

    /// Batches in a pass over the samples.
    fn each(&self) -> u128 {
        self.order.len().div_ceil(self.schedule.batch_size) as u128
    }

    /// The number of a step in the run. It may have any number of steps, without end.
    fn index(&self, epoch: usize, step: usize) -> u128 {
        epoch as u128 * self.schedule.steps as u128 + step as u128
    }

    /// The samples of a step, and the key of its random numbers.
    fn batch(&mut self, epoch: usize, step: usize) -> (&[usize], u64) {
        let index = self.index(epoch, step);
        let (pass, batch) = (index / self.each(), (index % self.each()) as usize);
        if self.schedule.shuffle && self.pass != Some(pass) {
            shuffle(&mut self.order, mix(self.schedule.seed, pass as u64));
            self.pass = Some(pass);
        }
        let key = mix(!self.schedule.seed, index as u64);
        let samples = self.order.chunks(self.schedule.batch_size).nth(batch).unwrap_or_default();
        (samples, key)
    }

    /// How many samples an epoch takes: those of whole passes, and of what is left of one at either end.
    fn samples(&self, epoch: usize) -> u64 {
        let (len, size) = (self.order.len() as u128, self.schedule.batch_size as u128);
        let before = |batches: u128| batches / self.each() * len + (batches % self.each() * size).min(len);
        let first = self.index(epoch, 0) % self.each();
        let samples = before(first + self.schedule.steps as u128) - before(first);
        samples.try_into().unwrap_or(u64::MAX)
    }
}

/// Splits off the last samples for validation: as many as are beyond `⌊samples · (1 - part)⌋`, as in Keras.
fn split<N: Network>(data: Data<'_, N>, part: f64) -> Result<(Data<'_, N>, Option<Data<'_, N>>), FitError> {
    if part == 0.0 {
        return Ok((data, None));
    }
    let samples = data.x.len();
    let at = (samples as f64 * (1.0 - part)).floor() as usize;
    if at == 0 || at == samples {
        let found = format!("{part} of {samples}");
        return Err(FitError::option("validation_split", "at least one sample in either part", found));
    }
    let (training, validation) = data.split_at(at);
    Ok((training, Some(validation)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Batches of 20 of 70 samples.
    fn schedule(steps: usize) -> Schedule {
        Schedule {
            initial_epoch: 0,
            epochs: 8,
            batch_size: 20,
            steps,
            shuffle: true,
            seed: 5,
            validation_freq: 1,
            validation_batch_size: 20,
        }
    }

    #[test]
    fn each_pass_takes_each_sample_once_and_each_step_has_its_key() {
        for steps in [1, 3, 4, 7, 9] {
            let schedule = schedule(steps);
            let mut batches = Batches::new(70, &schedule);
            let places = (0..8).flat_map(|epoch| (0..steps).map(move |step| (epoch, step)));
            let mut take = |(epoch, step)| {
                let (samples, key) = batches.batch(epoch, step);
                (samples.to_vec(), key)
            };
            let taken: Vec<_> = places.map(&mut take).collect();
            for pass in taken.chunks_exact(4) {
                let samples: BTreeSet<_> = pass.iter().flat_map(|(samples, _)| samples).collect();
                assert_eq!((samples.len(), pass[3].0.len()), (70, 10));
            }
            let keys: BTreeSet<_> = taken.iter().map(|(_, key)| key).collect();
            assert_eq!(keys.len(), taken.len());
            let sizes =
                |epoch: usize| taken[epoch * steps..][..steps].iter().map(|(samples, _)| samples.len()).sum::<usize>();
            assert!((0..8).all(|epoch| batches.samples(epoch) == sizes(epoch) as u64));
        }
    }

    #[test]
    fn numbers_of_any_size_do_not_overflow() {
        for (steps, batch_size) in [(usize::MAX, 20), (usize::MAX, usize::MAX), (1, usize::MAX)] {
            let schedule = Schedule { batch_size, ..schedule(steps) };
            let mut batches = Batches::new(70, &schedule);
            for epoch in [0, 1, usize::MAX] {
                let (samples, _) = batches.batch(epoch, steps - 1);
                assert!((1..=70).contains(&samples.len()));
                assert_eq!(batches.samples(epoch) == u64::MAX, steps > 1);
            }
        }
    }
}
