//! Running an optimizer's rule over all trainable weights, on vectors and on all cores.

use std::ops::Range;

use fearless_simd::{Level, dispatch};
use rayon::prelude::*;

use super::RowGradients;
use crate::element::Element;
use crate::params::Param;

/// What an optimizer does to one weight that has `N` slots.
pub(super) trait Rule<T, const N: usize>: Copy + Send + Sync {
    /// Moves the weight and its slots; `#[inline(always)]`, without branches on values, so that it vectorizes.
    /// `square` is that of the gradient, as Keras computes it: see [`RowGradients`].
    fn apply(self, weight: &mut T, gradient: T, square: T, slots: &mut [T; N]);
}

/// Elements that are updated at a time, whatever the number of threads.
pub(super) const CHUNK: usize = 1 << 13;
/// From so many weights on, chunks go to all cores; below, waking them costs more than it gains.
pub(super) const PARALLEL: usize = 1 << 15;

/// One chunk of weights, their gradients and slots.
type Chunk<'a, T, const N: usize> = (&'a mut [T], &'a [T], [&'a mut [T]; N]);

/// Applies a rule to every trainable weight, but for those of `rows`.
pub(super) fn update<T: Element, R: Rule<T, N>, const N: usize>(
    params: &[Param],
    rows: &[RowGradients<'_, T>],
    weights: &mut [T],
    gradients: &[T],
    mut slots: [&mut [T]; N],
    rule: R,
) {
    let parallel = weights.len() >= PARALLEL;
    for range in trainable(params, rows) {
        let (Some(weights), Some(gradients)) = (weights.get_mut(range.clone()), gradients.get(range.clone())) else {
            continue;
        };
        let slots = slots.each_mut().map(|slot| slot.get_mut(range.clone()).unwrap_or_default());
        let part = (weights, gradients, slots);
        if parallel {
            chunks(part).into_par_iter().for_each(|chunk| run(chunk, rule));
        } else {
            run(part, rule);
        }
    }
}

/// The ranges of the flat weights that are trainable, neighbours merged; without those of `rows`.
pub(super) fn trainable<'a, T>(
    params: &'a [Param],
    rows: &'a [RowGradients<'_, T>],
) -> impl Iterator<Item = Range<usize>> + 'a {
    let whole = |index: usize| rows.iter().all(|rows| rows.param() != index);
    let params = params.iter().enumerate().filter(move |(index, _)| whole(*index)).map(|(_, param)| param);
    let mut ranges = params.filter(|param| param.trainable && !param.is_empty()).map(Param::range).peekable();
    std::iter::from_fn(move || {
        let mut range = ranges.next()?;
        while let Some(next) = ranges.next_if(|next| next.start == range.end) {
            range.end = next.end;
        }
        Some(range)
    })
}

fn chunks<T, const N: usize>((weights, gradients, slots): Chunk<'_, T, N>) -> Vec<Chunk<'_, T, N>> {
    let mut slots = slots.map(|slot| slot.chunks_mut(CHUNK));
    let parts = weights.chunks_mut(CHUNK).zip(gradients.chunks(CHUNK));
    parts.map(|(w, g)| (w, g, slots.each_mut().map(|slot| slot.next().unwrap_or_default()))).collect()
}

fn run<T: Element, R: Rule<T, N>, const N: usize>(chunk: Chunk<'_, T, N>, rule: R) {
    dispatch!(Level::new(), _simd => apply(chunk, rule))
}

#[inline(always)]
fn apply<T: Element, R: Rule<T, N>, const N: usize>((weights, gradients, slots): Chunk<'_, T, N>, rule: R) {
    let length = slots.iter().map(|slot| slot.len()).fold(weights.len().min(gradients.len()), usize::min);
    // Slices of one visible length: no bounds are checked in the loop, and it vectorizes.
    let (weights, gradients) = (&mut weights[..length], &gradients[..length]);
    let mut slots = slots.map(
        #[inline(always)]
        |slot| &mut slot[..length],
    );
    for at in 0..length {
        let mut values = std::array::from_fn(
            #[inline(always)]
            |slot| slots[slot][at],
        );
        let gradient = gradients[at];
        rule.apply(&mut weights[at], gradient, gradient * gradient, &mut values);
        for (slot, value) in slots.iter_mut().zip(values) {
            slot[at] = value;
        }
    }
}
