//! Products for one sample, whose sizes are known at compile time.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::{RecurrentShape, infer::Order};
use crate::element::Element;
use crate::kernels::lanes;
use crate::kernels::tile::{self, Window};

/// Some columns of a matrix.
pub(crate) trait Product {
    /// Rows of the matrix.
    const INPUTS: usize;
    /// Columns that are taken.
    const OUTPUTS: usize;
    /// The first of them.
    const FIRST: usize = 0;
    /// All columns.
    const STRIDE: usize = Self::OUTPUTS;
}

/// The kernel of the inputs, of so many gates.
pub(crate) struct Inputs<L, const GATES: usize>(PhantomData<L>);

impl<L: RecurrentShape, const GATES: usize> Product for Inputs<L, GATES> {
    const INPUTS: usize = L::INPUTS;
    const OUTPUTS: usize = GATES * L::UNITS;
}

/// `COUNT` of the `GATES` gates of the recurrent kernel, from the gate `FIRST` on.
pub(crate) struct Recurrent<L, const GATES: usize, const FIRST: usize, const COUNT: usize>(PhantomData<L>);

impl<L: RecurrentShape, const GATES: usize, const FIRST: usize, const COUNT: usize> Product
    for Recurrent<L, GATES, FIRST, COUNT>
{
    const INPUTS: usize = L::UNITS;
    const OUTPUTS: usize = COUNT * L::UNITS;
    const FIRST: usize = FIRST * L::UNITS;
    const STRIDE: usize = GATES * L::UNITS;
}

/// How the sums of one row are laid out in the registers of a machine.
struct Choice<S, P, T>(PhantomData<(S, P, T)>);

impl<S: Simd, P: Product, T: Element> Choice<S, P, T> {
    /// How many vectors of sums there are at most, beside the factors.
    const MOST: usize = tile::sums(size_of::<T::Vector<S>>()) * 2 / 3;
    const VECTORS: usize = P::OUTPUTS.div_ceil(T::Vector::<S>::LEN);
    const BLOCKS: usize = Self::VECTORS.div_ceil(Self::MOST);
    /// Vectors of a block: all blocks are nearly alike.
    const NV: usize = if Self::BLOCKS == 0 { 0 } else { Self::VECTORS.div_ceil(Self::BLOCKS) };
    /// Inputs at the same time: enough sums to hide the cycles that a multiply-add takes.
    const SUMS: usize = match Self::NV {
        _ if P::INPUTS < 8 => 1,
        0 => 1,
        nv => match Self::MOST / nv {
            sums @ 0..8 => sums,
            _ => 8,
        },
    };
    const CODE: usize = Self::NV * 16 + Self::SUMS;
    /// Vectors of a tile of several rows, `0` where a tile would be mostly empty.
    const TILE: usize = {
        let most = if tile::sums(size_of::<T::Vector<S>>()) >= 16 { 4 } else { 2 };
        if P::OUTPUTS < T::Vector::<S>::LEN { 0 } else { Self::VECTORS.div_ceil(Self::VECTORS.div_ceil(most)) }
    };
}

/// `z = start + x · kernel` for one row.
///
/// `start` may be empty, for zeros; behind the `OUTPUTS` elements of `z` there is room for a vector.
#[inline(always)]
pub(crate) fn row<S: Simd, P: Product, T: Element>(
    simd: S,
    order: Order,
    start: &[T],
    x: &[T],
    kernel: &[T],
    z: &mut [T],
) {
    let (Some(x), Some(kernel)) = (x.get(..P::INPUTS), kernel.get(..P::INPUTS * P::STRIDE)) else {
        return;
    };
    if P::OUTPUTS < T::Vector::<S>::LEN {
        return narrow::<S, P, T>(simd, start, x, kernel, z);
    }
    macro_rules! blocks {
        ($($vectors:literal x $sums:literal),*) => {
            $(if const { Choice::<S, P, T>::CODE == $vectors * 16 + $sums } {
                return blocks::<S, P, T, $vectors, $sums>(simd, order.weights_from_last, start, x, kernel, z);
            })*
        };
    }
    blocks! {
        1 x 1, 2 x 1, 3 x 1, 4 x 1, 5 x 1, 6 x 1, 7 x 1, 8 x 1, 9 x 1, 10 x 1, 11 x 1, 12 x 1, 13 x 1, 14 x 1, 15 x 1, 16 x 1,
        3 x 2, 4 x 2, 6 x 2, 7 x 2, 8 x 2, 5 x 3, 2 x 4, 4 x 4, 3 x 5, 1 x 8, 2 x 8
    }
}

/// `NV` vectors of sums at a time; the last of them overlap those before where the outputs do not fill them.
#[inline(always)]
fn blocks<S: Simd, P: Product, T: Element, const NV: usize, const SUMS: usize>(
    simd: S,
    from_last: bool,
    start: &[T],
    x: &[T],
    kernel: &[T],
    z: &mut [T],
) {
    let lanes = T::Vector::<S>::LEN;
    let mut at = [0; NV];
    for v in 0..NV {
        at[v] = (v * lanes).min(P::OUTPUTS.saturating_sub(lanes));
    }
    let span = at[NV - 1] + lanes;
    for block in 0..const { Choice::<S, P, T>::BLOCKS } {
        let block = if from_last { Choice::<S, P, T>::BLOCKS - 1 - block } else { block };
        let first = (block * NV * lanes).min(P::OUTPUTS.saturating_sub(span));
        let mut sums = [[lanes::zeros::<S, T>(simd); NV]; SUMS];
        if !start.is_empty() {
            for v in 0..NV {
                sums[0][v] = lanes::load(simd, start, first + at[v]);
            }
        }
        let columns = P::FIRST + first;
        for step in 0..P::INPUTS / SUMS {
            let input = SUMS * if from_last { P::INPUTS / SUMS - 1 - step } else { step };
            let row = input * P::STRIDE + columns;
            let (Some(x), Some(rows)) =
                (x.get(input..input + SUMS), kernel.get(row..row + (SUMS - 1) * P::STRIDE + span))
            else {
                return;
            };
            for u in 0..SUMS {
                let input = lanes::splat(simd, x, u);
                for v in 0..NV {
                    sums[u][v] = lanes::load(simd, rows, u * P::STRIDE + at[v]).mul_add(input, sums[u][v]);
                }
            }
        }
        for input in P::INPUTS / SUMS * SUMS..P::INPUTS {
            let row = input * P::STRIDE + columns;
            let Some(row) = kernel.get(row..row + span) else {
                return;
            };
            let input = lanes::splat(simd, x, input);
            for v in 0..NV {
                sums[0][v] = lanes::load(simd, row, at[v]).mul_add(input, sums[0][v]);
            }
        }
        for v in 0..NV {
            let mut sum = sums[0][v];
            for more in &sums[1..] {
                sum += more[v];
            }
            lanes::store::<S, T>(sum, z, first + at[v]);
        }
    }
}

/// Less than a vector of outputs: the lanes past the last one hold weights of the next row, and go unused.
#[inline(always)]
fn narrow<S: Simd, P: Product, T: Element>(simd: S, start: &[T], x: &[T], kernel: &[T], z: &mut [T]) {
    const SUMS: usize = 4;
    let lanes = T::Vector::<S>::LEN;
    let mut sums = [lanes::zeros::<S, T>(simd); SUMS];
    if !start.is_empty() {
        sums[0] = lanes::load_part(simd, start, 0, lanes.min(start.len()));
    }
    // Behind the weights of the last rows there is not a whole vector to load.
    let whole = match (P::INPUTS * P::STRIDE).checked_sub(P::FIRST + lanes) {
        Some(room) => (room / P::STRIDE.max(1) + 1).min(P::INPUTS),
        None => 0,
    };
    for i in 0..whole {
        let weights = lanes::load(simd, kernel, i * P::STRIDE + P::FIRST);
        sums[i % SUMS] = weights.mul_add(lanes::splat(simd, x, i), sums[i % SUMS]);
    }
    for i in whole..P::INPUTS {
        let weights = lanes::load_part::<S, T>(simd, kernel, i * P::STRIDE + P::FIRST, P::OUTPUTS);
        sums[i % SUMS] = weights.mul_add(lanes::splat(simd, x, i), sums[i % SUMS]);
    }
    lanes::store::<S, T>((sums[0] + sums[1]) + (sums[2] + sums[3]), z, 0);
}

/// `z = start + x · kernel` for `count` rows, those of `z` lying `width` elements apart.
///
/// `count` and `width` are constants where this is called.
#[inline(always)]
pub(super) fn rows<S: Simd, P: Product, T: Element>(
    simd: S,
    [count, width]: [usize; 2],
    start: &[T],
    x: &[T],
    kernel: &[T],
    z: &mut [T],
) {
    let all = Rows { count, width, start, x, kernel };
    match const { Choice::<S, P, T>::TILE } {
        1.. if count < 4 => all.one_by_one::<S, P>(simd, z),
        1 => all.tiles::<S, P, 4, 1>(simd, z),
        2 => all.tiles::<S, P, 4, 2>(simd, z),
        3 => all.tiles::<S, P, 4, 3>(simd, z),
        4 => all.tiles::<S, P, 4, 4>(simd, z),
        _ => all.one_by_one::<S, P>(simd, z),
    }
}

/// The rows of a product.
struct Rows<'a, T> {
    count: usize,
    width: usize,
    start: &'a [T],
    x: &'a [T],
    kernel: &'a [T],
}

impl<T: Element> Rows<'_, T> {
    #[inline(always)]
    fn one_by_one<S: Simd, P: Product>(&self, simd: S, z: &mut [T]) {
        // A row may write past its end, into that of the next, which comes after it.
        for index in 0..self.count {
            let (x, z) = (self.x.get(index * P::INPUTS..), z.get_mut(index * self.width..));
            if let (Some(x), Some(z)) = (x, z) {
                row::<S, P, T>(simd, Order::default(), self.start, x, self.kernel, z);
            }
        }
    }

    /// `MR` rows at a time, so that each weight is loaded for all of them.
    #[inline(always)]
    fn tiles<S: Simd, P: Product, const MR: usize, const NV: usize>(&self, simd: S, z: &mut [T]) {
        let block = NV * T::Vector::<S>::LEN;
        for first in (0..P::OUTPUTS).step_by(block) {
            let first = first.min(P::OUTPUTS.saturating_sub(block));
            for index in (0..self.count).step_by(MR) {
                self.tile::<S, P, MR, NV>(simd, index.min(self.count - MR), first, z);
            }
        }
    }

    /// `MR` rows from `index` on, `NV` vectors of outputs from `first` on.
    #[inline(always)]
    fn tile<S: Simd, P: Product, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        index: usize,
        first: usize,
        z: &mut [T],
    ) {
        let lanes = T::Vector::<S>::LEN;
        let window = Window { rows: 1, row_step: 0, runs: 1, run_step: 0, len: P::INPUTS, stride: P::STRIDE };
        let mut at = [0; NV];
        let mut start = [lanes::zeros::<S, T>(simd); NV];
        for v in 0..NV {
            at[v] = (v * lanes).min(P::OUTPUTS - lanes);
            if !self.start.is_empty() {
                start[v] = lanes::load(simd, self.start, first + at[v]);
            }
        }
        let mut rows = [0; MR];
        for (m, row) in rows.iter_mut().enumerate() {
            *row = m * P::INPUTS;
        }
        let x = self.x.get(index * P::INPUTS..).unwrap_or(&[]);
        let kernel = self.kernel.get(P::FIRST + first..).unwrap_or(&[]);
        let sums = tile::tile(simd, window, x, rows, kernel, at, start);
        for (m, sums) in sums.iter().enumerate() {
            for v in 0..NV {
                lanes::store::<S, T>(sums[v], z, (index + m) * self.width + first + at[v]);
            }
        }
    }
}
