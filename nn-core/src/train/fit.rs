//! `fit`: epochs of steps, with validation and callbacks in between.

use super::data::{Data, Given, Weights, class_weights};
use super::driver::{Driver, Parts};
use super::key::{mix, shuffle};
use super::learner::Hook;
use super::logs::{History, Logs, Params};
use super::meters::Prefix;
use super::options::FitSettings;
use super::rows::Batch;
use super::session::{State, TestBatches, in_pool, state};
use super::states::States;
use crate::element::Element;
use crate::error::FitError;

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
    steps_per_state: Option<usize>,
}

/// [`Model::fit`](super::Model::fit).
pub(super) fn fit<T: Element>(
    driver: &mut Driver<T>,
    mut parts: Parts<'_, T>,
    settings: &FitSettings<'_>,
    given: Given<'_, T>,
    validation: Option<Given<'_, T>>,
) -> Result<History, FitError> {
    settings.check()?;
    let (mut data, mut held_out) = split(driver.check(&parts, given)?, settings.validation_split)?;
    if let Some(given) = validation {
        held_out = Some(driver.check(&parts, given)?);
    }
    check_states(driver, settings, &data, held_out.as_ref())?;
    let by_class = settings.class_weight.map(|table| class_weights(&driver.facts, &data, table)).transpose()?;
    if by_class.is_some() {
        data.weights = Weights::new(by_class.as_deref(), None);
    }
    driver.calls += 1;
    let schedule = Schedule::new(settings, data.len, driver.calls);
    let params = Params { epochs: schedule.epochs, steps: schedule.steps, verbose: settings.verbose };
    let mut state = state(params, held_out.is_some(), driver.meters.directions());
    in_pool(|| driver.run(&mut parts, data, held_out, &schedule, &mut state))
}

/// Checks that layers with `stateful` find the samples of the batch before in the next one.
fn check_states<T: Element>(
    driver: &Driver<T>,
    settings: &FitSettings<'_>,
    data: &Data<'_, T>,
    validation: Option<&Data<'_, T>>,
) -> Result<(), FitError> {
    let (states, batch_size) = (&driver.states, settings.batch_size);
    states.check_steps(settings.steps_per_state)?;
    if !states.any() {
        return Ok(());
    }
    if settings.shuffle {
        let expected = "false: the layers with `stateful` go on with each sample in the next batch";
        return Err(FitError::option("shuffle", expected, true));
    }
    states.check("batch_size", batch_size)?;
    states.check_whole("x", data, batch_size)?;
    let Some(validation) = validation else { return Ok(()) };
    let own = settings.validation_batch_size.unwrap_or(batch_size);
    // With `steps_per_state` validation has states of its own.
    if own != batch_size && settings.steps_per_state.is_none() {
        let expected = "that of training, with whose states layers with `stateful` go on";
        return Err(FitError::option("validation_batch_size", expected, own));
    }
    states.check_whole("validation_data.0", validation, own)
}

impl<T: Element> Driver<T> {
    fn run(
        &mut self,
        parts: &mut Parts<'_, T>,
        data: Data<'_, T>,
        validation: Option<Data<'_, T>>,
        schedule: &Schedule,
        state: &mut State,
    ) -> Result<History, FitError> {
        let mut history = History::new(state.params);
        let mut batches = Batches::new(data.len, schedule);
        let mut logs = Logs::default();
        parts.hook(Hook::TrainBegin, state)?;
        for epoch in schedule.initial_epoch..schedule.epochs {
            let title = format!("Epoch {}/{}", epoch + 1, schedule.epochs);
            state.progress.begin(title, batches.samples(epoch));
            parts.hook(Hook::EpochBegin(epoch), state)?;
            logs = Logs::default();
            self.epoch(epoch, parts, data, &mut batches, &mut logs, state)?;
            if let Some(validation) = validation.filter(|_| (epoch + 1) % schedule.validation_freq == 0) {
                self.validate(parts, validation, schedule, &mut logs, state)?;
            }
            parts.hook(Hook::EpochEnd(epoch, &mut logs), state)?;
            state.progress.end(&logs);
            history.push(epoch, &logs);
            if state.stop {
                break;
            }
        }
        let count = self.facts.count();
        parts.optimizer.finalize(&self.facts.params, &mut parts.learner.weights_mut()[..count]);
        let end = parts.hook(Hook::TrainEnd(&logs), state);
        self.end_states(state);
        end?;
        Ok(history)
    }

    /// Evaluates on the samples for validation. With `steps_per_state` they have states of their own; without, they go on with
    /// those of training and leave theirs to it, as in Keras.
    fn validate(
        &mut self,
        parts: &mut Parts<'_, T>,
        data: Data<'_, T>,
        schedule: &Schedule,
        logs: &mut Logs,
        state: &mut State,
    ) -> Result<(), FitError> {
        let &Schedule { validation_batch_size: batch_size, steps_per_state, .. } = schedule;
        let fresh = States::new(self.facts.state_len);
        let aside = steps_per_state.map(|_| std::mem::replace(&mut self.states, fresh));
        let batches = TestBatches { batch_size, steps_per_state };
        let result = self.test(parts, data, batches, Prefix::Val, logs, state);
        if let Some(aside) = aside {
            self.states = aside;
        }
        result
    }

    /// The steps of one epoch.
    fn epoch(
        &mut self,
        epoch: usize,
        parts: &mut Parts<'_, T>,
        data: Data<'_, T>,
        batches: &mut Batches<'_>,
        logs: &mut Logs,
        state: &mut State,
    ) -> Result<(), FitError> {
        self.meters.reset();
        for step in 0..batches.schedule.steps {
            parts.hook(Hook::TrainBatchBegin(step), state)?;
            self.begin_states(batches.schedule.steps_per_state, batches.index(epoch, step), state);
            let (samples, key) = batches.batch(epoch, step);
            state.batch_loss = self.step(parts, &Batch { data, samples }, key);
            self.meters.write(Prefix::None, logs);
            parts.hook(Hook::TrainBatchEnd(step, logs), state)?;
            state.progress.advance(samples.len(), logs);
            if state.stop {
                break;
            }
        }
        Ok(())
    }
}

impl Schedule {
    fn new(options: &FitSettings<'_>, samples: usize, calls: u64) -> Self {
        Self {
            initial_epoch: options.initial_epoch,
            epochs: options.epochs,
            batch_size: options.batch_size,
            steps: options.steps_per_epoch.unwrap_or(samples.div_ceil(options.batch_size)),
            shuffle: options.shuffle,
            seed: options.seed.unwrap_or_else(|| mix(calls, 1)),
            validation_freq: options.validation_freq,
            validation_batch_size: options.validation_batch_size.unwrap_or(options.batch_size),
            steps_per_state: options.steps_per_state,
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
fn split<T>(data: Data<'_, T>, part: f64) -> Result<(Data<'_, T>, Option<Data<'_, T>>), FitError> {
    if part == 0.0 {
        return Ok((data, None));
    }
    let samples = data.len;
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
            steps_per_state: None,
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
