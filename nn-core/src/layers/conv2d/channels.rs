//! Vectors of output channels: the convolution as a product of matrices, in place.
//!
//! For one row of the kernel the inputs of an output pixel lie side by side, and so do the weights of
//! an input for neighbouring filters. So a tile of pixels times vectors of filters stays in registers
//! while the inputs stream by, one at a time, and nothing is rearranged in memory.

use fearless_simd::prelude::*;

use super::geometry::{Pooled, window};
use super::plan::{Arms, Planned};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::{lanes, tile};
use crate::layers::epilogue::Epilogue;
use crate::shape::tiles::{self, Geometry, Plan};

/// What a layer reads.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a, T, A, P> {
    pub(super) kernel: &'a [T],
    pub(super) x: &'a [T],
    pub(super) epilogue: Epilogue<'a, T, A, P>,
}

macro_rules! tiles {
    ($($pixels:literal x $vectors:literal,)*) => {
        /// Runs the layer with the tile that suits it; the other arms are not compiled.
        #[inline(always)]
        pub(super) fn infer<S: Simd, M: Planned<T>, T: Element, A: Activation<T>, P: Activation<T>>(
            simd: S,
            layer: M,
            inputs: Inputs<'_, T, A, P>,
            y: &mut [T],
            scratch: &mut [T],
        ) {
            $(if const { Arms::<S, M, T>::channels($pixels, $vectors) }
                && (const { M::KNOWN.is_some() } || layer.is::<S>(tiles::channels($pixels, 1, $vectors)))
            {
                return layer.call(
                    simd,
                    #[inline(always)]
                    || groups::<S, M, T, A, P, $pixels, $vectors>(simd, layer, inputs, y, scratch),
                );
            })*
        }
    };
}

tiles! {
    1 x 1, 2 x 1, 3 x 1, 4 x 1, 5 x 1, 6 x 1, 7 x 1, 8 x 1, 9 x 1, 10 x 1, 11 x 1, 12 x 1, 13 x 1, 14 x 1, 15 x 1, 16 x 1,
    1 x 2, 2 x 2, 3 x 2, 4 x 2, 5 x 2, 6 x 2, 7 x 2, 8 x 2, 9 x 2, 10 x 2, 11 x 2, 12 x 2,
    1 x 3, 2 x 3, 3 x 3, 4 x 3, 5 x 3, 6 x 3, 7 x 3, 8 x 3,
    1 x 4, 2 x 4, 3 x 4, 4 x 4, 5 x 4, 6 x 4,
}

/// All filters, one block of vectors after the other.
#[inline(always)]
fn groups<S: Simd, M: Planned<T>, T: Element, A: Activation<T>, P: Activation<T>, const MR: usize, const NV: usize>(
    simd: S,
    layer: M,
    inputs: Inputs<'_, T, A, P>,
    y: &mut [T],
    scratch: &mut [T],
) {
    let Plan { geometry: g, tile, packed, .. } = layer.plan::<S>();
    // What is planned while the program runs has no pooling: said here, so that nothing is divided by it.
    let positions = if const { M::KNOWN.is_some() } { tile.positions } else { 1 };
    let block = NV * T::Vector::<S>::LEN;
    for group in 0..g.groups {
        for first in (0..g.filters).step_by(block) {
            let first = first.min(g.filters.saturating_sub(block));
            let filter = group * g.filters + first;
            let mut weights = inputs.kernel.get(filter..).unwrap_or(&[]);
            if let Some(stride) = packed {
                pack(simd, &g, weights, stride, scratch);
                weights = scratch;
            }
            let x = inputs.x.get(group * g.channels..).unwrap_or(&[]);
            let stride = packed.unwrap_or(g.all_filters());
            let block = Block { g, positions, weights, stride, x, epilogue: inputs.epilogue, filter };
            for row in 0..g.output[0] {
                for column in (0..g.output[1]).step_by(tile.columns) {
                    let column = column.min(g.output[1] - tile.columns);
                    block.tile::<S, MR, NV>(simd, row, column, y);
                }
            }
        }
    }
}

/// Copies the weights of some vectors of filters of one group, tap by tap, to rows of `stride` elements.
#[inline(always)]
fn pack<S: Simd, T: Element>(simd: S, g: &Geometry, kernel: &[T], stride: usize, scratch: &mut [T]) {
    let lanes = T::Vector::<S>::LEN;
    let count = g.filters.min(lanes);
    for tap in 0..g.taps() {
        for at in (0..stride).step_by(lanes) {
            let at = at.min(g.filters.saturating_sub(lanes));
            let row = lanes::load_part::<S, T>(simd, kernel, tap * g.all_filters() + at, count);
            lanes::store::<S, T>(row, scratch, tap * stride + at);
        }
    }
}

/// Some filters of one group, over all pixels.
struct Block<'a, T, A, P> {
    g: Geometry,
    positions: usize,
    weights: &'a [T],
    /// From the weights of one tap to those of the next.
    stride: usize,
    x: &'a [T],
    epilogue: Epilogue<'a, T, A, P>,
    /// The first of the filters.
    filter: usize,
}

impl<T: Element, A: Activation<T>, P: Activation<T>> Block<'_, T, A, P> {
    /// One tile, from its inputs to its outputs.
    #[inline(always)]
    fn tile<S: Simd, const MR: usize, const NV: usize>(&self, simd: S, row: usize, column: usize, y: &mut [T]) {
        let (g, lanes) = (&self.g, T::Vector::<S>::LEN);
        let (size, count) = (g.pool[0] * g.pool[1], g.filters.min(lanes));
        let mut vectors = [0; NV];
        let mut start = [lanes::zeros::<S, T>(simd); NV];
        for v in 0..NV {
            vectors[v] = (v * lanes).min(g.filters.saturating_sub(lanes));
            start[v] = self.epilogue.start(simd, self.filter + vectors[v], count);
        }
        let mut pixels = [0; MR];
        for (m, pixel) in pixels.iter_mut().enumerate() {
            let (p, q) = (m / self.positions, m % self.positions);
            *pixel = g.pixel(q / g.pool[1], p * g.pool[1] + q % g.pool[1]);
        }
        let mut pooled = [start; MR];
        for q in (0..size).step_by(self.positions) {
            let first = g.pixel(row * g.pool[0] + q / g.pool[1], column * g.pool[1] + q % g.pool[1]);
            let x = self.x.get(first..).unwrap_or(&[]);
            let sums = tile::tile(simd, window(g, self.stride), x, pixels, self.weights, vectors, start);
            for m in 0..MR {
                for v in 0..NV {
                    let value = g.before_pool(simd, &self.epilogue, [self.filter + vectors[v], count], sums[m][v]);
                    let pooled = &mut pooled[m / self.positions][v];
                    let first = q == 0 && m % self.positions == 0;
                    *pooled = if first { value } else { g.pool_two::<S, T>(*pooled, value) };
                }
            }
        }
        for (p, values) in pooled.iter().enumerate().take(MR / self.positions) {
            let pixel = g.origin + row * g.width + column + p;
            let place = (row * g.output[1] + column + p) * g.all_filters() + self.filter;
            for v in 0..NV {
                let value = g.pooled(simd, &self.epilogue, values[v]);
                let value = self.epilogue.pooled_at(simd, [place + vectors[v], count], value);
                lanes::store_part::<S, T>(value, y, pixel * g.all_filters() + self.filter + vectors[v], count);
            }
        }
    }
}
