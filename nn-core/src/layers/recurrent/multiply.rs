//! Products for one sample.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::{RecurrentSizes, infer::Order};
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::tile::{self, Window};
use crate::kernels::{frame, lanes};

/// Some columns of a matrix.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    /// Rows of the matrix.
    inputs: usize,
    /// Columns that are taken.
    outputs: usize,
    /// The first of them.
    first: usize,
    /// All columns.
    stride: usize,
}

impl Geometry<Columns> for &Columns {
    const KNOWN: Option<Columns> = None;

    #[inline(always)]
    fn sizes(self) -> Columns {
        *self
    }
}

/// The kernel of the inputs, of so many gates.
#[derive(Clone, Copy)]
pub(crate) struct Inputs<L, const GATES: usize>(pub(crate) L);

impl<L, const GATES: usize> Inputs<L, GATES> {
    #[inline(always)]
    const fn columns(layer: &RecurrentSizes) -> Columns {
        let outputs = GATES * layer.units;
        Columns { inputs: layer.inputs, outputs, first: 0, stride: outputs }
    }
}

/// `COUNT` of the `GATES` gates of the recurrent kernel, from the gate `FIRST` on.
#[derive(Clone, Copy)]
pub(crate) struct Recurrent<L, const GATES: usize, const FIRST: usize, const COUNT: usize>(pub(crate) L);

impl<L, const GATES: usize, const FIRST: usize, const COUNT: usize> Recurrent<L, GATES, FIRST, COUNT> {
    #[inline(always)]
    const fn columns(layer: &RecurrentSizes) -> Columns {
        let units = layer.units;
        Columns { inputs: units, outputs: COUNT * units, first: FIRST * units, stride: GATES * units }
    }
}

/// The columns of a layer are known where its sizes are.
macro_rules! columns {
    ($product:ident, $($parameter:ident),*) => {
        impl<L: Geometry<RecurrentSizes>, $(const $parameter: usize),*> Geometry<Columns> for $product<L, $($parameter),*> {
            const KNOWN: Option<Columns> = match L::KNOWN {
                Some(layer) => Some(Self::columns(&layer)),
                None => None,
            };

            #[inline(always)]
            fn sizes(self) -> Columns {
                match Self::KNOWN {
                    Some(columns) => columns,
                    None => Self::columns(&self.0.sizes()),
                }
            }
        }
    };
}

columns!(Inputs, GATES);
columns!(Recurrent, GATES, FIRST, COUNT);

/// How the sums of one row are laid out in the registers of a machine.
#[derive(Clone, Copy)]
struct Plan {
    /// Vectors of a block: all blocks are nearly alike.
    vectors: usize,
    blocks: usize,
    /// Inputs at the same time: enough sums to hide the cycles that a multiply-add takes.
    sums: usize,
    /// Vectors of a tile of several rows, `0` where a tile would be mostly empty.
    tile: usize,
}

impl Plan {
    const fn is(self, vectors: usize, sums: usize) -> bool {
        self.vectors == vectors && self.sums == sums
    }
}

/// The plan of a product, a constant where its columns are.
struct Planned<S, P, T>(PhantomData<(S, P, T)>);

impl<S: Simd, P: Geometry<Columns>, T: Element> Planned<S, P, T> {
    const KNOWN: Option<Plan> = match P::KNOWN {
        Some(columns) => Some(Self::plan(columns)),
        None => None,
    };
    const REGISTERS: usize = tile::sums(size_of::<T::Vector<S>>());
    /// How many vectors of sums there are at most, beside the factors.
    const MOST: usize = Self::REGISTERS * 2 / 3;
    /// The same in a tile of several rows.
    const MOST_IN_TILE: usize = if Self::REGISTERS >= 16 { 4 } else { 2 };

    const fn plan(columns: Columns) -> Plan {
        let all = columns.outputs.div_ceil(T::Vector::<S>::LEN);
        let blocks = all.div_ceil(Self::MOST);
        let vectors = if blocks == 0 { 0 } else { all.div_ceil(blocks) };
        let sums = match vectors {
            _ if columns.inputs < 8 => 1,
            0 => 1,
            vectors => match Self::MOST / vectors {
                sums @ 0..8 => sums,
                _ => 8,
            },
        };
        let tile =
            if columns.outputs < T::Vector::<S>::LEN { 0 } else { all.div_ceil(all.div_ceil(Self::MOST_IN_TILE)) };
        Plan { vectors, blocks, sums, tile }
    }

    #[inline(always)]
    fn of(product: P) -> Plan {
        match Self::KNOWN {
            Some(plan) => plan,
            None => Self::plan(product.sizes()),
        }
    }

    /// Whether a plan can be this one: the code of all others is left out.
    const fn can_be(vectors: usize, sums: usize) -> bool {
        match Self::KNOWN {
            Some(plan) => plan.is(vectors, sums),
            None => vectors * sums <= Self::MOST,
        }
    }

    /// The same for the tile of several rows.
    const fn can_tile(vectors: usize) -> bool {
        match Self::KNOWN {
            Some(plan) => plan.tile == vectors,
            None => vectors <= Self::MOST_IN_TILE,
        }
    }
}

/// `z = start + x · kernel` for one row.
///
/// `start` may be empty, for zeros; behind the outputs in `z` there is room for a vector.
#[inline(always)]
pub(crate) fn row<S: Simd, P: Geometry<Columns>, T: Element>(
    simd: S,
    product: P,
    order: Order,
    start: &[T],
    x: &[T],
    kernel: &[T],
    z: &mut [T],
) {
    if const { P::KNOWN.is_some() } {
        planned_row(simd, product, order, start, x, kernel, z);
    } else {
        any_row(simd, &product.sizes(), order, start, x, kernel, z);
    }
}

/// [`row`] of any size: one function for all products.
fn any_row<S: Simd, T: Element>(
    simd: S,
    columns: &Columns,
    order: Order,
    start: &[T],
    x: &[T],
    kernel: &[T],
    z: &mut [T],
) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || planned_row(simd, columns, order, start, x, kernel, z),
    );
}

/// [`row`] where it is called.
#[inline(always)]
fn planned_row<S: Simd, P: Geometry<Columns>, T: Element>(
    simd: S,
    product: P,
    order: Order,
    start: &[T],
    x: &[T],
    kernel: &[T],
    z: &mut [T],
) {
    let Columns { inputs, outputs, stride, .. } = product.sizes();
    let (Some(x), Some(kernel)) = (x.get(..inputs), kernel.get(..inputs * stride)) else {
        return;
    };
    if outputs < T::Vector::<S>::LEN {
        return narrow(simd, product, start, x, kernel, z);
    }
    let plan = Planned::<S, P, T>::of(product);
    macro_rules! blocks {
        ($($vectors:literal x $sums:literal),*) => {
            $(if const { Planned::<S, P, T>::can_be($vectors, $sums) } && plan.is($vectors, $sums) {
                return blocks::<S, P, T, $vectors, $sums>(simd, product, order.weights_from_last, start, x, kernel, z);
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
fn blocks<S: Simd, P: Geometry<Columns>, T: Element, const NV: usize, const SUMS: usize>(
    simd: S,
    product: P,
    from_last: bool,
    start: &[T],
    x: &[T],
    kernel: &[T],
    z: &mut [T],
) {
    let lanes = T::Vector::<S>::LEN;
    let Columns { inputs, outputs, first: first_column, stride } = product.sizes();
    let blocks = Planned::<S, P, T>::of(product).blocks;
    let mut at = [0; NV];
    for v in 0..NV {
        at[v] = (v * lanes).min(outputs.saturating_sub(lanes));
    }
    let span = at[NV - 1] + lanes;
    for block in 0..blocks {
        let block = if from_last { blocks - 1 - block } else { block };
        let first = (block * NV * lanes).min(outputs.saturating_sub(span));
        let mut sums = [[lanes::zeros::<S, T>(simd); NV]; SUMS];
        if !start.is_empty() {
            for v in 0..NV {
                sums[0][v] = lanes::load(simd, start, first + at[v]);
            }
        }
        let columns = first_column + first;
        for step in 0..inputs / SUMS {
            let input = SUMS * if from_last { inputs / SUMS - 1 - step } else { step };
            let row = input * stride + columns;
            let (Some(x), Some(rows)) = (x.get(input..input + SUMS), kernel.get(row..row + (SUMS - 1) * stride + span))
            else {
                return;
            };
            for u in 0..SUMS {
                let input = lanes::splat(simd, x, u);
                for v in 0..NV {
                    sums[u][v] = lanes::load(simd, rows, u * stride + at[v]).mul_add(input, sums[u][v]);
                }
            }
        }
        for input in inputs / SUMS * SUMS..inputs {
            let row = input * stride + columns;
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
fn narrow<S: Simd, P: Geometry<Columns>, T: Element>(
    simd: S,
    product: P,
    start: &[T],
    x: &[T],
    kernel: &[T],
    z: &mut [T],
) {
    const SUMS: usize = 4;
    let lanes = T::Vector::<S>::LEN;
    let Columns { inputs, outputs, first, stride } = product.sizes();
    let mut sums = [lanes::zeros::<S, T>(simd); SUMS];
    if !start.is_empty() {
        sums[0] = lanes::load_part(simd, start, 0, lanes.min(start.len()));
    }
    // Behind the weights of the last rows there is not a whole vector to load.
    let whole = match (inputs * stride).checked_sub(first + lanes) {
        Some(room) => (room / stride.max(1) + 1).min(inputs),
        None => 0,
    };
    for i in 0..whole {
        let weights = lanes::load(simd, kernel, i * stride + first);
        sums[i % SUMS] = weights.mul_add(lanes::splat(simd, x, i), sums[i % SUMS]);
    }
    for i in whole..inputs {
        let weights = lanes::load_part::<S, T>(simd, kernel, i * stride + first, outputs);
        sums[i % SUMS] = weights.mul_add(lanes::splat(simd, x, i), sums[i % SUMS]);
    }
    lanes::store::<S, T>((sums[0] + sums[1]) + (sums[2] + sums[3]), z, 0);
}

/// `z = start + x · kernel` for `count` rows, those of `z` lying `width` elements apart.
#[inline(always)]
pub(super) fn rows<S: Simd, P: Geometry<Columns>, T: Element>(
    simd: S,
    product: P,
    [count, width]: [usize; 2],
    start: &[T],
    x: &[T],
    kernel: &[T],
    z: &mut [T],
) {
    let all = Rows { count, width, single: false, start, x, kernel };
    if const { P::KNOWN.is_some() } {
        all.multiply(simd, product, z);
    } else {
        any_rows(simd, &product.sizes(), all, z);
    }
}

/// [`rows`] with the bits that each of them has alone.
#[inline(always)]
pub(super) fn single_rows<S: Simd, P: Geometry<Columns>, T: Element>(
    simd: S,
    product: P,
    [count, width]: [usize; 2],
    start: &[T],
    x: &[T],
    kernel: &[T],
    z: &mut [T],
) {
    let all = Rows { count, width, single: true, start, x, kernel };
    if const { P::KNOWN.is_some() } {
        all.multiply(simd, product, z);
    } else {
        any_rows(simd, &product.sizes(), all, z);
    }
}

/// [`rows`] of any size: one function for all products.
fn any_rows<S: Simd, T: Element>(simd: S, columns: &Columns, all: Rows<'_, T>, z: &mut [T]) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || all.multiply(simd, columns, z),
    );
}

/// The rows of a product. Where its columns are known, so are `count` and `width`.
struct Rows<'a, T> {
    count: usize,
    width: usize,
    /// Whether each has the bits that it has alone.
    single: bool,
    start: &'a [T],
    x: &'a [T],
    kernel: &'a [T],
}

impl<T: Element> Rows<'_, T> {
    #[inline(always)]
    fn multiply<S: Simd, P: Geometry<Columns>>(&self, simd: S, product: P, z: &mut [T]) {
        let plan = Planned::<S, P, T>::of(product);
        // A tile has one sum for each output; a row alone may have several.
        if self.single && plan.sums > 1 {
            return self.one_by_one(simd, product, z);
        }
        macro_rules! tiles {
            ($($vectors:literal),*) => {
                $(if const { Planned::<S, P, T>::can_tile($vectors) } && plan.tile == $vectors && self.count >= 4 {
                    return self.tiles::<S, P, 4, $vectors>(simd, product, z);
                })*
            };
        }
        tiles!(1, 2, 3, 4);
        self.one_by_one(simd, product, z);
    }

    #[inline(always)]
    fn one_by_one<S: Simd, P: Geometry<Columns>>(&self, simd: S, product: P, z: &mut [T]) {
        // A row may write past its end, into that of the next, which comes after it.
        for index in 0..self.count {
            let (x, z) = (self.x.get(index * product.sizes().inputs..), z.get_mut(index * self.width..));
            if let (Some(x), Some(z)) = (x, z) {
                row(simd, product, Order::default(), self.start, x, self.kernel, z);
            }
        }
    }

    /// `MR` rows at a time, so that each weight is loaded for all of them.
    #[inline(always)]
    fn tiles<S: Simd, P: Geometry<Columns>, const MR: usize, const NV: usize>(&self, simd: S, product: P, z: &mut [T]) {
        let (block, outputs) = (NV * T::Vector::<S>::LEN, product.sizes().outputs);
        for first in (0..outputs).step_by(block) {
            let first = first.min(outputs.saturating_sub(block));
            for index in (0..self.count).step_by(MR) {
                self.tile::<S, P, MR, NV>(simd, product, index.min(self.count - MR), first, z);
            }
        }
    }

    /// `MR` rows from `index` on, `NV` vectors of outputs from `first` on.
    #[inline(always)]
    fn tile<S: Simd, P: Geometry<Columns>, const MR: usize, const NV: usize>(
        &self,
        simd: S,
        product: P,
        index: usize,
        first: usize,
        z: &mut [T],
    ) {
        let lanes = T::Vector::<S>::LEN;
        let Columns { inputs, outputs, first: first_column, stride } = product.sizes();
        let window = Window { rows: 1, row_step: 0, runs: 1, run_step: 0, len: inputs, stride };
        let mut at = [0; NV];
        let mut start = [lanes::zeros::<S, T>(simd); NV];
        for v in 0..NV {
            at[v] = (v * lanes).min(outputs - lanes);
            if !self.start.is_empty() {
                start[v] = lanes::load(simd, self.start, first + at[v]);
            }
        }
        let mut rows = [0; MR];
        for (m, row) in rows.iter_mut().enumerate() {
            *row = m * inputs;
        }
        let x = self.x.get(index * inputs..).unwrap_or(&[]);
        let kernel = self.kernel.get(first_column + first..).unwrap_or(&[]);
        let sums = tile::tile(simd, window, x, rows, kernel, at, start);
        for (m, sums) in sums.iter().enumerate() {
            for v in 0..NV {
                lanes::store::<S, T>(sums[v], z, (index + m) * self.width + first + at[v]);
            }
        }
    }
}
