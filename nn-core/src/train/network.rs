//! The contract between a network's emitted training code and the loop that drives it.
//!
//! A batch is cut into shards of [`SHARD`] samples, whatever the number of threads; each shard
//! has buffers and gradients of its own, and gradients are added up in the order of the shards.
//! So the same seed gives the same bits on one thread and on many.
//!
//! A network without BatchNormalization runs in one phase: forward, loss and backward of a shard
//! without waiting for another. Each BatchNormalization needs the statistics of the whole
//! batch, so it ends a phase: all shards meet, their statistics are combined, and all go on.

use fearless_simd::Simd;

use super::model::Model;
use crate::element::Element;
use crate::losses::Loss;
use crate::metrics::Metrics;
use crate::network::Network;
use crate::optimizers::Optimizer;

/// Samples in one shard of a batch.
pub const SHARD: usize = 16;

/// What a network has to offer to be trained; emitted by the macro.
pub trait Train: Network {
    /// The values that backward needs, each `samples × size` elements, named after their layers.
    type Activations: Activations<Element = Self::Element>;
    /// The statistics of the batch, one entry for each BatchNormalization.
    type Statistics: Default + Clone + Send + Sync;

    /// How often the shards meet, plus one.
    const PHASES: usize;
    /// What turns the last layer's logits into the output, where a loss can take the logits.
    const OUTPUT_ACTIVATION: OutputActivation;

    /// Runs phase `phase` forward. The first phase reads `shard.values`' input, the last one
    /// fills its output (and its logits, see [`OutputActivation`]).
    fn forward_phase<S: Simd>(
        &self,
        simd: S,
        phase: usize,
        pass: &Pass<'_, Self::Statistics>,
        shard: &mut Shard<Self::Activations, Self::Element>,
    );

    /// Runs phase `phase` backward and adds to `gradients`. The last phase starts from
    /// `shard.gradients`' output, or from its logits if `pass.from_logits`; the first one ends
    /// in `shard.gradients`' input if `pass.input_gradient`.
    fn backward_phase<S: Simd>(
        &self,
        simd: S,
        phase: usize,
        pass: &Pass<'_, Self::Statistics>,
        shard: &mut Shard<Self::Activations, Self::Element>,
        gradients: &mut Self,
    );

    /// Combines, in the order of the shards, what the forward phase `phase` gathered.
    fn meet_forward(
        phase: usize,
        shards: &[Shard<Self::Activations, Self::Element>],
        statistics: &mut Self::Statistics,
    );

    /// Combines, in the order of the shards, what the backward phase `phase` gathered.
    fn meet_backward(
        phase: usize,
        shards: &[Shard<Self::Activations, Self::Element>],
        statistics: &mut Self::Statistics,
    );

    /// Moves the moving statistics towards those of the batch.
    fn update_moving(&mut self, statistics: &Self::Statistics);

    /// Joins the network with what it takes to train it.
    ///
    /// `metrics` is one metric, a tuple or an array of them, or `()` for none but the loss.
    ///
    /// ```ignore
    /// let mut model = LeNet::new(&mut rng).compile(
    ///     Adam::new(1e-3),
    ///     SparseCategoricalCrossentropy::from_logits(),
    ///     metrics::accuracy(),
    /// );
    /// ```
    fn compile<O, L>(
        self: Box<Self>,
        optimizer: O,
        loss: L,
        metrics: impl Into<Metrics<Self::Element>>,
    ) -> Model<Self, L, O>
    where
        O: Optimizer<Self::Element>,
        L: Loss<Self::Element>,
    {
        Model::new(self, optimizer, loss, metrics.into())
    }
}

/// The last layer's activation, where Keras' crossentropies use what went into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputActivation {
    /// Any other: logits and output are the same buffer.
    Other,
    /// `sigmoid`, whose logits go to BinaryCrossentropy.
    Sigmoid,
    /// `softmax`, whose logits go to (Sparse)CategoricalCrossentropy.
    Softmax,
}

/// What all shards of a pass share.
#[derive(Clone, Copy, Debug)]
pub struct Pass<'a, St> {
    /// The statistics of the batch so far.
    pub statistics: &'a St,
    /// The key of this step's random numbers (dropout): seed and step mixed.
    pub key: u64,
    /// Whether backward starts at the logits instead of at the output.
    pub from_logits: bool,
    /// Whether the gradient of the input is wanted.
    pub input_gradient: bool,
}

/// A part of a batch with the memory to run it.
#[derive(Clone, Debug)]
pub struct Shard<A, T> {
    /// The number of samples in it: at most [`SHARD`].
    pub samples: usize,
    /// The index of its first sample in the batch.
    pub first: usize,
    /// The values forward left.
    pub values: A,
    /// Their gradients.
    pub gradients: A,
    /// Memory that a single step uses and forgets.
    pub scratch: Vec<T>,
}

/// The buffers of one shard; emitted by the macro.
pub trait Activations: Send + Sync {
    /// `f32` or `f64`.
    type Element;
    /// Buffers for up to `samples` samples.
    fn new(samples: usize) -> Self;
    /// The same buffers for this many samples.
    fn resize(&mut self, samples: usize);
    /// The input of the network.
    fn input(&self) -> &[Self::Element];
    /// The input of the network, to write to.
    fn input_mut(&mut self) -> &mut [Self::Element];
    /// The output of the network.
    fn output(&self) -> &[Self::Element];
    /// The output of the network, to write to.
    fn output_mut(&mut self) -> &mut [Self::Element];
    /// What went into the output's activation: see [`OutputActivation`].
    fn logits(&self) -> &[Self::Element];
    /// The same, to write to.
    fn logits_mut(&mut self) -> &mut [Self::Element];
}

impl<A: Activations<Element = T>, T: Element> Shard<A, T> {
    /// Makes this the shard of `samples` samples (at most [`SHARD`]) from the `first` of the batch on.
    pub fn resize(&mut self, first: usize, samples: usize) {
        self.first = first;
        self.samples = samples;
        self.values.resize(samples);
        self.gradients.resize(samples);
    }

    /// A shard with memory for [`SHARD`] samples.
    pub fn new() -> Self {
        Self { samples: 0, first: 0, values: A::new(SHARD), gradients: A::new(SHARD), scratch: Vec::new() }
    }
}

impl<A: Activations<Element = T>, T: Element> Default for Shard<A, T> {
    fn default() -> Self {
        Self::new()
    }
}
