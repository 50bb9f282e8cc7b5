//! Training: the samples of a shard, forward.

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::infer::{linear, packed_most, project};
use super::masks::{Masks, Seen};
use super::product::{Factors, multiply};
use super::shape::{Context, MultiHeadAttentionShape, Out, SLACK, Scores, Width, projections, whole};
use super::softmax::{self, softmax};
use super::turn::{Rows, turn};
use super::weights::Weights;
use crate::element::Element;
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

/// What forward keeps of all samples of a shard, in this order; and the lengths for one sample.
pub(super) const fn saved_lens<G: MultiHeadAttentionShape, T: Element>() -> [usize; 5] {
    let [query, key, value, context] = projections::<G>();
    let (mut most, mut bytes) = (0, 16);
    while bytes <= 64 {
        let whole = whole::<G>(bytes / size_of::<T>());
        if whole > most {
            most = whole;
        }
        bytes *= 2;
    }
    [query, key, value + SLACK, context, G::HEADS * G::VALUE[0] * most]
}

/// How many elements [`forward`] keeps of each sample: the projections, what the heads make of them, and the shares.
pub const fn saved_len<G: MultiHeadAttentionShape, T: Element>() -> usize {
    let [query, key, value, context, shares] = saved_lens::<G, T>();
    query + key + value + context + shares
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
    let lens = const { saved_lens::<G, T>() };
    let (q, saved) = saved.split_at_mut(samples * lens[0]);
    let (k, saved) = saved.split_at_mut(samples * lens[1]);
    let (v, saved) = saved.split_at_mut(samples * lens[2]);
    let (context, shares) = saved.split_at_mut(samples * lens[3]);
    let width = const { Width::<G, S, T, true>::LEN };
    let scratch = room(scratch, (G::KEY_DIM + G::VALUE[0]) * width + const { packed_most::<G, T>() });
    let parts = weights.parts();
    let [_, _, _, output] = &parts;
    project(simd, shape, &parts, samples, [query, key, value], [q, k, v], scratch);
    let [q_len, k_len, v_len, context_len] = const { projections::<G>() };
    for sample in 0..samples {
        let seen = Seen { masks: masks.sample(sample, [G::QUERY[0], G::VALUE[0]]), causal: G::USE_CAUSAL_MASK };
        let dropout = Dropout { first: (dropout.first + sample) * G::HEADS, ..dropout };
        let inputs = [&q[sample * q_len..], &k[sample * k_len..], &v[sample * v_len..]];
        let context = &mut context[sample * context_len..][..context_len];
        attend(simd, shape, inputs, seen, dropout, context, &mut shares[sample * lens[4]..][..lens[4]], scratch);
    }
    linear::<Out<G, S, T, false>, S, T>(simd, output, samples * G::QUERY[0], context, y, scratch);
}

/// What the heads make of the projections of one sample.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the parts of one sample")]
fn attend<S: Simd, G: MultiHeadAttentionShape, T: Element>(
    simd: S,
    _: G,
    [q, k, v]: [&[T]; 3],
    seen: Seen<'_, T>,
    dropout: Dropout,
    context: &mut [T],
    shares: &mut [T],
    scratch: &mut [T],
) {
    let ([steps, _], [keys, _], width) = (G::QUERY, G::VALUE, const { Width::<G, S, T, true>::LEN });
    let (turned, dropped) = scratch.split_at_mut(G::KEY_DIM * width);
    let dropped = &mut dropped[..keys * width];
    let factor = T::one() / T::from_f64(G::KEY_DIM as f64).sqrt();
    for (head, shares) in shares.chunks_exact_mut(keys * width).take(G::HEADS).enumerate() {
        let stride = G::HEADS * G::KEY_DIM;
        let rows = Rows { values: &q[head * G::KEY_DIM..], stride, rows: steps, columns: G::KEY_DIM };
        turn(simd, rows, factor, turned, width);
        let factors = Factors { left: &k[head * G::KEY_DIM..], right: &*turned, start: &[] };
        multiply::<Scores<G, S, T, true>, S, T>(simd, [keys, G::KEY_DIM], factors, shares);
        softmax(simd, softmax::Scores { values: &mut *shares, width, first: 0 }, seen);
        let mut left = &*shares;
        if dropout.rate > 0.0 {
            dropout.apply(simd, [head, steps, width], shares, dropped);
            left = &*dropped;
        }
        let factors = Factors { left, right: &v[head * G::VALUE_DIM..], start: &[] };
        let context = &mut context[head * G::VALUE_DIM..];
        multiply::<Context<G, S, T, true>, S, T>(simd, [steps, keys], factors, context);
    }
}
