//! One step of training, driven by hand: forward and backward of a batch for a given gradient of the output.

use std::iter;

use fearless_simd::Simd;
use nn_core::Tensor;
use nn_core::train::{Activations, Pass, Shard, Train};

use crate::simd::vectors;

/// A batch on its way through the network.
pub struct Step<'a, N: Train> {
    net: &'a N,
    shards: Vec<Shard<N::Activations, N::Element>>,
    /// What the normalizations found in the batch.
    pub statistics: N::Statistics,
}

/// What a step wants to know of its backward pass.
pub struct Gradients<N: Train> {
    /// One sample after the other.
    pub input: Vec<N::Element>,
    /// Of the weights, added up in the order of the shards.
    pub params: Box<N>,
}

impl<'a, N: Train<Input: Tensor<Item = <N as nn_core::Network>::Element>>> Step<'a, N> {
    /// Runs the batch `x` forward, cut into shards of at most `size` samples.
    pub fn forward(net: &'a N, x: &[N::Element], size: usize) -> Self {
        let shards = x.chunks(size * N::Input::LEN).scan(0, |first, x| {
            let mut shard = Shard::<N::Activations, N::Element>::new();
            shard.resize(*first, x.len() / N::Input::LEN);
            *first += shard.samples;
            shard.values.input_mut().copy_from_slice(x);
            Some(shard)
        });
        let mut step = Self { net, shards: shards.collect(), statistics: N::Statistics::default() };
        for phase in 0..N::PHASES {
            let pass = pass(&step.statistics);
            step.shards.iter_mut().for_each(|shard| forward_phase(net, phase, &pass, shard));
            if phase + 1 < N::PHASES {
                N::meet_forward(phase, &step.shards, &mut step.statistics);
            }
        }
        step
    }

    /// What came out, one sample after the other.
    pub fn output(&self) -> Vec<N::Element> {
        self.shards.iter().flat_map(|shard| shard.values.output()).copied().collect()
    }

    /// Runs backward from `dy`, the gradient of the output.
    pub fn backward(&mut self, dy: &[N::Element]) -> Gradients<N> {
        for shard in &mut self.shards {
            let samples = shard.first * N::Output::LEN..(shard.first + shard.samples) * N::Output::LEN;
            shard.gradients.output_mut().copy_from_slice(&dy[samples]);
        }
        let mut params: Vec<Box<N>> = iter::repeat_with(bytemuck::zeroed_box).take(self.shards.len()).collect();
        for phase in (0..N::PHASES).rev() {
            let pass = pass(&self.statistics);
            for (shard, params) in self.shards.iter_mut().zip(&mut params) {
                backward_phase(self.net, phase, &pass, shard, params);
            }
            if phase > 0 {
                N::meet_backward(phase, &self.shards, &mut self.statistics);
            }
        }
        let input = self.shards.iter().flat_map(|shard| shard.gradients.input()).copied().collect();
        Gradients { input, params: sum(params) }
    }
}

fn sum<N: Train>(shards: Vec<Box<N>>) -> Box<N> {
    let mut total: Box<N> = bytemuck::zeroed_box();
    for shard in shards {
        total.as_flat_mut().iter_mut().zip(shard.as_flat()).for_each(|(total, &gradient)| *total += gradient);
    }
    total
}

fn pass<St>(statistics: &St) -> Pass<'_, St> {
    Pass { statistics, key: 0, from_logits: false, input_gradient: true }
}

fn forward_phase<N: Train>(
    net: &N,
    phase: usize,
    pass: &Pass<'_, N::Statistics>,
    shard: &mut Shard<N::Activations, N::Element>,
) {
    let simd = vectors();
    simd.vectorize(
        #[inline(always)]
        || net.forward_phase(simd, phase, pass, shard),
    );
}

fn backward_phase<N: Train>(
    net: &N,
    phase: usize,
    pass: &Pass<'_, N::Statistics>,
    shard: &mut Shard<N::Activations, N::Element>,
    gradients: &mut N,
) {
    let simd = vectors();
    simd.vectorize(
        #[inline(always)]
        || net.backward_phase(simd, phase, pass, shard, gradients),
    );
}
