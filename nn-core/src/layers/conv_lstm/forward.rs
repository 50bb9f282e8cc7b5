//! From the steps of the input to the states.

use fearless_simd::prelude::*;

use super::{ConvLstmSizes, Weights};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::slices::copy;
use crate::kernels::{frame, lanes};

/// The layer on one sample.
///
/// - `x`: all steps; `y`: the last output, or those of all steps; `states`: `h` and `c` behind the last step, where somebody takes them.
/// - `activation`: of the candidate and the output; `recurrent`: of the gates.
/// - `scratch`: [`ConvLstmSizes::scratch_len`] elements.
///
/// A slice that is too short is a mistake of the caller's; it gives wrong numbers, never a panic.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::activations::Linear;
/// use nn_core::layers::conv_lstm::{self, ConvLstmSizes, Weights};
/// use nn_core::shape::Padding;
///
/// // One pixel, one filter: h = o · c, where o = 1 and c = f · c + i · g = c + x.
/// let sizes = ConvLstmSizes::new([2, 1, 1, 1], 1, [1; 2], [1; 2], [1; 2], Padding::Valid);
/// let weights = Weights { kernel: &[0.0, 0.0, 1.0, 0.0], recurrent: &[0.0; 4], bias: &[1.0, 1.0, 0.0, 1.0] };
/// let (mut y, mut scratch) = ([0.0_f32], [0.0; 6]);
/// dispatch!(Level::new(), simd => conv_lstm::infer(
///     simd, &sizes, weights, (Linear, Linear), &[2.0, 3.0], &mut y, [None, None], &mut scratch,
/// ));
/// assert_eq!(y, [5.0]);
/// ```
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn infer<S: Simd, T: Element, A: Activation<T>, R: Activation<T>>(
    simd: S,
    sizes: &ConvLstmSizes,
    weights: Weights<'_, T>,
    (activation, recurrent): (A, R),
    x: &[T],
    y: &mut [T],
    states: [Option<&mut [T]>; 2],
    scratch: &mut [T],
) {
    let state = sizes.state();
    let Some((sums, scratch)) = scratch.split_at_mut_checked(4 * state) else { return };
    let Some((h, scratch)) = scratch.split_at_mut_checked(state) else { return };
    let Some(c) = scratch.get_mut(..state) else { return };
    c.fill(T::zero());
    for place in 0..sizes.steps {
        sums_of(simd, sizes, weights, step_of(sizes, x, place), (place > 0).then_some(&*h), sums);
        gates(simd, sizes.filters, (activation, recurrent), sums, c, h);
        if sizes.return_sequences {
            copy(h, y.get_mut(place * state..(place + 1) * state).unwrap_or_default());
        }
    }
    if !sizes.return_sequences {
        copy(h, y);
    }
    let [of_h, of_c] = states;
    of_h.into_iter().for_each(|to| copy(h, to));
    of_c.into_iter().for_each(|to| copy(c, to));
}

/// The layer on every sample.
///
/// - `x`, `y`, `states`: those of `samples` samples; `saved`: [`ConvLstmSizes::saved_len`] elements for each.
#[cfg(feature = "alloc")]
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one layer of the emitted code")]
pub fn forward<S: Simd, T: Element, A: Activation<T>, R: Activation<T>>(
    simd: S,
    sizes: &ConvLstmSizes,
    weights: Weights<'_, T>,
    (activation, recurrent): (A, R),
    samples: usize,
    x: &[T],
    y: &mut [T],
    states: [Option<&mut [T]>; 2],
    saved: &mut [T],
) {
    let (state, input, output) = (sizes.state(), sizes.input(), sizes.output());
    let [mut of_h, mut of_c] = states;
    for sample in 0..samples {
        let x = &x[sample * input..(sample + 1) * input];
        let y = &mut y[sample * output..(sample + 1) * output];
        let saved = &mut saved[sample * sizes.saved_len()..(sample + 1) * sizes.saved_len()];
        for place in 0..sizes.steps {
            let (before, now) = saved.split_at_mut(place * sizes.scratch_len());
            let before = before.len().checked_sub(2 * state).map(|at| before[at..].split_at(state));
            let (sums, now) = now.split_at_mut(4 * state);
            let (h, now) = now.split_at_mut(state);
            let c = &mut now[..state];
            sums_of(simd, sizes, weights, step_of(sizes, x, place), before.map(|(h, _)| h), sums);
            match before {
                Some((_, before)) => c.copy_from_slice(before),
                None => c.fill(T::zero()),
            }
            gates(simd, sizes.filters, (activation, recurrent), sums, c, h);
            if sizes.return_sequences {
                y[place * state..(place + 1) * state].copy_from_slice(h);
            }
        }
        let (h, c) = saved[saved.len() - 2 * state..].split_at(state);
        if !sizes.return_sequences {
            y.copy_from_slice(h);
        }
        for (to, from) in [(&mut of_h, h), (&mut of_c, c)] {
            to.iter_mut().for_each(|to| to[sample * state..(sample + 1) * state].copy_from_slice(from));
        }
    }
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
