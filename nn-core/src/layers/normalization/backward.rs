//! `dx` and the gradients of the weights.
//!
//! With `x̂ = (x − mean) · scale` and `g = dy · gamma`: `dx = scale · (g − mean(g) − x̂ · mean(g · x̂))`, where the
//! means are those of forward's; without the first of them where no mean was subtracted.

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::forward::share;
use super::layout::Sums;
use super::run::{Of, add, for_vectors};
use super::{Gradients, Known, Layer, could_be};
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::gemm::room;
use crate::kernels::lanes;

/// Adds to `gradients`, which are empty where the weights are absent, and writes `dx`, for one or more samples.
///
/// - `statistics`: what forward left there.
/// - `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
pub(crate) fn backward<S: Simd, T: Element, L: Known>(
    simd: S,
    layer: &Layer<'_, T>,
    [x, statistics, dy]: [&[T]; 3],
    Gradients { gamma, beta }: Gradients<'_, T>,
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let (given, gradients) = ([x, dy, statistics], [gamma, beta]);
    let is = |sums, own_weights| layer.layout.is(sums, own_weights);
    if const { could_be::<L>(Sums::OfRuns, true) } && is(Sums::OfRuns, true) {
        run::<S, T, false, true>(simd, layer, given, gradients, dx, scratch);
    } else if const { could_be::<L>(Sums::OfRuns, false) } && is(Sums::OfRuns, false) {
        run::<S, T, false, false>(simd, layer, given, gradients, dx, scratch);
    } else if const { could_be::<L>(Sums::OfElements, true) } && is(Sums::OfElements, true) {
        run::<S, T, true, true>(simd, layer, given, gradients, dx, scratch);
    } else if const { could_be::<L>(Sums::OfElements, false) } {
        run::<S, T, true, false>(simd, layer, given, gradients, dx, scratch);
    }
}

/// `STATISTICS`: whether each element of a run has statistics of its own; `WEIGHTS`: the same for the weights.
#[inline(never)]
fn run<S: Simd, T: Element, const STATISTICS: bool, const WEIGHTS: bool>(
    simd: S,
    layer: &Layer<'_, T>,
    [x, dy, statistics]: [&[T]; 3],
    [gamma, beta]: [&mut [T]; 2],
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let (len, positions) = (layer.layout.len.max(1), layer.layout.statistics.max(1));
    let (level, along) = room(scratch, 2 * positions).split_at_mut(positions);
    let mut outputs = dx.map(|dx| dx.chunks_exact_mut(len));
    let inputs = x.chunks_exact(len).zip(dy.chunks_exact(len)).zip(statistics.chunks_exact(2 * positions));
    for ((x, dy), statistics) in inputs {
        let dx = outputs.as_mut().and_then(Iterator::next);
        let (mean, scale) = statistics.split_at(positions);
        let gradients: [&mut [T]; 2] = [gamma, beta];
        let sample = Sample { layer, x, dy, mean, scale, level, along };
        frame::vectorize(
            simd,
            #[inline(always)]
            || sample.all::<S, STATISTICS, WEIGHTS>(simd, gradients, dx),
        );
    }
}

struct Sample<'a, T> {
    layer: &'a Layer<'a, T>,
    x: &'a [T],
    dy: &'a [T],
    mean: &'a [T],
    scale: &'a [T],
    /// `mean(g)` at each position.
    level: &'a mut [T],
    /// `mean(g · x̂)` at each position.
    along: &'a mut [T],
}

impl<T: Element> Sample<'_, T> {
    #[inline(always)]
    fn all<S: Simd, const STATISTICS: bool, const WEIGHTS: bool>(
        mut self,
        simd: S,
        gradients: [&mut [T]; 2],
        dx: Option<&mut [T]>,
    ) {
        self.level.fill(T::zero());
        self.along.fill(T::zero());
        let [gamma, beta] = gradients;
        for index in 0..self.layer.layout.runs {
            self.sum::<S, STATISTICS, WEIGHTS>(simd, index, gamma, beta);
        }
        let Some(dx) = dx else { return };
        let count = T::from_f64(self.layer.layout.count as f64);
        share(self.layer.layout.group, self.level, |sum| sum / count);
        share(self.layer.layout.group, self.along, |sum| sum / count);
        if !self.layer.centered {
            self.level.fill(T::zero());
        }
        for (index, dx) in dx.chunks_exact_mut(self.layer.layout.run).enumerate() {
            self.write::<S, STATISTICS, WEIGHTS>(simd, index, dx);
        }
    }

    /// Adds one run to the sums and to the gradients of the weights.
    #[inline(always)]
    fn sum<S: Simd, const STATISTICS: bool, const WEIGHTS: bool>(
        &mut self,
        simd: S,
        index: usize,
        dgamma: &mut [T],
        dbeta: &mut [T],
    ) {
        let ([first, weight], run) = (self.layer.layout.place(index), self.layer.layout.run);
        let Sample { layer: Layer { weights, .. }, x, dy, mean, scale, level, along, .. } = self;
        let (x, dy) = (x.get(index * run..).unwrap_or(&[]), dy.get(index * run..).unwrap_or(&[]));
        let normalized = normalized::<S, T, STATISTICS>(simd, x, mean, scale, first);
        let gamma = Of::<S, T, WEIGHTS>::from(simd, weights.gamma, weight, 1.0);
        let dy = Of::<S, T, true>::from(simd, dy, 0, 0.0);
        let (level, along) = (level.get_mut(first..).unwrap_or(&mut []), along.get_mut(first..).unwrap_or(&mut []));
        add::<S, T, STATISTICS>(
            simd,
            run,
            level,
            #[inline(always)]
            |at, count| dy.at(simd, at, count) * gamma.at(simd, at, count),
        );
        add::<S, T, STATISTICS>(
            simd,
            run,
            along,
            #[inline(always)]
            |at, count| dy.at(simd, at, count) * gamma.at(simd, at, count) * normalized(at, count),
        );
        if let Some(dgamma) = dgamma.get_mut(weight..) {
            add::<S, T, WEIGHTS>(
                simd,
                run,
                dgamma,
                #[inline(always)]
                |at, count| dy.at(simd, at, count) * normalized(at, count),
            );
        }
        if let Some(dbeta) = dbeta.get_mut(weight..) {
            add::<S, T, WEIGHTS>(
                simd,
                run,
                dbeta,
                #[inline(always)]
                |at, count| dy.at(simd, at, count),
            );
        }
    }

    /// The gradient of the input of one run.
    #[inline(always)]
    fn write<S: Simd, const STATISTICS: bool, const WEIGHTS: bool>(&self, simd: S, index: usize, dx: &mut [T]) {
        let ([first, weight], run) = (self.layer.layout.place(index), self.layer.layout.run);
        let Sample { layer: Layer { weights, .. }, x, dy, mean, scale, level, along, .. } = self;
        let (x, dy) = (x.get(index * run..).unwrap_or(&[]), dy.get(index * run..).unwrap_or(&[]));
        let normalized = normalized::<S, T, STATISTICS>(simd, x, mean, scale, first);
        let gamma = Of::<S, T, WEIGHTS>::from(simd, weights.gamma, weight, 1.0);
        let scale = Of::<S, T, STATISTICS>::from(simd, scale, first, 1.0);
        let level = Of::<S, T, STATISTICS>::from(simd, level, first, 0.0);
        let along = Of::<S, T, STATISTICS>::from(simd, along, first, 0.0);
        for_vectors::<S, T>(
            simd,
            run,
            #[inline(always)]
            |at, count| {
                let g = lanes::load_or::<S, T>(simd, dy, at, count, T::zero()) * gamma.at(simd, at, count);
                let rest = normalized(at, count).mul_add(-along.at(simd, at, count), g - level.at(simd, at, count));
                lanes::store_part::<S, T>(rest * scale.at(simd, at, count), dx, at, count);
            },
        );
    }
}

/// `x̂` of the elements of a run.
#[inline(always)]
fn normalized<'a, S: Simd, T: Element, const STATISTICS: bool>(
    simd: S,
    x: &'a [T],
    mean: &'a [T],
    scale: &'a [T],
    first: usize,
) -> impl Fn(usize, usize) -> T::Vector<S> + Copy + use<'a, S, T, STATISTICS> {
    let mean = Of::<S, T, STATISTICS>::from(simd, mean, first, 0.0);
    let scale = Of::<S, T, STATISTICS>::from(simd, scale, first, 1.0);
    #[inline(always)]
    move |at, count| {
        (lanes::load_or::<S, T>(simd, x, at, count, T::zero()) - mean.at(simd, at, count)) * scale.at(simd, at, count)
    }
}
