//! Running an optimizer's rule over all trainable weights, on vectors and on all cores.

use std::borrow::Cow;
use std::ops::Range;

use crate::kernels::vectors::dispatch_few;
use fearless_simd::Level;
use rayon::prelude::*;

use super::RowGradients;
use super::common::whole_gradients;
use super::rows::{Clip, Table};
use crate::element::Element;
use crate::params::Param;

/// What an optimizer does to one weight that has `N` slots.
pub(super) trait Rule<T: Element, const N: usize>: Copy + Send + Sync {
    /// Moves the weight and its slots; `#[inline(always)]`, without branches on values, so that it vectorizes.
    /// `size` is that of the gradient, as Keras computes it: see [`RowGradients`].
    fn apply(self, weight: &mut T, gradient: T, size: T, slots: &mut [T; N]);

    /// The size of a gradient: by default its square.
    #[inline(always)]
    fn size(self, gradient: T) -> T {
        gradient * gradient
    }
}

/// One update of the weights, as an optimizer's [`Algorithm`](super::common::Algorithm) gets it.
pub(super) struct Update<'a, T: Element> {
    pub params: &'a [Param],
    pub weights: &'a mut [T],
    /// Clipped.
    pub gradients: Cow<'a, [T]>,
    pub rows: &'a [RowGradients<'a, T>],
    /// How to clip the rows.
    pub clips: Vec<Clip<T>>,
    pub slots: &'a mut Vec<Vec<T>>,
    pub live: &'a mut Vec<Vec<bool>>,
    pub momenta: &'a mut Vec<T>,
    /// The learning rate.
    pub rate: f64,
    /// The number of the update, from 1.
    pub number: u64,
}

impl<T: Element> Update<'_, T> {
    /// `beta` to the power of the number of the update.
    pub fn power(&self, beta: f64) -> f64 {
        beta.powf(self.number as f64)
    }

    /// The same with whole gradients in place of lists of rows.
    pub fn dense(self) -> Self {
        // Borrows end with the update, and what is borrowed lives longer.
        let gradients = whole_gradients(self.params, &self.gradients, self.rows, &self.clips).into_owned();
        Self { gradients: gradients.into(), rows: &[], ..self }
    }

    /// Applies a rule to each weight by itself.
    pub fn each<R: Rule<T, N>, const N: usize>(&mut self, rule: R) {
        self.each_from([T::zero(); N], rule);
    }

    /// The same with slots that start at these values.
    pub fn each_from<R: Rule<T, N>, const N: usize>(&mut self, first: [T; N], rule: R) {
        let Self { params, weights, gradients, rows, clips, slots, live, .. } = self;
        // A network of another size starts afresh.
        slots.resize_with(N, Vec::new);
        slots.iter_mut().zip(first).for_each(|(slot, first)| slot.resize(weights.len(), first));
        let mut slots = slots.iter_mut();
        let mut slots = std::array::from_fn(|_| slots.next().map_or(&mut [][..], Vec::as_mut_slice));
        update(params, rows, weights, gradients, slots.each_mut().map(|slot| &mut **slot), rule);
        for ((rows, clip), live) in rows.iter().zip(clips).zip(live.iter_mut()) {
            let Some(param) = params.get(rows.param()).filter(|param| param.trainable) else { continue };
            let slots = slots.each_mut().map(|slot| slot.get_mut(param.range()).unwrap_or_default());
            let weights = weights.get_mut(param.range()).unwrap_or_default();
            Table { weights, slots, first, live }.update(param, rows, *clip, rule);
        }
    }

    /// Lets `run` update each trainable tensor as a whole. `lengths` says how many elements its slots have, which start at zero and
    /// lie one after another in the order of the parameters.
    pub fn tensors<const N: usize>(
        self,
        lengths: impl Fn(&Param) -> [usize; N],
        run: impl Fn(Tensor<'_, T, N>) + Send + Sync,
    ) {
        let Self { params, weights, gradients, slots, .. } = self;
        let parallel = weights.len() >= PARALLEL;
        slots.resize_with(N, Vec::new);
        for (at, slot) in slots.iter_mut().enumerate() {
            slot.resize(params.iter().map(|param| lengths(param)[at]).sum(), T::zero());
        }
        let mut slots = slots.iter_mut();
        let mut slots: [&mut [T]; N] = std::array::from_fn(|_| slots.next().map_or(&mut [][..], Vec::as_mut_slice));
        let (mut rest, mut done) = (weights, 0);
        let mut tensors = Vec::new();
        for param in params {
            let lengths = lengths(param);
            let slots: [&mut [T]; N] = std::array::from_fn(|at| {
                let (own, others) = std::mem::take(&mut slots[at]).split_at_mut(lengths[at]);
                slots[at] = others;
                own
            });
            // Parameters lie in their order.
            let (Some(before), Some(gradients)) = (param.offset.checked_sub(done), gradients.get(param.range())) else {
                continue;
            };
            let Some((weights, others)) =
                rest.get_mut(before..).and_then(|rest| rest.split_at_mut_checked(param.len()))
            else {
                break;
            };
            (rest, done) = (others, param.offset + param.len());
            if param.trainable {
                tensors.push(Tensor { param, weights, gradients, slots });
            }
        }
        if parallel {
            side_by_side(tensors, &run);
        } else {
            tensors.into_iter().for_each(run);
        }
    }
}

/// A whole tensor of weights.
pub(super) struct Tensor<'a, T, const N: usize> {
    pub param: &'a Param,
    pub weights: &'a mut [T],
    pub gradients: &'a [T],
    pub slots: [&'a mut [T]; N],
}

impl<T: Element, const N: usize> Tensor<'_, T, N> {
    /// Applies a rule to each of its weights by itself.
    pub fn each<R: Rule<T, N>>(self, rule: R) {
        run((self.weights, self.gradients, self.slots), rule);
    }
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
            side_by_side(chunks(part), &|chunk| run(chunk, rule));
        } else {
            run(part, rule);
        }
    }
}

/// Runs parts on all cores. Not generic over what runs, so that the machinery of threads is not there for each rule.
pub(super) fn side_by_side<P: Send>(parts: Vec<P>, run: &(dyn Fn(P) + Sync)) {
    parts.into_par_iter().for_each(run);
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
    // It waits for memory: wider vectors gain nothing.
    dispatch_few!(Level::new(), _simd => apply(chunk, rule))
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
        rule.apply(&mut weights[at], gradient, rule.size(gradient), &mut values);
        for (slot, value) in slots.iter_mut().zip(values) {
            slot[at] = value;
        }
    }
}
