//! Where things are in a buffer.

use alloc::vec::Vec;

use fearless_simd::Simd;

use super::{Random, Sizes};
use crate::element::Element;
use crate::kernels::gemm::room;
use crate::layers::dropout;

/// A slice that is handed out part by part.
pub(super) struct Parts<'a, T>(&'a mut [T]);

impl<'a, T: Element> Parts<'a, T> {
    pub(super) fn new(values: &'a mut [T]) -> Self {
        Parts(values)
    }

    /// `len` elements of scratch.
    pub(super) fn scratch(scratch: &'a mut Vec<T>, len: usize) -> Self {
        Parts(room(scratch, len))
    }

    /// The next `len` elements.
    pub(super) fn take(&mut self, len: usize) -> &'a mut [T] {
        let (part, rest) = core::mem::take(&mut self.0).split_at_mut(len);
        self.0 = rest;
        part
    }

    /// The next `len` elements, set to zero.
    pub(super) fn zeros(&mut self, len: usize) -> &'a mut [T] {
        let part = self.take(len);
        part.fill(T::zero());
        part
    }
}

impl Sizes {
    /// The elements that are saved of the samples: gates, extra, and the states, which have a row more.
    fn saved_lens(&self) -> [usize; 4] {
        let states = (self.steps + 1) * self.state();
        [
            self.steps * self.gates(),
            self.steps * self.state() * self.saved.extra,
            states,
            if self.saved.states > 1 { states } else { 0 },
        ]
    }

    /// The saved values: gates, extra, h, c.
    pub(super) fn split_saved_mut<'a, T: Element>(&self, saved: &'a mut [T]) -> [&'a mut [T]; 4] {
        let mut parts = Parts::new(saved);
        self.saved_lens().map(|len| parts.take(len))
    }

    /// The saved values: gates, extra, h, c.
    pub(super) fn split_saved<'a, T: Element>(&self, mut saved: &'a [T]) -> [&'a [T]; 4] {
        self.saved_lens().map(|len| {
            let (part, rest) = saved.split_at(len);
            saved = rest;
            part
        })
    }

    /// The elements of [`Drops`].
    pub(super) fn drops_len(&self) -> usize {
        let inputs = if self.dropout > 0.0 { self.samples * self.inputs } else { 0 };
        inputs + if self.recurrent_dropout > 0.0 { self.state() } else { 0 }
    }

    /// The inputs of all steps, step by step, with dropout.
    pub(super) fn gather<T: Element>(&self, x: &[T], drops: &Drops<'_, T>, rows: &mut [T]) {
        for (index, row) in rows.chunks_exact_mut(self.inputs.max(1)).take(self.rows()).enumerate() {
            let (step, sample) = (index / self.samples, index % self.samples);
            row.copy_from_slice(&x[self.input(sample, step)]);
            scale(row, drops.inputs.get(sample * self.inputs..));
        }
    }

    /// The gradient of the inputs, from that of what [`gather`](Self::gather) gives.
    pub(super) fn scatter<T: Element>(&self, rows: &[T], drops: &Drops<'_, T>, dx: &mut [T]) {
        for (index, row) in rows.chunks_exact(self.inputs.max(1)).take(self.rows()).enumerate() {
            let (step, sample) = (index / self.samples, index % self.samples);
            let dx = &mut dx[self.input(sample, step)];
            dx.copy_from_slice(row);
            scale(dx, drops.inputs.get(sample * self.inputs..));
        }
    }
}

/// The factors of the dropouts, for each sample: 0 or `1 / (1 - rate)`; empty where nothing is dropped.
pub(super) struct Drops<'a, T> {
    inputs: &'a [T],
    recurrent: &'a [T],
}

impl<'a, T: Element> Drops<'a, T> {
    pub(super) fn new<S: Simd>(simd: S, sizes: &Sizes, random: Random, parts: &mut Parts<'a, T>) -> Self {
        let Random { key, stream, first_sample } = random;
        let inputs = parts.take(if sizes.dropout > 0.0 { sizes.samples * sizes.inputs } else { 0 });
        let recurrent = parts.take(if sizes.recurrent_dropout > 0.0 { sizes.state() } else { 0 });
        factors(simd, sizes.dropout, key, stream, first_sample * sizes.inputs as u64, inputs);
        let next = stream.wrapping_add(1);
        factors(simd, sizes.recurrent_dropout, key, next, first_sample * sizes.units as u64, recurrent);
        Drops { inputs, recurrent }
    }

    /// Whether some of the last output is dropped.
    pub(super) fn any_recurrent(&self) -> bool {
        !self.recurrent.is_empty()
    }

    /// Drops elements of the states of some steps, each of all samples.
    pub(super) fn apply(&self, states: &mut [T]) {
        if self.any_recurrent() {
            states.chunks_exact_mut(self.recurrent.len()).for_each(|states| scale(states, Some(self.recurrent)));
        }
    }
}

/// What a dropout makes of ones.
pub(crate) fn factors<S: Simd, T: Element>(simd: S, rate: f64, key: u64, stream: u64, first: u64, factors: &mut [T]) {
    const PART: usize = 64;
    let ones = [T::one(); PART];
    for (index, factors) in factors.chunks_mut(PART).enumerate() {
        let first = first + (index * PART) as u64;
        let ones = &ones[..factors.len()];
        dropout::forward(simd, rate, key, stream, first, ones, factors);
    }
}

/// Multiplies by factors, if there are any.
fn scale<T: Element>(values: &mut [T], factors: Option<&[T]>) {
    for (value, factor) in values.iter_mut().zip(factors.unwrap_or(&[])) {
        *value *= *factor;
    }
}
