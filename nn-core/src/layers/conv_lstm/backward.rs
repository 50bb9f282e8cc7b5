//! From the gradients of the states to those of the input and the weights, from the last step to the first.

use alloc::vec;

use fearless_simd::prelude::*;

use super::drops::Drops;
use super::forward::{states_before, step_of};
use super::{ConvLstmSizes, Weights};
use crate::activations::{Activation, Keeps};
use crate::element::Element;
use crate::kernels::gemm::add_rows;
use crate::kernels::{frame, lanes};
use crate::layers::recurrent::Backward;

/// Adds the gradients of the weights to `gradients`: of kernel, recurrent kernel and bias.
///
/// # Panics
///
/// If a slice is too short.
#[inline(always)]
pub fn backward<S: Simd, T: Element, A: Activation<T>, R: Activation<T>>(
    simd: S,
    sizes: &ConvLstmSizes,
    weights: Weights<'_, T>,
    activations: (A, R),
    pass: Backward<'_, T, 2>,
    gradients: [&mut [T]; 3],
) {
    let Backward { samples, x, mask, saved, dy, d_final_state, mut dx, mut d_initial_state, random, scratch } = pass;
    let (state, input, output) = (sizes.state(), sizes.input(), sizes.output());
    let [kernel, recurrent, bias] = gradients;
    let mut dstates = vec![T::zero(); 6 * state];
    let (dh, rest) = dstates.split_at_mut(state);
    let (dc, dsums) = rest.split_at_mut(state);
    if let Some(dx) = &mut dx {
        dx[..samples * input].fill(T::zero());
    }
    for sample in 0..samples {
        let mut drops = Drops::new(simd, sizes, random, sample, scratch);
        let mask = mask.map(|mask| &mask[sample * sizes.steps..(sample + 1) * sizes.steps]);
        let x = &x[sample * input..(sample + 1) * input];
        let dy = &dy[sample * output..(sample + 1) * output];
        let saved = &saved[sample * sizes.saved_len()..(sample + 1) * sizes.saved_len()];
        let (start, saved) = saved.split_at(sizes.start_len());
        for (to, from) in [(&mut *dh, d_final_state[0]), (&mut *dc, d_final_state[1])] {
            match from {
                Some(from) => to.copy_from_slice(&from[sample * state..(sample + 1) * state]),
                None => to.fill(T::zero()),
            }
        }
        let first = (0..sizes.steps).find(|place| sizes.keeps(mask, *place)).unwrap_or(sizes.steps);
        for place in (0..sizes.steps).rev() {
            // Before the first step that is taken the output is zero, whatever the state is.
            let shown = place >= first;
            if shown && sizes.return_sequences {
                add(dh, &dy[place * state..(place + 1) * state]);
            } else if shown && place + 1 == sizes.steps {
                add(dh, dy);
            }
            if !sizes.keeps(mask, place) {
                continue;
            }
            let (before, now) = saved.split_at(place * sizes.scratch_len());
            let (sums, c) = (&now[..4 * state], &now[5 * state..6 * state]);
            let before = states_before(start, before, state);
            gates(simd, sizes.filters, activations, [sums, c, before.map_or(&[][..], |(_, c)| c), dh], dc, dsums);
            add_rows(simd, dsums, bias);
            let x = drops.inputs.apply(step_of(sizes, x, place));
            sizes.of_input.add_to_kernel(simd, x, dsums, kernel);
            if let Some(dx) = &mut dx {
                let (at, len) = (sample * input + sizes.input_at(place) * sizes.of_input.len(), sizes.of_input.len());
                let dx = &mut dx[at..at + len];
                drops.inputs.back(dx, |dx| sizes.of_input.add_to_input(simd, dsums, weights.kernel, dx));
            }
            dh.fill(T::zero());
            if let Some((h, _)) = before {
                sizes.of_state.add_to_kernel(simd, drops.states.apply(h), dsums, recurrent);
                drops.states.back(dh, |dh| sizes.of_state.add_to_input(simd, dsums, weights.recurrent, dh));
            }
        }
        for (to, from) in d_initial_state.iter_mut().zip([&*dh, &*dc]) {
            to.iter_mut().for_each(|to| to[sample * state..(sample + 1) * state].copy_from_slice(from));
        }
    }
}

fn add<T: Element>(to: &mut [T], from: &[T]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += *from);
}

/// The gradient through a function, from what went in and what came out.
#[inline(always)]
fn through<S: Simd, T: Element, A: Activation<T>>(
    simd: S,
    function: A,
    [input, output]: [T::Vector<S>; 2],
    dy: T::Vector<S>,
) -> T::Vector<S> {
    let kept = match function.keeps() {
        Keeps::Input => input,
        Keeps::Output => output,
    };
    function.derivative(simd, kept, dy)
}

/// Some elements, zeros in the other lanes.
#[inline(always)]
fn load<S: Simd, T: Element>(simd: S, from: &[T], at: usize, count: usize) -> T::Vector<S> {
    lanes::load_or::<S, T>(simd, from, at, count, T::zero())
}

/// The gradients of the sums of a step, and of `c` before it; `before` is empty at the first step.
#[inline(never)]
fn gates<S: Simd, T: Element, A: Activation<T>, R: Activation<T>>(
    simd: S,
    filters: usize,
    (activation, recurrent): (A, R),
    [sums, c, before, dh]: [&[T]; 4],
    dc: &mut [T],
    dsums: &mut [T],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            let filters = filters.max(1);
            let pixels = sums.chunks_exact(4 * filters).zip(dsums.chunks_exact_mut(4 * filters));
            for (pixel, (sums, dsums)) in pixels.enumerate() {
                for at in (0..filters).step_by(T::Vector::<S>::LEN) {
                    let count = (filters - at).min(T::Vector::<S>::LEN);
                    let place = pixel * filters + at;
                    let [zi, zf, zg, zo] = [0, 1, 2, 3].map(
                        #[inline(always)]
                        |gate| load::<S, T>(simd, sums, gate * filters + at, count),
                    );
                    let [i, f, o] = [zi, zf, zo].map(
                        #[inline(always)]
                        |sum| recurrent.apply(simd, sum),
                    );
                    let (g, new) = (activation.apply(simd, zg), load::<S, T>(simd, c, place, count));
                    // At the first step there is none before, and it is zero.
                    let old = if before.is_empty() {
                        lanes::zeros::<S, T>(simd)
                    } else {
                        load::<S, T>(simd, before, place, count)
                    };
                    let shown = activation.apply(simd, new);
                    let dh = load::<S, T>(simd, dh, place, count);
                    let dnew = load::<S, T>(simd, dc, place, count) + through(simd, activation, [new, shown], dh * o);
                    let of_sums = [
                        through(simd, recurrent, [zi, i], dnew * g),
                        through(simd, recurrent, [zf, f], dnew * old),
                        through(simd, activation, [zg, g], dnew * i),
                        through(simd, recurrent, [zo, o], dh * shown),
                    ];
                    for (gate, of_sum) in of_sums.into_iter().enumerate() {
                        lanes::store_part::<S, T>(of_sum, dsums, gate * filters + at, count);
                    }
                    lanes::store_part::<S, T>(dnew * f, dc, place, count);
                }
            }
        },
    );
}
