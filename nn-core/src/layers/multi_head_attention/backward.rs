//! Training: the samples of a shard, backward.
//!
//! With `p` the shares and `c = p · v` of a head: `dv = pᵀ · dc`, `dp = dc · vᵀ`, `ds = p · (dp − Σ p · dp)`, and
//! from the scores on `dq = ds · k / √key_dim` and `dk = dsᵀ · q / √key_dim`.

use alloc::vec::Vec;
use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::forward::Dropout;
use super::masks::{Masks, Seen};
use super::product::{Factors, ProductSizes, multiply};
use super::shape::{Lens, Machine, MultiHeadAttentionShape, MultiHeadAttentionSizes, SLACK, Width, products};
use super::softmax;
use super::transpose::{Rows, transpose};
use super::weights::{Part, Weights};
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::gemm::{self, Left, room};
use crate::kernels::transpose;

products! {
    [g, m]
    /// `v · dcᵀ` of one head, the gradient of `p`: a row for each key.
    ScoresBack: [g.value[0], m.width, g.value_dim], left [g.heads * g.value_dim, 1], right m.width, out m.width;
    /// `pᵀ · dc` of one head, the gradient of `v`.
    ValueBack: [g.value[0], g.value_dim, g.query[0]], left [m.width, 1], right g.heads * g.value_dim,
        out g.heads * g.value_dim;
    /// `ds · k` of one head, the gradient of `q`.
    QueryBack: [g.query[0], g.key_dim, g.value[0]], left [1, m.width], right g.heads * g.key_dim, out g.heads * g.key_dim;
    /// `dsᵀ · q` of one head, the gradient of `k`.
    KeyBack: [g.value[0], g.key_dim, g.query[0]], left [m.width, 1], right g.heads * g.key_dim, out g.heads * g.key_dim;
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
    let (weights, gradients, inputs) = (weights.parts(), gradients.parts_mut(), [query, value, key]);
    backward_with(simd, shape, weights, samples, inputs, masks, dropout, saved, dy, gradients, dx, scratch);
}

/// [`backward`] with the weights and their gradients as slices, for sizes that may be known only when the program runs.
///
/// - `weights`, `gradients`: of the projections of query, key, value and output; `inputs`: query, value and key.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer")]
pub fn backward_with<S: Simd, G: Geometry<MultiHeadAttentionSizes>, T: Element>(
    simd: S,
    shape: G,
    weights: [Part<&[T]>; 4],
    samples: usize,
    [query, value, key]: [&[T]; 3],
    masks: Masks<'_, T>,
    dropout: Dropout,
    saved: &[T],
    dy: &[T],
    gradients: [Part<&mut [T]>; 4],
    dx: [Option<&mut [T]>; 3],
    scratch: &mut Vec<T>,
) {
    let sizes = shape.sizes();
    let (rows, lens) = ([samples * sizes.query[0], samples * sizes.value[0]], Lens::<G, T>::saved(shape));
    let largest = weights.iter().map(|part| part.kernel.len()).max().unwrap_or(0);
    let ([query_part, key_part, value_part, output], [dquery, dvalue, dkey]) = (weights, dx);
    let [query_sums, key_sums, value_sums, output_sums] = gradients;
    let own = Lens::<G, T>::projections(shape).map(|len| samples * len);
    let of_head = (sizes.value_dim + 2 * sizes.value[0]) * Width::<G, S, T, true>::len(shape);
    let scratch = room(scratch, own.iter().sum::<usize>() + SLACK + largest + of_head);
    let (dq, scratch) = scratch.split_at_mut(own[0]);
    let (dk, scratch) = scratch.split_at_mut(own[1]);
    let (dv, scratch) = scratch.split_at_mut(own[2]);
    let (dcontext, scratch) = scratch.split_at_mut(own[3] + SLACK);

    let dy = &dy[..rows[0] * sizes.output];
    let context = &saved[samples * (lens[0] + lens[1] + lens[2])..][..own[3]];
    let (keys, values) = (sizes.heads * sizes.key_dim, sizes.heads * sizes.value_dim);
    linear(simd, [values, sizes.output], output, context, dy, output_sums, Some(&mut dcontext[..own[3]]), scratch);
    for sample in 0..samples {
        let seen = Seen::new(masks.sample(sample, &sizes), &sizes);
        let dropout = Dropout { first: (dropout.first + sample) * sizes.heads, ..dropout };
        let sample = Sample { samples, sample, saved, dcontext, seen, dropout };
        sample.heads(simd, shape, [dq, dk, dv], scratch);
    }
    let ([_, features], [_, value_features]) = (sizes.query, sizes.value);
    linear(simd, [features, keys], query_part, &query[..rows[0] * features], dq, query_sums, dquery, scratch);
    linear(simd, [sizes.key, keys], key_part, &key[..rows[1] * sizes.key], dk, key_sums, dkey, scratch);
    let value = &value[..rows[1] * value_features];
    linear(simd, [value_features, values], value_part, value, dv, value_sums, dvalue, scratch);
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
    let rows = x.len() / input.max(1);
    gemm::multiply(simd, [input, output, rows], Left::Columns(x), dy, sums.kernel);
    gemm::add_rows(simd, dy, sums.bias);
    if let Some(dx) = dx {
        let transposed = &mut scratch[..input * output];
        transpose::transpose(simd, [input, output], (part.kernel, output), (transposed, input));
        dx.fill(T::zero());
        gemm::multiply(simd, [rows, input, output], Left::Rows(dy), transposed, dx);
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
    fn heads<S: Simd, G: Geometry<MultiHeadAttentionSizes>>(
        &self,
        simd: S,
        shape: G,
        [dq, dk, dv]: [&mut [T]; 3],
        scratch: &mut [T],
    ) {
        let all = shape.sizes();
        let MultiHeadAttentionSizes { query: [steps, _], value: [keys, _], heads, key_dim, value_dim, .. } = all;
        let width = Width::<G, S, T, true>::len(shape);
        let (lens, sizes) = (Lens::<G, T>::saved(shape), Lens::<G, T>::projections(shape));
        let saved = |part: usize, len: usize| {
            &self.saved[self.samples * lens[..part].iter().sum::<usize>() + self.sample * len..]
        };
        let (q, k, v, shares) = (saved(0, sizes[0]), saved(1, sizes[1]), saved(2, sizes[2]), saved(4, lens[4]));
        let dcontext = &self.dcontext[self.sample * sizes[3]..];
        let (transposed, scratch) = scratch.split_at_mut(value_dim * width);
        let (mut dp, scratch) = scratch.split_at_mut(keys * width);
        let mut other = &mut scratch[..keys * width];
        let factor = T::one() / T::from_f64(key_dim as f64).sqrt();
        let of_scores = ScoresBack::<G, S, T, true>::new(shape, width);
        let of_value = ValueBack::<G, S, T, true>::new(shape, width);
        let of_query = QueryBack::<G, S, T, true>::new(shape, width);
        let of_key = KeyBack::<G, S, T, true>::new(shape, width);
        for (head, shares) in shares.chunks_exact((keys * width).max(1)).take(heads).enumerate() {
            let (key, value) = (head * key_dim, head * value_dim);
            let rows = Rows { values: &dcontext[value..], stride: heads * value_dim, rows: steps, columns: value_dim };
            transpose(simd, rows, T::one(), transposed, width);
            let factors = Factors { left: &v[value..], right: &*transposed, start: &[] };
            multiply(simd, of_scores, [keys, value_dim], factors, dp);
            let mut left = shares;
            if self.dropout.rate > 0.0 {
                self.dropout.apply(simd, [head, steps, width], dp, other);
                (dp, other) = (other, dp);
                self.dropout.apply(simd, [head, steps, width], shares, other);
                left = &*other;
            }
            let factors = Factors { left, right: &dcontext[value..], start: &[] };
            let dv = &mut dv[self.sample * sizes[2] + value..];
            multiply(simd, of_value, [keys, steps], factors, dv);

            let seen = self.seen.of_head(head, &all);
            softmax::backward(simd, shares, softmax::Scores { values: dp, width, first: 0 }, seen, factor);
            let factors = Factors { left: &*dp, right: &k[key..], start: &[] };
            let dq = &mut dq[self.sample * sizes[0] + key..];
            multiply(simd, of_query, [steps, keys], factors, dq);
            let factors = Factors { left: &*dp, right: &q[key..], start: &[] };
            let dk = &mut dk[self.sample * sizes[1] + key..];
            multiply(simd, of_key, [keys, steps], factors, dk);
        }
    }
}
