//! Vectors of channels, where every filter has a channel of its own.
//!
//! The weights of a tap lie side by side as the channels do, so a vector of inputs is multiplied by a vector of weights.
//! Where the channels of a pixel fill no whole vectors, those of several neighbouring pixels do: a unit. Its weights are
//! those of a pixel over and over again.

use fearless_simd::prelude::*;

use super::channels::Inputs;
use super::choice::Choice;
use super::geometry::Geometry;
use super::{Conv2DShape, Destination};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::lanes;
use crate::layers::epilogue::Epilogue;

/// Most sums of a tile.
const MOST: usize = 8;

/// How the work of a layer is cut up.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    g: Geometry,
    lanes: usize,
    /// Pixels of the output in a unit.
    unit: usize,
    /// Units in a tile, and positions of a pooling window that are summed up at the same time.
    columns: usize,
    positions: usize,
    /// In the unit of [`Tile::cost`](super::channels::Tile).
    pub(super) cost: usize,
}

impl Plan {
    /// The cheapest plan for vectors of `lanes` elements; its cost is the largest number if there is none.
    pub(super) const fn new(g: &Geometry, lanes: usize) -> Plan {
        let mut best = Plan { g: *g, lanes, unit: 1, columns: 1, positions: 1, cost: usize::MAX };
        if g.channels > 1 || g.filters > 1 || g.groups < 2 {
            return best;
        }
        let size = g.pool[0] * g.pool[1];
        let positions = if size <= 4 { size } else { 1 };
        let mut code = 0;
        while code < 2 * MOST {
            let unit = if code < MOST { 1 } else { lanes / common(g.groups, lanes) };
            let columns = code % MOST + 1;
            let beside = unit == 1 || size == 1 && g.strides[1] == 1;
            if beside && columns * positions <= MOST && columns * unit <= g.output[1] {
                let mut plan = Plan { g: *g, lanes, unit, columns, positions, cost: 0 };
                plan.cost = plan.estimate();
                if plan.cost < best.cost {
                    best = plan;
                }
            }
            code += 1;
        }
        best
    }

    /// Loads, since there is one for every multiply-add, or the four cycles that a multiply-add takes.
    const fn estimate(&self) -> usize {
        let g = &self.g;
        let vectors = self.elements().div_ceil(self.lanes);
        let chunks = g.pool[0] * g.pool[1] / self.positions;
        let tiles = g.output[0] * g.output[1].div_ceil(self.columns * self.unit) * vectors * chunks;
        let step = if self.sums() + 1 < 8 { 8 } else { self.sums() + 1 };
        tiles * (g.taps() * step + 2 * self.sums() + 16) + 2 * self.scratch_len()
    }

    /// Sums of a tile.
    pub(super) const fn sums(&self) -> usize {
        self.columns * self.positions
    }

    /// Elements of a unit.
    const fn elements(&self) -> usize {
        self.unit * self.g.groups
    }

    /// Elements of scratch: the weights of a unit, and its biases, scales and shifts.
    pub(super) const fn scratch_len(&self) -> usize {
        if self.unit == 1 { 0 } else { (self.g.taps() + 3) * self.elements() }
    }
}

/// The largest number that divides both.
const fn common(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common(b, a % b) }
}

/// Runs the layer; `MR` is the number of sums of the plan.
#[inline(always)]
pub(super) fn infer<
    S: Simd,
    L: Conv2DShape,
    D: Destination,
    T: Element,
    A: Activation<T>,
    P: Activation<T>,
    const MR: usize,
>(
    simd: S,
    _layer: (L, D),
    inputs: Inputs<'_, T, A, P>,
    y: &mut [T],
    scratch: &mut [T],
) {
    let plan = Choice::<S, L, D, T>::PLANS.depthwise;
    let g = &plan.g;
    let inputs = if plan.unit == 1 { inputs } else { repeated(&plan, inputs, scratch) };
    let Inputs { kernel, x, epilogue } = inputs;
    let layer = Units { plan, kernel, x, epilogue };
    for row in 0..g.output[0] {
        for column in (0..g.output[1]).step_by(plan.columns * plan.unit) {
            let column = column.min(g.output[1] - plan.columns * plan.unit);
            for first in (0..plan.elements()).step_by(plan.lanes) {
                let first = first.min(plan.elements().saturating_sub(plan.lanes));
                layer.tile::<S, MR>(simd, [row, column, first], y);
            }
        }
    }
}

/// What belongs to a channel, once for each pixel of a unit.
#[inline(always)]
fn repeated<'a, T: Element, A: Activation<T>, P: Activation<T>>(
    plan: &Plan,
    inputs: Inputs<'a, T, A, P>,
    scratch: &'a mut [T],
) -> Inputs<'a, T, A, P> {
    let (channels, len) = (plan.g.groups, plan.elements());
    let Some((kernel, rest)) = scratch.split_at_mut_checked(plan.g.taps() * len) else { return inputs };
    let repeat = |from: &[T], to: &mut [T]| {
        for (from, to) in from.chunks_exact(channels).zip(to.chunks_exact_mut(len)) {
            for to in to.chunks_exact_mut(channels) {
                to.copy_from_slice(from);
            }
        }
    };
    repeat(inputs.kernel, kernel);
    let Some((bias, rest)) = rest.split_at_mut_checked(len) else { return inputs };
    let Some((scale, shift)) = rest.split_at_mut_checked(len) else { return inputs };
    repeat(inputs.epilogue.bias, bias);
    let Epilogue { bias: own, affine, activation, after_pool } = inputs.epilogue;
    let affine = affine.map(|(own_scale, own_shift)| {
        repeat(own_scale, scale);
        repeat(own_shift, shift);
        (&*scale, &*shift)
    });
    let epilogue = Epilogue { bias: if own.is_empty() { own } else { bias }, affine, activation, after_pool };
    Inputs { kernel, x: inputs.x, epilogue }
}

/// A layer, as units.
struct Units<'a, T, A, P> {
    plan: Plan,
    kernel: &'a [T],
    x: &'a [T],
    epilogue: Epilogue<'a, T, A, P>,
}

impl<T: Element, A: Activation<T>, P: Activation<T>> Units<'_, T, A, P> {
    /// One vector of some units, from element `first` of each on.
    #[inline(always)]
    fn tile<S: Simd, const MR: usize>(&self, simd: S, [row, column, first]: [usize; 3], y: &mut [T]) {
        let (plan, g) = (&self.plan, &self.plan.g);
        let count = plan.elements().min(plan.lanes);
        let zero = lanes::zeros::<S, T>(simd);
        let mut pooled = [zero; MR];
        for q in (0..g.pool[0] * g.pool[1]).step_by(plan.positions) {
            let at = g.pixel(row * g.pool[0] + q / g.pool[1], column * g.pool[1] + q % g.pool[1]) + first;
            let sums = self.sums::<S, MR>(simd, at, [first, count]);
            for (m, sum) in sums.iter().enumerate() {
                let value = g.before_pool(simd, &self.epilogue, [first, count], *sum);
                let begin = q == 0 && m % plan.positions == 0;
                if let Some(pooled) = pooled.get_mut(m / plan.positions) {
                    *pooled = if begin { value } else { g.pool_two::<S, T>(*pooled, value) };
                }
            }
        }
        for (unit, value) in pooled.iter().enumerate().take(plan.columns) {
            let value = g.pooled(simd, &self.epilogue, *value);
            let pixel = g.origin + row * g.width + column + unit * plan.unit;
            lanes::store_part::<S, T>(value, y, pixel * g.groups + first, count);
        }
    }

    /// The sums of a vector of some units, whose first inputs are at `at`.
    #[inline(always)]
    fn sums<S: Simd, const MR: usize>(&self, simd: S, at: usize, [first, count]: [usize; 2]) -> [T::Vector<S>; MR] {
        let (plan, g) = (&self.plan, &self.plan.g);
        let mut sums = [self.epilogue.start(simd, first, count); MR];
        for r in 0..g.kernel[0] {
            for s in 0..g.kernel[1] {
                let tap = (r * g.kernel[1] + s) * plan.elements();
                let weight = lanes::load_part::<S, T>(simd, self.kernel, tap + first, count);
                let at = at + (r * g.dilation[0] * g.input[1] + s * g.dilation[1]) * g.groups;
                for (m, sum) in sums.iter_mut().enumerate() {
                    let (p, q) = (m / plan.positions * plan.unit, m % plan.positions);
                    let place = at + g.pixel(q / g.pool[1], p * g.pool[1] + q % g.pool[1]);
                    *sum = weight.mul_add(lanes::load_part::<S, T>(simd, self.x, place, count), *sum);
                }
            }
        }
        sums
    }
}
