//! Inference: one sample, step by step.

use fearless_simd::{Simd, SimdBase};

use super::multiply;
use super::{RecurrentShape, Sequence, Step, Weights};
use crate::element::Element;
use crate::kernels::lanes;
use crate::layers::state;

/// What one kind of layer does in a step.
pub(crate) trait Cell<T: Element>: Copy {
    /// The sizes.
    type Shape: RecurrentShape;
    /// The kernel of all gates.
    type Inputs: multiply::Product;
    /// Gates side by side in the kernels.
    const GATES: usize;

    /// The weights; of the bias only what is added to the inputs' projection.
    fn weights(&self) -> Weights<'_, T>;

    /// From the projection of the input to the next state.
    fn step<S: Simd>(self, simd: S, projected: &[T], memory: Memory<'_, T>);
}

/// What a step works in. Each slice has room for whole vectors: the elements past the last one may be overwritten.
pub(crate) struct Memory<'a, T> {
    /// The ways through weights and units.
    pub(crate) order: Order,
    /// One element for each unit of each gate.
    pub(crate) sums: &'a mut [T],
    /// The state, which is the output of the step before.
    pub(crate) h: &'a mut [T],
    /// The second state of an `LSTM`; of the others' free use.
    pub(crate) c: &'a mut [T],
}

/// Weights that do not fit in the nearest memory, that of x86 at least, are walked through to and fro: part of them is
/// still there. The units that the next step begins with are then the first to be finished.
#[derive(Clone, Copy, Default)]
pub(crate) struct Order {
    /// Whether the weights are walked through from the last to the first.
    pub(super) weights_from_last: bool,
    /// The same for the units.
    units_from_last: bool,
}

impl Order {
    /// The order in a step, of all those that there are.
    #[inline(always)]
    fn new<L: RecurrentShape, T>(gates: usize, step: usize) -> Self {
        let large = gates * L::UNITS * L::UNITS * size_of::<T>() > 24 << 10;
        let odd = step % 2 == 1;
        Order { weights_from_last: large && odd, units_from_last: large && !odd }
    }

    /// The first unit of the vector of this index.
    #[inline(always)]
    pub(crate) fn unit<S: Simd, L: RecurrentShape, T: Element>(self, index: usize) -> usize {
        let last = const { vectors::<S, L, T>().saturating_sub(1) };
        T::Vector::<S>::LEN * if self.units_from_last { last.saturating_sub(index) } else { index }
    }
}

/// The vectors of units.
pub(crate) const fn vectors<S: Simd, L: RecurrentShape, T: Element>() -> usize {
    L::UNITS.div_ceil(T::Vector::<S>::LEN)
}

/// The elements of a gate from a unit on.
#[inline(always)]
pub(crate) fn gate<S: Simd, L: RecurrentShape, T: Element>(
    simd: S,
    gates: &[T],
    index: usize,
    unit: usize,
) -> T::Vector<S> {
    lanes::load(simd, gates, index * L::UNITS + unit)
}

/// The lanes of the longest vectors.
const fn most_lanes<T>() -> usize {
    64 / size_of::<T>()
}

/// The elements of all gates, in whole vectors.
const fn width<L: RecurrentShape, T>(gates: usize) -> usize {
    (gates * L::UNITS).next_multiple_of(most_lanes::<T>())
}

/// The elements of a state, in whole vectors.
const fn state_len<L: RecurrentShape, T>() -> usize {
    L::UNITS.next_multiple_of(most_lanes::<T>())
}

/// The projections of some steps, and room for a vector behind them.
const fn projected_len<L: RecurrentShape, T>(gates: usize, steps: usize) -> usize {
    steps * width::<L, T>(gates) + most_lanes::<T>()
}

/// What [`Memory`] takes.
const fn memory_len<L: RecurrentShape, T>(gates: usize) -> usize {
    projected_len::<L, T>(gates, 1) + 2 * state_len::<L, T>()
}

/// How many elements of scratch [`sequence`] needs.
pub(crate) const fn scratch_len<L: RecurrentShape, T>(gates: usize) -> usize {
    projected_len::<L, T>(gates, L::STEPS) + memory_len::<L, T>(gates)
}

/// How many elements of scratch [`step`] needs.
pub(crate) const fn step_scratch_len<L: RecurrentShape, T>(gates: usize) -> usize {
    projected_len::<L, T>(gates, 1) + memory_len::<L, T>(gates)
}

/// A layer with the memory it works in.
struct Run<'a, T, C> {
    cell: C,
    /// The projections of the inputs of all steps.
    projected: &'a mut [T],
    sums: &'a mut [T],
    h: &'a mut [T],
    c: &'a mut [T],
}

impl<'a, T: Element, C: Cell<T>> Run<'a, T, C> {
    const UNITS: usize = C::Shape::UNITS;
    const WIDTH: usize = width::<C::Shape, T>(C::GATES);

    /// Places everything in the scratch, `len` elements of it for the projections; the states are zero.
    #[inline(always)]
    fn new(cell: C, scratch: &'a mut [T], len: usize) -> Option<Self> {
        let scratch = scratch.get_mut(..len + const { memory_len::<C::Shape, T>(C::GATES) })?;
        let (projected, scratch) = scratch.split_at_mut_checked(len)?;
        let (sums, states) = scratch.split_at_mut_checked(const { projected_len::<C::Shape, T>(C::GATES, 1) })?;
        states.fill(T::zero());
        let (h, c) = states.split_at_mut_checked(const { state_len::<C::Shape, T>() })?;
        let mut run = Run { cell, projected, sums, h, c };
        run.clear_padding();
        Some(run)
    }

    /// Sets to zero what is loaded together with the last units of the last gate, so that no step computes with what was
    /// there before.
    #[inline(always)]
    fn clear_padding(&mut self) {
        let gates = C::GATES * Self::UNITS;
        self.sums.get_mut(gates..).unwrap_or_default().fill(T::zero());
        let last = self.projected.len().saturating_sub(const { most_lanes::<T>() });
        self.projected.get_mut(last..).unwrap_or_default().fill(T::zero());
        if Self::WIDTH > gates {
            for row in self.projected.chunks_exact_mut(Self::WIDTH) {
                row.get_mut(gates..).unwrap_or_default().fill(T::zero());
            }
        }
    }

    /// Projects the inputs of `steps` steps: a constant where this is called.
    #[inline(always)]
    fn project<S: Simd>(&mut self, simd: S, steps: usize, x: &[T]) {
        let weights = self.cell.weights();
        let sizes = [steps, Self::WIDTH];
        multiply::rows::<S, C::Inputs, T>(simd, sizes, weights.bias, x, weights.kernel, self.projected);
    }

    /// Takes the step whose projection is the one of this index.
    #[inline(always)]
    fn step<S: Simd>(&mut self, simd: S, index: usize) {
        let first = index * Self::WIDTH;
        if let Some(projected) = self.projected.get(first..first + Self::WIDTH + const { most_lanes::<T>() }) {
            let order = Order::new::<C::Shape, T>(C::GATES, index);
            let memory = Memory { order, sums: self.sums, h: self.h, c: self.c };
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            if let Some(simd) = lanes::narrower::<S, T>(simd, Self::UNITS) {
                return self.cell.step(simd, projected, memory);
            }
            self.cell.step(simd, projected, memory);
        }
    }

    /// The states, as they are packed.
    #[inline(always)]
    fn states(&mut self) -> [&mut [T]; 2] {
        let (h, c) = (self.h.get_mut(..Self::UNITS), self.c.get_mut(..Self::UNITS));
        [h.unwrap_or_default(), c.unwrap_or_default()]
    }

    /// Starts from packed states, as many as there are.
    #[inline(always)]
    fn load(&mut self, packed: &[T]) {
        for (state, packed) in self.states().into_iter().zip(packed.chunks_exact(Self::UNITS.max(1))) {
            copy(packed, state);
        }
    }

    /// Stores packed states, as many as there are: see [`state`] for what becomes of NaN.
    #[inline(always)]
    fn store<S: Simd>(&self, simd: S, packed: &mut [T]) {
        for (new, packed) in [&*self.h, &*self.c].into_iter().zip(packed.chunks_exact_mut(Self::UNITS.max(1))) {
            state::keep(simd, Self::UNITS, new, packed);
        }
    }
}

/// Copies where the lengths agree; it is a mistake of the caller's where they do not.
#[inline(always)]
fn copy<T: Element>(from: &[T], to: &mut [T]) {
    debug_assert_eq!(from.len(), to.len(), "the lengths of a state or a row");
    if from.len() == to.len() {
        to.copy_from_slice(from);
    }
}

/// All steps of one sample.
#[inline(always)]
pub(crate) fn sequence<S: Simd, T: Element, C: Cell<T>, const N: usize>(
    simd: S,
    cell: C,
    sequence: Sequence<'_, T, N>,
) {
    let Sequence { x, mask, initial_state, mut state, y, final_state, scratch } = sequence;
    debug_assert_eq!(x.len(), C::Shape::STEPS * C::Shape::INPUTS, "the length of x");
    debug_assert!(mask.is_none_or(|mask| mask.len() == C::Shape::STEPS), "the length of the mask");
    let len = const { projected_len::<C::Shape, T>(C::GATES, C::Shape::STEPS) };
    let Some(mut run) = Run::<T, C>::new(cell, scratch, len) else {
        debug_assert!(false, "too little scratch");
        return;
    };
    if let Some(state) = &state {
        run.load(state);
    }
    for (state, initial) in run.states().into_iter().zip(initial_state) {
        if let Some(initial) = initial {
            copy(initial, state);
        }
    }
    run.project(simd, C::Shape::STEPS, x);
    walk(simd, &mut run, mask, y);
    if let Some(state) = &mut state {
        run.store(simd, state);
    }
    for (state, wanted) in run.states().into_iter().zip(final_state) {
        if let Some(wanted) = wanted {
            copy(state, wanted);
        }
    }
}

/// Takes all steps that the mask does not skip, and writes the rows of the output.
#[inline(always)]
fn walk<S: Simd, T: Element, C: Cell<T>>(simd: S, run: &mut Run<'_, T, C>, mask: Option<&[T]>, y: &mut [T]) {
    let steps = C::Shape::STEPS;
    let mut any = false;
    for step in 0..steps {
        let time = if C::Shape::GO_BACKWARDS { steps - 1 - step } else { step };
        let keeps = mask.is_none_or(|mask| mask.get(time).is_some_and(|keeps| *keeps != T::zero()));
        if keeps {
            run.step(simd, time);
        }
        any |= keeps;
        if !C::Shape::RETURN_SEQUENCES && step + 1 < steps {
            continue;
        }
        let row = match (C::Shape::RETURN_SEQUENCES, C::Shape::OUTPUT_IN_TIME) {
            (false, _) => 0,
            (true, false) => step,
            (true, true) => time,
        };
        let y = y.get_mut(row * C::Shape::STRIDE..row * C::Shape::STRIDE + C::Shape::UNITS).unwrap_or_default();
        if keeps || (any && !C::Shape::ZERO_OUTPUT_FOR_MASK) {
            let [h, _] = run.states();
            copy(h, y);
        } else {
            y.fill(T::zero());
        }
    }
}

/// One step.
#[inline(always)]
pub(crate) fn step<S: Simd, T: Element, C: Cell<T>>(simd: S, cell: C, step: Step<'_, T>) {
    let Step { x, state, y, scratch } = step;
    debug_assert_eq!(x.len(), C::Shape::INPUTS, "the length of x");
    let Some(mut run) = Run::<T, C>::new(cell, scratch, const { projected_len::<C::Shape, T>(C::GATES, 1) }) else {
        debug_assert!(false, "too little scratch");
        return;
    };
    run.load(state);
    run.project(simd, 1, x);
    run.step(simd, 0);
    run.store(simd, state);
    let [h, _] = run.states();
    copy(h, y);
}
