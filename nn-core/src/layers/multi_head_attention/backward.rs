//! Training: the samples of a shard, backward.
//!
//! With `p` the shares and `c = p · v` of a head: `dv = pᵀ · dc`, `dp = dc · vᵀ`, `ds = p · (dp − Σ p · dp)`, and
//! from the scores on `dq = ds · k / √key_dim` and `dk = dsᵀ · q / √key_dim`.

use alloc::vec::Vec;
use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::forward::{Dropout, saved_lens};
use super::masks::{Masks, Seen};
use super::product::{Factors, Product, multiply};
use super::shape::{MultiHeadAttentionShape, SLACK, Width, products, projections};
use super::softmax;
use super::turn::{Rows, turn};
use super::weights::{Part, Weights};
use crate::element::Element;
use crate::kernels::gemm::{self, Left, room};
use crate::kernels::transpose::transpose;

products! {
    /// `v · dcᵀ` of one head, the gradient of `p`: a row for each key.
    ScoresBack: [G::VALUE[0], Width::<G, S, T, ALL>::LEN, G::VALUE_DIM], left [G::HEADS * G::VALUE_DIM, 1],
        right Width::<G, S, T, ALL>::LEN, out Width::<G, S, T, ALL>::LEN;
    /// `pᵀ · dc` of one head, the gradient of `v`.
    ValueBack: [G::VALUE[0], G::VALUE_DIM, G::QUERY[0]], left [Width::<G, S, T, ALL>::LEN, 1],
        right G::HEADS * G::VALUE_DIM, out G::HEADS * G::VALUE_DIM;
    /// `ds · k` of one head, the gradient of `q`.
    QueryBack: [G::QUERY[0], G::KEY_DIM, G::VALUE[0]], left [1, Width::<G, S, T, ALL>::LEN],
        right G::HEADS * G::KEY_DIM, out G::HEADS * G::KEY_DIM;
    /// `dsᵀ · q` of one head, the gradient of `k`.
    KeyBack: [G::VALUE[0], G::KEY_DIM, G::QUERY[0]], left [Width::<G, S, T, ALL>::LEN, 1],
        right G::HEADS * G::KEY_DIM, out G::HEADS * G::KEY_DIM;
}

/// Adds the gradients of the weights to `gradients`, and writes those of query, value and key to `dx`.
///
/// - `query`, `value`, `key`, `masks`, `dropout`: what went into [`forward`](super::forward), and `saved`: what it saved.
/// - `dy`: the gradient of what came out; `dx`: the gradients of query, value and key, in this order; where they are
///   the same, theirs is the sum of the three.
/// - `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn backward<S: Simd, G: MultiHeadAttentionShape, W: Weights<T>, T: Element>(
    simd: S,
    shape: G,
    weights: &W,
    samples: usize,
    query: &[T],
    value: &[T],
    key: &[T],
    masks: Masks<'_, T>,
    dropout: Dropout,
    saved: &[T],
    dy: &[T],
    gradients: &mut W,
    dx: [Option<&mut [T]>; 3],
    scratch: &mut Vec<T>,
) {
    let (rows, lens) = ([samples * G::QUERY[0], samples * G::VALUE[0]], const { saved_lens::<G, T>() });
    let ([query_part, key_part, value_part, output], [dquery, dvalue, dkey]) = (weights.parts(), dx);
    let [query_sums, key_sums, value_sums, output_sums] = gradients.parts_mut();
    let largest = weights.parts().iter().map(|part| part.kernel.len()).max().unwrap_or(0);
    let sizes = const { projections::<G>() }.map(|len| samples * len);
    let scratch = room(scratch, sizes.iter().sum::<usize>() + SLACK + largest + const { head_len::<G, S, T>() });
    let (dq, scratch) = scratch.split_at_mut(sizes[0]);
    let (dk, scratch) = scratch.split_at_mut(sizes[1]);
    let (dv, scratch) = scratch.split_at_mut(sizes[2]);
    let (dcontext, scratch) = scratch.split_at_mut(sizes[3] + SLACK);

    let dy = &dy[..rows[0] * G::OUTPUT];
    let context = &saved[samples * (lens[0] + lens[1] + lens[2])..][..sizes[3]];
    let heads = [G::HEADS * G::VALUE_DIM, G::OUTPUT];
    linear(simd, heads, output, context, dy, output_sums, Some(&mut dcontext[..sizes[3]]), scratch);
    for sample in 0..samples {
        let seen = Seen { masks: masks.sample(sample, [G::QUERY[0], G::VALUE[0]]), causal: G::USE_CAUSAL_MASK };
        let dropout = Dropout { first: (dropout.first + sample) * G::HEADS, ..dropout };
        let sample = Sample { samples, sample, saved, dcontext, seen, dropout };
        sample.heads(simd, shape, [dq, dk, dv], scratch);
    }
    let (keys, values) = (G::HEADS * G::KEY_DIM, G::HEADS * G::VALUE_DIM);
    linear(simd, [G::QUERY[1], keys], query_part, &query[..rows[0] * G::QUERY[1]], dq, query_sums, dquery, scratch);
    linear(simd, [G::KEY, keys], key_part, &key[..rows[1] * G::KEY], dk, key_sums, dkey, scratch);
    linear(simd, [G::VALUE[1], values], value_part, &value[..rows[1] * G::VALUE[1]], dv, value_sums, dvalue, scratch);
}

/// How many elements of scratch the gradients of a head need.
const fn head_len<G: MultiHeadAttentionShape, S: Simd, T: Element>() -> usize {
    (G::VALUE_DIM + 2 * G::VALUE[0]) * Width::<G, S, T, true>::LEN
}

/// The gradients of a projection `y = x · kernel + bias` of so many numbers to so many.
#[inline(never)]
#[expect(clippy::too_many_arguments, reason = "what a projection and its gradients are made of")]
fn linear<S: Simd, T: Element>(
    simd: S,
    [input, output]: [usize; 2],
    part: Part<&[T]>,
    x: &[T],
    dy: &[T],
    sums: Part<&mut [T]>,
    dx: Option<&mut [T]>,
    scratch: &mut [T],
) {
    let rows = x.len() / input;
    gemm::multiply(simd, [input, output, rows], Left::Columns(x), dy, sums.kernel);
    gemm::add_rows(simd, dy, sums.bias);
    if let Some(dx) = dx {
        let turned = &mut scratch[..input * output];
        transpose(simd, [input, output], (part.kernel, output), (turned, input));
        dx.fill(T::zero());
        gemm::multiply(simd, [rows, input, output], Left::Rows(dy), turned, dx);
    }
}

/// One sample of a shard.
struct Sample<'a, T> {
    samples: usize,
    sample: usize,
    saved: &'a [T],
    dcontext: &'a [T],
    seen: Seen<'a, T>,
    dropout: Dropout,
}

impl<T: Element> Sample<'_, T> {
    /// The gradients of the projections of query, key and value.
    #[inline(always)]
    fn heads<S: Simd, G: MultiHeadAttentionShape>(
        &self,
        simd: S,
        _: G,
        [dq, dk, dv]: [&mut [T]; 3],
        scratch: &mut [T],
    ) {
        let ([steps, _], [keys, _], width) = (G::QUERY, G::VALUE, const { Width::<G, S, T, true>::LEN });
        let (lens, sizes) = (const { saved_lens::<G, T>() }, const { projections::<G>() });
        let saved = |part: usize, len: usize| {
            &self.saved[self.samples * lens[..part].iter().sum::<usize>() + self.sample * len..]
        };
        let (q, k, v, shares) = (saved(0, sizes[0]), saved(1, sizes[1]), saved(2, sizes[2]), saved(4, lens[4]));
        let dcontext = &self.dcontext[self.sample * sizes[3]..];
        let (turned, scratch) = scratch.split_at_mut(G::VALUE_DIM * width);
        let (mut dp, scratch) = scratch.split_at_mut(keys * width);
        let mut other = &mut scratch[..keys * width];
        let factor = T::one() / T::from_f64(G::KEY_DIM as f64).sqrt();
        for (head, shares) in shares.chunks_exact(keys * width).take(G::HEADS).enumerate() {
            let (key, value) = (head * G::KEY_DIM, head * G::VALUE_DIM);
            let stride = G::HEADS * G::VALUE_DIM;
            let rows = Rows { values: &dcontext[value..], stride, rows: steps, columns: G::VALUE_DIM };
            turn(simd, rows, T::one(), turned, width);
            let factors = Factors { left: &v[value..], right: &*turned, start: &[] };
            multiply::<ScoresBack<G, S, T, true>, S, T>(simd, [keys, G::VALUE_DIM], factors, dp);
            let mut left = shares;
            if self.dropout.rate > 0.0 {
                self.dropout.apply(simd, [head, steps, width], dp, other);
                (dp, other) = (other, dp);
                self.dropout.apply(simd, [head, steps, width], shares, other);
                left = &*other;
            }
            let factors = Factors { left, right: &dcontext[value..], start: &[] };
            let dv = &mut dv[self.sample * sizes[2] + value..];
            multiply::<ValueBack<G, S, T, true>, S, T>(simd, [keys, steps], factors, dv);

            softmax::backward(simd, shares, softmax::Scores { values: dp, width, first: 0 }, self.seen, factor);
            let factors = Factors { left: &*dp, right: &k[key..], start: &[] };
            let dq = &mut dq[self.sample * sizes[0] + key..];
            multiply::<QueryBack<G, S, T, true>, S, T>(simd, [steps, keys], factors, dq);
            let factors = Factors { left: &*dp, right: &q[key..], start: &[] };
            let dk = &mut dk[self.sample * sizes[1] + key..];
            multiply::<KeyBack<G, S, T, true>, S, T>(simd, [keys, steps], factors, dk);
        }
    }
}
