//! Inference: one sample.

use fearless_simd::prelude::*;

use super::masks::{Masks, Seen};
use super::product::{self, Factors, ProductSizes, multiply};
use super::shape::{
    Context, Key, Lens, MultiHeadAttentionShape, MultiHeadAttentionSizes, Out, Query, SLACK, Scores, Value, Width,
};
use super::softmax::{self, softmax};
use super::transpose::{Rows, transpose};
use super::weights::{Part, Weights};
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::frame;

/// How many elements of scratch [`infer`] needs, on any machine.
pub const fn scratch_len<G: MultiHeadAttentionShape, T: Element>() -> usize {
    G::SIZES.scratch_len::<T>()
}

impl MultiHeadAttentionSizes {
    /// How many elements of scratch [`infer_with`] needs, on any machine.
    pub const fn scratch_len<T: Element>(&self) -> usize {
        let [query, key, value, context] = self.projections();
        let (mut most, mut bytes) = (self.packed_most::<T>(), 16);
        while bytes <= 64 {
            let len = (self.key_dim + self.value[0]) * self.block(bytes / size_of::<T>(), bytes);
            if len > most {
                most = len;
            }
            bytes *= 2;
        }
        query + key + value + SLACK + context + most
    }

    /// The elements of the longest kernel whose rows do not fill a vector, widened to whole ones, on any machine.
    pub(super) const fn packed_most<T: Element>(&self) -> usize {
        let (keys, values) = (self.heads * self.key_dim, self.heads * self.value_dim);
        let kernels = [[self.query[1], keys], [self.key, keys], [self.value[1], values], [values, self.output]];
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
}

/// The layer on one sample: `y` from `query`, `value` and `key`, which may be the same slice.
///
/// - `query`, `value`, `key`: of the shapes that `G` says; `y`: as many steps as the query.
/// - `scratch`: at least [`scratch_len`] elements; what it holds does not matter.
///
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
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
    frame::step(
        simd,
        #[inline(always)]
        || infer_with(simd, shape, weights.parts(), [query, value, key], masks, y, scratch),
    );
}

/// [`infer`] with the weights as slices, for sizes that may be known only when the program runs.
///
/// - `weights`: the projections of query, key, value and output; `inputs`: query, value and key.
/// - `scratch`: at least [`scratch_len`](MultiHeadAttentionSizes::scratch_len) elements.
#[inline(always)]
pub fn infer_with<S: Simd, G: Geometry<MultiHeadAttentionSizes>, T: Element>(
    simd: S,
    shape: G,
    weights: [Part<&[T]>; 4],
    [query, value, key]: [&[T]; 3],
    masks: Masks<'_, T>,
    y: &mut [T],
    scratch: &mut [T],
) {
    let sizes = shape.sizes();
    let lens = Lens::<G, T>::projections(shape);
    let Some((q, scratch)) = scratch.split_at_mut_checked(lens[0]) else { return };
    let Some((k, scratch)) = scratch.split_at_mut_checked(lens[1]) else { return };
    let Some((v, scratch)) = scratch.split_at_mut_checked(lens[2] + SLACK) else { return };
    let Some((context, scratch)) = scratch.split_at_mut_checked(lens[3]) else { return };
    let [_, _, _, output] = &weights;
    project(simd, shape, &weights, 1, [query, key, value], [q, k, v], scratch);
    attend(simd, shape, [q, k, v], Seen::new(masks, &sizes), context, scratch);
    linear(simd, Out::<G, S, T, false>::new(shape, 0), output, sizes.query[0], context, y, scratch);
}

/// The projections of query, key and value of some samples.
#[inline(always)]
pub(super) fn project<S: Simd, G: Geometry<MultiHeadAttentionSizes>, T: Element>(
    simd: S,
    shape: G,
    [query, key, value, _]: &[Part<&[T]>; 4],
    samples: usize,
    x: [&[T]; 3],
    [q, k, v]: [&mut [T]; 3],
    scratch: &mut [T],
) {
    let sizes = shape.sizes();
    let [steps, seen] = [samples * sizes.query[0], samples * sizes.value[0]];
    let of_query = Query::<G, S, T, false>::new(shape, 0);
    let of_key = Key::<G, S, T, false>::new(shape, 0);
    let of_value = Value::<G, S, T, false>::new(shape, 0);
    // Where sizes agree, one function serves for several.
    if const { same::<Query<G, S, T, false>, Value<G, S, T, false>>() } {
        linear(simd, of_value, query, steps, x[0], q, scratch);
    } else {
        linear(simd, of_query, query, steps, x[0], q, scratch);
    }
    if const { same::<Key<G, S, T, false>, Value<G, S, T, false>>() } {
        linear(simd, of_value, key, seen, x[1], k, scratch);
    } else {
        linear(simd, of_key, key, seen, x[1], k, scratch);
    }
    linear(simd, of_value, value, seen, x[2], v, scratch);
}

/// Whether rustc knows that two projections have the same sizes.
const fn same<P: Geometry<ProductSizes>, Q: Geometry<ProductSizes>>() -> bool {
    let (Some(one), Some(other)) = (P::KNOWN, Q::KNOWN) else { return false };
    let mut axis = 0;
    while axis < 3 {
        if one.sizes[axis] != other.sizes[axis] {
            return false;
        }
        axis += 1;
    }
    true
}

/// Whether the rows of the right factor may not fill a vector, as far as rustc knows.
const fn could_be_narrow<P: Geometry<ProductSizes>, S: Simd, T: Element>() -> bool {
    match P::KNOWN {
        Some(product) => product.sizes[1] < T::Vector::<S>::LEN,
        None => true,
    }
}

/// `y = x · kernel + bias` for `rows` rows.
#[inline(always)]
pub(super) fn linear<P: Geometry<ProductSizes>, S: Simd, T: Element>(
    simd: S,
    product: P,
    part: &Part<&[T]>,
    rows: usize,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
) {
    let [_, columns, depth] = product.sizes().sizes;
    let mut right = part.kernel;
    if const { could_be_narrow::<P, S, T>() } && columns < T::Vector::<S>::LEN {
        product::widen(simd, columns, right, scratch);
        right = scratch;
    }
    multiply(simd, product, [rows, depth], Factors { left: x, right, start: part.bias }, y);
}

/// What the heads make of the projections, block of queries by block.
#[inline(always)]
fn attend<S: Simd, G: Geometry<MultiHeadAttentionSizes>, T: Element>(
    simd: S,
    shape: G,
    [q, k, v]: [&[T]; 3],
    seen: Seen<'_, T>,
    context: &mut [T],
    scratch: &mut [T],
) {
    let MultiHeadAttentionSizes { query: [steps, _], value: [all, _], heads, key_dim, value_dim, .. } = shape.sizes();
    let width = Width::<G, S, T, false>::len(shape);
    let of_scores = Scores::<G, S, T, false>::new(shape, width);
    let of_context = Context::<G, S, T, false>::new(shape, width);
    let Some((transposed, scores)) = scratch.split_at_mut_checked(key_dim * width) else { return };
    let factor = T::one() / T::from_f64(key_dim as f64).sqrt();
    for head in 0..heads {
        let seen = seen.of_head(head, &shape.sizes());
        let (key, value) = (head * key_dim, head * value_dim);
        for first in (0..steps).step_by(width) {
            let first = first.min(steps.saturating_sub(width));
            let rows = width.min(steps - first);
            let keys = seen.keys(first + rows, all);
            let stride = heads * key_dim;
            let values = q.get(first * stride + key..).unwrap_or(&[]);
            transpose(simd, Rows { values, stride, rows, columns: key_dim }, factor, transposed, width);
            let factors = Factors { left: k.get(key..).unwrap_or(&[]), right: transposed, start: &[] };
            multiply(simd, of_scores, [keys, key_dim], factors, scores);
            let values = scores.get_mut(..keys * width).unwrap_or(&mut []);
            softmax(simd, softmax::Scores { values, width, first }, seen);
            let factors = Factors { left: scores, right: v.get(value..).unwrap_or(&[]), start: &[] };
            let context = context.get_mut(first * heads * value_dim + value..).unwrap_or(&mut []);
            multiply(simd, of_context, [rows, keys], factors, context);
        }
    }
}
