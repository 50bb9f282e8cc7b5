//! The sums of windows that end at a step: what one step and a block of steps have in common.
//!
//! Whatever the number of steps, the products of a sum are added one after another, tap by tap and channel by channel, from the
//! bias on, as the kernels of a whole sequence do: so the bits are the same.

use fearless_simd::prelude::*;

use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::{frame, lanes, slices};
use crate::layers::conv2d::Conv2DSizes;
use crate::layers::epilogue::Epilogue;

/// Where the inputs lie that windows see.
pub(super) trait Taps<T>: Copy {
    /// Whether there is more than one step.
    const MANY: bool;

    /// How many steps there are.
    fn count(&self) -> usize;

    /// What one tap of the kernel meets in each step: all channels of a step, then those of the next.
    fn tap(&self, tap: usize) -> &[T];
}

/// What some steps read.
pub(super) struct Windows<'a, L, T, A, P, X> {
    pub(super) shape: L,
    pub(super) kernel: &'a [T],
    pub(super) taps: X,
    pub(super) epilogue: Epilogue<'a, T, A, P>,
}

/// Vectors of filters that are summed up at the same time.
#[inline(always)]
const fn vectors(sizes: &Conv2DSizes, lanes: usize) -> usize {
    let vectors = (sizes.filters / sizes.groups).div_ceil(lanes);
    if vectors < 4 { vectors } else { 4 }
}

/// Whether it may be so many vectors: where the sizes are not known, everything is compiled.
const fn may_be(known: &Option<Conv2DSizes>, lanes: usize, count: usize) -> bool {
    match known {
        Some(sizes) => vectors(sizes, lanes) == count && !is_depthwise(sizes),
        None => true,
    }
}

/// Whether half a vector may do for the filters of a group.
const fn may_be_half(known: &Option<Conv2DSizes>, lanes: usize) -> bool {
    match known {
        Some(sizes) => !is_depthwise(sizes) && 2 * (sizes.filters / sizes.groups) <= lanes,
        None => true,
    }
}

/// Whether every channel has one filter of its own, so that channels lie beside each other in the weights too.
#[inline(always)]
const fn is_depthwise(sizes: &Conv2DSizes) -> bool {
    sizes.groups > 1 && sizes.groups == sizes.filters && sizes.groups == sizes.input[2]
}

impl<L: Geometry<Conv2DSizes>, T: Element, A: Activation<T>, P: Activation<T>, X: Taps<T>> Windows<'_, L, T, A, P, X> {
    /// Channels of one group.
    #[inline(always)]
    fn channels(&self) -> usize {
        self.shape.sizes().input[2] / self.shape.sizes().groups
    }

    /// Filters of one group.
    #[inline(always)]
    fn group_filters(&self) -> usize {
        self.shape.sizes().filters / self.shape.sizes().groups
    }

    /// All steps; `y` has their filters and nothing else.
    #[inline(always)]
    pub(super) fn run<S: Simd>(&self, simd: S, y: &mut [T]) {
        self.sums(simd, y);
        if const { L::KNOWN.is_some() } {
            return;
        }
        // Where the sizes are numbers, there are many kernels: each with any activation in it would be many times as large.
        let activation = self.epilogue.activation;
        frame::apart(
            simd,
            #[inline(always)]
            || {
                slices::map_in_place(
                    simd,
                    y,
                    #[inline(always)]
                    |y| self.epilogue.pooled(simd, activation.apply(simd, y)),
                );
            },
        );
    }

    #[inline(always)]
    fn sums<S: Simd>(&self, simd: S, y: &mut [T]) {
        // Vectors half as wide are better than vectors half empty, whose loads would straddle cache lines.
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        if const { size_of::<T::Vector<S>>() == 64 && may_be_half(&L::KNOWN, T::Vector::<S>::LEN) }
            && !is_depthwise(&self.shape.sizes())
            && 2 * self.group_filters() <= T::Vector::<S>::LEN
            && let Some(narrower) = simd.level().as_avx2()
        {
            return self.groups(narrower, y);
        }
        self.groups(simd, y);
    }

    #[inline(always)]
    fn groups<S: Simd>(&self, simd: S, y: &mut [T]) {
        let sizes = self.shape.sizes();
        if is_depthwise(&sizes) {
            return self.call(
                simd,
                #[inline(always)]
                || self.by_channel(simd, y),
            );
        }
        for group in 0..sizes.groups {
            if self.group_filters() == 1 {
                self.call(
                    simd,
                    #[inline(always)]
                    || self.one_filter(simd, group, y),
                );
                continue;
            }
            macro_rules! filters {
                ($($vectors:literal: $steps:literal | $few:literal,)*) => {
                    match vectors(&sizes, T::Vector::<S>::LEN) {
                        $($vectors if const { may_be(&L::KNOWN, T::Vector::<S>::LEN, $vectors) } => {
                            // Sums in registers, beside the factors; where there are few of these, fewer.
                            if const { size_of::<T::Vector<S>>() == 64 || cfg!(target_arch = "aarch64") } {
                                self.filters::<S, $vectors, $steps>(simd, group, y);
                            } else {
                                self.filters::<S, $vectors, $few>(simd, group, y);
                            }
                        })*
                        _ => {}
                    }
                };
            }
            filters! { 1: 8 | 8, 2: 8 | 4, 3: 6 | 3, 4: 4 | 2, }
        }
    }

    /// The weights of one tap, from the first filter of a group on.
    #[inline(always)]
    fn weights(&self, tap: usize, filter: usize) -> &[T] {
        self.kernel.get(tap * self.channels() * self.shape.sizes().filters + filter..).unwrap_or(&[])
    }

    /// A kernel: inline where it is the only one, apart where it is one of many.
    #[inline(always)]
    fn call<S: Simd>(&self, simd: S, kernel: impl FnOnce()) {
        if const { L::KNOWN.is_some() } { frame::step(simd, kernel) } else { frame::apart(simd, kernel) }
    }

    /// All filters of a group, `NV` vectors after the other, for `MR` steps at a time.
    #[inline(always)]
    fn filters<S: Simd, const NV: usize, const MR: usize>(&self, simd: S, group: usize, y: &mut [T]) {
        let (lanes, block) = (T::Vector::<S>::LEN, NV * T::Vector::<S>::LEN);
        let (filters, count) = (self.group_filters(), self.taps.count());
        for first in (0..filters).step_by(block) {
            let first = group * filters + first.min(filters.saturating_sub(block));
            // The last vector may overlap the one before.
            let mut vectors = [0; NV];
            for (v, vector) in vectors.iter_mut().enumerate() {
                *vector = (v * lanes).min(filters.saturating_sub(lanes));
            }
            if const { X::MANY } && count >= MR {
                // So may the last steps.
                self.call(
                    simd,
                    #[inline(always)]
                    || {
                        for step in (0..count).step_by(MR) {
                            self.tile::<S, NV, MR>(simd, group, first, vectors, step.min(count - MR), y);
                        }
                    },
                );
            } else {
                self.call(
                    simd,
                    #[inline(always)]
                    || {
                        for step in 0..count {
                            self.tile::<S, NV, 1>(simd, group, first, vectors, step, y);
                        }
                    },
                );
            }
        }
    }

    /// `NV` vectors of filters, the first of which is `filter`, for `MR` steps from `step` on.
    #[inline(always)]
    fn tile<S: Simd, const NV: usize, const MR: usize>(
        &self,
        simd: S,
        group: usize,
        filter: usize,
        vectors: [usize; NV],
        step: usize,
        y: &mut [T],
    ) {
        let (sizes, channels, lanes) = (self.shape.sizes(), self.channels(), T::Vector::<S>::LEN);
        let count = self.group_filters().min(lanes);
        let mut start = [lanes::zeros::<S, T>(simd); NV];
        for (start, vector) in start.iter_mut().zip(vectors) {
            *start = self.epilogue.start(simd, filter + vector, count);
        }
        let mut sums = [start; MR];
        let from = step * sizes.input[2] + group * channels;
        let len = (MR - 1) * sizes.input[2] + channels;
        for tap in 0..sizes.kernel_size[1] {
            let weights = self.weights(tap, filter);
            let Some(x) = self.taps.tap(tap).get(from..from + len) else { return };
            for channel in 0..channels {
                let mut factors = start;
                for (factor, vector) in factors.iter_mut().zip(vectors) {
                    let at = channel * sizes.filters + vector;
                    // Lanes past the last filter go unused. Behind the last weights there is not a whole vector to load.
                    let whole = weights.len() >= at + lanes;
                    *factor = lanes::load_part::<S, T>(simd, weights, at, if whole { lanes } else { count });
                }
                for (m, sums) in sums.iter_mut().enumerate() {
                    let input = lanes::splat(simd, x, m * sizes.input[2] + channel);
                    for (sum, factor) in sums.iter_mut().zip(factors) {
                        *sum = factor.mul_add(input, *sum);
                    }
                }
            }
        }
        for (m, sums) in sums.into_iter().enumerate() {
            for (sum, vector) in sums.into_iter().zip(vectors) {
                self.finish(simd, step + m, [filter + vector, count], sum, y);
            }
        }
    }

    /// Where every channel has one filter: the lanes run over the channels.
    #[inline(always)]
    fn by_channel<S: Simd>(&self, simd: S, y: &mut [T]) {
        let (sizes, lanes) = (self.shape.sizes(), T::Vector::<S>::LEN);
        let (channels, count) = (sizes.filters, sizes.filters.min(lanes));
        for step in 0..self.taps.count() {
            for first in (0..channels).step_by(lanes) {
                let first = first.min(channels.saturating_sub(lanes));
                let mut sum = self.epilogue.start(simd, first, count);
                for tap in 0..sizes.kernel_size[1] {
                    let x = lanes::load_part::<S, T>(simd, self.taps.tap(tap), step * channels + first, count);
                    sum = lanes::load_part::<S, T>(simd, self.kernel, tap * channels + first, count).mul_add(x, sum);
                }
                self.finish(simd, step, [first, count], sum, y);
            }
        }
    }

    /// A group of a single filter: where there is only one group, the lanes run over the inputs.
    #[inline(always)]
    fn one_filter<S: Simd>(&self, simd: S, group: usize, y: &mut [T]) {
        let (sizes, channels, lanes) = (self.shape.sizes(), self.channels(), T::Vector::<S>::LEN);
        let mut step = 0;
        // A single channel: the lanes run over the steps.
        if const { X::MANY } && sizes.input[2] == 1 {
            while step + lanes <= self.taps.count() {
                let mut sum = lanes::zeros::<S, T>(simd);
                for tap in 0..sizes.kernel_size[1] {
                    let x = lanes::load::<S, T>(simd, self.taps.tap(tap), step);
                    sum += x * lanes::splat(simd, self.kernel, tap);
                }
                let sum = sum + self.epilogue.start_one(simd, 0);
                let value = if const { L::KNOWN.is_some() } {
                    self.epilogue.pooled(simd, self.epilogue.finish_one(simd, 0, sum))
                } else {
                    self.epilogue.scaled_one(simd, 0, sum)
                };
                lanes::store::<S, T>(value, y, step);
                step += lanes;
            }
        }
        let whole = if sizes.groups == 1 { channels - channels % lanes } else { 0 };
        for step in step..self.taps.count() {
            let mut sum = lanes::zeros::<S, T>(simd);
            let mut rest = T::zero();
            let from = step * sizes.input[2] + group * channels;
            for tap in 0..sizes.kernel_size[1] {
                let Some(x) = self.taps.tap(tap).get(from..from + channels) else { return };
                let weights = self.weights(tap, group);
                for first in (0..whole).step_by(lanes) {
                    sum = lanes::load::<S, T>(simd, x, first).mul_add(lanes::load::<S, T>(simd, weights, first), sum);
                }
                for (x, weight) in x.iter().zip(weights.iter().step_by(sizes.filters)).skip(whole) {
                    rest += *x * *weight;
                }
            }
            let sum = T::Vector::<S>::splat(simd, sum.reduce_sum() + rest);
            self.finish(simd, step, [group, 1], sum + self.epilogue.start(simd, group, 1), y);
        }
    }

    /// Applies the epilogue, or what of it does not come behind all sums, and stores.
    #[inline(always)]
    fn finish<S: Simd>(&self, simd: S, step: usize, [filter, count]: [usize; 2], sum: T::Vector<S>, y: &mut [T]) {
        let value = if const { L::KNOWN.is_some() } {
            self.epilogue.pooled(simd, self.epilogue.finish(simd, filter, count, sum))
        } else {
            self.epilogue.scaled(simd, filter, count, sum)
        };
        lanes::store_part::<S, T>(value, y, step * self.shape.sizes().filters + filter, count);
    }
}
