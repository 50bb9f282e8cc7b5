//! One step: a batch cut into shards, forward, loss and backward of each, and one gradient in the end.
//!
//! Shards are dealt to lanes, a fixed number that the threads take from; a lane adds up the gradients of its shards
//! in their order, and the lanes are added up in theirs. Nothing depends on the number of threads.

use fearless_simd::{Simd, dispatch};
use rayon::prelude::*;

use super::data::{classes, rows};
use super::network::{Activations, OutputActivation, Pass, SHARD, Shard, Train};
use super::rows::{Batch, Part, Rows};
use crate::element::Element;
use crate::losses::Loss;
use crate::network::{Network, level};
use crate::tensor::Tensor;

/// The shards of a network.
type ShardOf<N> = Shard<<N as Train>::Activations, <N as Network>::Element>;

/// The memory of training steps; grows with the first batch and then stays.
pub(super) struct Trainer<N: Train> {
    shards: Vec<ShardOf<N>>,
    rows: Rows<N::Element>,
    gradients: Vec<Box<N>>,
    statistics: N::Statistics,
    /// How many shards the batch at hand has.
    used: usize,
}

/// The most lanes: as many gradients as fit into 256 MiB, but from 4 to 64.
const fn max_lanes<N>() -> usize {
    let size = if size_of::<N>() == 0 { 1 } else { size_of::<N>() };
    match (256 << 20) / size {
        ..4 => 4,
        fit @ 4..64 => fit,
        64.. => 64,
    }
}

impl<N: Train> Trainer<N> {
    pub fn new() -> Self {
        let statistics = N::Statistics::default();
        Self { shards: Vec::new(), rows: Rows::new(), gradients: Vec::new(), statistics, used: 0 }
    }

    /// The loss of a batch without regularization; leaves its gradient and the statistics.
    pub fn run(&mut self, network: &N, loss: &impl Loss<N::Element>, batch: &Batch<'_, N>, key: u64) -> f64 {
        self.prepare(batch.samples.len());
        self.rows.gather(loss, batch);
        let mut values = self.rows.take_values();
        let last = N::PHASES - 1;
        let from_logits = from_logits::<N>(loss);
        let mut stage = |trainer: &mut Self, forward, backward| {
            trainer.stage(&Job { network, loss, batch, key, from_logits, forward, backward }, &mut values);
        };
        for phase in 0..last {
            stage(self, Some(phase), None);
            N::meet_forward(phase, &self.shards[..self.used], &mut self.statistics);
        }
        stage(self, Some(last), Some(last));
        for phase in (0..last).rev() {
            N::meet_backward(phase + 1, &self.shards[..self.used], &mut self.statistics);
            stage(self, None, Some(phase));
        }
        self.reduce();
        self.rows.put_values(values);
        self.rows.loss()
    }

    /// The gradient of the last batch.
    pub fn gradient(&mut self) -> &mut N {
        &mut self.gradients[0]
    }

    /// What the batch normalizations saw of the last batch.
    pub fn statistics(&self) -> &N::Statistics {
        &self.statistics
    }

    /// Targets and predictions of the last batch, shard by shard.
    pub fn predictions(&self) -> impl Iterator<Item = (Part<'_, N::Element>, &[N::Element])> {
        self.shards[..self.used].iter().map(|shard| {
            let y_pred = &shard.values.output()[..shard.samples * N::Output::LEN];
            (self.rows.part::<N>(shard.first, shard.samples), y_pred)
        })
    }

    /// How many shards a lane takes, and how many lanes there are.
    fn deal(&self) -> (usize, usize) {
        let each = self.used.div_ceil(max_lanes::<N>()).max(1);
        (each, self.used.div_ceil(each))
    }

    fn prepare(&mut self, samples: usize) {
        self.used = samples.div_ceil(SHARD);
        let (_, lanes) = self.deal();
        self.shards.resize_with(self.used.max(self.shards.len()), Shard::new);
        self.gradients.resize_with(lanes.max(self.gradients.len()), N::zeros);
        for (index, shard) in self.shards[..self.used].iter_mut().enumerate() {
            let first = index * SHARD;
            shard.resize(first, SHARD.min(samples - first));
        }
    }

    /// Runs a job on all shards.
    fn stage<L: Loss<N::Element>>(&mut self, job: &Job<'_, N, L>, values: &mut [N::Element]) {
        let (each, lanes) = self.deal();
        let Self { shards, rows: known, gradients, statistics, used } = self;
        let lane = |((shards, values), gradients): ((&mut [_], &mut [_]), &mut Box<N>)| {
            let lane = Lane { shards, values, gradients: &mut **gradients };
            dispatch!(level(), simd => job.lane(simd, statistics, known, lane));
        };
        let (shards, gradients) = (&mut shards[..*used], &mut gradients[..lanes]);
        let values_each = each * SHARD * rows::<N>();
        if lanes == 1 || rayon::current_num_threads() == 1 {
            shards.chunks_mut(each).zip(values.chunks_mut(values_each)).zip(gradients).for_each(lane);
        } else {
            shards.par_chunks_mut(each).zip(values.par_chunks_mut(values_each)).zip(gradients).for_each(lane);
        }
    }

    /// Adds up the gradients of the lanes in the first.
    fn reduce(&mut self) {
        let (_, lanes) = self.deal();
        let Some((sum, others)) = self.gradients[..lanes].split_first_mut() else { return };
        let others = &*others;
        let part = |(index, sum): (usize, &mut [N::Element])| {
            for other in others {
                let other = &other.as_flat()[index * RANGE..][..sum.len()];
                dispatch!(level(), _simd => add(sum, other));
            }
        };
        let sum = sum.as_flat_mut();
        if sum.len() <= RANGE || lanes == 1 || rayon::current_num_threads() == 1 {
            sum.chunks_mut(RANGE).enumerate().for_each(part);
        } else {
            sum.par_chunks_mut(RANGE).enumerate().for_each(part);
        }
    }
}

/// Whether backward starts at the logits.
fn from_logits<N: Train>(loss: &impl Loss<N::Element>) -> bool {
    N::OUTPUT_ACTIVATION != OutputActivation::Other && loss.prefers_logits_of() == N::OUTPUT_ACTIVATION
}

/// Weights that one thread adds up at a time: 64 KiB of `f32` for each lane.
const RANGE: usize = 1 << 14;

#[inline(always)]
fn add<T: Element>(sum: &mut [T], other: &[T]) {
    sum.iter_mut().zip(other).for_each(
        #[inline(always)]
        |(sum, other)| *sum += *other,
    );
}

/// Some shards, the values of their rows, and the gradient that they add up.
struct Lane<'a, N: Train> {
    shards: &'a mut [ShardOf<N>],
    values: &'a mut [N::Element],
    gradients: &'a mut N,
}

/// What there is to do with each shard. One function does all of it, so that a network's code is there once for each
/// vector width.
struct Job<'a, N: Train, L> {
    network: &'a N,
    loss: &'a L,
    batch: &'a Batch<'a, N>,
    key: u64,
    from_logits: bool,
    /// The phase to run forward.
    forward: Option<usize>,
    /// The phase to run backward.
    backward: Option<usize>,
}

impl<N: Train, L: Loss<N::Element>> Job<'_, N, L> {
    #[inline(always)]
    fn lane<S: Simd>(&self, simd: S, statistics: &N::Statistics, rows: &Rows<N::Element>, lane: Lane<'_, N>) {
        let Lane { shards, values, gradients } = lane;
        let pass = Pass { statistics, key: self.key, from_logits: self.from_logits, input_gradient: false };
        let last = Some(N::PHASES - 1);
        if self.backward == last {
            gradients.as_flat_mut().fill(num_traits::zero());
        }
        for (shard, values) in shards.iter_mut().zip(values.chunks_mut(SHARD * self::rows::<N>())) {
            if self.forward == Some(0) {
                self.gather(shard);
            }
            if let Some(phase) = self.forward {
                self.network.forward_phase(simd, phase, &pass, shard);
            }
            if self.backward == last {
                self.differentiate(shard, rows.part::<N>(shard.first, shard.samples), values);
            }
            if let Some(phase) = self.backward {
                self.network.backward_phase(simd, phase, &pass, shard, gradients);
            }
        }
    }

    /// Copies the samples of a shard to where the network reads them.
    fn gather(&self, shard: &mut ShardOf<N>) {
        let samples = &self.batch.samples[shard.first..][..shard.samples];
        let inputs = shard.values.input_mut().chunks_exact_mut(N::Input::LEN.max(1));
        for (input, &sample) in inputs.zip(samples) {
            input.copy_from_slice(bytemuck::cast_slice(self.batch.data.x[sample].as_flat()));
        }
    }

    /// The loss of a shard and its gradient with respect to the output, or to the logits.
    fn differentiate(&self, shard: &mut ShardOf<N>, part: Part<'_, N::Element>, values: &mut [N::Element]) {
        let len = shard.samples * N::Output::LEN;
        let (y_pred, dy_pred) = match self.from_logits {
            true => (shard.values.logits(), shard.gradients.logits_mut()),
            false => (shard.values.output(), shard.gradients.output_mut()),
        };
        let (y_pred, dy_pred) = (&y_pred[..len], &mut dy_pred[..len]);
        self.loss.rows(part.y_true, y_pred, classes::<N>(), self.from_logits, values);
        self.loss.gradient(part.y_true, y_pred, classes::<N>(), self.from_logits, part.factors, dy_pred);
    }
}
