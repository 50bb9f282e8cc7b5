//! `y` from `x`.

use fearless_simd::prelude::*;

use super::layout::Sums;
use super::run::{Of, add, for_vectors, total_of};
use super::{Known, Layer, could_be};
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::lanes;

/// Normalizes one or more samples.
///
/// - `statistics`: for each sample, twice as many numbers as there are statistics: the means, then the scales.
#[inline(always)]
pub(crate) fn forward<S: Simd, T: Element, L: Known>(
    simd: S,
    layer: &Layer<'_, T>,
    x: &[T],
    y: &mut [T],
    statistics: &mut [T],
) {
    let is = |sums, own_weights| layer.layout.is(sums, own_weights);
    if const { could_be::<L>(Sums::Alone, true) } && is(Sums::Alone, true) {
        run::<S, T, true, false, true>(simd, layer, x, y, statistics);
    } else if const { could_be::<L>(Sums::Alone, false) } && is(Sums::Alone, false) {
        run::<S, T, true, false, false>(simd, layer, x, y, statistics);
    } else if const { could_be::<L>(Sums::OfRuns, true) } && is(Sums::OfRuns, true) {
        run::<S, T, false, false, true>(simd, layer, x, y, statistics);
    } else if const { could_be::<L>(Sums::OfRuns, false) } && is(Sums::OfRuns, false) {
        run::<S, T, false, false, false>(simd, layer, x, y, statistics);
    } else if const { could_be::<L>(Sums::OfElements, true) } && is(Sums::OfElements, true) {
        run::<S, T, false, true, true>(simd, layer, x, y, statistics);
    } else if const { could_be::<L>(Sums::OfElements, false) } {
        run::<S, T, false, true, false>(simd, layer, x, y, statistics);
    }
}

/// `ALONE`: whether each run has statistics of its own; `STATISTICS`: whether each element of a run has; `WEIGHTS`: the
/// same for the weights.
#[inline(never)]
fn run<S: Simd, T: Element, const ALONE: bool, const STATISTICS: bool, const WEIGHTS: bool>(
    simd: S,
    layer: &Layer<'_, T>,
    x: &[T],
    y: &mut [T],
    statistics: &mut [T],
) {
    let (len, positions) = (layer.layout.len.max(1), layer.layout.statistics.max(1));
    // Twice a number above zero, which the compiler cannot know not to wrap around to zero.
    let both = (2 * positions).max(1);
    let outputs = y.chunks_exact_mut(len).zip(statistics.chunks_exact_mut(both));
    for (x, (y, statistics)) in x.chunks_exact(len).zip(outputs) {
        let Some((means, scales)) = statistics.split_at_mut_checked(positions) else { return };
        let mut sample = Sample { layer, x, y, means, scales };
        frame::vectorize(
            simd,
            #[inline(always)]
            || {
                match ALONE {
                    true => sample.alone(simd),
                    false => sample.passes::<S, STATISTICS>(simd),
                }
                invert::<S, T>(simd, sample.scales, T::from_f64(layer.epsilon));
                for index in 0..layer.layout.runs {
                    sample.write::<S, STATISTICS, WEIGHTS>(simd, index);
                }
            },
        );
    }
}

struct Sample<'a, T> {
    layer: &'a Layer<'a, T>,
    x: &'a [T],
    y: &'a mut [T],
    means: &'a mut [T],
    /// First the variances.
    scales: &'a mut [T],
}

impl<T: Element> Sample<'_, T> {
    /// Means and variances run by run, where each has its own.
    #[inline(always)]
    fn alone<S: Simd>(&mut self, simd: S) {
        let Sample { layer: Layer { layout, centered, .. }, x, means, scales, .. } = self;
        let (run, count) = (layout.run.max(1), T::from_f64(layout.count as f64));
        for (x, (mean, scale)) in x.chunks_exact(run).zip(means.iter_mut().zip(scales.iter_mut())) {
            *mean = if *centered { total_of::<S, T>(simd, x, core::convert::identity) / count } else { T::zero() };
            let mean = T::Vector::<S>::splat(simd, *mean);
            let sum = total_of::<S, T>(
                simd,
                x,
                #[inline(always)]
                |x| (x - mean) * (x - mean),
            );
            *scale = sum / count;
        }
    }

    /// Means and variances, one pass over all runs after the other.
    #[inline(always)]
    fn passes<S: Simd, const STATISTICS: bool>(&mut self, simd: S) {
        let Sample { layer: Layer { layout, centered, .. }, x, y, means, scales } = self;
        let count = T::from_f64(layout.count as f64);
        means.fill(T::zero());
        scales.fill(T::zero());
        let elements = |index: usize| x.get(index * layout.run..).unwrap_or(&[]);
        let first = |index: usize| layout.place(index)[0];
        let at_once = if STATISTICS { layout.run } else { 1 };
        let runs = [layout.runs, TERMS * means.len().div_ceil(at_once.max(1)).max(1)];
        if *centered {
            sum_runs(
                runs,
                y,
                means,
                #[inline(always)]
                |index, sums| {
                    let x = elements(index);
                    add::<S, T, STATISTICS>(
                        simd,
                        layout.run,
                        sums.get_mut(first(index)..).unwrap_or(&mut []),
                        #[inline(always)]
                        |at, count| lanes::load_or::<S, T>(simd, x, at, count, T::zero()),
                    );
                },
            );
            share(layout.group, means, |sum| sum / count);
        }
        sum_runs(
            runs,
            y,
            scales,
            #[inline(always)]
            |index, sums| {
                let (x, mean) = (elements(index), Of::<S, T, STATISTICS>::from(simd, means, first(index), 0.0));
                add::<S, T, STATISTICS>(
                    simd,
                    layout.run,
                    sums.get_mut(first(index)..).unwrap_or(&mut []),
                    #[inline(always)]
                    |at, count| {
                        let distance = lanes::load_or::<S, T>(simd, x, at, count, T::zero()) - mean.at(simd, at, count);
                        distance * distance
                    },
                );
            },
        );
        share(layout.group, scales, |sum| sum / count);
    }

    /// The output of one run.
    #[inline(always)]
    fn write<S: Simd, const STATISTICS: bool, const WEIGHTS: bool>(&mut self, simd: S, index: usize) {
        let Layer { layout, weights, .. } = self.layer;
        let ([first, weight], from) = (layout.place(index), index * layout.run);
        let (x, y) = (self.x.get(from..).unwrap_or(&[]), self.y.get_mut(from..).unwrap_or(&mut []));
        let mean = Of::<S, T, STATISTICS>::from(simd, self.means, first, 0.0);
        let scale = Of::<S, T, STATISTICS>::from(simd, self.scales, first, 1.0);
        let gamma = Of::<S, T, WEIGHTS>::from(simd, weights.gamma, weight, 1.0);
        let beta = Of::<S, T, WEIGHTS>::from(simd, weights.beta, weight, 0.0);
        for_vectors::<S, T>(
            simd,
            layout.run,
            #[inline(always)]
            |at, count| {
                let distance = lanes::load_or::<S, T>(simd, x, at, count, T::zero()) - mean.at(simd, at, count);
                let scale = scale.at(simd, at, count) * gamma.at(simd, at, count);
                lanes::store_part::<S, T>(distance.mul_add(scale, beta.at(simd, at, count)), y, at, count);
            },
        );
    }
}

/// How many terms of a statistic are added up before their sum goes to its total.
const TERMS: usize = 32;

/// Adds the sums of all runs to `totals`; where there are many, as a sum of sums by way of `spare`, whose elements do not
/// matter. `every`: the runs in which each statistic has so many [`TERMS`].
///
/// What rounding leaves out of a total goes to the next sum: Kahan, *Further Remarks on Reducing Truncation Errors*, 1965.
#[inline(always)]
fn sum_runs<T: Element>(
    [runs, every]: [usize; 2],
    spare: &mut [T],
    totals: &mut [T],
    mut add: impl FnMut(usize, &mut [T]),
) {
    let len = totals.len();
    let (sums, left) = spare.split_at_mut_checked(len).unwrap_or_default();
    let left = left.get_mut(..len).unwrap_or_default();
    if runs <= every || left.is_empty() {
        for index in 0..runs {
            add(index, &mut *totals);
        }
        return;
    }
    left.fill(T::zero());
    // Never zero, which the compiler cannot know.
    let every = every.max(1);
    for from in (0..runs).step_by(every) {
        sums.fill(T::zero());
        for index in from..runs.min(from + every) {
            add(index, &mut *sums);
        }
        for ((total, sum), left) in totals.iter_mut().zip(&*sums).zip(&mut *left) {
            let (before, sum) = (*total, *sum - *left);
            *total = before + sum;
            // A total that is infinite stays so.
            *left = if total.is_finite() { (*total - before) - sum } else { T::zero() };
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
            let root = (lanes::load_or::<S, T>(simd, values, at, count, T::zero()) + epsilon).sqrt();
            lanes::store_part::<S, T>(T::Vector::<S>::splat(simd, T::one()) / root, values, at, count);
        },
    );
}
