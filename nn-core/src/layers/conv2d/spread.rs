//! Vectors of neighbouring outputs, for few filters: pixels and filters together fill the lanes.
//!
//! With six filters and sixteen lanes, a vector of channels is mostly empty. But the outputs of a row
//! lie side by side, pixel after pixel. So every input is written down once for each filter ("spread"),
//! and every row of weights is repeated to the width of a vector: then one multiply-add serves whichever
//! pixels and filters the vector spans. Spread rows are kept in a ring of as many as a block of outputs needs.
//!
//! Columns that a pooling window or a stride leaves apart would not lie side by side; so a spread row
//! holds one plane for each column phase (column modulo step) and channel.

use fearless_simd::prelude::*;

use super::channels::Inputs;
use super::geometry::Geometry;
use super::{Conv2DShape, Destination};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::lanes;
use crate::layers::epilogue::Epilogue;

/// How a layer is spread.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    g: Geometry,
    lanes: usize,
    /// Rows and columns of the convolution that a block sums up at the same time: a pooling window, or some rows.
    block: [usize; 2],
    /// From one pixel of the output to the next, in columns of the input.
    step: usize,
    /// Elements of a plane, of a spread row, of a repeated row of weights.
    plane: usize,
    row: usize,
    repeated: usize,
    /// Rows in the ring.
    rows: usize,
}

impl Spread {
    pub(super) const fn new(g: &Geometry, lanes: usize) -> Self {
        let pooled = g.pool[0] * g.pool[1] > 1;
        let rows = if g.output[0] < 4 { g.output[0] } else { 4 };
        let block = if pooled { g.pool } else { [rows, 1] };
        let step = g.pool[1] * g.strides[1];
        let reach = (block[1] - 1) * g.strides[1] + (g.kernel[1] - 1) * g.dilation[1];
        let plane = (g.output[1] + reach / step) * g.filters;
        Spread {
            g: *g,
            lanes,
            block,
            step,
            plane,
            row: step * g.channels * plane,
            repeated: g.filters + lanes,
            rows: (block[0] - 1) * g.strides[0] + (g.kernel[0] - 1) * g.dilation[0] + 1,
        }
    }

    /// Outputs in a row.
    const fn outputs(&self) -> usize {
        self.g.output[1] * self.g.filters
    }

    /// Rows of blocks; without pooling, the last one may overlap the one before.
    const fn blocks(&self) -> usize {
        if self.pooled() { self.g.output[0] } else { self.g.output[0].div_ceil(self.block[0]) }
    }

    const fn pooled(&self) -> bool {
        self.g.pool[0] * self.g.pool[1] > 1
    }

    /// Sums of a block; 0 where the layer cannot be spread.
    pub(super) const fn sums(&self) -> usize {
        let sums = self.block[0] * self.block[1];
        if self.g.groups == 1 && self.outputs() >= self.lanes && sums <= 9 { sums } else { 0 }
    }

    /// In the unit of [`Tile::cost`](super::channels::Tile).
    pub(super) const fn cost(&self) -> usize {
        let vectors = self.blocks() * self.outputs().div_ceil(self.lanes);
        let multiply = vectors * (self.g.taps() * (self.sums() * 3 + 2) / 2 + 8);
        let inputs = self.g.input[0] * self.g.input[1] * self.g.input[2];
        multiply + inputs * (2 + self.g.filters.div_ceil(4))
    }

    /// Elements of scratch.
    pub(super) const fn scratch_len(&self) -> usize {
        self.rows * self.row + (self.g.taps() + 3) * self.repeated
    }
}

/// Runs the layer; `SUMS` is [`Spread::sums`].
#[inline(always)]
pub(super) fn infer<
    S: Simd,
    L: Conv2DShape,
    D: Destination,
    T: Element,
    A: Activation<T>,
    P: Activation<T>,
    const SUMS: usize,
>(
    simd: S,
    _layer: (L, D),
    inputs: Inputs<'_, T, A, P>,
    y: &mut [T],
    scratch: &mut [T],
) {
    let spread = const { Spread::new(&Geometry::new::<L, D>(), T::Vector::<S>::LEN) };
    let (g, repeated) = (spread.g, spread.repeated);
    let Some((ring, weights)) = scratch.split_at_mut_checked(spread.rows * spread.row) else { return };
    let Some((weights, ends)) = weights.split_at_mut_checked(g.taps() * repeated) else { return };
    for (from, to) in inputs.kernel.chunks_exact(g.filters).zip(weights.chunks_exact_mut(repeated)) {
        repeat(from, to);
    }
    let epilogue = inputs.epilogue;
    let Some((bias, rest)) = ends.split_at_mut_checked(repeated) else { return };
    let Some((scale, shift)) = rest.split_at_mut_checked(repeated) else { return };
    repeat(epilogue.bias, bias);
    if let Some((from_scale, from_shift)) = epilogue.affine {
        repeat(from_scale, scale);
        repeat(from_shift, shift);
    }
    let bias = if epilogue.bias.is_empty() { &[] } else { &*bias };
    let affine = epilogue.affine.map(|_| (&*scale, &*shift));
    let rows = Rows { spread, weights, epilogue: Epilogue { bias, affine, ..epilogue } };
    let mut done = 0;
    for block in 0..spread.blocks() {
        let row = if spread.pooled() { block } else { (block * spread.block[0]).min(g.output[0] - spread.block[0]) };
        let first = row * g.pool[0] * g.strides[0];
        for input in done.max(first)..first + spread.rows {
            spread.expand(input, inputs.x, ring);
        }
        done = first + spread.rows;
        rows.block::<S, SUMS>(simd, row, first, ring, y);
    }
}

/// Fills `to` with `from`, over and over.
#[inline(always)]
fn repeat<T: Element>(from: &[T], to: &mut [T]) {
    for to in to.chunks_mut(from.len().max(1)) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
    }
}

impl Spread {
    /// Writes a row of the input to its place in the ring, each element once for each filter.
    #[inline(always)]
    fn expand<T: Element>(&self, row: usize, x: &[T], ring: &mut [T]) {
        let g = &self.g;
        let len = g.input[1] * g.channels;
        let slot = row % self.rows * self.row;
        let (Some(x), Some(ring)) = (x.get(row * len..(row + 1) * len), ring.get_mut(slot..slot + self.row)) else {
            return;
        };
        for (i, x) in x.chunks_exact(self.step * g.channels).enumerate() {
            self.expand_step(i, x, ring);
        }
        let whole = g.input[1] / self.step;
        if let Some(rest) = x.get(whole * self.step * g.channels..) {
            self.expand_step(whole, rest, ring);
        }
    }

    /// The inputs of one step: the `i`th entry of every plane.
    #[inline(always)]
    fn expand_step<T: Element>(&self, i: usize, x: &[T], ring: &mut [T]) {
        if i >= self.plane / self.g.filters {
            return;
        }
        for (plane, x) in x.iter().enumerate() {
            let at = plane * self.plane + i * self.g.filters;
            if let Some(to) = ring.get_mut(at..at + self.g.filters) {
                to.fill(*x);
            }
        }
    }
}

/// What all rows of blocks share.
struct Rows<'a, T, A, P> {
    spread: Spread,
    /// Repeated to the width of a vector, as the weights of the epilogue are.
    weights: &'a [T],
    epilogue: Epilogue<'a, T, A, P>,
}

impl<T: Element, A: Activation<T>, P: Activation<T>> Rows<'_, T, A, P> {
    /// A row of blocks: row `row` of the output, from row `first` of the input on.
    #[inline(always)]
    fn block<S: Simd, const SUMS: usize>(&self, simd: S, row: usize, first: usize, ring: &[T], y: &mut [T]) {
        let (spread, g) = (&self.spread, &self.spread.g);
        let last = spread.outputs() - spread.lanes;
        for at in (0..spread.outputs()).step_by(spread.lanes) {
            let at = at.min(last);
            let filter = at % g.filters;
            let mut sums = self.sums::<S, SUMS>(simd, first, at, filter, ring);
            for sum in &mut sums {
                *sum = self.epilogue.finish(simd, filter, spread.lanes, *sum);
            }
            if spread.pooled() {
                let mut value = sums[0];
                for sum in &sums[1..] {
                    value = g.pool_two::<S, T>(value, *sum);
                }
                let value = self.epilogue.pooled(simd, g.mean::<S, T>(simd, value));
                lanes::store::<S, T>(value, y, (g.origin + row * g.width) * g.filters + at);
            } else {
                for (m, sum) in sums.iter().enumerate() {
                    let value = self.epilogue.pooled(simd, *sum);
                    lanes::store::<S, T>(value, y, (g.origin + (row + m) * g.width) * g.filters + at);
                }
            }
        }
    }

    /// The sums of a block of outputs that starts at `at` in its row.
    #[inline(always)]
    fn sums<S: Simd, const SUMS: usize>(
        &self,
        simd: S,
        first: usize,
        at: usize,
        filter: usize,
        ring: &[T],
    ) -> [T::Vector<S>; SUMS] {
        let (spread, g) = (&self.spread, &self.spread.g);
        let mut sums = [self.epilogue.start(simd, filter, spread.lanes); SUMS];
        for r in 0..g.kernel[0] {
            for s in 0..g.kernel[1] {
                for c in 0..g.channels {
                    let tap = (r * g.kernel[1] + s) * g.channels + c;
                    let weight = lanes::load(simd, self.weights, tap * spread.repeated + filter);
                    for (m, sum) in sums.iter_mut().enumerate() {
                        let row = first + m / spread.block[1] * g.strides[0] + r * g.dilation[0];
                        let column = m % spread.block[1] * g.strides[1] + s * g.dilation[1];
                        let plane = (column % spread.step * g.channels + c) * spread.plane;
                        let from = row % spread.rows * spread.row + plane + column / spread.step * g.filters + at;
                        *sum = lanes::load::<S, T>(simd, ring, from).mul_add(weight, *sum);
                    }
                }
            }
        }
        sums
    }
}
