//! `dx` and the gradients of the weights.
//!
//! With `x̂ = (x − mean) · scale` and `g = dy · gamma`: `dx = scale · (g − mean(g) − x̂ · mean(g · x̂))`, where the
//! means are those of forward's; without the first of them where no mean was subtracted.

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::forward::share;
use super::run::{Of, add, for_vectors};
use super::{Layout, Normalization, Weights};
use crate::element::Element;
use crate::kernels::frame;
use crate::kernels::gemm::room;
use crate::kernels::lanes;

/// Adds to `gradients`, which are empty where the weights are absent, and writes `dx`, for one or more samples.
///
/// - `statistics`: what forward left there.
/// - `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "what a normalization needs")]
pub(crate) fn backward<S: Simd, T: Element, L: Normalization>(
    simd: S,
    weights: Weights<'_, T>,
    x: &[T],
    statistics: &[T],
    dy: &[T],
    gradients: [&mut [T]; 2],
    dx: Option<&mut [T]>,
    scratch: &mut Vec<T>,
) {
    let samples = Samples { layout: &const { L::LAYOUT }, centered: L::CENTERED, weights, x, statistics, dy };
    match (const { L::LAYOUT.summed }, const { L::LAYOUT.own_weights() }) {
        (true, true) => samples.run::<S, false, true>(simd, gradients, dx, scratch),
        (true, false) => samples.run::<S, false, false>(simd, gradients, dx, scratch),
        (false, true) => samples.run::<S, true, true>(simd, gradients, dx, scratch),
        (false, false) => samples.run::<S, true, false>(simd, gradients, dx, scratch),
    }
}

struct Samples<'a, T> {
    layout: &'a Layout,
    centered: bool,
    weights: Weights<'a, T>,
    x: &'a [T],
    statistics: &'a [T],
    dy: &'a [T],
}

impl<T: Element> Samples<'_, T> {
    #[inline(never)]
    fn run<S: Simd, const STATISTICS: bool, const WEIGHTS: bool>(
        self,
        simd: S,
        [gamma, beta]: [&mut [T]; 2],
        dx: Option<&mut [T]>,
        scratch: &mut Vec<T>,
    ) {
        let Samples { layout, centered, weights, x, statistics, dy } = self;
        let (len, positions) = (layout.len.max(1), layout.statistics.max(1));
        let (level, along) = room(scratch, 2 * positions).split_at_mut(positions);
        let mut outputs = dx.map(|dx| dx.chunks_exact_mut(len));
        let inputs = x.chunks_exact(len).zip(dy.chunks_exact(len)).zip(statistics.chunks_exact(2 * positions));
        for ((x, dy), statistics) in inputs {
            let dx = outputs.as_mut().and_then(Iterator::next);
            let (mean, scale) = statistics.split_at(positions);
            let gradients: [&mut [T]; 2] = [gamma, beta];
            let sample = Sample { layout, centered, weights, x, dy, mean, scale, level, along };
            frame::vectorize(
                simd,
                #[inline(always)]
                || sample.all::<S, STATISTICS, WEIGHTS>(simd, gradients, dx),
            );
        }
    }
}

struct Sample<'a, T> {
    layout: &'a Layout,
    centered: bool,
    weights: Weights<'a, T>,
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
        for index in 0..self.layout.runs {
            self.sum::<S, STATISTICS, WEIGHTS>(simd, index, gamma, beta);
        }
        let Some(dx) = dx else { return };
        let count = T::from_f64(self.layout.count as f64);
        share(self.layout.group, self.level, |sum| sum / count);
        share(self.layout.group, self.along, |sum| sum / count);
        if !self.centered {
            self.level.fill(T::zero());
        }
        for (index, dx) in dx.chunks_exact_mut(self.layout.run).enumerate() {
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
        let ([first, weight], run) = (self.layout.place(index), self.layout.run);
        let Sample { weights, x, dy, mean, scale, level, along, .. } = self;
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
        let ([first, weight], run) = (self.layout.place(index), self.layout.run);
        let Sample { weights, x, dy, mean, scale, level, along, .. } = self;
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
                let g = lanes::load_part::<S, T>(simd, dy, at, count) * gamma.at(simd, at, count);
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
        (lanes::load_part::<S, T>(simd, x, at, count) - mean.at(simd, at, count)) * scale.at(simd, at, count)
    }
}
