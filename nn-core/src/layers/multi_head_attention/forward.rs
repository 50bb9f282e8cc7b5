//! Training: the samples of a shard, forward.

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::infer::{linear, project};
use super::masks::{Masks, Seen};
use super::product::{Factors, multiply};
use super::shape::{Context, Lens, MultiHeadAttentionShape, MultiHeadAttentionSizes, Out, SLACK, Scores, Width};
use super::softmax::{self, softmax};
use super::transpose::{Rows, transpose};
use super::weights::{Part, Weights};
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::gemm::room;
use crate::layers::dropout;

/// The dropout of the shares that a query gives to the steps of the value.
///
/// What is dropped is a function of these numbers and of the place in the batch, as in a `Dropout` layer.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    /// The part that is dropped; 0 for none.
    pub rate: f64,
    /// Changes with each step of training.
    pub key: u64,
    /// The stream of random numbers, which no other dropout of the network has.
    pub stream: u64,
    /// The place in the batch of the first sample.
    pub first: usize,
}

impl Dropout {
    /// No dropout.
    pub const NONE: Self = Dropout { rate: 0.0, key: 0, stream: 0, first: 0 };

    /// The shares of a head, where `first` counts heads: rows of `width` queries for each key; the first `steps` count.
    pub(super) fn apply<S: Simd, T: Element>(
        &self,
        simd: S,
        [head, steps, width]: [usize; 3],
        from: &[T],
        to: &mut [T],
    ) {
        let rows = from.chunks_exact(width).zip(to.chunks_exact_mut(width));
        let keys = from.len() / width;
        for (key, (from, to)) in rows.enumerate() {
            let first = ((self.first + head) * keys + key) * steps;
            dropout::forward(simd, self.rate, self.key, self.stream, first as u64, &from[..steps], &mut to[..steps]);
        }
    }
}

/// How many elements [`forward`] keeps of each sample: the projections, what the heads make of them, and the shares.
pub const fn saved_len<G: MultiHeadAttentionShape, T: Element>() -> usize {
    G::SIZES.saved_len::<T>()
}

impl MultiHeadAttentionSizes {
    /// What forward keeps of all samples of a shard, in this order; and the lengths for one sample.
    pub(super) const fn saved_lens<T: Element>(&self) -> [usize; 5] {
        let [query, key, value, context] = self.projections();
        let (mut most, mut bytes) = (0, 16);
        while bytes <= 64 {
            let whole = self.whole(bytes / size_of::<T>());
            if whole > most {
                most = whole;
            }
            bytes *= 2;
        }
        [query, key, value + SLACK, context, self.heads * self.value[0] * most]
    }

    /// How many elements [`forward_with`] keeps of each sample: the projections, what the heads make of them, and the shares.
    pub const fn saved_len<T: Element>(&self) -> usize {
        let [query, key, value, context, shares] = self.saved_lens::<T>();
        query + key + value + context + shares
    }
}

/// The layer on every sample, with `dropout` on the shares.
///
/// - `query`, `value`, `key`, `y`, and the masks: those of `samples` samples.
/// - `saved`: as many times [`saved_len`] elements, for [`backward`](super::backward).
/// - `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn forward<S: Simd, G: MultiHeadAttentionShape, W: Weights<T>, T: Element>(
    simd: S,
    shape: G,
    weights: &W,
    samples: usize,
    query: &[T],
    value: &[T],
    key: &[T],
    masks: Masks<'_, T>,
    dropout: Dropout,
    y: &mut [T],
    saved: &mut [T],
    scratch: &mut Vec<T>,
) {
    let inputs = [query, value, key];
    forward_with(simd, shape, weights.parts(), samples, inputs, masks, dropout, y, saved, scratch);
}

/// [`forward`] with the weights as slices, for sizes that may be known only when the program runs.
///
/// - `weights`: the projections of query, key, value and output; `inputs`: query, value and key.
/// - `saved`: [`saved_len`](MultiHeadAttentionSizes::saved_len) elements for each sample.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer")]
pub fn forward_with<S: Simd, G: Geometry<MultiHeadAttentionSizes>, T: Element>(
    simd: S,
    shape: G,
    weights: [Part<&[T]>; 4],
    samples: usize,
    [query, value, key]: [&[T]; 3],
    masks: Masks<'_, T>,
    dropout: Dropout,
    y: &mut [T],
    saved: &mut [T],
    scratch: &mut Vec<T>,
) {
    let sizes = shape.sizes();
    let lens = Lens::<G, T>::saved(shape);
    let (q, saved) = saved.split_at_mut(samples * lens[0]);
    let (k, saved) = saved.split_at_mut(samples * lens[1]);
    let (v, saved) = saved.split_at_mut(samples * lens[2]);
    let (context, shares) = saved.split_at_mut(samples * lens[3]);
    let (MultiHeadAttentionSizes { query: [steps, _], value: [keys, _], heads, .. }, width) =
        (sizes, Width::<G, S, T, true>::len(shape));
    let scratch = room(scratch, (sizes.key_dim + keys) * width + Lens::<G, T>::packed_most(shape));
    let [_, _, _, output] = &weights;
    project(simd, shape, &weights, samples, [query, key, value], [q, k, v], scratch);
    let [q_len, k_len, v_len, context_len] = Lens::<G, T>::projections(shape);
    for sample in 0..samples {
        let seen = Seen::new(masks.sample(sample, &sizes), &sizes);
        let dropout = Dropout { first: (dropout.first + sample) * heads, ..dropout };
        let inputs = [&q[sample * q_len..], &k[sample * k_len..], &v[sample * v_len..]];
        let context = &mut context[sample * context_len..][..context_len];
        attend(simd, shape, inputs, seen, dropout, context, &mut shares[sample * lens[4]..][..lens[4]], scratch);
    }
    linear(simd, Out::<G, S, T, false>::new(shape, 0), output, samples * steps, context, y, scratch);
}

/// What the heads make of the projections of one sample.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the parts of one sample")]
fn attend<S: Simd, G: Geometry<MultiHeadAttentionSizes>, T: Element>(
    simd: S,
    shape: G,
    [q, k, v]: [&[T]; 3],
    seen: Seen<'_, T>,
    dropout: Dropout,
    context: &mut [T],
    shares: &mut [T],
    scratch: &mut [T],
) {
    let MultiHeadAttentionSizes { query: [steps, _], value: [keys, _], heads, key_dim, value_dim, .. } = shape.sizes();
    let width = Width::<G, S, T, true>::len(shape);
    let of_scores = Scores::<G, S, T, true>::new(shape, width);
    let of_context = Context::<G, S, T, true>::new(shape, width);
    let (transposed, dropped) = scratch.split_at_mut(key_dim * width);
    let dropped = &mut dropped[..keys * width];
    let factor = T::one() / T::from_f64(key_dim as f64).sqrt();
    for (head, shares) in shares.chunks_exact_mut((keys * width).max(1)).take(heads).enumerate() {
        let stride = heads * key_dim;
        let rows = Rows { values: &q[head * key_dim..], stride, rows: steps, columns: key_dim };
        transpose(simd, rows, factor, transposed, width);
        let factors = Factors { left: &k[head * key_dim..], right: &*transposed, start: &[] };
        multiply(simd, of_scores, [keys, key_dim], factors, shares);
        let seen = seen.of_head(head, &shape.sizes());
        softmax(simd, softmax::Scores { values: &mut *shares, width, first: 0 }, seen);
        let mut left = &*shares;
        if dropout.rate > 0.0 {
            dropout.apply(simd, [head, steps, width], shares, dropped);
            left = &*dropped;
        }
        let factors = Factors { left, right: &v[head * value_dim..], start: &[] };
        let context = &mut context[head * value_dim..];
        multiply(simd, of_context, [steps, keys], factors, context);
    }
}
