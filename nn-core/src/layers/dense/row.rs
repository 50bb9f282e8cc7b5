//! One row: a vector times a matrix.
//!
//! Every weight is used once, so what counts is to stream them: in memory order, with enough sums at
//! the same time to hide the cycles that a multiply-add takes.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::DenseSizes;
use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::{frame, lanes, slices, tile};
use crate::layers::epilogue::Epilogue;

/// The weights of a layer, and what follows the sums.
pub(super) struct Row<'a, L, T, A, P> {
    pub(super) shape: L,
    pub(super) kernel: &'a [T],
    pub(super) epilogue: Epilogue<'a, T, A, P>,
}

/// How the sums of a layer are laid out in the registers of a machine, where rustc knows the layer; zeros where it does not.
pub(super) struct Plan<S, L, T>(PhantomData<(S, L, T)>);

impl<S: Simd, L: Geometry<DenseSizes>, T: Element> Plan<S, L, T> {
    /// How many vectors of sums.
    const MOST: usize = tile::sums(size_of::<T::Vector<S>>()) * 2 / 3;
    /// Vectors of units.
    pub(super) const VECTORS: usize = match L::KNOWN {
        Some(sizes) => sizes.units.div_ceil(T::Vector::<S>::LEN),
        None => 0,
    };
    /// Sums of each unit: inputs at the same time.
    const SUMS: usize = match L::KNOWN {
        Some(sizes) => Self::sums(Self::VECTORS, sizes.inputs),
        None => 0,
    };
    /// The same for less than a vector of units.
    const NARROW: usize = match L::KNOWN {
        Some(sizes) => most_sums(sizes.inputs),
        None => 0,
    };

    /// Sums of each unit, for so many vectors of units and so many inputs.
    const fn sums(vectors: usize, inputs: usize) -> usize {
        match Self::MOST / vectors {
            0 => 1,
            // Of 6 or 7 there is no kernel.
            sums @ 1..=5 if sums < most_sums(inputs) => sums,
            _ => most_sums(inputs),
        }
    }

    /// Whether there may be so many vectors of units.
    const fn may_have(vectors: usize) -> bool {
        L::KNOWN.is_none() || Self::VECTORS == vectors
    }

    /// Whether any number of inputs gives so many sums.
    const fn could_be(vectors: usize, sums: usize) -> bool {
        let sums_of = [Self::sums(vectors, 1), Self::sums(vectors, 4), Self::sums(vectors, 17)];
        sums_of[0] == sums || sums_of[1] == sums || sums_of[2] == sums
    }
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

/// `f` right here where rustc knows the sizes; else in a function of its own: then there are many kernels side by side, of
/// which a call takes one.
#[inline(always)]
pub(super) fn apart<S: Simd, L: Geometry<DenseSizes>, R>(simd: S, _: L, f: impl FnOnce() -> R) -> R {
    if const { L::KNOWN.is_some() } { f() } else { frame::apart(simd, f) }
}

/// What becomes of the sums of the units `first..first + count` before they are stored: the whole epilogue.
///
/// Where the sizes are numbers, the activations come [behind](activate_behind) all sums of a call: a kernel with any
/// activation in it would be many times as large.
#[inline(always)]
pub(super) fn finish<S: Simd, L: Geometry<DenseSizes>, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    _: L,
    epilogue: &Epilogue<'_, T, A, P>,
    [first, count]: [usize; 2],
    sum: T::Vector<S>,
) -> T::Vector<S> {
    if const { L::KNOWN.is_some() } {
        epilogue.pooled(simd, epilogue.finish(simd, first, count, sum))
    } else {
        epilogue.scaled(simd, first, count, sum)
    }
}

/// What [`finish`] has left.
#[inline(always)]
pub(super) fn activate_behind<S: Simd, L: Geometry<DenseSizes>, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    shape: L,
    epilogue: &Epilogue<'_, T, A, P>,
    y: &mut [T],
) {
    if const { L::KNOWN.is_some() } {
        return;
    }
    let activation = epilogue.activation;
    apart(
        simd,
        shape,
        #[inline(always)]
        || {
            slices::map_in_place(
                simd,
                y,
                #[inline(always)]
                |y| epilogue.pooled(simd, activation.apply(simd, y)),
            );
        },
    );
}

impl<L: Geometry<DenseSizes>, T: Element, A: Activation<T>, P: Activation<T>> Row<'_, L, T, A, P> {
    #[inline(always)]
    fn inputs(&self) -> usize {
        self.shape.sizes().inputs
    }

    #[inline(always)]
    fn units(&self) -> usize {
        self.shape.sizes().units
    }

    /// How many rows of inputs and outputs there are.
    #[inline(always)]
    pub(super) fn count(&self, x: &[T], y: &[T]) -> usize {
        // No size is zero.
        let (inputs, units) = (self.inputs().max(1), self.units().max(1));
        debug_assert!(
            x.len().is_multiple_of(inputs) && x.len() / inputs * units == y.len(),
            "{} inputs, {} outputs",
            x.len(),
            y.len()
        );
        (x.len() / inputs).min(y.len() / units)
    }

    /// The rows of inputs, each with its outputs.
    #[inline(always)]
    pub(super) fn each<'x, 'y>(&self, x: &'x [T], y: &'y mut [T]) -> impl Iterator<Item = (&'x [T], &'y mut [T])> {
        x.chunks_exact(self.inputs().max(1)).zip(y.chunks_exact_mut(self.units().max(1)))
    }

    /// The same as [`infer`](Self::infer) with a single sum for each unit, in the order of the inputs.
    #[inline(always)]
    pub(super) fn infer_in_order<S: Simd>(&self, simd: S, x: &[T], y: &mut [T]) {
        if self.units() == 1 {
            return self.dot(simd, x, y);
        }
        if self.units() < T::Vector::<S>::LEN {
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            if let Some(simd) = lanes::narrower::<S, T>(simd, self.units()) {
                return self.infer_in_order(simd, x, y);
            }
            apart(
                simd,
                self.shape,
                #[inline(always)]
                || self.narrow::<S, 1>(simd, x, y),
            );
        } else {
            macro_rules! vectors {
                ($($vectors:literal),*) => {
                    match self.units().div_ceil(T::Vector::<S>::LEN) {
                        $($vectors if const { Plan::<S, L, T>::may_have($vectors) } => apart(
                            simd,
                            self.shape,
                            #[inline(always)]
                            || self.wide::<S, $vectors, 1>(simd, x, y),
                        ),)*
                        _ if const { Plan::<S, L, T>::VECTORS == 0 || Plan::<S, L, T>::VECTORS > 8 } => apart(
                            simd,
                            self.shape,
                            #[inline(always)]
                            || self.stream(simd, x, y),
                        ),
                        _ => {}
                    }
                };
            }
            vectors!(1, 2, 3, 4, 5, 6, 7, 8);
        }
        activate_behind(simd, self.shape, &self.epilogue, y);
    }

    /// `y = x · kernel`, then the epilogue.
    #[inline(always)]
    pub(super) fn infer<S: Simd>(&self, simd: S, x: &[T], y: &mut [T]) {
        if self.units() == 1 {
            return self.dot(simd, x, y);
        }
        if self.units() < T::Vector::<S>::LEN {
            #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
            if let Some(simd) = lanes::narrower::<S, T>(simd, self.units()) {
                return self.infer(simd, x, y);
            }
            match const { Plan::<S, L, T>::NARROW } {
                0 => self.any_narrow(simd, x, y),
                1 => self.narrow::<S, 1>(simd, x, y),
                4 => self.narrow::<S, 4>(simd, x, y),
                _ => self.narrow::<S, 8>(simd, x, y),
            }
        } else {
            match const { Plan::<S, L, T>::VECTORS } {
                0 => self.any(simd, x, y),
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
        activate_behind(simd, self.shape, &self.epilogue, y);
    }

    /// Less than a vector of units, chosen when it is called.
    #[inline(always)]
    fn any_narrow<S: Simd>(&self, simd: S, x: &[T], y: &mut [T]) {
        macro_rules! sums {
            ($($sums:literal),*) => {
                match most_sums(self.inputs()) {
                    $($sums => apart(
                        simd,
                        self.shape,
                        #[inline(always)]
                        || self.narrow::<S, $sums>(simd, x, y),
                    ),)*
                    _ => {}
                }
            };
        }
        sums!(1, 4, 8);
    }

    /// Units in vectors, chosen when it is called.
    #[inline(always)]
    fn any<S: Simd>(&self, simd: S, x: &[T], y: &mut [T]) {
        let vectors = self.units().div_ceil(T::Vector::<S>::LEN);
        let sums = Plan::<S, L, T>::sums(vectors, self.inputs());
        macro_rules! wide {
            ($vectors:literal x $($sums:literal),*) => {
                $(if const { Plan::<S, L, T>::could_be($vectors, $sums) } && [vectors, sums] == [$vectors, $sums] {
                    return apart(
                        simd,
                        self.shape,
                        #[inline(always)]
                        || self.wide::<S, $vectors, $sums>(simd, x, y),
                    );
                })*
            };
        }
        wide!(1 x 1, 2, 3, 4, 5, 8);
        wide!(2 x 1, 2, 3, 4, 5, 8);
        wide!(3 x 1, 2, 3, 4, 5, 8);
        wide!(4 x 1, 2, 3, 4, 5, 8);
        wide!(5 x 1, 2, 3, 4, 5, 8);
        wide!(6 x 1, 2, 3, 4, 5, 8);
        wide!(7 x 1, 2, 3, 4, 5, 8);
        wide!(8 x 1, 2, 3, 4, 5, 8);
        apart(
            simd,
            self.shape,
            #[inline(always)]
            || self.stream(simd, x, y),
        );
    }

    #[inline(always)]
    fn sums<S: Simd, const NV: usize>(&self, simd: S, x: &[T], y: &mut [T]) {
        match const { Plan::<S, L, T>::SUMS } {
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
        let (lanes, out) = (T::Vector::<S>::LEN, self.units());
        let mut units = [0; NV];
        let mut sums = [[lanes::zeros::<S, T>(simd); NV]; SUMS];
        for v in 0..NV {
            units[v] = (v * lanes).min(out - lanes);
            sums[0][v] = self.epilogue.start(simd, units[v], lanes);
        }
        let (xs, rows) = (x.chunks_exact(SUMS), self.kernel.chunks_exact((SUMS * out).max(1)));
        let (x_rest, rest) = (xs.remainder(), rows.remainder());
        for (x, rows) in xs.zip(rows) {
            for (u, sums) in sums.iter_mut().enumerate() {
                let input = lanes::splat(simd, x, u);
                for v in 0..NV {
                    sums[v] = lanes::load(simd, rows, u * out + units[v]).mul_add(input, sums[v]);
                }
            }
        }
        for (u, _) in x_rest.iter().enumerate() {
            let input = lanes::splat(simd, x_rest, u);
            for v in 0..NV {
                sums[0][v] = lanes::load(simd, rest, u * out + units[v]).mul_add(input, sums[0][v]);
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
        self.sweep(
            simd,
            y,
            #[inline(always)]
            |unit, _| self.epilogue.start(simd, unit, lanes),
        );
        let (xs, rows) = (x.chunks_exact(ROWS), self.kernel.chunks_exact((ROWS * self.units()).max(1)));
        let (x_rest, rest) = (xs.remainder(), rows.remainder());
        for (x, rows) in xs.zip(rows) {
            self.add::<S, ROWS>(simd, x, rows, y);
        }
        for (x, row) in x_rest.chunks_exact(1).zip(rest.chunks_exact(self.units().max(1))) {
            self.add::<S, 1>(simd, x, row, y);
        }
        self.sweep(
            simd,
            y,
            #[inline(always)]
            |unit, sum| finish(simd, self.shape, &self.epilogue, [unit, lanes], sum),
        );
    }

    /// Adds the products of some inputs to all sums.
    #[inline(always)]
    fn add<S: Simd, const ROWS: usize>(&self, simd: S, x: &[T], rows: &[T], y: &mut [T]) {
        let mut inputs = [lanes::zeros::<S, T>(simd); ROWS];
        for (u, input) in inputs.iter_mut().enumerate() {
            *input = lanes::splat(simd, x, u);
        }
        let units = self.units();
        self.sweep(
            simd,
            y,
            #[inline(always)]
            |unit, mut sum| {
                for (u, input) in inputs.iter().enumerate() {
                    sum = lanes::load(simd, rows, u * units + unit).mul_add(*input, sum);
                }
                sum
            },
        );
    }

    /// Replaces every vector of `y`; the last one overlaps the one before, so it is worked out first.
    #[inline(always)]
    fn sweep<S: Simd>(&self, simd: S, y: &mut [T], replace: impl Fn(usize, T::Vector<S>) -> T::Vector<S>) {
        let lanes = T::Vector::<S>::LEN;
        let last = self.units() - lanes;
        let tail = replace(last, lanes::load(simd, y, last));
        for unit in (0..last).step_by(lanes) {
            lanes::store::<S, T>(replace(unit, lanes::load(simd, y, unit)), y, unit);
        }
        lanes::store::<S, T>(tail, y, last);
    }

    /// Less than a vector of units: lanes past the last unit hold weights of the next row, and go unused.
    #[inline(always)]
    fn narrow<S: Simd, const SUMS: usize>(&self, simd: S, x: &[T], y: &mut [T]) {
        let (inputs, units) = (self.inputs(), self.units());
        let mut sums = [lanes::zeros::<S, T>(simd); SUMS];
        sums[0] = self.epilogue.start(simd, 0, units);
        // Behind the weights of the last rows there is not a whole vector to load.
        let whole = (inputs * units + units).saturating_sub(T::Vector::<S>::LEN) / units.max(1) / SUMS * SUMS;
        for first in (0..whole).step_by(SUMS) {
            for (u, sum) in sums.iter_mut().enumerate() {
                let input = lanes::splat(simd, x, first + u);
                *sum = lanes::load(simd, self.kernel, (first + u) * units).mul_add(input, *sum);
            }
        }
        for i in whole..inputs {
            let weights = lanes::load_part::<S, T>(simd, self.kernel, i * units, units);
            sums[i % SUMS] = weights.mul_add(lanes::splat(simd, x, i), sums[i % SUMS]);
        }
        self.finish(simd, 0, units, add_up::<S, T, SUMS>(sums), y);
    }

    /// A single unit: the lanes run over the inputs.
    #[inline(always)]
    fn dot<S: Simd>(&self, simd: S, x: &[T], y: &mut [T]) {
        const SUMS: usize = 8;
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        if let Some(simd) = lanes::narrower::<S, T>(simd, self.inputs()) {
            return self.dot(simd, x, y);
        }
        apart(
            simd,
            self.shape,
            #[inline(always)]
            || self.dot_sums::<S, SUMS>(simd, x, y),
        );
        activate_behind(simd, self.shape, &self.epilogue, y);
    }

    #[inline(always)]
    fn dot_sums<S: Simd, const SUMS: usize>(&self, simd: S, x: &[T], y: &mut [T]) {
        let (lanes, inputs) = (T::Vector::<S>::LEN, self.inputs());
        let mut sums = [lanes::zeros::<S, T>(simd); SUMS];
        let whole = inputs / (SUMS * lanes) * SUMS * lanes;
        for first in (0..whole).step_by(SUMS * lanes) {
            for (u, sum) in sums.iter_mut().enumerate() {
                let weights = lanes::load(simd, self.kernel, first + u * lanes);
                *sum = weights.mul_add(lanes::load::<S, T>(simd, x, first + u * lanes), *sum);
            }
        }
        for (u, first) in (whole..inputs).step_by(lanes).enumerate() {
            let count = lanes.min(inputs - first);
            let weights = lanes::load_or::<S, T>(simd, self.kernel, first, count, T::zero());
            let sum = &mut sums[u % SUMS];
            *sum = weights.mul_add(lanes::load_or::<S, T>(simd, x, first, count, T::zero()), *sum);
        }
        let sum = T::Vector::<S>::splat(simd, add_up::<S, T, SUMS>(sums).reduce_sum());
        self.finish(simd, 0, 1, sum + self.epilogue.start(simd, 0, 1), y);
    }

    #[inline(always)]
    fn finish<S: Simd>(&self, simd: S, first: usize, count: usize, sum: T::Vector<S>, y: &mut [T]) {
        let value = finish(simd, self.shape, &self.epilogue, [first, count], sum);
        lanes::store_part::<S, T>(value, y, first, count);
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
