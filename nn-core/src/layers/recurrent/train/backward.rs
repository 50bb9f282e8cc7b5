//! Back through all steps.

use alloc::vec::Vec;

use fearless_simd::Simd;

use super::forward::part_mut;
use super::memory::{Drops, Parts};
use super::{Backward, Cell, Gradients, Random, Sizes};
use crate::element::Element;
use crate::kernels::gemm::{self, Left};
use crate::kernels::transpose::transpose;
use crate::layers::recurrent::Weights;

/// One step back, a row for each sample in every slice.
pub(crate) struct StepBackward<'a, T> {
    /// What forward saved of the gates.
    pub(crate) gates: &'a [T],
    /// What else it saved.
    pub(crate) extra: &'a [T],
    /// What went into the recurrent product: `h_before`, with dropout.
    pub(crate) input: &'a [T],
    pub(crate) h_before: &'a [T],
    pub(crate) c_before: &'a [T],
    /// The gradient of the state after the step; then of that before it, but for what goes through `input`.
    pub(crate) dh: &'a mut [T],
    /// The gradient of the second state after the step; then of that before it.
    pub(crate) dc: &'a mut [T],
    /// The gradient of `input`: zero, to add to.
    pub(crate) dinput: &'a mut [T],
    /// The gradient of the inputs' projections, to be written.
    pub(crate) dgates: &'a mut [T],
    /// The gradient of the sums of the recurrent product, to be written; empty where it is `dgates`.
    pub(crate) dinner: &'a mut [T],
    /// The transpose of the recurrent kernel.
    pub(crate) transposed: &'a [T],
    /// As long as the gates, of free use.
    pub(crate) sums: &'a mut [T],
}

/// What is known after the last step back, a row for each step and sample in every slice.
pub(crate) struct AllSteps<'a, T> {
    pub(crate) rows: usize,
    /// What forward saved of the gates.
    pub(crate) gates: &'a [T],
    /// What went into the recurrent products.
    pub(crate) input: &'a [T],
    pub(crate) dgates: &'a [T],
    pub(crate) dinner: &'a [T],
    /// With inner gradients and no `reset_after`: a row of units for each row, and a recurrent kernel; of free use.
    pub(crate) free: [&'a mut [T]; 2],
}

/// The memory of a pass, and what all of its steps read.
struct Room<'a, T> {
    saved: [&'a [T]; 4],
    drops: Drops<'a, T>,
    /// What goes into the recurrent products.
    input: &'a [T],
    /// The inputs of all steps, then their gradients.
    rows: &'a mut [T],
    dgates: &'a mut [T],
    dinner: &'a mut [T],
    /// The transpose of the recurrent kernel.
    transposed: &'a mut [T],
    /// The gradients of h and c.
    states: [&'a mut [T]; 2],
    /// Those of the skipped samples.
    skipped: [&'a mut [T]; 2],
    dinput: &'a mut [T],
    sums: &'a mut [T],
    free: [&'a mut [T]; 2],
    /// The transpose of the kernel.
    transposed_kernel: &'a mut [T],
}

impl Sizes {
    fn dropped_len(&self) -> usize {
        if self.recurrent_dropout > 0.0 { self.rows() * self.units } else { 0 }
    }

    fn dinner_len(&self) -> usize {
        if self.saved.inner { self.rows() * self.columns } else { 0 }
    }

    fn free_lens(&self) -> [usize; 2] {
        if self.saved.inner && !self.reset_after {
            [self.rows() * self.units, self.units * self.columns]
        } else {
            [0, 0]
        }
    }

    /// The elements of [`Room`].
    fn room_len(&self) -> usize {
        let kernels = (self.units + self.inputs) * self.columns;
        let states = 5 * self.state() + self.gates();
        let rows = self.rows() * (self.inputs + self.columns) + self.dropped_len() + self.dinner_len();
        self.drops_len() + kernels + states + rows + self.free_lens().iter().sum::<usize>()
    }
}

impl<'a, T: Element> Room<'a, T> {
    fn new<S: Simd>(simd: S, sizes: &Sizes, random: Random, saved: &'a [T], scratch: &'a mut Vec<T>) -> Self {
        let mut parts = Parts::scratch(scratch, sizes.room_len());
        let drops = Drops::new(simd, sizes, random, &mut parts);
        let saved = sizes.split_saved(saved);
        let mut input = &saved[2][..sizes.rows() * sizes.units];
        if drops.any_recurrent() {
            let dropped = parts.take(sizes.dropped_len());
            dropped.copy_from_slice(input);
            drops.apply(dropped);
            input = dropped;
        }
        Room {
            saved,
            drops,
            input,
            rows: parts.take(sizes.rows() * sizes.inputs),
            dgates: parts.take(sizes.rows() * sizes.columns),
            dinner: parts.take(sizes.dinner_len()),
            transposed: parts.take(sizes.units * sizes.columns),
            states: [parts.zeros(sizes.state()), parts.zeros(sizes.state())],
            skipped: [parts.take(sizes.state()), parts.take(sizes.state())],
            dinput: parts.take(sizes.state()),
            sums: parts.take(sizes.gates()),
            free: sizes.free_lens().map(|len| parts.take(len)),
            transposed_kernel: parts.take(sizes.inputs * sizes.columns),
        }
    }

    /// Adds the gradients of the rows of the output that a step wrote.
    fn add_output(&mut self, sizes: &Sizes, mask: Option<&[T]>, step: usize, dy: &[T]) {
        for (sample, dh) in self.states[0].chunks_exact_mut(sizes.units.max(1)).enumerate() {
            if let Some(row) = sizes.output(sample, step)
                && sizes.shows(mask, sample, step)
            {
                add(&dy[row], dh);
            }
        }
    }

    /// Takes the gradients of the samples that skip a step out of those of the states.
    fn set_aside(&mut self, sizes: &Sizes, mask: Option<&[T]>, step: usize) {
        for (state, skipped) in self.states.iter_mut().zip(&mut self.skipped) {
            skipped.fill(T::zero());
            for sample in (0..sizes.samples).filter(|sample| !sizes.keeps(mask, *sample, step)) {
                let units = sample * sizes.units..(sample + 1) * sizes.units;
                skipped[units.clone()].copy_from_slice(&state[units.clone()]);
                state[units].fill(T::zero());
            }
        }
    }

    /// One step back.
    fn step<S: Simd, C: Cell<T>>(&mut self, simd: S, cell: C, sizes: &Sizes, step: usize) {
        let [gates, extra, h, c] = self.saved;
        let [dh, dc] = &mut self.states;
        self.dinput.fill(T::zero());
        let one = StepBackward {
            gates: part(gates, step, sizes.gates()),
            extra: part(extra, step, sizes.state() * sizes.saved.extra),
            input: part(self.input, step, sizes.state()),
            h_before: part(h, step, sizes.state()),
            c_before: if c.is_empty() { c } else { part(c, step, sizes.state()) },
            dh,
            dc,
            dinput: self.dinput,
            dgates: part_mut(self.dgates, step, sizes.gates()),
            dinner: if self.dinner.is_empty() { &mut [] } else { part_mut(self.dinner, step, sizes.gates()) },
            transposed: self.transposed,
            sums: self.sums,
        };
        cell.backward(simd, sizes, one);
        self.drops.apply(self.dinput);
        add(self.dinput, self.states[0]);
    }

    /// Adds the gradients of the weights.
    fn finish<S: Simd, C: Cell<T>>(&mut self, simd: S, cell: C, sizes: &Sizes, gradients: &mut Gradients<'_, T>) {
        let (rows, dgates) = (sizes.rows(), &*self.dgates);
        let product = [sizes.inputs, sizes.columns, rows];
        gemm::multiply(simd, product, Left::Columns(self.rows), dgates, gradients.kernel);
        let dinner = if self.dinner.is_empty() { dgates } else { &*self.dinner };
        let product = [sizes.units, sizes.columns, rows];
        gemm::multiply(simd, product, Left::Columns(self.input), dinner, gradients.recurrent_kernel);
        if let Some(bias) = gradients.bias.get_mut(..sizes.columns) {
            gemm::add_rows(simd, dgates, bias);
        }
        let [rh, kernel] = &mut self.free;
        let all = AllSteps { rows, gates: self.saved[0], input: self.input, dgates, dinner, free: [rh, kernel] };
        cell.finish(simd, sizes, all, gradients);
    }

    /// The gradient of the inputs.
    fn inputs<S: Simd>(&mut self, simd: S, sizes: &Sizes, kernel: &[T], dx: &mut [T]) {
        let (inputs, columns) = (sizes.inputs, sizes.columns);
        transpose(simd, [inputs, columns], (kernel, columns), (self.transposed_kernel, inputs));
        self.rows.fill(T::zero());
        gemm::multiply(
            simd,
            [sizes.rows(), inputs, columns],
            Left::Rows(self.dgates),
            self.transposed_kernel,
            self.rows,
        );
        sizes.scatter(self.rows, &self.drops, dx);
    }
}

/// Back through all steps of the samples of a shard.
#[inline(never)]
pub(crate) fn backward<S: Simd, T: Element, C: Cell<T>, const N: usize>(
    simd: S,
    cell: C,
    sizes: &Sizes,
    weights: Weights<'_, T>,
    pass: Backward<'_, T, N>,
    gradients: &mut Gradients<'_, T>,
) {
    let Backward { x, mask, saved, dy, d_final_state, dx, d_initial_state, random, scratch, .. } = pass;
    let mut room = Room::new(simd, sizes, random, saved, scratch);
    for (state, gradient) in room.states.iter_mut().zip(d_final_state) {
        if let Some(gradient) = gradient {
            state.copy_from_slice(&gradient[..state.len()]);
        }
    }
    let columns = sizes.columns;
    transpose(simd, [sizes.units, columns], (weights.recurrent_kernel, columns), (room.transposed, sizes.units));
    for step in (0..sizes.steps).rev() {
        room.add_output(sizes, mask, step, dy);
        if mask.is_none() {
            room.step(simd, cell, sizes, step);
            continue;
        }
        room.set_aside(sizes, mask, step);
        room.step(simd, cell, sizes, step);
        for (state, skipped) in room.states.iter_mut().zip(&room.skipped) {
            add(skipped, state);
        }
    }
    for (state, wanted) in room.states.iter().zip(d_initial_state) {
        if let Some(wanted) = wanted {
            wanted[..state.len()].copy_from_slice(state);
        }
    }
    sizes.gather(x, &room.drops, room.rows);
    room.finish(simd, cell, sizes, gradients);
    // Now the rows of the inputs are of no more use.
    if let Some(dx) = dx {
        room.inputs(simd, sizes, weights.kernel, dx);
    }
}

/// The part of this index, of `len` elements.
fn part<T>(values: &[T], index: usize, len: usize) -> &[T] {
    &values[index * len..(index + 1) * len]
}

/// Adds the elements of `from` to those of `to`.
fn add<T: Element>(from: &[T], to: &mut [T]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += *from;
    }
}
