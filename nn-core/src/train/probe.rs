//! One step of evaluation: predictions as `infer` makes them, and their loss.

use rayon::prelude::*;

use super::data::{classes, rows};
use super::network::SHARD;
use super::rows::{Batch, Part, Rows};
use crate::losses::Loss;
use crate::network::Network;

/// The memory of evaluation steps; grows with the first batch and then stays.
pub(super) struct Tester<N: Network> {
    probes: Vec<Probe<N>>,
    rows: Rows<N::Element>,
    used: usize,
}

/// That of [`SHARD`] samples.
struct Probe<N: Network> {
    workspace: Box<N::Workspace>,
    y: Vec<N::Output>,
}

impl<N: Network> Tester<N> {
    pub fn new() -> Self {
        Self { probes: Vec::new(), rows: Rows::new(), used: 0 }
    }

    /// The loss of a batch without regularization.
    pub fn run(&mut self, network: &N, loss: &impl Loss<N::Element>, batch: &Batch<'_, N>) -> f64 {
        self.used = batch.samples.len().div_ceil(SHARD);
        let memory = || Probe { workspace: N::workspace(), y: Vec::new() };
        self.probes.resize_with(self.used.max(self.probes.len()), memory);
        self.rows.gather(loss, batch);
        let mut values = self.rows.take_values();
        let known = &self.rows;
        let run = |(index, (probe, values)): (usize, (&mut Probe<N>, &mut [N::Element]))| {
            let samples = &batch.samples[index * SHARD..][..SHARD.min(batch.samples.len() - index * SHARD)];
            probe.predict(network, batch, samples);
            let part = known.part::<N>(index * SHARD, samples.len());
            loss.rows(part.y_true, bytemuck::cast_slice(&probe.y), classes::<N>(), false, values);
        };
        let (probes, each) = (&mut self.probes[..self.used], SHARD * rows::<N>());
        if self.used == 1 || rayon::current_num_threads() == 1 {
            probes.iter_mut().zip(values.chunks_mut(each)).enumerate().for_each(run);
        } else {
            probes.par_iter_mut().zip(values.par_chunks_mut(each)).enumerate().for_each(run);
        }
        self.rows.put_values(values);
        self.rows.loss()
    }

    /// Targets and predictions of the last batch, part by part.
    pub fn predictions(&self) -> impl Iterator<Item = (Part<'_, N::Element>, &[N::Element])> {
        self.probes[..self.used]
            .iter()
            .enumerate()
            .map(|(index, probe)| (self.rows.part::<N>(index * SHARD, probe.y.len()), bytemuck::cast_slice(&probe.y)))
    }
}

impl<N: Network> Probe<N> {
    fn predict(&mut self, network: &N, batch: &Batch<'_, N>, samples: &[usize]) {
        let Self { workspace, y } = self;
        y.clear();
        y.extend(samples.iter().map(|&sample| network.infer(&batch.data.x[sample], workspace)));
    }
}
