//! `y` from `x`.

use core::ops::Range;

use fearless_simd::prelude::*;

use super::run::{Of, add, for_vectors};
use super::{Layout, Weights};
use crate::element::Element;
use crate::kernels::lanes;

/// How many elements go through all passes before the next ones do.
const CACHED: usize = 2048;

/// Normalizes one or more samples.
///
/// - `centered`: whether a mean is subtracted; without, the mean is zero.
/// - `statistics`: for each sample, twice as many numbers as there are statistics: the means, then the scales.
#[inline(never)]
#[expect(clippy::too_many_arguments, reason = "what a normalization needs")]
pub(crate) fn forward<S: Simd, T: Element>(
    simd: S,
    layout: &Layout,
    centered: bool,
    epsilon: f64,
    weights: Weights<'_, T>,
    x: &[T],
    y: &mut [T],
    statistics: &mut [T],
) {
    let (len, positions) = (layout.len.max(1), layout.statistics.max(1));
    // Twice a number above zero, which the compiler cannot know not to wrap around to zero.
    let both = (2 * positions).max(1);
    let outputs = y.chunks_exact_mut(len).zip(statistics.chunks_exact_mut(both));
    for (x, (y, statistics)) in x.chunks_exact(len).zip(outputs) {
        let Some((mean, scale)) = statistics.split_at_mut_checked(positions) else { return };
        let sample = Sample { layout, centered, epsilon: T::from_f64(epsilon), weights, x, y, mean, scale };
        simd.vectorize(
            #[inline(always)]
            || match (layout.summed, layout.own_weights()) {
                (true, true) => sample.all::<S, false, true>(simd),
                (true, false) => sample.all::<S, false, false>(simd),
                (false, true) => sample.all::<S, true, true>(simd),
                (false, false) => sample.all::<S, true, false>(simd),
            },
        );
    }
}

struct Sample<'a, T> {
    layout: &'a Layout,
    centered: bool,
    epsilon: T,
    weights: Weights<'a, T>,
    x: &'a [T],
    y: &'a mut [T],
    mean: &'a mut [T],
    scale: &'a mut [T],
}

impl<T: Element> Sample<'_, T> {
    /// `STATISTICS`: whether each element of a run has its own; `WEIGHTS`: the same for the weights.
    #[inline(always)]
    fn all<S: Simd, const STATISTICS: bool, const WEIGHTS: bool>(mut self, simd: S) {
        let runs = self.layout.runs;
        if !self.layout.alone {
            return self.passes::<S, STATISTICS, WEIGHTS>(simd, 0..runs, 0..self.layout.statistics);
        }
        // So many runs at a time as stay in the cache.
        let step = (CACHED / self.layout.run.max(1)).max(1);
        for first in (0..runs).step_by(step) {
            let runs = first..runs.min(first + step);
            self.passes::<S, STATISTICS, WEIGHTS>(simd, runs.clone(), runs);
        }
    }

    #[inline(always)]
    fn passes<S: Simd, const STATISTICS: bool, const WEIGHTS: bool>(
        &mut self,
        simd: S,
        runs: Range<usize>,
        statistics: Range<usize>,
    ) {
        let Sample { layout, weights, x, y, mean, scale, epsilon, .. } = self;
        let count = T::from_f64(layout.count as f64);
        let (Some(means), Some(scales)) = (mean.get_mut(statistics.clone()), scale.get_mut(statistics.clone())) else {
            return;
        };
        means.fill(T::zero());
        scales.fill(T::zero());
        let elements = |index: usize| x.get(index * layout.run..).unwrap_or(&[]);
        let first = |index: usize| layout.place(index)[0] - statistics.start;
        if self.centered {
            for index in runs.clone() {
                let x = elements(index);
                add::<S, T, STATISTICS>(
                    simd,
                    layout.run,
                    means.get_mut(first(index)..).unwrap_or(&mut []),
                    #[inline(always)]
                    |at, count| lanes::load_part::<S, T>(simd, x, at, count),
                );
            }
            share(layout.group, means, |sum| sum / count);
        }
        for index in runs.clone() {
            let (x, mean) = (elements(index), Of::<S, T, STATISTICS>::from(simd, means, first(index), 0.0));
            add::<S, T, STATISTICS>(
                simd,
                layout.run,
                scales.get_mut(first(index)..).unwrap_or(&mut []),
                #[inline(always)]
                |at, count| {
                    let distance = lanes::load_part::<S, T>(simd, x, at, count) - mean.at(simd, at, count);
                    distance * distance
                },
            );
        }
        share(layout.group, scales, |sum| sum / count);
        invert::<S, T>(simd, scales, *epsilon);
        for index in runs {
            let x = elements(index);
            let y = y.get_mut(index * layout.run..).unwrap_or(&mut []);
            let [_, weight] = layout.place(index);
            let mean = Of::<S, T, STATISTICS>::from(simd, means, first(index), 0.0);
            let scale = Of::<S, T, STATISTICS>::from(simd, scales, first(index), 1.0);
            let gamma = Of::<S, T, WEIGHTS>::from(simd, weights.gamma, weight, 1.0);
            let beta = Of::<S, T, WEIGHTS>::from(simd, weights.beta, weight, 0.0);
            for_vectors::<S, T>(
                simd,
                layout.run,
                #[inline(always)]
                |at, count| {
                    let distance = lanes::load_part::<S, T>(simd, x, at, count) - mean.at(simd, at, count);
                    let scale = scale.at(simd, at, count) * gamma.at(simd, at, count);
                    lanes::store_part::<S, T>(distance.mul_add(scale, beta.at(simd, at, count)), y, at, count);
                },
            );
        }
    }
}

/// Gives all members of each group what `f` makes of their sum.
#[inline(always)]
pub(super) fn share<T: Element>(group: usize, values: &mut [T], f: impl Fn(T) -> T) {
    for group in values.chunks_mut(group.max(1)) {
        let value = f(group.iter().copied().sum());
        group.fill(value);
    }
}

/// `1 / √(value + epsilon)` in place of every value.
#[inline(always)]
fn invert<S: Simd, T: Element>(simd: S, values: &mut [T], epsilon: T) {
    for_vectors::<S, T>(
        simd,
        values.len(),
        #[inline(always)]
        |at, count| {
            let root = (lanes::load_part::<S, T>(simd, values, at, count) + epsilon).sqrt();
            lanes::store_part::<S, T>(T::Vector::<S>::splat(simd, T::one()) / root, values, at, count);
        },
    );
}
