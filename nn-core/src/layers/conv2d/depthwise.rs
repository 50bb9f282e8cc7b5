//! Vectors of channels, where every filter has a channel of its own.
//!
//! The weights of a tap lie side by side as the channels do, so a vector of inputs is multiplied by a vector of weights.
//! Where the channels of a pixel fill no whole vectors, those of several neighbouring pixels do: a unit. Its weights are
//! those of a pixel over and over again.

use fearless_simd::prelude::*;

use super::channels::Inputs;
use super::geometry::Pooled;
use super::plan::Planned;
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::lanes;
use crate::layers::epilogue::Epilogue;
use crate::shape::tiles::DepthwisePlan;

/// Runs the layer; `MR` is the number of sums of the plan.
#[inline(always)]
pub(super) fn infer<S: Simd, M: Planned<T>, T: Element, A: Activation<T>, P: Activation<T>, const MR: usize>(
    simd: S,
    layer: M,
    inputs: Inputs<'_, T, A, P>,
    y: &mut [T],
    scratch: &mut [T],
) {
    let plan = layer.plan::<S>().depthwise;
    let g = &plan.g;
    // What is planned while the program runs has no pooling: said here, so that nothing is divided by it.
    let positions = if const { M::KNOWN.is_some() } { plan.positions } else { 1 };
    let inputs = if plan.unit == 1 { inputs } else { repeated(&plan, inputs, scratch) };
    let Inputs { kernel, x, epilogue } = inputs;
    let layer = Units { plan, positions, kernel, x, epilogue };
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
    plan: &DepthwisePlan,
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
    let Epilogue { bias: own, affine, .. } = inputs.epilogue;
    let affine = affine.map(|(own_scale, own_shift)| {
        repeat(own_scale, scale);
        repeat(own_shift, shift);
        (&*scale, &*shift)
    });
    let epilogue = Epilogue { bias: if own.is_empty() { own } else { bias }, affine, ..inputs.epilogue };
    Inputs { kernel, x: inputs.x, epilogue }
}

/// A layer, as units.
struct Units<'a, T, A, P> {
    plan: DepthwisePlan,
    /// Of the plan.
    positions: usize,
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
        for q in (0..g.pool[0] * g.pool[1]).step_by(self.positions) {
            let at = g.pixel(row * g.pool[0] + q / g.pool[1], column * g.pool[1] + q % g.pool[1]) + first;
            let sums = self.sums::<S, MR>(simd, at, [first, count]);
            for (m, sum) in sums.iter().enumerate() {
                let value = g.before_pool(simd, &self.epilogue, [first, count], *sum);
                let begin = q == 0 && m % self.positions == 0;
                if let Some(pooled) = pooled.get_mut(m / self.positions) {
                    *pooled = if begin { value } else { g.pool_two::<S, T>(*pooled, value) };
                }
            }
        }
        for (unit, value) in pooled.iter().enumerate().take(plan.columns) {
            let column = column + unit * plan.unit;
            let place = (row * g.output[1] + column) * g.groups + first;
            let value = g.pooled(simd, &self.epilogue, *value);
            let value = self.epilogue.pooled_at(simd, [place, count], value);
            let pixel = g.origin + row * g.width + column;
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
                    let (p, q) = (m / self.positions * plan.unit, m % self.positions);
                    let place = at + g.pixel(q / g.pool[1], p * g.pool[1] + q % g.pool[1]);
                    *sum = weight.mul_add(lanes::load_part::<S, T>(simd, self.x, place, count), *sum);
                }
            }
        }
        sums
    }
}
