//! What training drops: of the input of a step and of the state before it, the same elements in all steps of a sample.

use alloc::vec::Vec;

use fearless_simd::Simd;

use super::ConvLstmSizes;
use crate::element::Element;
use crate::kernels::gemm::room;
use crate::layers::recurrent::Random;
use crate::layers::recurrent::train::factors;

/// A dropout of one sample; empty where nothing is dropped.
pub(super) struct Drop<'a, T> {
    /// 0 or `1 / (1 - rate)`.
    factors: &'a [T],
    dropped: &'a mut [T],
}

impl<T: Element> Drop<'_, T> {
    /// The values that are left of these.
    pub(super) fn apply<'b>(&'b mut self, values: &'b [T]) -> &'b [T] {
        if self.factors.is_empty() {
            return values;
        }
        let pairs = values.iter().zip(self.factors);
        self.dropped.iter_mut().zip(pairs).for_each(|(to, (value, factor))| *to = *value * *factor);
        self.dropped
    }

    /// Lets `add` add to a gradient of what was left, and adds what comes of it to that of the values.
    pub(super) fn back(&mut self, gradient: &mut [T], add: impl FnOnce(&mut [T])) {
        if self.factors.is_empty() {
            return add(gradient);
        }
        self.dropped.fill(T::zero());
        add(self.dropped);
        let pairs = self.dropped.iter().zip(self.factors);
        gradient.iter_mut().zip(pairs).for_each(|(to, (value, factor))| *to += *value * *factor);
    }
}

/// The dropouts of one sample.
pub(super) struct Drops<'a, T> {
    /// Of a step of the input.
    pub(super) inputs: Drop<'a, T>,
    /// Of the state before a step.
    pub(super) states: Drop<'a, T>,
}

impl<'a, T: Element> Drops<'a, T> {
    /// Those of a sample of a shard; `scratch` grows as needed.
    pub(super) fn new<S: Simd>(
        simd: S,
        sizes: &ConvLstmSizes,
        random: Random,
        sample: usize,
        scratch: &'a mut Vec<T>,
    ) -> Self {
        let [inputs, states] = sizes.dropped_lens();
        let (inputs, states) = room(scratch, 2 * (inputs + states)).split_at_mut(2 * inputs);
        let Random { key, stream, first_sample } = random;
        let drop = |values: &'a mut [T], rate, stream| {
            let (of, dropped) = values.split_at_mut(values.len() / 2);
            let first = (first_sample + sample as u64) * of.len() as u64;
            factors(simd, rate, key, stream, first, of);
            Drop { factors: of, dropped }
        };
        Drops {
            inputs: drop(inputs, sizes.dropout, stream),
            states: drop(states, sizes.recurrent_dropout, stream.wrapping_add(1)),
        }
    }
}

impl ConvLstmSizes {
    /// The elements that each dropout chooses among.
    pub(super) const fn dropped_lens(&self) -> [usize; 2] {
        [
            if self.dropout > 0.0 { self.of_input.len() } else { 0 },
            if self.recurrent_dropout > 0.0 { self.state() } else { 0 },
        ]
    }
}
