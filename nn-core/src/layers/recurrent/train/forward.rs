//! Forward through all steps.

use fearless_simd::Simd;

use super::memory::{Drops, Parts};
use super::{Cell, Forward, Sizes};
use crate::element::Element;
use crate::kernels::gemm::{self, Left};
use crate::layers::recurrent::Weights;
use crate::layers::state::Carried;

/// One step forward, a row for each sample in every slice.
pub(crate) struct StepForward<'a, T> {
    /// The projections of the inputs; then what backward needs of the gates.
    pub(crate) gates: &'a mut [T],
    /// What else backward needs.
    pub(crate) extra: &'a mut [T],
    /// What goes into the recurrent product: `h_before`, with dropout.
    pub(crate) input: &'a [T],
    pub(crate) h_before: &'a [T],
    pub(crate) c_before: &'a [T],
    /// The next state.
    pub(crate) h: &'a mut [T],
    /// The next second state; empty where there is none.
    pub(crate) c: &'a mut [T],
    /// As long as the gates, of free use.
    pub(crate) sums: &'a mut [T],
}

/// All steps of the samples of a shard.
#[inline(never)]
pub(crate) fn forward<S: Simd, T: Element, C: Cell<T>, const N: usize>(
    simd: S,
    cell: C,
    sizes: &Sizes,
    weights: Weights<'_, T>,
    pass: Forward<'_, T, N>,
) {
    let Forward { x, mask, initial_state, state: mut carried, y, final_state, saved, random, scratch, .. } = pass;
    let [gates, extra, h, c] = sizes.split_saved_mut(saved);
    let states = if sizes.recurrent_dropout > 0.0 { sizes.state() } else { 0 };
    let len = sizes.rows() * sizes.inputs + sizes.drops_len() + sizes.gates() + states;
    let mut parts = Parts::scratch(scratch, len);
    let drops = Drops::new(simd, sizes, random, &mut parts);
    for (index, (state, initial)) in [&mut *h, &mut *c].into_iter().zip(initial_state).enumerate() {
        begin(sizes, index, initial, carried.as_ref(), &mut state[..sizes.state()]);
    }
    let rows = parts.take(sizes.rows() * sizes.inputs);
    sizes.gather(x, &drops, rows);
    project(simd, sizes, weights, rows, gates);
    let (sums, dropped) = (parts.take(sizes.gates()), parts.take(states));
    for step in 0..sizes.steps {
        let [h_before, h] = around(h, step, sizes.state());
        let [c_before, c] = if c.is_empty() { [&mut [][..], &mut []] } else { around(c, step, sizes.state()) };
        if drops.any_recurrent() {
            dropped.copy_from_slice(h_before);
            drops.apply(dropped);
        }
        let one = StepForward {
            gates: part_mut(gates, step, sizes.gates()),
            extra: part_mut(extra, step, sizes.state() * sizes.saved.extra),
            input: if drops.any_recurrent() { dropped } else { h_before },
            h_before,
            c_before,
            h: &mut *h,
            c: &mut *c,
            sums: &mut *sums,
        };
        cell.forward(simd, sizes, weights, one);
        finish(sizes, mask, step, [h_before, c_before], [h, c], y);
    }
    for (index, (state, wanted)) in [h, c].into_iter().zip(final_state).enumerate() {
        let last = &state[sizes.steps * sizes.state()..][..sizes.state()];
        if let Some(wanted) = wanted {
            wanted[..sizes.state()].copy_from_slice(last);
        }
        if let Some(carried) = &mut carried {
            let samples = last.chunks_exact(sizes.units.max(1)).enumerate();
            samples.for_each(|(sample, last)| carried.keep(sample, index * sizes.units, last));
        }
    }
}

/// The state of this index before the first step.
fn begin<T: Element>(
    sizes: &Sizes,
    index: usize,
    initial: Option<&[T]>,
    carried: Option<&Carried<'_, T>>,
    state: &mut [T],
) {
    match (initial, carried) {
        (Some(initial), _) => state.copy_from_slice(&initial[..sizes.state()]),
        (None, Some(carried)) => {
            let samples = state.chunks_exact_mut(sizes.units.max(1)).enumerate();
            samples.for_each(|(sample, state)| carried.read(sample, index * sizes.units, state));
        }
        (None, None) => state.fill(T::zero()),
    }
}

/// `gates = rows · kernel + bias` for all steps.
fn project<S: Simd, T: Element>(simd: S, sizes: &Sizes, weights: Weights<'_, T>, rows: &[T], gates: &mut [T]) {
    match weights.bias.get(..sizes.columns) {
        Some(bias) => gates.chunks_exact_mut(sizes.columns.max(1)).for_each(|gates| gates.copy_from_slice(bias)),
        None => gates.fill(T::zero()),
    }
    let product = [sizes.rows(), sizes.columns, sizes.inputs];
    gemm::multiply(simd, product, Left::Rows(rows), weights.kernel, gates);
}

/// Puts the states of skipped samples back, and writes the rows of the output.
fn finish<T: Element>(
    sizes: &Sizes,
    mask: Option<&[T]>,
    step: usize,
    before: [&[T]; 2],
    mut after: [&mut [T]; 2],
    y: &mut [T],
) {
    for sample in 0..sizes.samples {
        let state = sample * sizes.units..(sample + 1) * sizes.units;
        if !sizes.keeps(mask, sample, step) {
            for (before, after) in before.iter().zip(&mut after).take(sizes.saved.states) {
                after[state.clone()].copy_from_slice(&before[state.clone()]);
            }
        }
        if let Some(row) = sizes.output(sample, step) {
            if sizes.shows(mask, sample, step) {
                y[row].copy_from_slice(&after[0][state]);
            } else {
                y[row].fill(T::zero());
            }
        }
    }
}

/// The part of this index, of `len` elements.
pub(super) fn part_mut<T>(values: &mut [T], index: usize, len: usize) -> &mut [T] {
    &mut values[index * len..(index + 1) * len]
}

/// The states before and after a step.
fn around<T>(states: &mut [T], step: usize, len: usize) -> [&mut [T]; 2] {
    let (before, after) = states[step * len..(step + 2) * len].split_at_mut(len);
    [before, after]
}
