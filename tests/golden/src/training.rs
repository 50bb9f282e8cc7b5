//! One step of training, driven by hand: forward and backward of a batch for a given gradient of the output.

use std::iter;

use fearless_simd::Simd;
use nn_core::layers::batch_normalization::Statistics;
use nn_core::train::{Activations, Pass, Shard, Train};
use nn_core::{Part, Record};

use crate::simd::vectors;

/// A batch on its way through the network.
pub struct Step<'a, N: Train> {
    net: &'a N,
    shards: Vec<Shard<N::Activations, N::Element>>,
    /// What the normalizations found in the batch.
    pub statistics: Vec<Statistics>,
    from_logits: Vec<bool>,
    samples: usize,
}

/// What a step wants to know of its backward pass.
pub struct Gradients<N: Train> {
    /// Of each input, one sample after the other; empty for ids.
    pub inputs: Vec<Vec<N::Element>>,
    /// Of the weights, added up in the order of the shards.
    pub params: Box<N>,
}

impl<'a, N: Train> Step<'a, N> {
    /// Runs the batch `x` forward, cut into shards of at most `size` samples.
    pub fn forward(net: &'a N, x: &[N::Input], size: usize) -> Self {
        let shards = x.chunks(size).enumerate().map(|(index, x)| {
            let mut shard = Shard::<N::Activations, N::Element>::new();
            shard.resize(index * size, x.len());
            x.iter().enumerate().for_each(|(sample, x)| shard.load(sample, x));
            shard
        });
        let from_logits = vec![false; outputs::<N>().len()];
        let mut step = Self {
            net,
            shards: shards.collect(),
            statistics: vec![Statistics::default(); N::PHASES - 1],
            from_logits,
            samples: x.len(),
        };
        for phase in 0..N::PHASES {
            let pass = pass(&step.statistics, &step.from_logits, x.len());
            step.shards.iter_mut().for_each(|shard| forward_phase(net, phase, &pass, shard));
            if phase + 1 < N::PHASES {
                let partials = step.shards.iter().filter_map(|shard| shard.values.partial(phase));
                step.statistics[phase].combine(partials);
            }
        }
        step
    }

    /// What came out, one sample after the other.
    pub fn output(&self, part: usize) -> Vec<N::Element> {
        self.shards.iter().flat_map(|shard| shard.values.output(part)).copied().collect()
    }

    /// What each `activity_regularizer` adds to the loss.
    pub fn penalty(&self) -> f64 {
        self.shards.iter().map(|shard| N::penalty(&shard.values)).sum::<f64>() / self.samples as f64
    }

    /// The mask of an output, where it has one.
    pub fn mask(&self, part: usize) -> Option<Vec<N::Element>> {
        let masks: Option<Vec<_>> = self.shards.iter().map(|shard| shard.values.mask(part)).collect();
        Some(masks?.concat())
    }

    /// Runs backward from `dy`, the gradient of each output.
    pub fn backward(&mut self, dy: &[Vec<N::Element>]) -> Gradients<N> {
        for shard in &mut self.shards {
            for (index, (part, dy)) in outputs::<N>().iter().zip(dy).enumerate() {
                let samples = shard.first * part.len()..(shard.first + shard.samples) * part.len();
                shard.gradients.output_mut(index).copy_from_slice(&dy[samples]);
            }
        }
        let mut params: Vec<Box<N>> = iter::repeat_with(bytemuck::zeroed_box).take(self.shards.len()).collect();
        for phase in (0..N::PHASES).rev() {
            let pass = pass(&self.statistics, &self.from_logits, self.samples);
            for (shard, params) in self.shards.iter_mut().zip(&mut params) {
                backward_phase(self.net, phase, &pass, shard, params);
            }
            if phase > 0 {
                let partials = self.shards.iter().filter_map(|shard| shard.gradients.partial(phase - 1));
                self.statistics[phase - 1].combine_backward(partials);
            }
        }
        let input = |part| self.shards.iter().flat_map(|shard| shard.gradients.input(part)).copied().collect();
        Gradients { inputs: (0..<N::Input as Record>::PARTS.len()).map(input).collect(), params: sum(params) }
    }
}

fn outputs<N: Train>() -> &'static [Part] {
    <N::Output as Record>::PARTS
}

fn sum<N: Train>(shards: Vec<Box<N>>) -> Box<N> {
    let mut total: Box<N> = bytemuck::zeroed_box();
    for shard in shards {
        total.as_flat_mut().iter_mut().zip(shard.as_flat()).for_each(|(total, &gradient)| *total += gradient);
    }
    total
}

fn pass<'a>(statistics: &'a [Statistics], from_logits: &'a [bool], samples: usize) -> Pass<'a> {
    Pass { statistics, key: 0, from_logits, input_gradient: true, rows: false, samples }
}

fn forward_phase<N: Train>(net: &N, phase: usize, pass: &Pass<'_>, shard: &mut Shard<N::Activations, N::Element>) {
    let simd = vectors();
    simd.vectorize(
        #[inline(always)]
        || net.forward_phase(simd, phase, pass, shard),
    );
}

fn backward_phase<N: Train>(
    net: &N,
    phase: usize,
    pass: &Pass<'_>,
    shard: &mut Shard<N::Activations, N::Element>,
    gradients: &mut N,
) {
    let simd = vectors();
    simd.vectorize(
        #[inline(always)]
        || net.backward_phase(simd, phase, pass, shard, gradients),
    );
}
