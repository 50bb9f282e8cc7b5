//! One step of evaluation: predictions as `predict` makes them, and their losses.

use rayon::prelude::*;

use super::data::Data;
use super::learner::TestShard;
use super::network::SHARD;
use super::outputs::Output;
use super::rows::{Batch, Rows, View, Whole, gather, rows_of};
use super::step::Task;
use crate::element::Element;
use crate::losses::{Block, Each};

/// The memory of evaluation steps; grows with the first batch and then stays.
pub(super) struct Tester<T> {
    probes: Vec<Probe<T>>,
    rows: Vec<Rows<T>>,
    /// The loss of each row, as in training.
    values: Vec<T>,
    losses: Vec<f64>,
    used: usize,
}

/// That of [`SHARD`] samples.
struct Probe<T> {
    shard: Box<dyn TestShard<T>>,
    samples: usize,
    /// What the samples carry from batch to batch.
    states: Vec<T>,
    /// What came out, output by output.
    y: Vec<Vec<T>>,
    /// The masks of the outputs; empty where there is none.
    masks: Vec<Vec<T>>,
    /// What the values of the layers cost.
    penalty: f64,
}

impl<T: Element> Tester<T> {
    pub fn new(outputs: &[Output]) -> Self {
        Self { probes: Vec::new(), rows: rows_of(outputs), values: Vec::new(), losses: Vec::new(), used: 0 }
    }

    /// The loss of a batch without the penalties of weights.
    pub fn run(&mut self, task: &Task<'_, T>, states: &mut [Vec<T>]) -> f64 {
        let Task { weights, losses, batch, .. } = *task;
        let each = task.values_of_shard();
        self.used = batch.samples.len().div_ceil(SHARD);
        let outputs = self.rows.len();
        self.probes.resize_with(self.used.max(self.probes.len()), || Probe::new((task.facts.test_shard)(), outputs));
        self.values.resize(self.used * each, T::zero());
        gather(&mut self.rows, &losses, batch);
        self.swap_states(states);
        let known = &self.rows[..];
        let run = |(index, (probe, values)): (usize, (&mut Probe<T>, &mut [T]))| {
            let samples = &batch.samples[index * SHARD..][..SHARD.min(batch.samples.len() - index * SHARD)];
            probe.predict(weights, batch, samples);
            probe.values(known, &losses, index * SHARD, values);
        };
        let (probes, values) = (&mut self.probes[..self.used], &mut self.values);
        if self.used == 1 || rayon::current_num_threads() == 1 {
            probes.iter_mut().zip(values.chunks_mut(each)).enumerate().for_each(run);
        } else {
            probes.par_iter_mut().zip(values.par_chunks_mut(each)).enumerate().for_each(run);
        }
        self.swap_states(states);
        self.take_wholes(&losses, each);
        self.take_masks();
        task.weigh(&mut self.rows);
        let penalty: f64 = self.probes[..self.used].iter().map(|probe| probe.penalty).sum();
        task.sum(&self.rows, &self.values, &mut self.losses) + penalty / batch.samples.len().max(1) as f64
    }

    /// Exchanges what the samples carry with what is kept between batches.
    fn swap_states(&mut self, states: &mut [Vec<T>]) {
        self.probes.iter_mut().zip(states).for_each(|(probe, states)| std::mem::swap(&mut probe.states, states));
    }

    /// Gives all rows of a batch its value, where the loss is one of whole batches.
    fn take_wholes(&mut self, losses: &Each<'_, T>, each: usize) {
        for (output, (rows, loss)) in self.rows.iter().zip(losses.iter().flatten()).enumerate() {
            if loss.block() == Block::Batch {
                let mut whole = Whole::new();
                whole.see(rows, *loss, self.probes[..self.used].iter().map(|probe| &probe.y[output][..]));
                // Those of another output are behind.
                for (values, probe) in self.values.chunks_mut(each).zip(&self.probes) {
                    let View { output, factors, .. } = rows.view(0, probe.samples);
                    values[SHARD * output.rows_before..][..factors.len()].fill(whole.value);
                }
            }
        }
    }

    fn take_masks(&mut self) {
        for (output, rows) in self.rows.iter_mut().enumerate() {
            for probe in &self.probes[..self.used] {
                rows.add_mask(&probe.masks[output], probe.samples);
            }
        }
    }

    /// The loss of each output in the last batch, not weighted.
    pub fn losses(&self) -> &[f64] {
        &self.losses
    }

    /// Targets and predictions of the last batch, output by output and part by part.
    pub fn predictions(&self) -> impl Iterator<Item = (View<'_, T>, &[T])> {
        self.rows.iter().enumerate().flat_map(|(output, rows)| {
            let probes = self.probes[..self.used].iter().enumerate();
            probes.map(move |(index, probe)| (rows.view(index * SHARD, probe.samples), &probe.y[output][..]))
        })
    }
}

impl<T: Element> Probe<T> {
    fn new(shard: Box<dyn TestShard<T>>, outputs: usize) -> Self {
        let [y, masks] = [(); 2].map(|()| vec![Vec::new(); outputs]);
        Self { shard, samples: 0, states: Vec::new(), y, masks, penalty: 0.0 }
    }

    fn predict(&mut self, weights: &[T], batch: &Batch<'_, T>, samples: &[usize]) {
        self.samples = samples.len();
        self.y.iter_mut().chain(&mut self.masks).for_each(Vec::clear);
        let Data { x, first, .. } = batch.data;
        let Self { shard, states, y, masks, .. } = self;
        self.penalty = shard.predict(weights, x, first, samples, states, y, masks);
    }

    fn values(&self, rows: &[Rows<T>], losses: &Each<'_, T>, first: usize, values: &mut [T]) {
        for ((rows, loss), y) in rows.iter().zip(losses.iter().flatten()).zip(&self.y) {
            let View { output, y_true, factors, .. } = rows.view(first, self.samples);
            let values = &mut values[SHARD * output.rows_before..][..factors.len()];
            loss.rows(y_true, y, output.classes, false, values);
        }
    }
}
