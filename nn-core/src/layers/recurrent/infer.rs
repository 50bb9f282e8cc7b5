//! Inference: one sample, step by step.

use fearless_simd::{Simd, SimdBase};

use super::multiply::{self, Columns};
use super::{RecurrentSizes, Sequence, Step, Weights};
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::lanes;
use crate::layers::state;

/// What one kind of layer does in a step.
pub(crate) trait Cell<T: Element>: Copy {
    /// The sizes.
    type Shape: Geometry<RecurrentSizes>;
    /// The kernel of all gates.
    type Inputs: Geometry<Columns>;
    /// Gates side by side in the kernels.
    const GATES: usize;

    /// The sizes.
    fn shape(self) -> Self::Shape;

    /// The kernel of all gates.
    fn inputs(self) -> Self::Inputs;

    /// The weights; of the bias only what is added to the inputs' projection.
    fn weights(&self) -> Weights<'_, T>;

    /// From the projection of the input to the next state.
    fn step<S: Simd>(self, simd: S, projected: &[T], memory: Memory<'_, T>);
}

/// What a step works in. Each slice has room for whole vectors: the elements past the last one may be overwritten.
pub(crate) struct Memory<'a, T> {
    /// The order of weights and units.
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
    fn new<T>(sizes: RecurrentSizes, gates: usize, step: usize) -> Self {
        let large = gates * sizes.units * sizes.units * size_of::<T>() > 24 << 10;
        let odd = step % 2 == 1;
        Order { weights_from_last: large && odd, units_from_last: large && !odd }
    }

    /// The first unit of the vector of this index.
    #[inline(always)]
    pub(crate) fn unit<S: Simd, L: Geometry<RecurrentSizes>, T: Element>(self, shape: L, index: usize) -> usize {
        let last = vectors::<S, L, T>(shape).saturating_sub(1);
        T::Vector::<S>::LEN * if self.units_from_last { last.saturating_sub(index) } else { index }
    }
}

/// What follows from the sizes: a constant where they are.
macro_rules! derived {
    ($shape:expr, $layer:ty, |$sizes:ident| $number:expr) => {
        match const {
            match <$layer as Geometry<RecurrentSizes>>::KNOWN {
                Some($sizes) => Some($number),
                None => None,
            }
        } {
            Some(number) => number,
            None => {
                let $sizes = $shape.sizes();
                $number
            }
        }
    };
}

/// The vectors of units.
#[inline(always)]
pub(crate) fn vectors<S: Simd, L: Geometry<RecurrentSizes>, T: Element>(shape: L) -> usize {
    derived!(shape, L, |sizes| sizes.units.div_ceil(T::Vector::<S>::LEN))
}

/// The elements of a gate from a unit on.
#[inline(always)]
pub(crate) fn gate<S: Simd, L: Geometry<RecurrentSizes>, T: Element>(
    simd: S,
    shape: L,
    gates: &[T],
    index: usize,
    unit: usize,
) -> T::Vector<S> {
    lanes::load(simd, gates, index * shape.sizes().units + unit)
}

/// The lanes of the longest vectors.
const fn most_lanes<T>() -> usize {
    64 / size_of::<T>()
}

impl RecurrentSizes {
    /// The elements of all gates, in whole vectors.
    #[inline(always)]
    const fn width<T>(&self, gates: usize) -> usize {
        (gates * self.units).next_multiple_of(most_lanes::<T>())
    }

    /// The elements of a state, in whole vectors.
    #[inline(always)]
    const fn state_len<T>(&self) -> usize {
        self.units.next_multiple_of(most_lanes::<T>())
    }

    /// The projections of some steps, and room for a vector behind them.
    #[inline(always)]
    const fn projected_len<T>(&self, gates: usize, steps: usize) -> usize {
        steps * self.width::<T>(gates) + most_lanes::<T>()
    }

    /// What [`Memory`] takes.
    #[inline(always)]
    const fn memory_len<T>(&self, gates: usize) -> usize {
        self.projected_len::<T>(gates, 1) + 2 * self.state_len::<T>()
    }

    /// How many elements of scratch [`sequence`] needs.
    pub(crate) const fn scratch_len<T>(&self, gates: usize) -> usize {
        self.projected_len::<T>(gates, self.steps) + self.memory_len::<T>(gates)
    }

    /// How many elements of scratch [`step`] needs.
    pub(crate) const fn step_scratch_len<T>(&self, gates: usize) -> usize {
        self.projected_len::<T>(gates, 1) + self.memory_len::<T>(gates)
    }
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
    /// The elements of a state.
    #[inline(always)]
    fn units(&self) -> usize {
        self.cell.shape().sizes().units
    }

    /// From the projection of one step to that of the next.
    #[inline(always)]
    fn width(&self) -> usize {
        derived!(self.cell.shape(), C::Shape, |sizes| sizes.width::<T>(C::GATES))
    }

    /// Places everything in the scratch, `len` elements of it for the projections; the states are zero.
    #[inline(always)]
    fn new(cell: C, scratch: &'a mut [T], len: usize) -> Option<Self> {
        let shape = cell.shape();
        let memory = derived!(shape, C::Shape, |sizes| sizes.memory_len::<T>(C::GATES));
        let sums = derived!(shape, C::Shape, |sizes| sizes.projected_len::<T>(C::GATES, 1));
        let state = derived!(shape, C::Shape, |sizes| sizes.state_len::<T>());
        let scratch = scratch.get_mut(..len + memory)?;
        let (projected, scratch) = scratch.split_at_mut_checked(len)?;
        let (sums, states) = scratch.split_at_mut_checked(sums)?;
        states.fill(T::zero());
        let (h, c) = states.split_at_mut_checked(state)?;
        let mut run = Run { cell, projected, sums, h, c };
        run.clear_padding();
        Some(run)
    }

    /// Sets to zero what is loaded together with the last units of the last gate, so that no step computes with what was
    /// there before.
    #[inline(always)]
    fn clear_padding(&mut self) {
        let (gates, width) = (C::GATES * self.units(), self.width());
        self.sums.get_mut(gates..).unwrap_or_default().fill(T::zero());
        let last = self.projected.len().saturating_sub(const { most_lanes::<T>() });
        self.projected.get_mut(last..).unwrap_or_default().fill(T::zero());
        if width > gates {
            for row in self.projected.chunks_exact_mut(width) {
                row.get_mut(gates..).unwrap_or_default().fill(T::zero());
            }
        }
    }

    /// Projects the inputs of `steps` steps: a constant where the sizes are.
    #[inline(always)]
    fn project<S: Simd>(&mut self, simd: S, steps: usize, x: &[T]) {
        let (weights, sizes) = (self.cell.weights(), [steps, self.width()]);
        multiply::rows(simd, self.cell.inputs(), sizes, weights.bias, x, weights.kernel, self.projected);
    }

    /// The same for the inputs of single steps.
    #[inline(always)]
    fn project_each<S: Simd>(&mut self, simd: S, steps: usize, x: &[T]) {
        let (weights, sizes) = (self.cell.weights(), [steps, self.width()]);
        multiply::single_rows(simd, self.cell.inputs(), sizes, weights.bias, x, weights.kernel, self.projected);
    }

    /// Takes the step whose projection is the one of this index.
    #[inline(always)]
    fn step<S: Simd>(&mut self, simd: S, index: usize) {
        self.step_in(simd, index, Order::new::<T>(self.cell.shape().sizes(), C::GATES, index));
    }

    /// The same in an order of its own.
    #[inline(always)]
    fn step_in<S: Simd>(&mut self, simd: S, index: usize, order: Order) {
        let (width, units) = (self.width(), self.units());
        let first = index * width;
        if let Some(projected) = self.projected.get(first..first + width + const { most_lanes::<T>() }) {
            let memory = Memory { order, sums: self.sums, h: self.h, c: self.c };
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            if let Some(simd) = lanes::narrower::<S, T>(simd, units) {
                return self.cell.step(simd, projected, memory);
            }
            self.cell.step(simd, projected, memory);
        }
    }

    /// The states, as they are packed.
    #[inline(always)]
    fn states(&mut self) -> [&mut [T]; 2] {
        let units = self.units();
        let (h, c) = (self.h.get_mut(..units), self.c.get_mut(..units));
        [h.unwrap_or_default(), c.unwrap_or_default()]
    }

    /// Starts from packed states, as many as there are.
    #[inline(always)]
    fn load(&mut self, packed: &[T]) {
        let units = self.units();
        for (state, packed) in self.states().into_iter().zip(packed.chunks_exact(units.max(1))) {
            copy(packed, state);
        }
    }

    /// Makes so many states what [`store`](Self::store) would leave of them.
    #[inline(always)]
    fn keep<S: Simd>(&mut self, simd: S, states: usize) {
        let units = self.units();
        for state in [&mut *self.h, &mut *self.c].into_iter().take(states) {
            for at in (0..units).step_by(T::Vector::<S>::LEN) {
                let kept = state::kept::<S, T>(simd, lanes::load(simd, state, at));
                lanes::store::<S, T>(kept, state, at);
            }
        }
    }

    /// Stores packed states, as many as there are: see [`state`] for what becomes of NaN.
    #[inline(always)]
    fn store<S: Simd>(&self, simd: S, packed: &mut [T]) {
        let units = self.units();
        for (new, packed) in [&*self.h, &*self.c].into_iter().zip(packed.chunks_exact_mut(units.max(1))) {
            state::keep(simd, units, new, packed);
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
    let sizes = cell.shape().sizes();
    debug_assert_eq!(x.len(), sizes.steps * sizes.inputs, "the length of x");
    debug_assert!(mask.is_none_or(|mask| mask.len() == sizes.steps), "the length of the mask");
    let len = derived!(cell.shape(), C::Shape, |sizes| sizes.projected_len::<T>(C::GATES, sizes.steps));
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
    run.project(simd, sizes.steps, x);
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
    // Constants one by one: taken out of the sizes as a whole, LLVM unrolls some of the loops otherwise.
    macro_rules! size {
        ($name:ident) => {
            derived!(run.cell.shape(), C::Shape, |sizes| sizes.$name)
        };
    }
    let steps = size!(steps);
    let mut any = false;
    for step in 0..steps {
        let time = if size!(go_backwards) { steps - 1 - step } else { step };
        let keeps = mask.is_none_or(|mask| mask.get(time).is_some_and(|keeps| *keeps != T::zero()));
        if keeps {
            run.step(simd, time);
        }
        any |= keeps;
        if !size!(return_sequences) && step + 1 < steps {
            continue;
        }
        let row = match (size!(return_sequences), size!(output_in_time)) {
            (false, _) => 0,
            (true, false) => step,
            (true, true) => time,
        };
        let y = y.get_mut(row * size!(units)..(row + 1) * size!(units)).unwrap_or_default();
        if keeps || (any && !size!(zero_output_for_mask)) {
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
    let sizes = cell.shape().sizes();
    debug_assert_eq!(x.len(), sizes.inputs, "the length of x");
    let len = derived!(cell.shape(), C::Shape, |sizes| sizes.projected_len::<T>(C::GATES, 1));
    let Some(mut run) = Run::<T, C>::new(cell, scratch, len) else {
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

/// As many steps as there are inputs for, no more than the sizes say: what [`step`] does one by one, with the same bits.
#[inline(always)]
pub(crate) fn steps<S: Simd, T: Element, C: Cell<T>>(simd: S, cell: C, steps: Step<'_, T>) {
    let Step { x, state, y, scratch } = steps;
    let sizes = cell.shape().sizes();
    let count = x.len() / sizes.inputs.max(1);
    debug_assert!(count <= sizes.steps && y.len() == count * sizes.units, "{count} steps, {} outputs", y.len());
    let len = derived!(cell.shape(), C::Shape, |sizes| sizes.projected_len::<T>(C::GATES, sizes.steps));
    let Some(mut run) = Run::<T, C>::new(cell, scratch, len) else {
        debug_assert!(false, "too little scratch");
        return;
    };
    run.load(state);
    run.project_each(simd, count, x);
    let (first, states) = (Order::new::<T>(sizes, C::GATES, 0), state.len() / sizes.units.max(1));
    for (index, y) in y.chunks_exact_mut(sizes.units.max(1)).enumerate() {
        run.step_in(simd, index, first);
        let [h, _] = run.states();
        copy(h, y);
        run.keep(simd, states);
    }
    run.store(simd, state);
}
