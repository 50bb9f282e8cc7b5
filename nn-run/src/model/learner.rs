//! A network without a type, as the driver of training sees it.

use std::path::Path;
use std::sync::Arc;

use nn_core::callbacks::Callback;
use nn_core::error::{FitError, LoadError, SaveError};
use nn_core::layers::batch_normalization::{Partial, Statistics};
use nn_core::optimizers::Optimizer;
use nn_core::rt::fearless_simd::Level;
use nn_core::rt::{self, BadInput};
use nn_core::train::seam::{
    Facts, Hook, Learner, Samples, State, TestShard, TrainingShard, call, outputs, read_weights, write_weights,
};
use nn_core::train::{self, SHARD, Watched};

use crate::data::Data;
use crate::description::{Kind, Part, interned};
use crate::engine::Real;
use crate::error::BadCall;
use crate::network::{Network, Penalties, Plan};
use crate::stage::{Lists, Sample};
use crate::training::{Pass, Shard, Training};

/// What is known of a network before it is trained.
pub(super) fn facts<T: Real>(network: &Network<T>) -> Result<Facts<T>, BadCall> {
    let plan = &network.plan;
    let training = plan.training()?;
    let several = plan.outputs.len() > 1;
    let parts = plan.outputs.iter().map(|part| rt::Part {
        name: if several { interned::<str>(part.name.clone()) } else { "" },
        shape: interned::<[usize]>(part.shape.clone()),
        dtype: T::DTYPE,
    });
    let parts: Vec<rt::Part> = parts.collect();
    let (level, own) = (network.level, Arc::clone(plan));
    let trained = move || -> Box<dyn TrainingShard<T>> {
        let shard = own.training.as_ref().map(|training| training.shard(0, SHARD));
        Box::new(Trained { plan: Arc::clone(&own), level, shard })
    };
    let own = Arc::clone(plan);
    let tested = move || -> Box<dyn TestShard<T>> { Box::new(Tested::new(Arc::clone(&own), level)) };
    Ok(Facts {
        params: plan.params.clone(),
        tables: training.tables.iter().map(|(_, param)| *param).collect(),
        phases: training.phases,
        len: network.weights.len(),
        outputs: outputs(&parts),
        state_len: training.state_len,
        activations: training.outputs.iter().map(|output| output.activation).collect(),
        training_shard: Box::new(trained),
        test_shard: Box::new(tested),
    })
}

/// A network that learns, with the callbacks that watch it.
pub(super) struct Learning<'a, 'b, T: Real> {
    pub(super) network: &'a mut Network<T>,
    pub(super) callbacks: &'a mut [&'b mut dyn Callback<Network<T>>],
}

impl<T: Real> Learner<T> for Learning<'_, '_, T> {
    fn weights(&self) -> &[T] {
        &self.network.weights
    }

    fn weights_mut(&mut self) -> &mut [T] {
        &mut self.network.weights
    }

    fn update_moving(&mut self, statistics: &[Statistics]) {
        if let Some(training) = &self.network.plan.training {
            training.update_moving(&mut self.network.weights, statistics);
        }
    }

    fn hook(
        &mut self,
        hook: &mut Hook<'_>,
        optimizer: &mut dyn Optimizer<T>,
        state: &mut State,
    ) -> Result<(), FitError> {
        call(self.callbacks, self.network, hook, optimizer, state)
    }
}

impl<T: Real> Watched for Network<T> {
    type Element = T;

    fn flat(&self) -> &[T] {
        &self.weights
    }

    fn flat_mut(&mut self) -> &mut [T] {
        &mut self.weights
    }

    fn save_to(&self, path: &Path) -> Result<(), SaveError> {
        self.save(path)
    }
}

impl<T: Real> Network<T> {
    /// Writes the weights to a safetensors file, which replaces the one at `path` as a whole or not at all: the file of the
    /// compiled network.
    ///
    /// # Errors
    ///
    /// Where the folder or the disk refuses; then a file that was at `path` is as it was.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        write_weights(path.as_ref(), &self.plan.name, &self.plan.params, &self.weights)
    }

    /// Takes the weights from a safetensors file, also of the compiled network.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is no valid safetensors file, or does not hold exactly the weights of this network, each
    /// once, in its shape and element type; then the network is as it was.
    pub fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<(), LoadError> {
        let mut weights = vec![T::zero(); self.weights.len()];
        let name = interned::<str>(self.plan.name.clone());
        read_weights(path.as_ref(), name, &self.plan.params, &mut weights)?;
        self.weights = weights;
        Ok(())
    }
}

/// Samples, each input for itself.
pub(super) struct Inputs<'a, T: Real> {
    plan: Arc<Plan<T>>,
    data: &'a [Data<'a, T>],
    samples: usize,
    /// What messages call the inputs that are ids.
    ids: Vec<&'static str>,
}

impl<'a, T: Real> Inputs<'a, T> {
    /// Checks that there are as many samples at each input.
    pub(super) fn new(network: &Network<T>, data: &'a [Data<'a, T>]) -> Result<Self, BadCall> {
        let plan = Arc::clone(&network.plan);
        let first = plan.inputs.first().zip(data.first());
        let samples = first.and_then(|(part, data)| data.len().checked_div(part.len())).unwrap_or(0);
        plan.check_inputs(&plan.inputs, samples, data)?;
        let name = |(part, _): &(usize, usize)| match plan.inputs.len() {
            1 => "",
            _ => interned::<str>(plan.inputs[*part].name.clone()),
        };
        let ids = plan.ids.iter().map(name).collect();
        Ok(Inputs { plan, data, samples, ids })
    }

    fn of(&self, sample: usize, part: usize) -> Data<'a, T> {
        let len = self.plan.inputs[part].len();
        self.data[part].part(sample * len..(sample + 1) * len)
    }
}

impl<T: Real> Samples for Inputs<'_, T> {
    fn count(&self) -> usize {
        self.samples
    }

    fn part(&self, sample: usize, part: usize) -> &[u8] {
        match self.of(sample, part) {
            Data::Real(x) => bytemuck::cast_slice(x),
            Data::U32(x) => bytemuck::cast_slice(x),
            Data::I32(x) => bytemuck::cast_slice(x),
            Data::U8(x) => x,
        }
    }

    fn parts(&self) -> usize {
        self.data.len()
    }

    fn check(&self, sample: usize) -> Result<(), BadInput> {
        self.plan.ids.iter().zip(&self.ids).try_for_each(|(&(part, below), name)| match self.of(sample, part) {
            Data::U32(ids) => rt::check_ids(name, ids, below),
            Data::I32(ids) => rt::check_ids(name, ids, below),
            Data::U8(ids) => rt::check_ids(name, ids, below),
            Data::Real(_) => Ok(()),
        })
    }
}

/// An input of this kind from its bytes.
fn data<'a, T: Real>(part: &Part, bytes: &'a [u8]) -> Data<'a, T> {
    match part.kind {
        Kind::Real => Data::Real(bytemuck::try_cast_slice(bytes).unwrap_or_default()),
        Kind::U32 => Data::U32(bytemuck::try_cast_slice(bytes).unwrap_or_default()),
        Kind::I32 => Data::I32(bytemuck::try_cast_slice(bytes).unwrap_or_default()),
        Kind::U8 => Data::U8(bytes),
    }
}

/// The memory of a shard in training.
struct Trained<T: Real> {
    plan: Arc<Plan<T>>,
    level: Level,
    /// There is one where there is [`Plan::training`].
    shard: Option<Shard<T>>,
}

impl<T: Real> Trained<T> {
    fn both(&mut self) -> Option<(&Training<T>, &mut Shard<T>)> {
        self.plan.training.as_ref().zip(self.shard.as_mut())
    }

    fn shared(&self) -> Option<(&Training<T>, &Shard<T>)> {
        self.plan.training.as_ref().zip(self.shard.as_ref())
    }
}

/// What all shards of a pass share.
fn pass<'a, T>(weights: &'a [T], pass: &train::Pass<'a>) -> Pass<'a, T> {
    let &train::Pass { statistics, key, from_logits, input_gradient, rows, samples } = pass;
    Pass { weights, statistics, key, from_logits, input_gradient, rows, batch: samples }
}

impl<T: Real> TrainingShard<T> for Trained<T> {
    fn resize(&mut self, first: usize, samples: usize) {
        if let Some((training, shard)) = self.both() {
            training.resize(shard, first, samples);
        }
    }

    fn load(&mut self, place: usize, x: &dyn Samples, sample: usize) {
        let Some((training, shard)) = self.plan.training.as_ref().zip(self.shard.as_mut()) else { return };
        for (part, input) in self.plan.inputs.iter().enumerate() {
            shard.load(training, place, part, data(input, x.part(sample, part)));
        }
    }

    fn states(&mut self) -> &mut [T] {
        self.shard.as_mut().map_or(&mut [], |shard| &mut shard.states)
    }

    fn forward(&mut self, weights: &[T], phase: usize, of: &train::Pass<'_>) {
        let level = self.level;
        if let Some((training, shard)) = self.both() {
            T::engine().forward(level, training, phase, &pass(weights, of), shard);
        }
    }

    fn backward(&mut self, weights: &[T], phase: usize, of: &train::Pass<'_>, gradients: &mut [T]) {
        let level = self.level;
        if let Some((training, shard)) = self.both() {
            T::engine().backward(level, training, phase, &pass(weights, of), shard, gradients);
        }
    }

    fn output(&self, part: usize) -> &[T] {
        self.shared().map_or(&[], |(training, shard)| shard.value(training.outputs[part].value))
    }

    fn output_and_gradient(&mut self, part: usize, logits: bool) -> (&[T], &mut [T]) {
        let Some((training, shard)) = self.both() else { return Default::default() };
        let output = &training.outputs[part];
        shard.value_and_gradient(if logits { output.logits } else { output.value })
    }

    fn penalty(&self) -> f64 {
        self.shared().map_or(0.0, |(training, shard)| training.penalty(shard))
    }

    fn mask(&self, part: usize) -> Option<&[T]> {
        let (training, shard) = self.shared()?;
        Some(shard.value(training.outputs[part].mask?))
    }

    fn rows<'a>(&'a self, of: usize, list: &mut Vec<(u32, &'a [T])>) {
        if let Some((training, shard)) = self.shared() {
            training.rows(shard, of, list);
        }
    }

    fn partial(&self, phase: usize) -> Option<&Partial<T>> {
        self.shard.as_ref()?.partial.get(phase)
    }

    fn partial_backward(&self, phase: usize) -> Option<&Partial<T>> {
        self.shard.as_ref()?.partial_backward.get(phase)
    }
}

/// The memory of a shard in evaluation.
struct Tested<T: Real> {
    plan: Arc<Plan<T>>,
    level: Level,
    memory: Vec<T>,
    lists: Lists<T>,
    penalties: Option<PenaltyMemory<T>>,
}

/// What the penalties of values take.
struct PenaltyMemory<T: 'static> {
    memory: Vec<T>,
    lists: Lists<T>,
    /// The values that have penalties.
    values: Vec<Vec<T>>,
}

impl<T: Real> Tested<T> {
    fn new(plan: Arc<Plan<T>>, level: Level) -> Self {
        let penalties = plan.penalties.as_ref().map(|Penalties { stage, of }| {
            let values = of.iter().map(|(_, len)| vec![T::zero(); *len]).collect();
            PenaltyMemory { memory: vec![T::zero(); stage.len], lists: stage.lists(), values }
        });
        Tested { memory: vec![T::zero(); plan.stage.len], lists: plan.stage.lists(), penalties, level, plan }
    }
}

impl<T: Real> TestShard<T> for Tested<T> {
    fn predict(
        &mut self,
        weights: &[T],
        x: &dyn Samples,
        first: usize,
        samples: &[usize],
        states: &mut [T],
        outputs: &mut [Vec<T>],
        masks: &mut [Vec<T>],
    ) -> f64 {
        let Self { plan, level, memory, lists, penalties } = self;
        let mut penalty = 0.0;
        let mut states = states.chunks_exact_mut(plan.stage.state_len.max(1));
        for &sample in samples {
            let state = states.next().unwrap_or_default();
            let inputs = plan.inputs.iter().enumerate();
            let inputs: Vec<Data<'_, T>> =
                inputs.map(|(part, input)| data(input, x.part(first + sample, part))).collect();
            let places = outputs.iter_mut().zip(&plan.outputs).map(|(output, part)| {
                let start = output.len();
                output.resize(start + part.len(), T::zero());
                &mut output[start..]
            });
            let mut before = if penalties.is_some() { state.to_vec() } else { Vec::new() };
            let outputs = &mut places.collect::<Vec<_>>()[..];
            let of = Sample { weights, inputs: &inputs, state, memory, lists, outputs, index: 0 };
            T::engine().infer(*level, &plan.stage, of);
            for (mask, range) in masks.iter_mut().zip(&plan.stage.masks) {
                mask.extend_from_slice(range.clone().and_then(|range| memory.get(range)).unwrap_or_default());
            }
            let penalties = plan.penalties.as_ref().zip(penalties.as_mut());
            if let Some((Penalties { stage, of }, PenaltyMemory { memory, lists, values })) = penalties {
                let mut places: Vec<&mut [T]> = values.iter_mut().map(Vec::as_mut_slice).collect();
                let (state, outputs) = (&mut before, &mut places[..]);
                let sample = Sample { weights, inputs: &inputs, state, memory, lists, outputs, index: 0 };
                T::engine().infer(*level, stage, sample);
                penalty += of.iter().zip(values).map(|((of, _), values)| of.value(values)).sum::<f64>();
            }
        }
        penalty
    }
}
