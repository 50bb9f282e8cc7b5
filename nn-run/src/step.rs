//! Forward and backward of a batch.

use nn_core::layers::batch_normalization::Statistics;

use crate::data::Data;
use crate::engine::Real;
use crate::error::BadCall;
use crate::network::Network;
use crate::training::{Pass, Shard, Training};

/// Samples in one shard of a batch, as `nn` cuts it when it trains: the sums of gradients depend on it, by rounding.
pub const SHARD: usize = nn_core::train::SHARD;

/// A batch on its way through a network in training: its results, and from given gradients of these the gradients of all
/// weights and inputs.
///
/// ```
/// use nn_run::{Data, Network, Step};
///
/// let mut network = Network::<f32>::from_text("Input<2> => Dense<1>").unwrap();
/// network.weights_mut().copy_from_slice(&[2.0, 3.0, 1.0]);
/// let mut step = Step::forward(&network, &[Data::Real(&[1.0, 1.0, 0.0, 2.0])], 2, 0).unwrap();
/// assert_eq!(step.output(0), [6.0, 7.0]);
/// let gradients = step.backward(&[&[1.0, 10.0]]).unwrap();
/// assert_eq!(gradients.weights, [1.0, 21.0, 11.0]);
/// assert_eq!(gradients.inputs[0], [2.0, 3.0, 20.0, 30.0]);
/// ```
#[derive(Debug)]
pub struct Step<'a, T: Real> {
    network: &'a Network<T>,
    training: &'a Training<T>,
    shards: Vec<Shard<T>>,
    statistics: Vec<Statistics>,
    from_logits: Vec<bool>,
    samples: usize,
    key: u64,
}

/// What backward gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients<T> {
    /// Of all weights, in the order of [`Network::params`]; zeros for those that are not trainable.
    pub weights: Vec<T>,
    /// Of each input, sample after sample; empty for ids.
    pub inputs: Vec<Vec<T>>,
}

impl<'a, T: Real> Step<'a, T> {
    /// Runs a batch of `samples` samples forward, as in training: dropout drops, by random numbers that are a function of `key`,
    /// and a BatchNormalization takes the statistics of the batch. Each input has the samples one after another.
    ///
    /// # Errors
    ///
    /// If there are more or fewer inputs, one has another length, or the network has layers with a state.
    pub fn forward(network: &'a Network<T>, inputs: &[Data<'_, T>], samples: usize, key: u64) -> Result<Self, BadCall> {
        Self::in_shards(network, inputs, samples, SHARD, key)
    }

    /// The same in shards of at most so many samples.
    ///
    /// # Errors
    ///
    /// Those of [`forward`](Self::forward).
    pub fn in_shards(
        network: &'a Network<T>,
        inputs: &[Data<'_, T>],
        samples: usize,
        size: usize,
        key: u64,
    ) -> Result<Self, BadCall> {
        let plan = &*network.plan;
        let training = plan.training()?;
        plan.check_inputs(&plan.inputs, samples, inputs)?;
        let size = size.max(1);
        let mut shards: Vec<Shard<T>> =
            (0..samples).step_by(size).map(|first| training.shard(first, size.min(samples - first))).collect();
        for (part, data) in inputs.iter().enumerate() {
            let len = plan.inputs[part].len();
            for sample in 0..samples {
                let shard = &mut shards[sample / size];
                shard.load(training, sample % size, part, data.part(sample * len..(sample + 1) * len));
            }
        }
        let statistics = vec![Statistics::default(); training.normalizations()];
        let from_logits = vec![false; plan.outputs.len()];
        let mut step = Step { network, training, shards, statistics, from_logits, samples, key };
        for phase in 0..training.phases {
            let Step { shards, statistics, from_logits, samples: batch, .. } = &mut step;
            let batch = *batch;
            let pass = Pass {
                weights: &network.weights,
                statistics,
                key,
                from_logits,
                input_gradient: true,
                rows: false,
                batch,
            };
            shards.iter_mut().for_each(|shard| T::engine().forward(network.level, training, phase, &pass, shard));
            training.combine(phase, shards, statistics);
        }
        Ok(step)
    }

    /// What came out, sample after sample.
    pub fn output(&self, part: usize) -> Vec<T> {
        let Some(output) = self.training.outputs.get(part) else { return Vec::new() };
        self.shards.iter().flat_map(|shard| shard.value(output.value)).copied().collect()
    }

    /// The mask that Keras attaches to an output, where it attaches one: 1 or 0 for each row.
    pub fn mask(&self, part: usize) -> Option<Vec<T>> {
        let mask = self.training.outputs.get(part)?.mask?;
        Some(self.shards.iter().flat_map(|shard| shard.value(mask)).copied().collect())
    }

    /// What each `activity_regularizer` adds to the loss: the mean over the samples. Its gradient is part of
    /// [`backward`](Self::backward).
    pub fn penalty(&self) -> f64 {
        let penalties = self.shards.iter().map(|shard| self.training.penalty(shard));
        penalties.sum::<f64>() / self.samples.max(1) as f64
    }

    /// Runs backward from the gradient of each output.
    ///
    /// # Errors
    ///
    /// If there are more or fewer gradients than outputs, or one has another length.
    pub fn backward(&mut self, dy: &[&[T]]) -> Result<Gradients<T>, BadCall> {
        let (plan, training) = (&*self.network.plan, self.training);
        plan.check_count("outputs", plan.outputs.len(), dy.len())?;
        for (part, dy) in plan.outputs.iter().zip(dy) {
            plan.check_len(part, self.samples, dy.len())?;
        }
        for shard in &mut self.shards {
            for ((output, part), dy) in training.outputs.iter().zip(&plan.outputs).zip(dy) {
                let samples = shard.first * part.len()..(shard.first + shard.samples) * part.len();
                shard.gradient_mut(output.value).copy_from_slice(&dy[samples]);
            }
        }
        let mut gradients: Vec<Vec<T>> =
            self.shards.iter().map(|_| vec![T::zero(); self.network.weights.len()]).collect();
        for phase in (0..training.phases).rev() {
            let Step { shards, statistics, from_logits, network, key, samples: batch, .. } = self;
            let batch = *batch;
            let pass = Pass {
                weights: &network.weights,
                statistics,
                key: *key,
                from_logits,
                input_gradient: true,
                rows: false,
                batch,
            };
            for (shard, gradients) in shards.iter_mut().zip(&mut gradients) {
                T::engine().backward(network.level, training, phase, &pass, shard, gradients);
            }
            training.combine_backward(phase, shards, statistics);
        }
        let mut weights = vec![T::zero(); self.network.weights.len()];
        for gradients in gradients {
            weights.iter_mut().zip(gradients).for_each(|(sum, gradient)| *sum += gradient);
        }
        let input = |part| self.shards.iter().flat_map(|shard| shard.input_gradient(training, part)).copied().collect();
        Ok(Gradients { weights, inputs: (0..plan.inputs.len()).map(input).collect() })
    }

    /// The weights with their moving statistics moved towards those of this batch.
    pub fn moved(&self) -> Vec<T> {
        let mut weights = self.network.weights.clone();
        self.training.update_moving(&mut weights, &self.statistics);
        weights
    }
}
