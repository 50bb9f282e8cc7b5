//! One step: a batch cut into shards, forward, loss and backward of each, and one gradient in the end.
//!
//! Shards are dealt to workers, a fixed number that the threads take from; a worker adds up the gradients of its shards
//! in their order, and the workers are added up in theirs. Nothing depends on the number of threads.
//!
//! Where no shard is needed again after its turn, all that a thread runs use the same memory, which stays near its core.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::kernels::vectors::dispatch;
use rayon::prelude::*;

use super::aligned::Aligned;
use super::learner::{Facts, TrainingShard};
use super::network::{OutputActivation, Pass, SHARD};
use super::rows::{Batch, Rows, View, Whole, gather, rows_of};
use crate::element::Element;
use crate::layers::batch_normalization::Statistics;
use crate::losses::{Block, Each, Loss};
use crate::network::level;
use crate::optimizers::RowGradients;
use crate::rt;

type BoxedShard<T> = Box<dyn TrainingShard<T>>;

/// The memory of training steps; grows with the first batch and then stays.
pub(super) struct Trainer<T> {
    /// One for each shard of a batch, or as many as threads have needed at a time.
    shards: Vec<BoxedShard<T>>,
    /// What came out of each shard.
    seen: Vec<Seen<T>>,
    /// Targets and weights at each output.
    rows: Vec<Rows<T>>,
    /// The loss of each row: for each shard, that of all its rows at one output behind that at another.
    values: Vec<T>,
    gradients: Vec<Aligned<T>>,
    /// What the batch normalizations saw of the last batch.
    pub statistics: Vec<Statistics>,
    /// What of the gradients the workers add up: all but the tables whose gradients are lists of rows.
    dense: Vec<Range<usize>>,
    /// For each output, whether backward starts at its logits.
    from_logits: Vec<bool>,
    /// The loss of each output, not weighted.
    losses: Vec<f64>,
    /// For each output what is known of the whole batch, if its loss is of that.
    wholes: Vec<Option<Whole<T>>>,
    /// How many shards the batch at hand has.
    used: usize,
}

/// What came out of a shard, output by output.
struct Seen<T> {
    first: usize,
    samples: usize,
    y: Vec<Vec<T>>,
    /// What its samples carry from batch to batch.
    states: Vec<T>,
    /// What its values cost.
    penalty: f64,
}

/// What a step needs of a model.
#[derive(Clone, Copy)]
pub(super) struct Task<'a, T> {
    pub facts: &'a Facts<T>,
    /// Those of [`Learner::weights`](super::learner::Learner::weights).
    pub weights: &'a [T],
    pub losses: Each<'a, T>,
    /// The weight of each output's loss; 1 for those that are not there.
    pub loss_weights: &'a [f64],
    pub batch: &'a Batch<'a, T>,
}

impl<T: Element> Task<'_, T> {
    /// How many values the losses of a shard have.
    pub fn values_of_shard(&self) -> usize {
        SHARD * self.facts.rows()
    }

    /// Computes what each row counts.
    pub fn weigh(&self, rows: &mut [Rows<T>]) {
        for ((rows, loss), weight) in rows.iter_mut().zip(self.losses.iter().flatten()).zip(self.weights_of_losses()) {
            rows.weigh(*loss, weight);
        }
    }

    /// The weights of the losses, without end.
    fn weights_of_losses(&self) -> impl Iterator<Item = f64> {
        self.loss_weights.iter().copied().chain(std::iter::repeat(1.0))
    }

    /// Writes the loss of each output; returns their weighted sum.
    pub fn sum(&self, rows: &[Rows<T>], values: &[T], losses: &mut Vec<f64>) -> f64 {
        let each = self.values_of_shard();
        losses.clear();
        losses.extend(rows.iter().map(|rows| rows.loss(values, each)));
        losses.iter().zip(self.weights_of_losses()).map(|(loss, weight)| loss * weight).sum()
    }
}

/// The most workers: as many gradients as fit into 256 MiB, but from 4 to 64.
fn max_workers<T>(dense: &[Range<usize>]) -> usize {
    let size = dense.iter().map(ExactSizeIterator::len).sum::<usize>() * size_of::<T>();
    ((256 << 20) / size.max(1)).clamp(4, 64)
}

/// The parts of the flat weights that are no tables, neighbours merged.
fn dense<T>(facts: &Facts<T>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (index, param) in facts.params.iter().enumerate() {
        match ranges.last_mut() {
            _ if facts.tables.contains(&index) => {}
            Some(last) if last.end == param.offset => last.end += param.len(),
            _ => ranges.push(param.range()),
        }
    }
    ranges
}

impl<T: Element> Trainer<T> {
    pub fn new(facts: &Facts<T>) -> Self {
        Self {
            shards: Vec::new(),
            seen: Vec::new(),
            rows: rows_of(&facts.outputs),
            values: Vec::new(),
            gradients: Vec::new(),
            statistics: vec![Statistics::default(); facts.phases.saturating_sub(1)],
            dense: dense(facts),
            from_logits: Vec::new(),
            losses: Vec::new(),
            wholes: Vec::new(),
            used: 0,
        }
    }

    /// The loss of a batch without the penalties of weights; leaves its gradient and the statistics.
    ///
    /// `states` is what the samples carry from batch to batch, shard by shard.
    pub fn run(&mut self, task: &Task<'_, T>, key: u64, states: &mut [Vec<T>]) -> f64 {
        let whole = |loss: &&dyn Loss<_>| (loss.block() == Block::Batch).then(Whole::new);
        if self.wholes.is_empty() {
            self.wholes.extend(task.losses.iter().flatten().map(whole));
        }
        self.prepare(task);
        self.swap_states(states);
        gather(&mut self.rows, &task.losses, task.batch);
        self.from_logits.clear();
        let outputs = task.facts.activations.iter().zip(task.losses.iter().flatten());
        self.from_logits.extend(outputs.map(|(activation, loss)| takes_logits(*activation, *loss)));
        let last = task.facts.phases - 1;
        let stage = |trainer: &mut Self, forward, backward| trainer.stage(&Job { task, key, forward, backward });
        for phase in 0..last {
            stage(self, Some(phase), None);
            let shards = self.shards[..self.used].iter();
            self.statistics[phase].combine(shards.filter_map(|shard| shard.partial(phase)));
        }
        if self.is_masked() || self.has_wholes() {
            // How many rows a mask leaves is known when all shards are through, and so is a loss of the whole batch.
            stage(self, Some(last), None);
            self.take_masks();
            task.weigh(&mut self.rows);
            self.take_wholes(&task.losses);
            stage(self, None, Some(last));
        } else {
            task.weigh(&mut self.rows);
            stage(self, Some(last), Some(last));
        }
        self.swap_states(states);
        for phase in (0..last).rev() {
            let shards = self.shards[..self.used].iter();
            self.statistics[phase].combine_backward(shards.filter_map(|shard| shard.partial_backward(phase)));
            stage(self, None, Some(phase));
        }
        self.reduce();
        task.sum(&self.rows, &self.values, &mut self.losses) + self.penalty()
    }

    /// Exchanges what the samples carry with what is kept between batches.
    fn swap_states(&mut self, states: &mut [Vec<T>]) {
        self.seen.iter_mut().zip(states).for_each(|(seen, states)| std::mem::swap(&mut seen.states, states));
    }

    /// The mean of what the values of samples cost.
    fn penalty(&self) -> f64 {
        let seen = &self.seen[..self.used];
        let samples: usize = seen.iter().map(|seen| seen.samples).sum();
        seen.iter().map(|seen| seen.penalty).sum::<f64>() / samples.max(1) as f64
    }

    fn is_masked(&self) -> bool {
        let mut shards = self.shards.first().into_iter();
        shards.any(|shard| (0..self.rows.len()).any(|output| shard.mask(output).is_some()))
    }

    fn has_wholes(&self) -> bool {
        self.wholes.iter().any(Option::is_some)
    }

    fn take_wholes(&mut self, losses: &Each<'_, T>) {
        let rows = self.rows.iter().zip(losses.iter().flatten()).zip(&mut self.wholes).enumerate();
        for (output, ((rows, loss), whole)) in rows {
            if let Some(whole) = whole {
                let len = |samples: usize| rows.view(0, samples).output.len * samples;
                let shards = self.shards[..self.used].iter().zip(&self.seen);
                whole.see(rows, *loss, shards.map(|(shard, seen)| &shard.output(output)[..len(seen.samples)]));
                whole.differentiate(rows, *loss);
            }
        }
    }

    fn take_masks(&mut self) {
        for (output, rows) in self.rows.iter_mut().enumerate() {
            for (shard, seen) in self.shards[..self.used].iter().zip(&self.seen) {
                if let Some(mask) = shard.mask(output) {
                    rows.add_mask(mask, seen.samples);
                }
            }
        }
    }

    /// The gradient of the last batch.
    pub fn gradient_mut(&mut self) -> &mut [T] {
        self.gradients.first_mut().map(Aligned::as_mut_slice).unwrap_or_default()
    }

    /// The same, and the lists of rows of which that of the tables consists.
    pub fn gradient(&self, facts: &Facts<T>) -> (&[T], Vec<RowGradients<'_, T>>) {
        let shards = self.shards.iter().take(self.used);
        let mut tables: Vec<usize> = facts.tables.clone();
        tables.sort_unstable();
        tables.dedup();
        let rows = tables.into_iter().map(|table| {
            let mut list = Vec::new();
            for shard in shards.clone() {
                let uses = facts.tables.iter().enumerate().filter(|(_, of)| **of == table);
                uses.for_each(|(of, _)| shard.rows(of, &mut list));
            }
            RowGradients::new(table, list)
        });
        (self.gradients.first().map(Aligned::as_slice).unwrap_or_default(), rows.collect())
    }

    /// The loss of each output in the last batch, not weighted.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// Targets and predictions of the last batch, output by output and shard by shard.
    pub fn predictions(&self) -> impl Iterator<Item = (View<'_, T>, &[T])> {
        self.rows.iter().enumerate().flat_map(|(output, rows)| {
            let seen = self.seen[..self.used].iter();
            seen.map(move |seen| {
                let view = rows.view(seen.first, seen.samples);
                let y_pred = &seen.y[output][..seen.samples * view.output.len];
                (view, y_pred)
            })
        })
    }

    /// How many shards a worker takes, and how many workers there are.
    fn deal(&self) -> (usize, usize) {
        let each = self.used.div_ceil(max_workers::<T>(&self.dense)).max(1);
        (each, self.used.div_ceil(each))
    }

    /// Whether a shard may use the memory of another: nothing is asked of it after its turn.
    fn shares(&self, facts: &Facts<T>) -> bool {
        facts.phases == 1 && facts.tables.is_empty() && !self.has_wholes() && !self.is_masked()
    }

    fn prepare(&mut self, task: &Task<'_, T>) {
        let (facts, samples) = (task.facts, task.batch.samples.len());
        self.used = samples.div_ceil(SHARD);
        if self.shards.is_empty() {
            self.shards.push((facts.training_shard)());
        }
        let (_, workers) = self.deal();
        self.gradients.resize_with(workers.max(self.gradients.len()), || Aligned::zeros(facts.len));
        self.values.resize(self.used * task.values_of_shard(), T::zero());
        let empty = || {
            let y = vec![Vec::new(); facts.outputs.len()];
            Seen { first: 0, samples: 0, y, states: Vec::new(), penalty: 0.0 }
        };
        self.seen.resize_with(self.used.max(self.seen.len()), empty);
        for (index, seen) in self.seen[..self.used].iter_mut().enumerate() {
            seen.first = index * SHARD;
            seen.samples = SHARD.min(samples - seen.first);
        }
        if self.shares(facts) {
            return;
        }
        self.shards.resize_with(self.used.max(self.shards.len()), || (facts.training_shard)());
        for (shard, seen) in self.shards.iter_mut().zip(&self.seen[..self.used]) {
            shard.resize(seen.first, seen.samples);
        }
    }

    /// Runs a job on all shards.
    fn stage(&mut self, job: &Job<'_, T>) {
        let ((each, workers), shares) = (self.deal(), self.shares(job.task.facts));
        let Self { shards, seen, rows, values, gradients, statistics, dense, from_logits, wholes, used, .. } = self;
        let known = Known { rows, wholes };
        let samples = job.task.batch.samples.len();
        let pass = Pass { statistics, key: job.key, from_logits, input_gradient: false, rows: true, samples };
        let run = |worker: Worker<'_, T>| job.worker(&pass, known, dense, worker);
        let values_each = each * job.task.values_of_shard();
        let (seen, gradients) = (&mut seen[..*used], &mut gradients[..workers]);
        let alone = workers == 1 || rayon::current_num_threads() == 1;
        if shares {
            let free = Mutex::new(std::mem::take(shards));
            let worker = |((seen, values), gradients): ((&mut [_], &mut [_]), &mut Aligned<T>)| {
                let mut shard = locked(&free).pop().unwrap_or_else(|| (job.task.facts.training_shard)());
                run(Worker { memory: Memory::One(&mut shard), seen, values, gradients: gradients.as_mut_slice() });
                locked(&free).push(shard);
            };
            if alone {
                seen.chunks_mut(each).zip(values.chunks_mut(values_each)).zip(gradients).for_each(worker);
            } else {
                seen.par_chunks_mut(each).zip(values.par_chunks_mut(values_each)).zip(gradients).for_each(worker);
            }
            *shards = free.into_inner().unwrap_or_else(PoisonError::into_inner);
            return;
        }
        let worker = |(((shards, seen), values), gradients): (((&mut [_], &mut [_]), &mut [_]), &mut Aligned<T>)| {
            run(Worker { memory: Memory::Each(shards), seen, values, gradients: gradients.as_mut_slice() });
        };
        let shards = &mut shards[..*used];
        if alone {
            let workers = shards.chunks_mut(each).zip(seen.chunks_mut(each)).zip(values.chunks_mut(values_each));
            workers.zip(gradients).for_each(worker);
        } else {
            let workers =
                shards.par_chunks_mut(each).zip(seen.par_chunks_mut(each)).zip(values.par_chunks_mut(values_each));
            workers.zip(gradients).for_each(worker);
        }
    }

    /// Adds up the gradients of the workers in the first.
    fn reduce(&mut self) {
        let (_, workers) = self.deal();
        let Some((sum, others)) = self.gradients[..workers].split_first_mut() else { return };
        let others = &*others;
        for Range { start, end } in self.dense.iter().cloned() {
            let part = |(index, sum): (usize, &mut [T])| {
                for other in others {
                    let other = &other.as_slice()[start + index * RANGE..][..sum.len()];
                    dispatch!(level(), simd => rt::add(simd, other, sum));
                }
            };
            let sum = &mut sum.as_mut_slice()[start..end];
            if sum.len() <= RANGE || workers == 1 || rayon::current_num_threads() == 1 {
                sum.chunks_mut(RANGE).enumerate().for_each(part);
            } else {
                sum.par_chunks_mut(RANGE).enumerate().for_each(part);
            }
        }
    }
}

/// Keeps what came out of a shard.
fn see<T: Element>(shard: &dyn TrainingShard<T>, seen: &mut Seen<T>) {
    for (output, y) in seen.y.iter_mut().enumerate() {
        y.clear();
        y.extend_from_slice(shard.output(output));
    }
}

/// Whether backward starts at the logits of this activation.
fn takes_logits<T: Element>(activation: OutputActivation, loss: &dyn Loss<T>) -> bool {
    activation != OutputActivation::Other && loss.prefers_logits_of() == activation
}

/// Weights that one thread adds up at a time: 64 KiB of `f32` for each worker.
const RANGE: usize = 1 << 14;

/// What is in there, also where another thread has ended badly: its step has no result then.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the shards of a worker run: each in its own memory, or all in the same, one after the other.
enum Memory<'a, T> {
    Each(&'a mut [BoxedShard<T>]),
    One(&'a mut BoxedShard<T>),
}

impl<T: Element> Memory<'_, T> {
    fn shard(&mut self, index: usize, seen: &Seen<T>) -> &mut dyn TrainingShard<T> {
        match self {
            Memory::Each(shards) => &mut *shards[index],
            Memory::One(shard) => {
                shard.resize(seen.first, seen.samples);
                &mut ***shard
            }
        }
    }
}

/// What is known of a batch at each output.
#[derive(Clone, Copy)]
struct Known<'a, T> {
    rows: &'a [Rows<T>],
    /// Of a loss of whole batches its value and gradient.
    wholes: &'a [Option<Whole<T>>],
}

/// Some shards, what comes out of them, the values of their rows, and the gradient that they add up.
struct Worker<'a, T> {
    memory: Memory<'a, T>,
    seen: &'a mut [Seen<T>],
    values: &'a mut [T],
    gradients: &'a mut [T],
}

/// What there is to do with each shard.
struct Job<'a, T> {
    task: &'a Task<'a, T>,
    key: u64,
    /// The phase to run forward.
    forward: Option<usize>,
    /// The phase to run backward.
    backward: Option<usize>,
}

impl<T: Element> Job<'_, T> {
    fn worker(&self, pass: &Pass<'_>, known: Known<'_, T>, dense: &[Range<usize>], worker: Worker<'_, T>) {
        let Worker { mut memory, seen, values, gradients } = worker;
        let weights = self.task.weights;
        let last = Some(self.task.facts.phases - 1);
        if self.backward == last {
            dense.iter().cloned().for_each(|dense| gradients[dense].fill(T::zero()));
        }
        let values = values.chunks_mut(self.task.values_of_shard());
        for (index, (seen, values)) in seen.iter_mut().zip(values).enumerate() {
            let shard = memory.shard(index, seen);
            if self.forward == Some(0) {
                self.load(shard, seen);
                shard.states().copy_from_slice(&seen.states);
            }
            if let Some(phase) = self.forward {
                shard.forward(weights, phase, pass);
            }
            if self.forward == last {
                seen.states.copy_from_slice(shard.states());
            }
            if self.backward == last {
                self.differentiate(shard, seen, known, values, pass.from_logits);
                see(shard, seen);
                seen.penalty = shard.penalty();
            }
            if let Some(phase) = self.backward {
                shard.backward(weights, phase, pass, gradients);
            }
        }
    }

    /// Copies the samples of a shard to where the network reads them.
    fn load(&self, shard: &mut dyn TrainingShard<T>, seen: &Seen<T>) {
        let Batch { data, samples } = self.task.batch;
        for (place, &sample) in samples[seen.first..][..seen.samples].iter().enumerate() {
            shard.load(place, data.x, data.first + sample);
        }
    }

    /// The losses of a shard and their gradients with respect to the outputs, or to the logits.
    fn differentiate(
        &self,
        shard: &mut dyn TrainingShard<T>,
        seen: &Seen<T>,
        known: Known<'_, T>,
        values: &mut [T],
        from_logits: &[bool],
    ) {
        let losses = self.task.losses.iter().flatten().zip(from_logits);
        for (output, (rows, (loss, &logits))) in known.rows.iter().zip(losses).enumerate() {
            let View { output: place, y_true, factors, .. } = rows.view(seen.first, seen.samples);
            let (y_pred, dy_pred) = shard.output_and_gradient(output, logits);
            let len = seen.samples * place.len;
            let (y_pred, dy_pred) = (&y_pred[..len], &mut dy_pred[..len]);
            let values = &mut values[SHARD * place.rows_before..][..factors.len()];
            if let Some(Some(whole)) = known.wholes.get(output) {
                dy_pred.copy_from_slice(&whole.gradient(seen.first * place.len)[..len]);
                values.fill(whole.value);
                continue;
            }
            loss.rows(y_true, y_pred, place.classes, logits, values);
            loss.gradient(y_true, y_pred, place.classes, logits, factors, dy_pred);
        }
    }
}
