//! `Attention` and `AdditiveAttention`: every step of a query looks at all steps of a value, without projections.
//!
//! `softmax(scores) · value`, where the score of a query and a key is their product, or a sum of what `tanh` makes of their sums.
//!
//! The kernels take their sizes as numbers: they are compiled once.
//!
//! Luong, Pham, Manning: *Effective Approaches to Attention-based Neural Machine Translation*, 2015, <https://arxiv.org/abs/1508.04025>.
//! Bahdanau, Cho, Bengio: *Neural Machine Translation by Jointly Learning to Align and Translate*, 2014,
//! <https://arxiv.org/abs/1409.0473>.

#[cfg(feature = "alloc")]
mod backward;
mod forward;

#[cfg(feature = "alloc")]
pub use backward::backward;
#[cfg(feature = "alloc")]
pub use forward::forward;
pub use forward::infer;

#[cfg(feature = "alloc")]
pub use crate::layers::multi_head_attention::Dropout;

/// What the score of a query and a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    /// `scale · Σ q · k`.
    Dot,
    /// `concat_score_weight · Σ tanh(scale · (q + k))`.
    Concat,
    /// `Σ scale · tanh(q + k)`, with a scale for each feature.
    Additive,
}

/// The sizes of one layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttendSizes {
    /// Steps and features of the query; the key has as many features.
    pub query: [usize; 2],
    /// Steps and features of the value; the key has as many steps.
    pub value: [usize; 2],
    /// What a score is.
    pub score: Score,
    /// Whether a step of the query sees no later steps of the value.
    pub use_causal_mask: bool,
}

impl AttendSizes {
    /// How many elements of scratch [`infer`] needs, and how many [`forward`] saves of each sample: the shares.
    pub const fn shares(&self) -> usize {
        self.query[0] * self.value[0]
    }
}

/// The weights of an `Attention` or an `AdditiveAttention`: of a score without scale, `SCALE` is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Attend<const SCALE: usize, const WEIGHT: usize, T = f32> {
    /// One number, or one for each feature.
    pub scale: [T; SCALE],
    /// One number, for `score_mode = concat`.
    pub concat_score_weight: [T; WEIGHT],
}

impl<const SCALE: usize, const WEIGHT: usize, T> Attend<SCALE, WEIGHT, T> {
    /// The weights as slices.
    pub fn parts(&self) -> Weights<'_, T> {
        Weights { scale: &self.scale, concat: &self.concat_score_weight }
    }

    /// The weights as slices, to add to.
    pub fn parts_mut(&mut self) -> [&mut [T]; 2] {
        [&mut self.scale, &mut self.concat_score_weight]
    }
}

/// The weights as slices; empty where there are none.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, T> {
    /// `scale`.
    pub scale: &'a [T],
    /// `concat_score_weight`.
    pub concat: &'a [T],
}

/// The masks of the inputs: 1 for a step that counts, 0 for padding; `None` where an input has no mask.
///
/// As in Keras, a query that sees nothing gets the mean of all values, and one that is masked itself zeros.
#[derive(Clone, Copy, Debug)]
pub struct Masks<'a, T> {
    /// One number for each step of the query.
    pub query: Option<&'a [T]>,
    /// One number for each step of the value.
    pub value: Option<&'a [T]>,
}

impl<'a, T> Masks<'a, T> {
    /// No masks.
    pub const NONE: Self = Masks { query: None, value: None };

    /// Those of one sample among several, of so many steps of query and value.
    #[cfg(feature = "alloc")]
    fn sample(&self, index: usize, [steps, keys]: [usize; 2]) -> Self {
        let part = |mask: Option<&'a [T]>, steps: usize| mask.and_then(|mask| mask.get(index * steps..)?.get(..steps));
        Masks { query: part(self.query, steps), value: part(self.value, keys) }
    }
}
