//! One row: a vector times a matrix.
//!
//! Every weight is used once, so what counts is to stream them: in memory order, with enough sums at
//! the same time to hide the cycles that a multiply-add takes.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::lanes;
use crate::kernels::tile;
use crate::layers::epilogue::Epilogue;

/// The weights of a layer, and what follows the sums.
pub(super) struct Row<'a, const IN: usize, const OUT: usize, T, A, P> {
    pub(super) kernel: &'a [T],
    pub(super) epilogue: Epilogue<'a, T, A, P>,
}

/// How the sums of a layer are laid out in the registers of a machine.
struct Choice<S, const IN: usize, const OUT: usize, T>(PhantomData<(S, T)>);

impl<S: Simd, const IN: usize, const OUT: usize, T: Element> Choice<S, IN, OUT, T> {
    /// How many vectors of sums.
    const MOST: usize = tile::sums(size_of::<T::Vector<S>>()) * 2 / 3;
    /// Vectors of units.
    const VECTORS: usize = OUT.div_ceil(T::Vector::<S>::LEN);
    /// Sums of each unit: inputs at the same time.
    const SUMS: usize = match Self::MOST / Self::VECTORS {
        0 => 1,
        sums if sums < most_sums(IN) => sums,
        _ => most_sums(IN),
    };
}

/// How many sums are worth while for so many inputs: with few of them, what hides the cycles of a multiply-add is
/// outweighed by adding up.
const fn most_sums(inputs: usize) -> usize {
    match inputs {
        0..4 => 1,
        4..=16 => 4,
        _ => 8,
    }
}

impl<const IN: usize, const OUT: usize, T: Element, A: Activation<T>, P: Activation<T>> Row<'_, IN, OUT, T, A, P> {
    /// `y = x · kernel`, then the epilogue.
    #[inline(always)]
    pub(super) fn infer<S: Simd>(&self, simd: S, x: &[T], y: &mut [T]) {
        if OUT == 1 {
            return self.dot(simd, x, y);
        }
        if OUT < T::Vector::<S>::LEN {
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            if let Some(simd) = lanes::narrower::<S, T>(simd, OUT) {
                return self.infer(simd, x, y);
            }
            return match const { most_sums(IN) } {
                1 => self.narrow::<S, 1>(simd, x, y),
                4 => self.narrow::<S, 4>(simd, x, y),
                _ => self.narrow::<S, 8>(simd, x, y),
            };
        }
        match const { Choice::<S, IN, OUT, T>::VECTORS } {
            1 => self.sums::<S, 1>(simd, x, y),
            2 => self.sums::<S, 2>(simd, x, y),
            3 => self.sums::<S, 3>(simd, x, y),
            4 => self.sums::<S, 4>(simd, x, y),
            5 => self.sums::<S, 5>(simd, x, y),
            6 => self.sums::<S, 6>(simd, x, y),
            7 => self.sums::<S, 7>(simd, x, y),
            8 => self.sums::<S, 8>(simd, x, y),
            _ => self.stream(simd, x, y),
        }
    }

    #[inline(always)]
    fn sums<S: Simd, const NV: usize>(&self, simd: S, x: &[T], y: &mut [T]) {
        match const { Choice::<S, IN, OUT, T>::SUMS } {
            1 => self.wide::<S, NV, 1>(simd, x, y),
            2 => self.wide::<S, NV, 2>(simd, x, y),
            3 => self.wide::<S, NV, 3>(simd, x, y),
            4 => self.wide::<S, NV, 4>(simd, x, y),
            5 => self.wide::<S, NV, 5>(simd, x, y),
            _ => self.wide::<S, NV, 8>(simd, x, y),
        }
    }

    /// All units in `NV` vectors, the last one overlapping the one before.
    #[inline(always)]
    fn wide<S: Simd, const NV: usize, const SUMS: usize>(&self, simd: S, x: &[T], y: &mut [T]) {
        let lanes = T::Vector::<S>::LEN;
        let mut units = [0; NV];
        let mut sums = [[lanes::zeros::<S, T>(simd); NV]; SUMS];
        for v in 0..NV {
            units[v] = (v * lanes).min(OUT - lanes);
            sums[0][v] = self.epilogue.start(simd, units[v], lanes);
        }
        let (xs, rows) = (x.chunks_exact(SUMS), self.kernel.chunks_exact(SUMS * OUT));
        let (x_rest, rest) = (xs.remainder(), rows.remainder());
        for (x, rows) in xs.zip(rows) {
            for (u, sums) in sums.iter_mut().enumerate() {
                let input = lanes::splat(simd, x, u);
                for v in 0..NV {
                    sums[v] = lanes::load(simd, rows, u * OUT + units[v]).mul_add(input, sums[v]);
                }
            }
        }
        for (u, _) in x_rest.iter().enumerate() {
            let input = lanes::splat(simd, x_rest, u);
            for v in 0..NV {
                sums[0][v] = lanes::load(simd, rest, u * OUT + units[v]).mul_add(input, sums[0][v]);
            }
        }
        for v in 0..NV {
            let mut of_unit = [sums[0][v]; SUMS];
            for u in 1..SUMS {
                of_unit[u] = sums[u][v];
            }
            self.finish(simd, units[v], lanes, add_up::<S, T, SUMS>(of_unit), y);
        }
    }

    /// More units than registers: the sums stay in `y`, and the weights stream by in memory order.
    #[inline(always)]
    fn stream<S: Simd>(&self, simd: S, x: &[T], y: &mut [T]) {
        const ROWS: usize = 4;
        let lanes = T::Vector::<S>::LEN;
        Self::sweep(
            simd,
            y,
            #[inline(always)]
            |unit, _| self.epilogue.start(simd, unit, lanes),
        );
        let (xs, rows) = (x.chunks_exact(ROWS), self.kernel.chunks_exact(ROWS * OUT));
        let (x_rest, rest) = (xs.remainder(), rows.remainder());
        for (x, rows) in xs.zip(rows) {
            Self::add::<S, ROWS>(simd, x, rows, y);
        }
        for (x, row) in x_rest.chunks_exact(1).zip(rest.chunks_exact(OUT)) {
            Self::add::<S, 1>(simd, x, row, y);
        }
        Self::sweep(
            simd,
            y,
            #[inline(always)]
            |unit, sum| self.epilogue.pooled(simd, self.epilogue.finish(simd, unit, lanes, sum)),
        );
    }

    /// Adds the products of some inputs to all sums.
    #[inline(always)]
    fn add<S: Simd, const ROWS: usize>(simd: S, x: &[T], rows: &[T], y: &mut [T]) {
        let mut inputs = [lanes::zeros::<S, T>(simd); ROWS];
        for (u, input) in inputs.iter_mut().enumerate() {
            *input = lanes::splat(simd, x, u);
        }
        Self::sweep(
            simd,
            y,
            #[inline(always)]
            |unit, mut sum| {
                for (u, input) in inputs.iter().enumerate() {
                    sum = lanes::load(simd, rows, u * OUT + unit).mul_add(*input, sum);
                }
                sum
            },
        );
    }

    /// Replaces every vector of `y`; the last one overlaps the one before, so it is worked out first.
    #[inline(always)]
    fn sweep<S: Simd>(simd: S, y: &mut [T], replace: impl Fn(usize, T::Vector<S>) -> T::Vector<S>) {
        let lanes = T::Vector::<S>::LEN;
        let last = OUT - lanes;
        let tail = replace(last, lanes::load(simd, y, last));
        for unit in (0..last).step_by(lanes) {
            lanes::store::<S, T>(replace(unit, lanes::load(simd, y, unit)), y, unit);
        }
        lanes::store::<S, T>(tail, y, last);
    }

    /// Less than a vector of units: lanes past the last unit hold weights of the next row, and go unused.
    #[inline(always)]
    fn narrow<S: Simd, const SUMS: usize>(&self, simd: S, x: &[T], y: &mut [T]) {
        let mut sums = [lanes::zeros::<S, T>(simd); SUMS];
        sums[0] = self.epilogue.start(simd, 0, OUT);
        // Behind the weights of the last rows there is not a whole vector to load.
        let whole = (IN * OUT + OUT).saturating_sub(T::Vector::<S>::LEN) / OUT / SUMS * SUMS;
        for first in (0..whole).step_by(SUMS) {
            for (u, sum) in sums.iter_mut().enumerate() {
                let input = lanes::splat(simd, x, first + u);
                *sum = lanes::load(simd, self.kernel, (first + u) * OUT).mul_add(input, *sum);
            }
        }
        for i in whole..IN {
            let weights = lanes::load_part::<S, T>(simd, self.kernel, i * OUT, OUT);
            sums[i % SUMS] = weights.mul_add(lanes::splat(simd, x, i), sums[i % SUMS]);
        }
        self.finish(simd, 0, OUT, add_up::<S, T, SUMS>(sums), y);
    }

    /// A single unit: the lanes run over the inputs.
    #[inline(always)]
    fn dot<S: Simd>(&self, simd: S, x: &[T], y: &mut [T]) {
        const SUMS: usize = 8;
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        if let Some(simd) = lanes::narrower::<S, T>(simd, IN) {
            return self.dot(simd, x, y);
        }
        let lanes = T::Vector::<S>::LEN;
        let mut sums = [lanes::zeros::<S, T>(simd); SUMS];
        let whole = IN / (SUMS * lanes) * SUMS * lanes;
        for first in (0..whole).step_by(SUMS * lanes) {
            for (u, sum) in sums.iter_mut().enumerate() {
                let weights = lanes::load(simd, self.kernel, first + u * lanes);
                *sum = weights.mul_add(lanes::load::<S, T>(simd, x, first + u * lanes), *sum);
            }
        }
        for (u, first) in (whole..IN).step_by(lanes).enumerate() {
            let count = lanes.min(IN - first);
            let weights = lanes::load_or::<S, T>(simd, self.kernel, first, count, T::zero());
            let sum = &mut sums[u % SUMS];
            *sum = weights.mul_add(lanes::load_or::<S, T>(simd, x, first, count, T::zero()), *sum);
        }
        let sum = T::Vector::<S>::splat(simd, add_up::<S, T, SUMS>(sums).reduce_sum());
        self.finish(simd, 0, 1, sum + self.epilogue.start(simd, 0, 1), y);
    }

    #[inline(always)]
    fn finish<S: Simd>(&self, simd: S, first: usize, count: usize, sum: T::Vector<S>, y: &mut [T]) {
        let value = self.epilogue.finish(simd, first, count, sum);
        lanes::store_part::<S, T>(self.epilogue.pooled(simd, value), y, first, count);
    }
}

/// The sum of some vectors, in pairs.
#[inline(always)]
fn add_up<S: Simd, T: Element, const N: usize>(mut sums: [T::Vector<S>; N]) -> T::Vector<S> {
    let mut left = N;
    while left > 1 {
        let half = left.div_ceil(2);
        for i in half..left {
            sums[i - half] += sums[i];
        }
        left = half;
    }
    sums[0]
}
