//! Vectors of output pixels, for few filters.
//!
//! With six filters and sixteen lanes, a vector of channels is mostly empty; a vector of neighbouring
//! pixels is not. The inputs of neighbouring pixels must then lie side by side: so some rows of the input are
//! copied, a plane for every channel. Rows and columns that a stride or a pooling window sets apart go to planes of
//! their own (by row and column modulo step), so that every tap of the kernel is at a fixed distance from the pixel in
//! all planes. The sums go to a plane for each filter, and from there to their place in the output.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::channels::Inputs;
use super::choice::Choice;
use super::geometry::Geometry;
use super::{Conv2DShape, Destination};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::planes::{self, Count};
use crate::kernels::{lanes, tile};

/// How many elements the planes of the input should have at most, so that they stay near the core, and how many rows
/// they have even so. Without an operating system it is memory that is short.
const CACHED: usize = if cfg!(target_os = "none") { 512 } else { 4096 };
const ROWS: usize = if cfg!(target_os = "none") { 1 } else { 8 };

/// How the work of a layer is cut up.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    g: Geometry,
    lanes: usize,
    /// Vectors of a filter that are summed up at the same time: of a pooling window, or neighbours.
    pub(super) positions: usize,
    /// Filters that are summed up at the same time.
    pub(super) filters: usize,
    /// Rows of the output in a block.
    rows: usize,
    /// From one pixel of the output to the next, in rows and columns of the input.
    step: [usize; 2],
    /// Rows of the input that a block needs.
    height: usize,
    /// From one row of a plane to the next.
    pitch: usize,
    /// From one plane of the input to the next, and from one of the output to the next.
    plane: usize,
    stage: usize,
    /// From the first input that a row of the kernel reads for a vector of pixels to behind the last one.
    row_reach: usize,
    /// Pixels in a run, and runs in a block: a row each, or one through all rows, with the columns between them.
    len: usize,
    runs: usize,
    /// In the unit of [`Tile::cost`](super::channels::Tile).
    pub(super) cost: usize,
}

impl Plan {
    /// The cheapest plan for vectors of `lanes` elements and `bytes` bytes.
    pub(super) const fn new(g: &Geometry, lanes: usize, bytes: usize) -> Plan {
        let size = g.pool[0] * g.pool[1];
        let fixed = match (size, g.pool[1]) {
            (2..=4, _) => size,
            (_, 1..=4) => g.pool[1],
            _ => 1,
        };
        let mut best = Self::with(g, lanes, [1, 1], false);
        best.cost = usize::MAX;
        let mut flat = false;
        loop {
            let mut filters = 1;
            while filters <= 8 && filters <= g.filters {
                let most = if size > 1 || filters <= 3 { 8 } else { 4 };
                let mut positions = if size > 1 { fixed } else { 1 };
                while positions <= most && filters * positions <= tile::sums(bytes) {
                    let plan = Self::with(g, lanes, [filters, positions], flat);
                    if plan.cost < best.cost {
                        best = plan;
                    }
                    positions += if size > 1 { most } else { 1 };
                }
                filters += 1;
            }
            if flat {
                break;
            }
            flat = true;
        }
        best
    }

    const fn with(g: &Geometry, lanes: usize, [filters, positions]: [usize; 2], flat: bool) -> Plan {
        let step = [g.pool[0] * g.strides[0], g.pool[1] * g.strides[1]];
        // Beyond the first pixel of a window of pooling, and of the kernel.
        let reach = [
            (g.pool[0] - 1) * g.strides[0] + (g.kernel[0] - 1) * g.dilation[0],
            (g.pool[1] - 1) * g.strides[1] + (g.kernel[1] - 1) * g.dilation[1],
        ];
        let (pitch, whole) = (g.output[1] + reach[1] / step[1], g.input[1] / step[1]);
        // Then rows follow each other in a plane as they do in the image.
        let pitch = if whole == pitch + 1 && whole * step[1] == g.input[1] { whole } else { pitch };
        let all = step[0] * step[1] * g.input[2];
        // The gradient of a strided convolution has parts without pixels: nothing runs there, but a plan is made.
        let most = match CACHED.checked_div(all * pitch) {
            Some(most) if most > ROWS => most,
            _ => ROWS,
        };
        let rows = if g.output[0] == 0 { 1 } else { g.output[0].div_ceil(g.output[0].div_ceil(most)) };
        let height = (rows - 1) * step[0] + reach[0] + 1;
        let (runs, len) = if flat { (1, (rows - 1) * pitch + g.output[1]) } else { (rows, g.output[1]) };
        // Whole vectors are read and written past what is needed, where it is less than a tile.
        let tile = if g.pool[0] * g.pool[1] == 1 { positions * lanes } else { lanes };
        let slack = tile.saturating_sub(len);
        let slack = if pitch < lanes { slack + lanes } else { slack };
        let (plane, stage) = (apart(height.div_ceil(step[0]) * pitch + slack), apart(rows * pitch + slack));
        let mut plan = Plan {
            g: *g,
            lanes,
            positions,
            filters,
            rows,
            step,
            height,
            pitch,
            plane,
            stage,
            row_reach: 0,
            len,
            runs,
            cost: 0,
        };
        (plan.row_reach, plan.cost) = (plan.row_reach(), plan.estimate());
        plan
    }

    /// Multiply-adds or loads, then the copies on the way in and out.
    const fn estimate(&self) -> usize {
        let g = &self.g;
        let chunks = if self.pooled() { g.pool[0] * g.pool[1] / self.positions } else { 1 };
        let blocks = g.groups * g.filters.div_ceil(self.filters);
        let tiles = self.runs * self.len.div_ceil(self.tile()) * blocks * chunks;
        let mut step = self.filters * self.positions;
        if step < self.filters + 2 * self.positions {
            step = self.filters + 2 * self.positions;
        }
        if step < 8 {
            step = 8;
        }
        let sums = tiles * (g.taps() * step + 2 * self.filters * self.positions + 16);
        let (strips, pixels) = self.strips();
        let split = strips * pixels.div_ceil(self.lanes) * planes::split_cost(self.row_planes(), self.lanes);
        let out = g.output[1].div_ceil(self.lanes) * planes::interleave_cost(g.all_filters(), self.lanes);
        self.blocks() * (sums + split + self.rows * out)
    }

    /// How many strips of the input a block consists of, and the pixels of the planes in each: rows, or all at once where
    /// they follow each other.
    const fn strips(&self) -> (usize, usize) {
        if self.step[0] == 1 && self.pitch * self.step[1] == self.g.input[1] {
            (1, self.height * self.pitch)
        } else {
            (self.height, self.pitch)
        }
    }

    const fn pooled(&self) -> bool {
        self.g.pool[0] * self.g.pool[1] > 1
    }

    /// Pixels of the output in a tile.
    const fn tile(&self) -> usize {
        if self.pooled() { self.lanes } else { self.positions * self.lanes }
    }

    /// Blocks of rows; the last one may overlap the one before.
    const fn blocks(&self) -> usize {
        self.g.output[0].div_ceil(self.rows)
    }

    /// How many planes a row of the input goes to.
    const fn row_planes(&self) -> usize {
        self.step[1] * self.g.input[2]
    }

    /// Elements of all planes of the input.
    const fn planes_len(&self) -> usize {
        self.step[0] * self.row_planes() * self.plane
    }

    /// Elements of scratch.
    pub(super) const fn scratch_len(&self) -> usize {
        self.planes_len() + self.g.all_filters() * self.stage
    }

    /// Where the input that lies `row` rows behind a pixel's first is in the planes, for channel 0.
    #[inline(always)]
    const fn row_place(&self, row: usize) -> usize {
        row % self.step[0] * self.row_planes() * self.plane + row / self.step[0] * self.pitch
    }

    /// How much farther that is which lies `column` columns behind.
    #[inline(always)]
    const fn column_place(&self, column: usize) -> usize {
        column % self.step[1] * self.g.input[2] * self.plane + column / self.step[1]
    }

    /// From the first input that a row of the kernel reads for a vector of pixels to behind the last one.
    const fn row_reach(&self) -> usize {
        let (mut most, mut s) = (0, 0);
        while s < self.g.kernel[1] {
            let mut p = 0;
            while p < self.g.pool[1] {
                let place = self.column_place(p * self.g.strides[1] + s * self.g.dilation[1]);
                most = if place > most { place } else { most };
                p += 1;
            }
            s += 1;
        }
        most + (self.g.channels - 1) * self.plane + self.lanes
    }
}

/// At least `len` elements, an odd number of lines of the cache, so that neighbouring planes do not compete for places.
const fn apart(len: usize) -> usize {
    len.div_ceil(16) / 2 * 32 + 16
}

/// The planes that a row of the input goes to.
struct OfInput<S, L, D, T>(PhantomData<(S, L, D, T)>);

impl<S: Simd, L: Conv2DShape, D: Destination, T: Element> Count for OfInput<S, L, D, T> {
    const COUNT: usize = Choice::<S, L, D, T>::PLANS.pixels.row_planes();
}

/// Those that a row of the output comes from.
struct OfOutput<L>(PhantomData<L>);

impl<L: Conv2DShape> Count for OfOutput<L> {
    const COUNT: usize = L::FILTERS;
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
    let plan = Choice::<S, L, D, T>::PLANS.pixels;
    let g = &plan.g;
    let Some((planes, scratch)) = scratch.split_at_mut_checked(plan.planes_len()) else { return };
    let Some(stage) = scratch.get_mut(..g.all_filters() * plan.stage) else { return };
    for block in 0..plan.blocks() {
        let first = (block * plan.rows).min(g.output[0] - plan.rows);
        let (strips, pixels) = plan.strips();
        for row in 0..strips {
            let at = (first * plan.step[0] + row) * g.input[1] * g.input[2];
            let to = plan.row_place(row);
            planes::split::<S, T, OfInput<S, L, D, T>>(simd, plan.plane, (inputs.x, at), pixels, (planes, to));
        }
        for group in 0..g.groups {
            for filter in (0..g.filters).step_by(NF) {
                let filter = group * g.filters + filter.min(g.filters - NF);
                let bank = Bank { plan, inputs, planes, channel: group * g.channels, filter };
                bank.runs::<S, NF, NP>(simd, stage);
            }
        }
        for row in 0..plan.rows {
            let pixel = g.origin + (first + row) * g.width;
            let (from, to) = ((&*stage, row * plan.pitch), (&mut *y, pixel * g.all_filters()));
            planes::interleave::<S, T, OfOutput<L>>(simd, plan.stage, from, g.output[1], to);
        }
    }
}

/// Some filters of one group, over a block of rows.
struct Bank<'a, T, A, P> {
    plan: Plan,
    inputs: Inputs<'a, T, A, P>,
    planes: &'a [T],
    /// The first of the channels of the group.
    channel: usize,
    /// The first of the filters.
    filter: usize,
}

impl<T: Element, A: Activation<T>, P: Activation<T>> Bank<'_, T, A, P> {
    /// All pixels of the block, from the planes of the input to those of the output; the last tiles overlap.
    #[inline(always)]
    fn runs<S: Simd, const NF: usize, const NP: usize>(&self, simd: S, stage: &mut [T]) {
        let plan = &self.plan;
        for run in 0..plan.runs {
            for at in (0..plan.len).step_by(plan.tile()) {
                let pixel = run * plan.pitch + at.min(plan.len.saturating_sub(plan.tile()));
                if plan.pooled() {
                    self.pooled::<S, NF, NP>(simd, pixel, stage);
                } else {
                    self.neighbours::<S, NF, NP>(simd, pixel, stage);
                }
            }
        }
    }

    /// `NP` vectors of pixels, side by side.
    #[inline(always)]
    fn neighbours<S: Simd, const NF: usize, const NP: usize>(&self, simd: S, pixel: usize, stage: &mut [T]) {
        let sums = self.sums::<S, NF, NP>(simd, 0, pixel);
        for (p, sums) in sums.iter().enumerate() {
            for (f, sum) in sums.iter().enumerate() {
                let value = self.inputs.epilogue.finish_one(simd, self.filter + f, *sum);
                let value = self.inputs.epilogue.pooled(simd, value);
                lanes::store::<S, T>(value, stage, (self.filter + f) * self.plan.stage + pixel + p * self.plan.lanes);
            }
        }
    }

    /// A vector of pixels, from all positions of their pooling windows.
    #[inline(always)]
    fn pooled<S: Simd, const NF: usize, const NP: usize>(&self, simd: S, pixel: usize, stage: &mut [T]) {
        let (g, epilogue) = (&self.plan.g, &self.inputs.epilogue);
        let mut pooled = [lanes::zeros::<S, T>(simd); NF];
        for first in (0..g.pool[0] * g.pool[1]).step_by(NP) {
            let sums = self.sums::<S, NF, NP>(simd, first, pixel);
            for (p, sums) in sums.iter().enumerate() {
                for (f, (pooled, sum)) in pooled.iter_mut().zip(sums).enumerate() {
                    let value = g.one_before_pool(simd, epilogue, self.filter + f, *sum);
                    *pooled = if first + p == 0 { value } else { g.pool_two::<S, T>(*pooled, value) };
                }
            }
        }
        for (f, value) in pooled.iter().enumerate() {
            let value = g.pooled(simd, epilogue, *value);
            lanes::store::<S, T>(value, stage, (self.filter + f) * self.plan.stage + pixel);
        }
    }

    /// The sums of `NF` filters at `NP` positions: of the pooling window from `start` on, or neighbours.
    #[inline(always)]
    fn sums<S: Simd, const NF: usize, const NP: usize>(
        &self,
        simd: S,
        start: usize,
        pixel: usize,
    ) -> [[T::Vector<S>; NF]; NP] {
        let (plan, g) = (&self.plan, &self.plan.g);
        let mut begin = [lanes::zeros::<S, T>(simd); NF];
        for (f, start) in begin.iter_mut().enumerate() {
            *start = self.inputs.epilogue.start_one(simd, self.filter + f);
        }
        let mut sums = [begin; NP];
        let taps = g.kernel[1] * g.channels;
        for r in 0..g.kernel[0] {
            // Slices of constant lengths: whether everything is there is then known once for a row of the kernel.
            let mut rows: [&[T]; NP] = [&[]; NP];
            for (p, input) in rows.iter_mut().enumerate() {
                let (row, beside) = if plan.pooled() { ((start + p) / g.pool[1], 0) } else { (0, p * plan.lanes) };
                let place = plan.row_place(row * g.strides[0] + r * g.dilation[0]);
                let first = place + self.channel * plan.plane + pixel + beside;
                let Some(there) = self.planes.get(first..first + plan.row_reach) else { return sums };
                *input = there;
            }
            let first = r * taps * g.all_filters() + self.filter;
            let last = first + (taps - 1) * g.all_filters();
            let Some(weights) = self.inputs.kernel.get(first..last + NF) else { return sums };
            for s in 0..g.kernel[1] {
                let mut places = [0; NP];
                for (p, place) in places.iter_mut().enumerate() {
                    let position = if plan.pooled() { (start + p) % g.pool[1] } else { 0 };
                    *place = plan.column_place(position * g.strides[1] + s * g.dilation[1]);
                }
                for c in 0..g.channels {
                    let mut x = [lanes::zeros::<S, T>(simd); NP];
                    for (p, x) in x.iter_mut().enumerate() {
                        *x = lanes::load(simd, rows[p], places[p] + c * plan.plane);
                    }
                    for f in 0..NF {
                        let weight = lanes::splat(simd, weights, (s * g.channels + c) * g.all_filters() + f);
                        for (sums, x) in sums.iter_mut().zip(x) {
                            sums[f] = x.mul_add(weight, sums[f]);
                        }
                    }
                }
            }
        }
        sums
    }
}
