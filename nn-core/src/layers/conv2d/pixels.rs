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
use super::geometry::Pooled;
use super::plan::{Arms, Planned};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::lanes;
use crate::kernels::planar::{self, Count};
use crate::shape::tiles::PixelsPlan;

/// The planes that a row of the input goes to.
#[derive(Clone, Copy)]
struct OfInput<S, M, T>(M, PhantomData<(S, T)>);

impl<S: Simd, M: Planned<T>, T: Element> Count for OfInput<S, M, T> {
    const KNOWN: Option<usize> = match Arms::<S, M, T>::PLAN {
        Some(plan) => Some(plan.pixels.row_planes()),
        None => None,
    };

    #[inline(always)]
    fn count(self) -> usize {
        match Self::KNOWN {
            Some(count) => count,
            None => self.0.plan::<S>().pixels.row_planes(),
        }
    }
}

/// Those that a row of the output comes from.
#[derive(Clone, Copy)]
struct OfOutput<S, M, T>(M, PhantomData<(S, T)>);

impl<S: Simd, M: Planned<T>, T: Element> Count for OfOutput<S, M, T> {
    const KNOWN: Option<usize> = match Arms::<S, M, T>::PLAN {
        Some(plan) => Some(plan.geometry.all_filters()),
        None => None,
    };

    #[inline(always)]
    fn count(self) -> usize {
        match Self::KNOWN {
            Some(count) => count,
            None => self.0.plan::<S>().geometry.all_filters(),
        }
    }
}

/// Runs the layer; `NF` and `NP` are the filters and positions of the plan.
#[inline(always)]
pub(super) fn infer<
    S: Simd,
    M: Planned<T>,
    T: Element,
    A: Activation<T>,
    P: Activation<T>,
    const NF: usize,
    const NP: usize,
>(
    simd: S,
    layer: M,
    inputs: Inputs<'_, T, A, P>,
    y: &mut [T],
    scratch: &mut [T],
) {
    let plan = layer.plan::<S>().pixels;
    let g = &plan.g;
    let Some((planes, scratch)) = scratch.split_at_mut_checked(plan.planes_len()) else { return };
    let Some(stage) = scratch.get_mut(..g.all_filters() * plan.stage) else { return };
    for block in 0..plan.blocks() {
        let first = (block * plan.rows).min(g.output[0] - plan.rows);
        let (strips, pixels) = plan.strips();
        for row in 0..strips {
            let at = (first * plan.step[0] + row) * g.input[1] * g.input[2];
            let to = plan.row_place(row);
            split(simd, layer, plan.plane, (inputs.x, at), pixels, (planes, to));
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
            interleave(simd, layer, plan.stage, from, g.output[1], to);
            let len = g.output[1] * g.all_filters();
            if let Some(y) = y.get_mut(pixel * g.all_filters()..).and_then(|y| y.get_mut(..len)) {
                inputs.epilogue.unstage(simd, (first + row) * len, y);
            }
        }
    }
}

/// A strip of the input, to its planes.
#[inline(always)]
fn split<S: Simd, M: Planned<T>, T: Element>(
    simd: S,
    layer: M,
    stride: usize,
    from: (&[T], usize),
    pixels: usize,
    to: (&mut [T], usize),
) {
    layer.call(
        simd,
        #[inline(always)]
        || planar::split(simd, OfInput::<S, M, T>(layer, PhantomData), stride, from, pixels, to),
    );
}

/// A row of the output, from its planes.
#[inline(always)]
fn interleave<S: Simd, M: Planned<T>, T: Element>(
    simd: S,
    layer: M,
    stride: usize,
    from: (&[T], usize),
    pixels: usize,
    to: (&mut [T], usize),
) {
    layer.call(
        simd,
        #[inline(always)]
        || planar::interleave(simd, OfOutput::<S, M, T>(layer, PhantomData), stride, from, pixels, to),
    );
}

/// Some filters of one group, over a block of rows.
struct Bank<'a, T, A, P> {
    plan: PixelsPlan,
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
                let value = self.inputs.epilogue.staged(simd, value);
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
            let value = epilogue.staged(simd, g.pooled(simd, epilogue, *value));
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
