//! Inference: one sample.

use fearless_simd::prelude::*;

use super::masks::{Masks, Seen};
use super::product::{self, Factors, Product, multiply};
use super::shape::{
    Context, Key, MultiHeadAttentionShape, Out, Query, SLACK, Scores, Value, Width, block, projections,
};
use super::softmax::{self, softmax};
use super::turn::{Rows, turn};
use super::weights::{Part, Weights};
use crate::element::Element;

/// How many elements of scratch [`infer`] needs, on any machine.
pub const fn scratch_len<G: MultiHeadAttentionShape, T: Element>() -> usize {
    let [query, key, value, context] = projections::<G>();
    let (mut most, mut bytes) = (packed_most::<G, T>(), 16);
    while bytes <= 64 {
        let len = (G::KEY_DIM + G::VALUE[0]) * block::<G>(bytes / size_of::<T>(), bytes);
        if len > most {
            most = len;
        }
        bytes *= 2;
    }
    query + key + value + SLACK + context + most
}

/// The elements of the longest kernel whose rows do not fill a vector, widened to whole ones, on any machine.
pub(super) const fn packed_most<G: MultiHeadAttentionShape, T: Element>() -> usize {
    let (keys, values) = (G::HEADS * G::KEY_DIM, G::HEADS * G::VALUE_DIM);
    let kernels = [[G::QUERY[1], keys], [G::KEY, keys], [G::VALUE[1], values], [values, G::OUTPUT]];
    let (mut most, mut index, lanes) = (0, 0, 64 / size_of::<T>());
    while index < kernels.len() {
        let [rows, columns] = kernels[index];
        if columns < lanes && rows * lanes > most {
            most = rows * lanes;
        }
        index += 1;
    }
    most
}

/// The layer on one sample: `y` from `query`, `value` and `key`, which may be the same slice.
///
/// - `query`, `value`, `key`: of the shapes that `G` says; `y`: as many steps as the query.
/// - `scratch`: at least [`scratch_len`] elements; what it holds does not matter.
///
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::layers::multi_head_attention::{self as attention, Masks, MultiHeadAttention, MultiHeadAttentionShape};
/// use nn_core::rt::bytemuck::Zeroable;
///
/// #[derive(Clone, Copy)]
/// struct Mean;
/// impl MultiHeadAttentionShape for Mean {
///     const QUERY: [usize; 2] = [1, 1];
///     const VALUE: [usize; 2] = [3, 1];
///     const HEADS: usize = 1;
///     const KEY_DIM: usize = 1;
/// }
/// let mut weights = MultiHeadAttention::<1, 1, 1, 1, 1, 1, 1, 1, 1>::zeroed();
/// // All keys are alike, so every step of the value counts the same.
/// (weights.value.kernel, weights.attention_output.kernel) = ([[[1.0]]], [[[1.0]]]);
/// let (query, value, mut y) = ([7.0], [1.0, 2.0, 6.0], [0.0]);
/// let mut scratch = [0.0; attention::scratch_len::<Mean, f32>()];
/// dispatch!(Level::new(), simd => {
///     attention::infer(simd, Mean, &weights, &query, &value, &value, Masks::NONE, &mut y, &mut scratch)
/// });
/// assert!((y[0] - 3.0).abs() < 1e-6);
/// ```
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn infer<S: Simd, G: MultiHeadAttentionShape, W: Weights<T>, T: Element>(
    simd: S,
    shape: G,
    weights: &W,
    query: &[T],
    value: &[T],
    key: &[T],
    masks: Masks<'_, T>,
    y: &mut [T],
    scratch: &mut [T],
) {
    let lens = const { projections::<G>() };
    let Some((q, scratch)) = scratch.split_at_mut_checked(lens[0]) else { return };
    let Some((k, scratch)) = scratch.split_at_mut_checked(lens[1]) else { return };
    let Some((v, scratch)) = scratch.split_at_mut_checked(lens[2] + SLACK) else { return };
    let Some((context, scratch)) = scratch.split_at_mut_checked(lens[3]) else { return };
    let parts = weights.parts();
    let [_, _, _, output] = &parts;
    project(simd, shape, &parts, 1, [query, key, value], [q, k, v], scratch);
    let seen = Seen { masks, causal: G::USE_CAUSAL_MASK };
    attend(simd, shape, [q, k, v], seen, context, scratch);
    linear::<Out<G, S, T, false>, S, T>(simd, output, G::QUERY[0], context, y, scratch);
}

/// The projections of query, key and value of some samples.
#[inline(always)]
pub(super) fn project<S: Simd, G: MultiHeadAttentionShape, T: Element>(
    simd: S,
    _: G,
    [query, key, value, _]: &[Part<&[T]>; 4],
    samples: usize,
    x: [&[T]; 3],
    [q, k, v]: [&mut [T]; 3],
    scratch: &mut [T],
) {
    let [steps, seen] = [samples * G::QUERY[0], samples * G::VALUE[0]];
    // Where sizes agree, one function serves for several.
    if const { same::<Query<G, S, T, false>, Value<G, S, T, false>>() } {
        linear::<Value<G, S, T, false>, S, T>(simd, query, steps, x[0], q, scratch);
    } else {
        linear::<Query<G, S, T, false>, S, T>(simd, query, steps, x[0], q, scratch);
    }
    if const { same::<Key<G, S, T, false>, Value<G, S, T, false>>() } {
        linear::<Value<G, S, T, false>, S, T>(simd, key, seen, x[1], k, scratch);
    } else {
        linear::<Key<G, S, T, false>, S, T>(simd, key, seen, x[1], k, scratch);
    }
    linear::<Value<G, S, T, false>, S, T>(simd, value, seen, x[2], v, scratch);
}

/// Whether two projections have the same sizes.
const fn same<P: Product, Q: Product>() -> bool {
    let mut axis = 0;
    while axis < 3 {
        if P::SIZES[axis] != Q::SIZES[axis] {
            return false;
        }
        axis += 1;
    }
    true
}

/// `y = x · kernel + bias` for `rows` rows.
#[inline(always)]
pub(super) fn linear<P: Product, S: Simd, T: Element>(
    simd: S,
    part: &Part<&[T]>,
    rows: usize,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
) {
    let [_, columns, depth] = P::SIZES;
    let mut right = part.kernel;
    if const { P::SIZES[1] < T::Vector::<S>::LEN } {
        product::widen(simd, columns, right, scratch);
        right = scratch;
    }
    multiply::<P, S, T>(simd, [rows, depth], Factors { left: x, right, start: part.bias }, y);
}

/// What the heads make of the projections, block of queries by block.
#[inline(always)]
fn attend<S: Simd, G: MultiHeadAttentionShape, T: Element>(
    simd: S,
    _: G,
    [q, k, v]: [&[T]; 3],
    seen: Seen<'_, T>,
    context: &mut [T],
    scratch: &mut [T],
) {
    let width = const { Width::<G, S, T, false>::LEN };
    let Some((turned, scores)) = scratch.split_at_mut_checked(G::KEY_DIM * width) else { return };
    let factor = T::one() / T::from_f64(G::KEY_DIM as f64).sqrt();
    for head in 0..G::HEADS {
        let (key, value) = (head * G::KEY_DIM, head * G::VALUE_DIM);
        for first in (0..G::QUERY[0]).step_by(width) {
            let first = first.min(G::QUERY[0].saturating_sub(width));
            let rows = width.min(G::QUERY[0] - first);
            let keys = seen.keys(first + rows, G::VALUE[0]);
            let stride = G::HEADS * G::KEY_DIM;
            let values = q.get(first * stride + key..).unwrap_or(&[]);
            turn(simd, Rows { values, stride, rows, columns: G::KEY_DIM }, factor, turned, width);
            let factors = Factors { left: k.get(key..).unwrap_or(&[]), right: turned, start: &[] };
            multiply::<Scores<G, S, T, false>, S, T>(simd, [keys, G::KEY_DIM], factors, scores);
            let values = scores.get_mut(..keys * width).unwrap_or(&mut []);
            softmax(simd, softmax::Scores { values, width, first }, seen);
            let factors = Factors { left: scores, right: v.get(value..).unwrap_or(&[]), start: &[] };
            let context = context.get_mut(first * G::HEADS * G::VALUE_DIM + value..).unwrap_or(&mut []);
            multiply::<Context<G, S, T, false>, S, T>(simd, [rows, keys], factors, context);
        }
    }
}
