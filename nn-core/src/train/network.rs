//! The contract between a network's emitted training code and the loop that drives it.
//!
//! A batch is cut into shards of [`SHARD`] samples, whatever the number of threads; each shard
//! has buffers and gradients of its own, and gradients are added up in the order of the shards.
//! So the same seed gives the same bits on one thread and on many.
//!
//! A network without BatchNormalization runs in one phase: forward, loss and backward of a shard
//! without waiting for another. Each BatchNormalization needs the statistics of the whole
//! batch, so it ends a phase: all shards synchronise, their statistics are combined, and all go on.

use fearless_simd::Simd;

use crate::element::Element;
use crate::layers::batch_normalization::{Partial, Statistics};
use crate::network::Network;
use crate::record::Record;

/// Samples in one shard of a batch.
pub const SHARD: usize = 16;

/// What a network has to offer to be trained; emitted by the macro, but for networks with a `stateful` layer on each step of a
/// `TimeDistributed`: there the steps of a sample, which training takes at once, would have to wait for one another.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be trained",
    label = "this is no network that learns",
    note = "a network with a `stateful` layer inside of `TimeDistributed` only infers: train one of the same layers without `stateful`, and give its weights to this one: `as_flat_mut`, or `save` and `load`"
)]
pub trait Train: Network {
    /// The values that backward needs, each `samples × size` elements, named after their layers.
    type Activations: Activations<Element = Self::Element>;

    /// How often the shards synchronise, plus one: each BatchNormalization over the batch begins a phase.
    const PHASES: usize;
    /// For each output, what turns the last layer's logits into it, where a loss can take the logits.
    const OUTPUT_ACTIVATIONS: &'static [OutputActivation];
    /// The tables of which a sample uses some rows: for each use of an `Embedding` the index of its weight in
    /// [`PARAMS`](Network::PARAMS). Those with a regularizer are not here, since its gradient goes to all rows.
    const TABLES: &'static [usize] = &[];

    /// Runs phase `phase` forward. The first phase reads `shard.values`' input, the last one
    /// fills its outputs (their logits, see [`OutputActivation`], and their masks).
    fn forward_phase<S: Simd>(
        &self,
        simd: S,
        phase: usize,
        pass: &Pass<'_>,
        shard: &mut Shard<Self::Activations, Self::Element>,
    );

    /// Runs phase `phase` backward and adds to `gradients`. The last phase starts from
    /// `shard.gradients`' outputs, or from their logits where `pass.from_logits`; the first one ends
    /// in `shard.gradients`' inputs if `pass.input_gradient`.
    fn backward_phase<S: Simd>(
        &self,
        simd: S,
        phase: usize,
        pass: &Pass<'_>,
        shard: &mut Shard<Self::Activations, Self::Element>,
        gradients: &mut Self,
    );

    /// Lists the gradients of the rows of a table, for a use of it in [`TABLES`](Self::TABLES), sample by sample: the row's
    /// number and its gradient, which backward left in the shard.
    fn rows<'a>(
        _shard: &'a Shard<Self::Activations, Self::Element>,
        _of: usize,
        _list: &mut Vec<(u32, &'a [Self::Element])>,
    ) {
    }

    /// Inference that goes on with `state`, [`Activations::STATE_LEN`] numbers, and leaves it for the next batch.
    fn forward_carried<S: Simd>(
        &self,
        simd: S,
        x: &Self::Input,
        _state: &mut [Self::Element],
        workspace: &mut Self::Workspace,
        y: &mut Self::Output,
    ) {
        self.forward(simd, x, workspace, y);
    }

    /// Whether layers have an `activity_regularizer`.
    const PENALIZED: bool = false;

    /// What these add to the loss for the values that forward has left in a shard: the sum over its samples.
    fn penalty(_values: &Self::Activations) -> f64 {
        0.0
    }

    /// The same for a sample at inference, which goes on with `state` and may overwrite it. `spare` grows as needed.
    fn infer_penalty<S: Simd>(
        &self,
        _simd: S,
        _x: &Self::Input,
        _state: &mut [Self::Element],
        _spare: &mut Vec<Self::Element>,
    ) -> f64 {
        0.0
    }

    /// Moves the moving statistics towards those of the batch: nothing without BatchNormalization.
    fn update_moving(&mut self, _statistics: &[Statistics]) {}
}

/// What computes the penalties of layers at inference; emitted by the macro where there are some.
pub trait Penalized: Network {
    /// See [`Train::infer_penalty`].
    fn infer_penalty<S: Simd>(
        &self,
        simd: S,
        x: &Self::Input,
        state: &mut [Self::Element],
        spare: &mut Vec<Self::Element>,
    ) -> f64;
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
pub struct Pass<'a> {
    /// The statistics of the batch so far: those of the BatchNormalization that begins phase 1, phase 2, ….
    pub statistics: &'a [Statistics],
    /// The key of this step's random numbers (dropout): seed and step mixed.
    pub key: u64,
    /// For each output, whether backward starts at its logits instead of at itself.
    pub from_logits: &'a [bool],
    /// Whether the gradients of the inputs are wanted: of those that are of the network's element type.
    pub input_gradient: bool,
    /// Whether the gradients of [`Train::TABLES`] are taken from [`Train::rows`], so that backward need not add them up.
    pub rows: bool,
    /// How many samples the batch has, all of its shards together.
    pub samples: usize,
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
    /// Memory for gradients that are added to others.
    pub spare: Vec<T>,
    /// What the samples carry from batch to batch, [`Activations::STATE_LEN`] numbers each.
    pub states: Vec<T>,
}

/// The buffers of one shard; emitted by the macro.
///
/// Parts are counted as [`Record::PARTS`] of the network's input or output lists them; of a part that there is not,
/// every method returns what is empty.
pub trait Activations: Send + Sync + 'static {
    /// `f32` or `f64`.
    type Element: Element;
    /// How many numbers a sample carries from batch to batch: those of layers with `stateful`.
    const STATE_LEN: usize = 0;
    /// Buffers for up to `samples` samples.
    fn new(samples: usize) -> Self;
    /// The same buffers for this many samples.
    fn resize(&mut self, samples: usize);
    /// Copies a part of a sample, in bytes, to its place in the shard, counted from 0.
    fn load(&mut self, sample: usize, part: usize, x: &[u8]);
    /// An input, or its gradient: for tests. Empty where the input is not of the network's element type.
    fn input(&self, part: usize) -> &[Self::Element];
    /// An output.
    fn output(&self, part: usize) -> &[Self::Element];
    /// An output, to write to.
    fn output_mut(&mut self, part: usize) -> &mut [Self::Element];
    /// What went into the activation of an output: see [`OutputActivation`].
    fn logits(&self, part: usize) -> &[Self::Element];
    /// The same, to write to.
    fn logits_mut(&mut self, part: usize) -> &mut [Self::Element];
    /// The mask that Keras attaches to an output, where it attaches one: 1 or 0 for each row, or for each of equal runs
    /// of rows. Whether there is one does not depend on the samples.
    fn mask(&self, _part: usize) -> Option<&[Self::Element]> {
        None
    }
    /// What the shard adds to the statistics of the BatchNormalization that the phase after this one begins with: its moments,
    /// or where the buffers are gradients its sums.
    fn partial(&self, _phase: usize) -> Option<&Partial<Self::Element>> {
        None
    }
}

impl<A: Activations<Element = T>, T: Element> Shard<A, T> {
    /// Copies a sample to its place, counted from 0.
    pub fn load<X: Record>(&mut self, place: usize, x: &X) {
        (0..X::PARTS.len()).for_each(|part| self.values.load(place, part, x.part(part)));
    }

    /// Makes this the shard of `samples` samples (at most [`SHARD`]) from the `first` of the batch on.
    pub fn resize(&mut self, first: usize, samples: usize) {
        self.first = first;
        self.samples = samples;
        self.values.resize(samples);
        self.gradients.resize(samples);
        self.states.resize(samples * A::STATE_LEN, num_traits::zero());
    }

    /// A shard with memory for [`SHARD`] samples.
    pub fn new() -> Self {
        Self {
            samples: 0,
            first: 0,
            values: A::new(SHARD),
            gradients: A::new(SHARD),
            scratch: Vec::new(),
            spare: Vec::new(),
            states: Vec::new(),
        }
    }
}

impl<A: Activations<Element = T>, T: Element> Default for Shard<A, T> {
    fn default() -> Self {
        Self::new()
    }
}
