//! From the steps of the input to the states.

use fearless_simd::prelude::*;

#[cfg(feature = "alloc")]
use super::drops::Drops;
use super::{ConvLstmSizes, Weights};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::slices::copy;
use crate::kernels::{frame, lanes};
#[cfg(feature = "alloc")]
use crate::layers::recurrent::Forward;
use crate::layers::recurrent::Sequence;
use crate::layers::state::keep_packed;

/// The layer on one sample.
///
/// - `activation`: of the candidate and the output; `recurrent`: of the gates.
/// - `pass`: as that of other recurrent layers; a step of `x` is an image, and its scratch has [`ConvLstmSizes::scratch_len`] elements.
///
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::activations::Linear;
/// use nn_core::layers::conv_lstm::{self, ConvLstmSizes, Weights};
/// use nn_core::layers::recurrent::Sequence;
/// use nn_core::shape::Padding;
///
/// // One pixel, one filter: h = o · c, where o = 1 and c = f · c + i · g = c + x.
/// let sizes = ConvLstmSizes::new([2, 1, 1, 1], 1, [1; 2], [1; 2], [1; 2], Padding::Valid);
/// let weights = Weights { kernel: &[0.0, 0.0, 1.0, 0.0], recurrent: &[0.0; 4], bias: &[1.0, 1.0, 0.0, 1.0] };
/// let (mut y, mut scratch) = ([0.0_f32], [0.0; 6]);
/// dispatch!(Level::new(), simd => conv_lstm::infer(simd, &sizes, weights, (Linear, Linear), Sequence {
///     x: &[2.0, 3.0],
///     mask: None,
///     initial_state: [None, None],
///     state: None,
///     y: &mut y,
///     final_state: [None, None],
///     scratch: &mut scratch,
/// }));
/// assert_eq!(y, [5.0]);
/// ```
#[inline(always)]
pub fn infer<S: Simd, T: Element, A: Activation<T>, R: Activation<T>>(
    simd: S,
    sizes: &ConvLstmSizes,
    weights: Weights<'_, T>,
    (activation, recurrent): (A, R),
    pass: Sequence<'_, T, 2>,
) {
    let Sequence { x, mask, initial_state, state: mut carried, y, final_state, scratch } = pass;
    let state = sizes.state();
    let Some((sums, scratch)) = scratch.split_at_mut_checked(4 * state) else { return };
    let Some((h, scratch)) = scratch.split_at_mut_checked(state) else { return };
    let Some(c) = scratch.get_mut(..state) else { return };
    for (index, (to, initial)) in [&mut *h, &mut *c].into_iter().zip(initial_state).enumerate() {
        match (initial, &carried) {
            (Some(initial), _) => copy(initial, to),
            (None, Some(carried)) => copy(carried.get(index * state..(index + 1) * state).unwrap_or_default(), to),
            (None, None) => to.fill(T::zero()),
        }
    }
    // Before the first step `h` is zero where nothing is carried; before the first that is taken there is no output.
    let (mut started, mut shown) = (sizes.starts, false);
    for place in 0..sizes.steps {
        if sizes.keeps(mask, place) {
            sums_of(simd, sizes, weights, step_of(sizes, x, place), started.then_some(&*h), sums);
            gates(simd, sizes.filters, (activation, recurrent), sums, c, h);
            (started, shown) = (true, true);
        }
        if sizes.return_sequences {
            show(h, shown, y.get_mut(place * state..(place + 1) * state).unwrap_or_default());
        }
    }
    if !sizes.return_sequences {
        show(h, shown, y);
    }
    for (index, (last, to)) in [&*h, &*c].into_iter().zip(final_state).enumerate() {
        to.into_iter().for_each(|to| copy(last, to));
        let carried = carried.as_deref_mut().unwrap_or_default();
        keep_packed(last, carried.get_mut(index * state..(index + 1) * state).unwrap_or_default());
    }
}

/// The output of a step: zeros before the first that is taken.
#[inline(always)]
fn show<T: Element>(h: &[T], shown: bool, y: &mut [T]) {
    if shown { copy(h, y) } else { y.fill(T::zero()) }
}

/// The layer on every sample; `saved` has [`ConvLstmSizes::saved_len`] elements for each.
///
/// # Panics
///
/// If a slice is too short.
#[cfg(feature = "alloc")]
#[inline(always)]
pub fn forward<S: Simd, T: Element, A: Activation<T>, R: Activation<T>>(
    simd: S,
    sizes: &ConvLstmSizes,
    weights: Weights<'_, T>,
    (activation, recurrent): (A, R),
    pass: Forward<'_, T, 2>,
) {
    let Forward { samples, x, mask, initial_state, state: mut carried, y, mut final_state, saved, random, scratch } =
        pass;
    let (state, input, output) = (sizes.state(), sizes.input(), sizes.output());
    for sample in 0..samples {
        let mut drops = Drops::new(simd, sizes, random, sample, scratch);
        let mask = mask.map(|mask| &mask[sample * sizes.steps..(sample + 1) * sizes.steps]);
        let (x, y) = (&x[sample * input..(sample + 1) * input], &mut y[sample * output..(sample + 1) * output]);
        let saved = &mut saved[sample * sizes.saved_len()..(sample + 1) * sizes.saved_len()];
        let (start, saved) = saved.split_at_mut(sizes.start_len());
        for (index, to) in start.chunks_exact_mut(state.max(1)).enumerate() {
            match (initial_state[index], &carried) {
                (Some(initial), _) => to.copy_from_slice(&initial[sample * state..(sample + 1) * state]),
                (None, Some(carried)) => carried.read(sample, index * state, to),
                (None, None) => to.fill(T::zero()),
            }
        }
        let mut shown = false;
        for place in 0..sizes.steps {
            let (before, now) = saved.split_at_mut(place * sizes.scratch_len());
            let before = states_before(start, before, state);
            let (sums, now) = now.split_at_mut(4 * state);
            let (h, now) = now.split_at_mut(state);
            let c = &mut now[..state];
            match before {
                Some((_, before)) => c.copy_from_slice(before),
                None => c.fill(T::zero()),
            }
            if sizes.keeps(mask, place) {
                let x = drops.inputs.apply(step_of(sizes, x, place));
                let before = before.map(|(h, _)| drops.states.apply(h));
                sums_of(simd, sizes, weights, x, before, sums);
                gates(simd, sizes.filters, (activation, recurrent), sums, c, h);
                shown = true;
            } else {
                match before {
                    Some((before, _)) => h.copy_from_slice(before),
                    None => h.fill(T::zero()),
                }
            }
            if sizes.return_sequences {
                show(h, shown, &mut y[place * state..(place + 1) * state]);
            }
        }
        let (h, c) = saved[saved.len() - 2 * state..].split_at(state);
        if !sizes.return_sequences {
            show(h, shown, y);
        }
        for (index, (to, last)) in final_state.iter_mut().zip([h, c]).enumerate() {
            to.iter_mut().for_each(|to| to[sample * state..(sample + 1) * state].copy_from_slice(last));
            carried.iter_mut().for_each(|carried| carried.keep(sample, index * state, last));
        }
    }
}

/// `h` and `c` before a step: behind what was saved of the one before, or those before the first.
#[cfg(feature = "alloc")]
pub(super) fn states_before<'a, T>(start: &'a [T], before: &'a [T], state: usize) -> Option<(&'a [T], &'a [T])> {
    let states = if before.is_empty() { start } else { before };
    states.len().checked_sub(2 * state).filter(|_| !states.is_empty()).map(|at| states[at..].split_at(state))
}

/// The step of a sample that comes at this place.
#[inline(always)]
pub(super) fn step_of<'a, T>(sizes: &ConvLstmSizes, x: &'a [T], place: usize) -> &'a [T] {
    let (at, len) = (sizes.input_at(place), sizes.of_input.len());
    x.get(at * len..(at + 1) * len).unwrap_or_default()
}

/// What goes into the gates of a step.
#[inline(always)]
fn sums_of<S: Simd, T: Element>(
    simd: S,
    sizes: &ConvLstmSizes,
    weights: Weights<'_, T>,
    x: &[T],
    h: Option<&[T]>,
    sums: &mut [T],
) {
    match weights.bias {
        [] => sums.fill(T::zero()),
        bias => sums.chunks_exact_mut(bias.len()).for_each(|sums| copy(bias, sums)),
    }
    sizes.of_input.add(simd, x, weights.kernel, sums);
    if let Some(h) = h {
        sizes.of_state.add(simd, h, weights.recurrent, sums);
    }
}

/// The next states: `c` is that of the step before.
#[inline(never)]
fn gates<S: Simd, T: Element, A: Activation<T>, R: Activation<T>>(
    simd: S,
    filters: usize,
    (activation, recurrent): (A, R),
    sums: &[T],
    c: &mut [T],
    h: &mut [T],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            let filters = filters.max(1);
            let states = c.chunks_exact_mut(filters).zip(h.chunks_exact_mut(filters));
            // Four times a number above zero, which the compiler cannot know not to wrap around to zero.
            for (sums, (c, h)) in sums.chunks_exact((4 * filters).max(1)).zip(states) {
                for at in (0..filters).step_by(T::Vector::<S>::LEN) {
                    let count = (filters - at).min(T::Vector::<S>::LEN);
                    let [i, f, g, o] = [0, 1, 2, 3].map(
                        #[inline(always)]
                        |gate| lanes::load_or::<S, T>(simd, sums, gate * filters + at, count, T::zero()),
                    );
                    let (i, f) = (recurrent.apply(simd, i), recurrent.apply(simd, f));
                    let (g, o) = (activation.apply(simd, g), recurrent.apply(simd, o));
                    let old = lanes::load_or::<S, T>(simd, c, at, count, T::zero());
                    let new = f.mul_add(old, i * g);
                    lanes::store_part::<S, T>(new, c, at, count);
                    lanes::store_part::<S, T>(o * activation.apply(simd, new), h, at, count);
                }
            }
        },
    );
}
