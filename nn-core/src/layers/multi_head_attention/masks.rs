//! Which steps are seen.

use fearless_simd::prelude::*;

use super::shape::MultiHeadAttentionSizes;
use crate::element::Element;
use crate::kernels::lanes;

/// The masks of the inputs: 1 for a step that counts, 0 for padding; `None` where an input has no mask.
///
/// As in Keras, a query that sees nothing at all, since it is masked itself or all that it could see is, gets the
/// mean of all values, and has no gradient but that of the values; in a layer with a dropout it gets nothing, at inference too.
#[derive(Clone, Copy, Debug)]
pub struct Masks<'a, T> {
    /// One number for each step of the query.
    pub query: Option<&'a [T]>,
    /// One number for each step of the value.
    pub value: Option<&'a [T]>,
    /// One number for each step of the key.
    pub key: Option<&'a [T]>,
    /// Of the shape that the geometry says, heads first: 0 where a query does not see a key.
    pub attention: Option<&'a [T]>,
}

impl<T> Masks<'_, T> {
    /// No masks.
    pub const NONE: Self = Masks { query: None, value: None, key: None, attention: None };
}

impl<'a, T: Element> Masks<'a, T> {
    /// Those of one sample among several, of so many steps of query and value.
    #[cfg(feature = "alloc")]
    pub(super) fn sample(&self, index: usize, sizes: &MultiHeadAttentionSizes) -> Self {
        let (steps, seen, pairs) = (sizes.query[0], sizes.value[0], sizes.attention_mask.iter().product());
        let part = |mask: Option<&'a [T]>, steps: usize| mask.and_then(|mask| mask.get(index * steps..)?.get(..steps));
        Masks {
            query: part(self.query, steps),
            value: part(self.value, seen),
            key: part(self.key, seen),
            attention: part(self.attention, pairs),
        }
    }

    fn is_none(&self) -> bool {
        self.query.is_none() && self.value.is_none() && self.key.is_none() && self.attention.is_none()
    }
}

/// The masks of one sample, with the causal mask.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a, T> {
    pub(super) masks: Masks<'a, T>,
    /// How far apart the numbers of two queries and of two keys lie in `masks.attention`, which starts at the head that it is about.
    pub(super) strides: [usize; 2],
    pub(super) causal: bool,
    /// Whether a query that sees nothing gets nothing.
    pub(super) nothing: bool,
}

impl<'a, T: Element> Seen<'a, T> {
    /// What the first head of a sample sees.
    #[inline(always)]
    pub(super) fn new(masks: Masks<'a, T>, sizes: &MultiHeadAttentionSizes) -> Self {
        let [_, query, key] = sizes.mask_strides();
        Seen { masks, strides: [query, key], causal: sizes.use_causal_mask, nothing: sizes.nothing_of_nothing }
    }

    /// What another head sees.
    #[inline(always)]
    pub(super) fn of_head(self, head: usize, sizes: &MultiHeadAttentionSizes) -> Self {
        let start = head * sizes.mask_strides()[0];
        let attention = self.masks.attention.map(|mask| mask.get(start..).unwrap_or(&[]));
        Seen { masks: Masks { attention, ..self.masks }, ..self }
    }

    /// For the queries from `first` on, above 0 where each of them sees this key, if nothing else hides it.
    #[inline(always)]
    pub(super) fn pairs<S: Simd>(&self, simd: S, first: usize, key: usize) -> Option<T::Vector<S>> {
        let mask = self.masks.attention?;
        let [of_query, of_key] = self.strides;
        let mut pairs = lanes::zeros::<S, T>(simd);
        for (i, pair) in pairs.as_mut_slice().iter_mut().enumerate() {
            let hidden = mask.get((first + i) * of_query + key * of_key).is_some_and(|mask| *mask == T::zero());
            *pair = if hidden { T::zero() } else { T::one() };
        }
        Some(pairs)
    }

    /// Whether every query sees every key.
    pub(super) fn everything(&self) -> bool {
        !self.causal && self.masks.is_none()
    }

    /// How many of `keys` keys are seen by any query before `end`, where each of them sees at least one.
    pub(super) fn keys(&self, end: usize, keys: usize) -> usize {
        if self.causal && self.masks.is_none() { end.min(keys) } else { keys }
    }

    /// Whether a key is seen at all.
    #[inline(always)]
    pub(super) fn key(&self, index: usize) -> bool {
        let shows = |mask: Option<&[T]>| mask.and_then(|mask| mask.get(index)).is_none_or(|mask| *mask > T::zero());
        shows(self.masks.value) && shows(self.masks.key)
    }

    /// For the queries from `first` on, how many keys each of them sees, if those are seen at all.
    #[inline(always)]
    pub(super) fn limits<S: Simd>(&self, simd: S, first: usize) -> T::Vector<S> {
        let mut limits = lanes::zeros::<S, T>(simd);
        for (i, limit) in limits.as_mut_slice().iter_mut().enumerate() {
            let hidden = self.masks.query.and_then(|mask| mask.get(first + i)).is_some_and(|mask| *mask <= T::zero());
            *limit = match (hidden, self.causal) {
                (true, _) => T::zero(),
                (false, true) => T::from_f64((first + i + 1) as f64),
                (false, false) => T::infinity(),
            };
        }
        limits
    }
}
