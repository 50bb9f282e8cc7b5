//! One step of evaluation: predictions as `predict` makes them, and their losses.

use bytemuck::Zeroable;
use rayon::prelude::*;

use super::network::{SHARD, Train};
use super::outputs::{flat, outputs, rows};
use super::rows::{Batch, Rows, View, Whole, gather, rows_of};
use super::step::Task;
use crate::kernels::frame;
use crate::kernels::vectors::dispatch;
use crate::losses::{Block, Each};
use crate::network::{Network, Runner, level};

/// The memory of evaluation steps; grows with the first batch and then stays.
pub(super) struct Tester<N: Network> {
    probes: Vec<Probe<N>>,
    rows: Vec<Rows<N::Element>>,
    /// The loss of each row, as in training.
    values: Vec<N::Element>,
    losses: Vec<f64>,
    used: usize,
}

/// That of [`SHARD`] samples.
struct Probe<N: Network> {
    runner: Runner<N>,
    samples: usize,
    /// What came out, sample by sample.
    samples_y: Vec<N::Output>,
    /// The same, output by output.
    y: Vec<Vec<N::Element>>,
    /// The masks of the outputs; empty where there is none.
    masks: Vec<Vec<N::Element>>,
    /// What the values of the layers cost.
    penalty: f64,
    /// The memory for that.
    spare: Vec<N::Element>,
}

impl<N: Train> Tester<N> {
    pub fn new() -> Self {
        Self { probes: Vec::new(), rows: rows_of::<N>(), values: Vec::new(), losses: Vec::new(), used: 0 }
    }

    /// The loss of a batch without the penalties of weights.
    pub fn run(&mut self, task: &Task<'_, N>) -> f64 {
        let Task { network, losses, batch, .. } = *task;
        let each = SHARD * rows::<N>();
        self.used = batch.samples.len().div_ceil(SHARD);
        self.probes.resize_with(self.used.max(self.probes.len()), Probe::new);
        self.values.resize(self.used * each, num_traits::zero());
        gather(&mut self.rows, &losses, batch);
        let known = &self.rows[..];
        let run = |(index, (probe, values)): (usize, (&mut Probe<N>, &mut [N::Element]))| {
            let samples = &batch.samples[index * SHARD..][..SHARD.min(batch.samples.len() - index * SHARD)];
            probe.predict(network, batch, samples);
            probe.values(known, &losses, index * SHARD, values);
            probe.penalize(network, batch, samples);
        };
        let (probes, values) = (&mut self.probes[..self.used], &mut self.values);
        if self.used == 1 || rayon::current_num_threads() == 1 {
            probes.iter_mut().zip(values.chunks_mut(each)).enumerate().for_each(run);
        } else {
            probes.par_iter_mut().zip(values.par_chunks_mut(each)).enumerate().for_each(run);
        }
        self.take_wholes(&losses);
        self.take_masks();
        task.weigh(&mut self.rows);
        let penalty: f64 = self.probes[..self.used].iter().map(|probe| probe.penalty).sum();
        task.sum(&self.rows, &self.values, &mut self.losses) + penalty / batch.samples.len().max(1) as f64
    }

    /// Gives all rows of a batch its value, where the loss is one of whole batches.
    fn take_wholes(&mut self, losses: &Each<'_, N::Element>) {
        for (output, (rows, loss)) in self.rows.iter().zip(losses.iter().flatten()).enumerate() {
            if loss.block() == Block::Batch {
                let mut whole = Whole::new();
                whole.see(rows, *loss, self.probes[..self.used].iter().map(|probe| &probe.y[output][..]));
                // Those of another output are behind.
                for (values, probe) in self.values.chunks_mut(SHARD * super::outputs::rows::<N>()).zip(&self.probes) {
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
    pub fn predictions(&self) -> impl Iterator<Item = (View<'_, N::Element>, &[N::Element])> {
        self.rows.iter().enumerate().flat_map(|(output, rows)| {
            let probes = self.probes[..self.used].iter().enumerate();
            probes.map(move |(index, probe)| (rows.view(index * SHARD, probe.samples), &probe.y[output][..]))
        })
    }
}

impl<N: Train> Probe<N> {
    fn new() -> Self {
        let empty = || outputs::<N>().map(|_| Vec::new()).collect();
        Self {
            runner: Runner::new(),
            samples: 0,
            samples_y: Vec::new(),
            y: empty(),
            masks: empty(),
            penalty: 0.0,
            spare: Vec::new(),
        }
    }

    fn predict(&mut self, network: &N, batch: &Batch<'_, N>, samples: &[usize]) {
        self.samples = samples.len();
        self.y.iter_mut().chain(&mut self.masks).for_each(Vec::clear);
        self.samples_y.resize(samples.len(), Zeroable::zeroed());
        let mut xs = samples.iter().map(|&sample| &batch.data.x[sample]);
        for ys in self.samples_y.chunks_mut(N::TOGETHER) {
            self.runner.run(network, &mut xs, ys);
            for y in ys {
                let y = flat::<N>(std::slice::from_ref(y));
                for output in outputs::<N>() {
                    self.y[output.index].extend_from_slice(&y[output.offset..][..output.len]);
                    // Samples that run together have none.
                    let mask = N::output_mask(&self.runner.workspace, output.index);
                    self.masks[output.index].extend_from_slice(mask.unwrap_or_default());
                }
            }
        }
    }

    /// Adds up what the values of the layers cost, which inference does not keep.
    fn penalize(&mut self, network: &N, batch: &Batch<'_, N>, samples: &[usize]) {
        if !N::PENALIZED {
            return;
        }
        self.penalty = 0.0;
        for &sample in samples {
            let (x, spare) = (&batch.data.x[sample], &mut self.spare);
            self.penalty += dispatch!(level(), simd => {
                frame::align();
                network.infer_penalty(simd, x, spare)
            });
        }
    }

    fn values(
        &self,
        rows: &[Rows<N::Element>],
        losses: &Each<'_, N::Element>,
        first: usize,
        values: &mut [N::Element],
    ) {
        for ((rows, loss), y) in rows.iter().zip(losses.iter().flatten()).zip(&self.y) {
            let View { output, y_true, factors, .. } = rows.view(first, self.samples);
            let values = &mut values[SHARD * output.rows_before..][..factors.len()];
            loss.rows(y_true, y, output.classes, false, values);
        }
    }
}
