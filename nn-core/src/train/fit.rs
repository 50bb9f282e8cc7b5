//! `fit`: epochs of steps, with validation and callbacks in between.

use super::data::{Data, TRAINING, VALIDATION, class_weights, flatten};
use super::key::{mix, shuffle};
use super::logs::{History, Logs, Params};
use super::meters::Prefix;
use super::model::Model;
use super::network::Train;
use super::options::Fit;
use super::rows::Batch;
use super::session::Session;
use crate::error::FitError;
use crate::losses::{Loss, LossFor, Target};
use crate::network::Network;
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

impl<N: Train, L: Loss<N::Element>, O: Optimizer<N::Element>> Model<N, L, O> {
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
        L: LossFor<N::Output, Y, N::Element>,
    {
        options.check()?;
        self.check_reduction()?;
        let (mut flat, mut validation_flat) = (Vec::new(), Vec::new());
        flatten(y, &mut flat);
        let data = Data { x, y: &flat, width: Y::WIDTH, weights: options.sample_weight };
        data.check(y.len(), &self.loss, TRAINING)?;
        self.meters.check::<N>(data.width)?;
        let (mut data, mut validation) = split(data, options.validation_split)?;
        if let Some((x, y)) = options.validation_data {
            flatten(y, &mut validation_flat);
            let weights = options.validation_sample_weight;
            let data = Data { x, y: &validation_flat, width: Y::WIDTH, weights };
            data.check(y.len(), &self.loss, VALIDATION)?;
            validation = Some(data);
        }
        let by_class = options.class_weight.map(|table| class_weights(&data, table)).transpose()?;
        data.weights = by_class.as_deref().or(data.weights);
        self.calls += 1;
        let schedule = Schedule::new(&options, data.x.len(), self.calls);
        let params = Params { epochs: schedule.epochs, steps: schedule.steps, verbose: options.verbose };
        self.run(data, validation, &schedule, Session::new(options.callbacks, params, validation.is_some()))
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
    pass: Option<usize>,
}

impl<'a> Batches<'a> {
    fn new(samples: usize, schedule: &'a Schedule) -> Self {
        Self { schedule, order: (0..samples).collect(), pass: None }
    }

    /// Where a step is: in which pass over the samples, and where in it.
    fn place(&self, epoch: usize, step: usize) -> (usize, usize) {
        let each = self.order.len().div_ceil(self.schedule.batch_size);
        let index = epoch * self.schedule.steps + step;
        (index / each, index % each * self.schedule.batch_size)
    }

    /// The samples of a step, and the key of its random numbers.
    fn batch(&mut self, epoch: usize, step: usize) -> (&[usize], u64) {
        let (pass, first) = self.place(epoch, step);
        if self.schedule.shuffle && self.pass != Some(pass) {
            shuffle(&mut self.order, mix(self.schedule.seed, pass as u64));
            self.pass = Some(pass);
        }
        let index = (epoch * self.schedule.steps + step) as u64;
        let key = mix(!self.schedule.seed, index);
        (&self.order[first..self.order.len().min(first + self.schedule.batch_size)], key)
    }

    /// How many samples an epoch takes.
    fn samples(&self, epoch: usize) -> usize {
        let size = |step| self.schedule.batch_size.min(self.order.len() - self.place(epoch, step).1);
        (0..self.schedule.steps).map(size).sum()
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
