//! Vectors of the units of a sample.

use fearless_simd::prelude::*;

use super::Sizes;
use crate::activations::{Activation, Keeps};
use crate::element::Element;
use crate::kernels::lanes;

/// Where some units of a sample are: in the gates, and in a state.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    gates: usize,
    state: usize,
    units: usize,
    count: usize,
}

impl Place {
    /// The units in a gate.
    #[inline(always)]
    pub(crate) fn gate<S: Simd, T: Element>(self, simd: S, gates: &[T], index: usize) -> T::Vector<S> {
        self.load(simd, gates, self.gates + index * self.units)
    }

    /// The units in the first gates.
    #[inline(always)]
    pub(crate) fn gates<S: Simd, T: Element, const N: usize>(self, simd: S, gates: &[T]) -> [T::Vector<S>; N] {
        // Not with `map`: it is not inlined, so what it calls would lose the instructions of the machine.
        let mut values = [lanes::zeros::<S, T>(simd); N];
        for (index, value) in values.iter_mut().enumerate() {
            *value = self.gate(simd, gates, index);
        }
        values
    }

    /// The units in a state, or in anything else that has one element for each.
    #[inline(always)]
    pub(crate) fn state<S: Simd, T: Element>(self, simd: S, state: &[T]) -> T::Vector<S> {
        self.load(simd, state, self.state)
    }

    /// What is in the lanes past the units does not matter, so they hold what comes next where there is something.
    #[inline(always)]
    fn load<S: Simd, T: Element>(self, simd: S, from: &[T], at: usize) -> T::Vector<S> {
        let whole = at + T::Vector::<S>::LEN <= from.len();
        lanes::load_part(simd, from, at, if whole { T::Vector::<S>::LEN } else { self.count })
    }

    /// Stores the units of the first gates.
    #[inline(always)]
    pub(crate) fn set_gates<S: Simd, T: Element, const N: usize>(self, values: [T::Vector<S>; N], gates: &mut [T]) {
        for (index, value) in values.into_iter().enumerate() {
            lanes::store_part::<S, T>(value, gates, self.gates + index * self.units, self.count);
        }
    }

    /// Stores the units of a state.
    #[inline(always)]
    pub(crate) fn set_state<S: Simd, T: Element>(self, value: T::Vector<S>, state: &mut [T]) {
        lanes::store_part::<S, T>(value, state, self.state, self.count);
    }
}

/// Computes vectors from `memory` and stores them in it, for all units of all samples.
///
/// The last vector of a sample may overlap the one before it, so it is computed first and stored last.
#[inline(always)]
pub(crate) fn each<S: Simd, T: Element, M: ?Sized, V>(
    _: S,
    sizes: &Sizes,
    memory: &mut M,
    compute: impl Fn(&M, Place) -> V,
    store: impl Fn(&mut M, Place, V),
) {
    let (units, lanes) = (sizes.units, T::Vector::<S>::LEN);
    let whole = units - units % lanes;
    let first = units.saturating_sub(lanes);
    for sample in 0..sizes.samples {
        let (gates, state) = (sample * sizes.columns, sample * units);
        let last = Place { gates: gates + first, state: state + first, units, count: units - first };
        let tail = if whole < units { Some(compute(memory, last)) } else { None };
        for unit in (0..whole).step_by(lanes) {
            let place = Place { gates: gates + unit, state: state + unit, units, count: lanes };
            let values = compute(memory, place);
            store(memory, place, values);
        }
        if let Some(tail) = tail {
            store(memory, last, tail);
        }
    }
}

/// What is saved of an activation for backward, and its value.
#[inline(always)]
pub(crate) fn keep<S: Simd, T: Element, A: Activation<T>>(
    simd: S,
    activation: A,
    x: T::Vector<S>,
) -> [T::Vector<S>; 2] {
    let value = activation.apply(simd, x);
    match activation.keeps() {
        Keeps::Input => [x, value],
        Keeps::Output => [value, value],
    }
}

/// The value of an activation, from what was saved.
#[inline(always)]
pub(crate) fn value<S: Simd, T: Element, A: Activation<T>>(
    simd: S,
    activation: A,
    saved: T::Vector<S>,
) -> T::Vector<S> {
    match activation.keeps() {
        Keeps::Input => activation.apply(simd, saved),
        Keeps::Output => saved,
    }
}
