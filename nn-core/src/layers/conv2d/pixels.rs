//! Vectors of output pixels, for few filters.
//!
//! With six filters and sixteen lanes, a vector of channels is mostly empty; a vector of neighbouring
//! pixels is not. The inputs of neighbouring pixels must then lie side by side: so each row of the input is
//! copied once, a plane for every channel. Columns that a stride or a pooling window sets apart go to planes of
//! their own (by column modulo step). The rows are kept in a ring of as many as a block of outputs needs.

use fearless_simd::prelude::*;

use super::channels::Inputs;
use super::geometry::Geometry;
use super::{Conv2DShape, Destination};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::{lanes, tile};

/// How the work of a layer is cut up.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    g: Geometry,
    lanes: usize,
    /// Pixels of a block that are summed up at the same time: of a pooling window, or below each other.
    pub(super) positions: usize,
    /// Filters that are summed up at the same time.
    pub(super) filters: usize,
    /// Rows of the output in a block.
    rows: usize,
    /// From one pixel of the output to the next, in columns of the input.
    step: usize,
    /// Elements of a plane, and of all planes of a row.
    plane: usize,
    row: usize,
    /// Rows of planes in the ring.
    ring: usize,
    /// In the unit of [`Tile::cost`](super::channels::Tile).
    pub(super) cost: usize,
}

impl Plan {
    /// The plan for vectors of `lanes` elements and `bytes` bytes; its cost is the largest number if there is none.
    pub(super) const fn new(g: &Geometry, lanes: usize, bytes: usize) -> Plan {
        let size = g.pool[0] * g.pool[1];
        let (rows, positions) = match (size, g.pool[1]) {
            (1, _) if g.output[0] >= 4 => (4, 4),
            (1, _) => (1, 1),
            (2 | 4, _) => (1, size),
            (_, 1..=4) => (1, g.pool[1]),
            _ => (1, 1),
        };
        let (rows, positions) = if bytes < 64 && rows == 4 { (2, 2) } else { (rows, positions) };
        let most = tile::sums(bytes) / positions;
        let most = if most > 8 { 8 } else { most };
        let filters = g.filters.div_ceil(g.filters.div_ceil(most));
        let (height, reach) = (g.pool[0] * rows, (g.pool[1] - 1) * g.strides[1] + (g.kernel[1] - 1) * g.dilation[1]);
        let step = g.pool[1] * g.strides[1];
        let width = if g.output[1] < lanes { lanes } else { g.output[1] };
        let plane = width + reach / step;
        let row = step * g.channels * plane;
        let ring = (height - 1) * g.strides[0] + (g.kernel[0] - 1) * g.dilation[0] + 1;
        let mut plan = Plan { g: *g, lanes, positions, filters, rows, step, plane, row, ring, cost: usize::MAX };
        if g.groups == 1 {
            plan.cost = plan.estimate();
        }
        plan
    }

    /// Multiply-adds or loads, then the copies on the way in and out.
    const fn estimate(&self) -> usize {
        let g = &self.g;
        let chunks = self.rows * g.pool[0] * g.pool[1] / self.positions;
        let vectors = self.blocks() * g.output[1].div_ceil(self.lanes);
        let tiles = vectors * g.filters.div_ceil(self.filters) * chunks;
        let mut step = self.filters * self.positions;
        if step < self.filters + self.positions {
            step = self.filters + self.positions;
        }
        if step < 8 {
            step = 8;
        }
        let outputs = g.output[0] * g.output[1] * g.filters;
        let inputs = g.input[0] * g.input[1] * g.input[2];
        tiles * (g.taps() * step + 16) + 2 * outputs + 2 * inputs
    }

    /// Blocks of rows; the last one may overlap the one before.
    const fn blocks(&self) -> usize {
        self.g.output[0].div_ceil(self.rows)
    }

    /// Elements of scratch.
    pub(super) const fn scratch_len(&self) -> usize {
        self.ring * self.row
    }

    /// Copies a row of the input to its place in the ring, every channel and column phase to its plane.
    #[inline(always)]
    fn split<T: Element>(&self, row: usize, x: &[T], ring: &mut [T]) {
        let g = &self.g;
        let len = g.input[1] * g.channels;
        let slot = row % self.ring * self.row;
        let (Some(x), Some(ring)) = (x.get(row * len..(row + 1) * len), ring.get_mut(slot..slot + self.row)) else {
            return;
        };
        for (from, planes) in ring.chunks_exact_mut(self.plane).enumerate() {
            let from = x.get(from..).unwrap_or(&[]);
            for (to, from) in planes.iter_mut().zip(from.iter().step_by(self.step * g.channels)) {
                *to = *from;
            }
        }
    }
}

/// Runs the layer; `NF` and `NP` are the filters and positions of the plan.
#[inline(always)]
pub(super) fn infer<
    S: Simd,
    L: Conv2DShape,
    D: Destination,
    T: Element,
    A: Activation<T>,
    P: Activation<T>,
    const NF: usize,
    const NP: usize,
>(
    simd: S,
    _layer: (L, D),
    inputs: Inputs<'_, T, A, P>,
    y: &mut [T],
    scratch: &mut [T],
) {
    let plan = const { Plan::new(&Geometry::new::<L, D>(), T::Vector::<S>::LEN, size_of::<T::Vector<S>>()) };
    let g = plan.g;
    let Some(ring) = scratch.get_mut(..plan.ring * plan.row) else { return };
    let mut done = 0;
    for block in 0..plan.blocks() {
        let row = (block * plan.rows).min(g.output[0] - plan.rows);
        let first = row * g.pool[0] * g.strides[0];
        for input in done.max(first)..first + plan.ring {
            plan.split(input, inputs.x, ring);
        }
        done = first + plan.ring;
        for column in (0..g.output[1]).step_by(plan.lanes) {
            let column = column.min(g.output[1].saturating_sub(plan.lanes));
            for filter in (0..g.filters).step_by(NF) {
                let filter = filter.min(g.filters - NF);
                let place = Place { plan, first, row, column, filter };
                place.tile::<S, T, A, P, NF, NP>(simd, inputs, ring, y);
            }
        }
    }
}

/// Where a tile is: its first row of the input, its first row, column and filter of the output.
#[derive(Clone, Copy)]
struct Place {
    plan: Plan,
    first: usize,
    row: usize,
    column: usize,
    filter: usize,
}

impl Place {
    /// One tile, from its inputs to its outputs.
    #[inline(always)]
    fn tile<S: Simd, T: Element, A: Activation<T>, P: Activation<T>, const NF: usize, const NP: usize>(
        self,
        simd: S,
        inputs: Inputs<'_, T, A, P>,
        ring: &[T],
        y: &mut [T],
    ) {
        let g = &self.plan.g;
        let size = g.pool[0] * g.pool[1];
        if size == 1 {
            let sums = self.sums::<S, T, A, P, NF, NP>(simd, inputs, 0, ring);
            for (p, mut values) in sums.into_iter().enumerate() {
                for (f, value) in values.iter_mut().enumerate() {
                    *value = inputs.epilogue.finish_one(simd, self.filter + f, *value);
                }
                self.store::<S, T, A, P, NF>(simd, inputs, p, values, y);
            }
            return;
        }
        let mut pooled = [lanes::zeros::<S, T>(simd); NF];
        for first in (0..size).step_by(NP) {
            let sums = self.sums::<S, T, A, P, NF, NP>(simd, inputs, first, ring);
            for (p, sums) in sums.iter().enumerate() {
                for (f, (pooled, sum)) in pooled.iter_mut().zip(sums).enumerate() {
                    let value = inputs.epilogue.finish_one(simd, self.filter + f, *sum);
                    *pooled = if first + p == 0 { value } else { g.pool_two::<S, T>(*pooled, value) };
                }
            }
        }
        for value in &mut pooled {
            *value = g.mean::<S, T>(simd, *value);
        }
        self.store::<S, T, A, P, NF>(simd, inputs, 0, pooled, y);
    }

    /// The sums of `NF` filters at `NP` positions, from position `start` on.
    #[inline(always)]
    fn sums<S: Simd, T: Element, A: Activation<T>, P: Activation<T>, const NF: usize, const NP: usize>(
        self,
        simd: S,
        inputs: Inputs<'_, T, A, P>,
        start: usize,
        ring: &[T],
    ) -> [[T::Vector<S>; NF]; NP] {
        let (plan, g) = (&self.plan, &self.plan.g);
        let mut begin = [lanes::zeros::<S, T>(simd); NF];
        for (f, start) in begin.iter_mut().enumerate() {
            *start = inputs.epilogue.start_one(simd, self.filter + f);
        }
        let mut sums = [begin; NP];
        for r in 0..g.kernel[0] {
            for s in 0..g.kernel[1] {
                for c in 0..g.channels {
                    let mut x = [lanes::zeros::<S, T>(simd); NP];
                    for (p, x) in x.iter_mut().enumerate() {
                        let (dy, dx) = ((start + p) / g.pool[1], (start + p) % g.pool[1]);
                        let row = (self.first + dy * g.strides[0] + r * g.dilation[0]) % plan.ring;
                        let column = dx * g.strides[1] + s * g.dilation[1];
                        let plane = column % plan.step * g.channels + c;
                        let at = row * plan.row + plane * plan.plane + column / plan.step + self.column;
                        *x = lanes::load(simd, ring, at);
                    }
                    let tap = (r * g.kernel[1] + s) * g.channels + c;
                    for f in 0..NF {
                        let weight = lanes::splat(simd, inputs.kernel, tap * g.filters + self.filter + f);
                        for (sums, x) in sums.iter_mut().zip(x) {
                            sums[f] = x.mul_add(weight, sums[f]);
                        }
                    }
                }
            }
        }
        sums
    }

    /// Stores a vector of pixels for each filter, pixel by pixel, in the tile's row `row`.
    #[inline(always)]
    fn store<S: Simd, T: Element, A: Activation<T>, P: Activation<T>, const NF: usize>(
        self,
        simd: S,
        inputs: Inputs<'_, T, A, P>,
        row: usize,
        mut values: [T::Vector<S>; NF],
        y: &mut [T],
    ) {
        let g = &self.plan.g;
        for value in &mut values {
            *value = inputs.epilogue.pooled(simd, *value);
        }
        let first = (g.origin + (self.row + row) * g.width + self.column) * g.filters + self.filter;
        let count = g.output[1].min(self.plan.lanes);
        let Some(y) = y.get_mut(first..first + (count - 1) * g.filters + NF) else { return };
        for lane in 0..count {
            for (f, values) in values.iter().enumerate() {
                if let (Some(y), Some(value)) = (y.get_mut(lane * g.filters + f), values.as_slice().get(lane)) {
                    *y = *value;
                }
            }
        }
    }
}
