//! Inference: one sample.

use fearless_simd::prelude::*;

use super::row::{self, Row};
use super::{Dense, DenseSizes, Typed};
use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::frame;
use crate::kernels::lanes;
use crate::kernels::tile::{self, Window};
use crate::layers::Bias;
use crate::layers::epilogue::Epilogue;

/// Multiplies every row of `IN` inputs by the kernel, then applies the epilogue.
///
/// `x` holds one or more rows of `IN` elements, `y` as many rows of `OUT` elements.
/// A slice that is too short is a mistake of the caller's: a panic in debug builds, rows left out in release.
/// Make the epilogue inside of the dispatched function: then what is absent is known to be, and costs nothing.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::dense::{self, Dense};
/// use nn_core::layers::epilogue::Epilogue;
///
/// let weights = Dense::<3, 2> { kernel: [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], bias: [0.5, 0.0] };
/// let mut y = [0.0; 2];
/// dispatch!(Level::new(), simd => {
///     dense::infer(simd, &weights, &[1.0, 10.0, 100.0], &mut y, Epilogue::bias(&weights.bias));
/// });
/// assert_eq!(y, [531.5, 642.0]);
/// ```
#[inline(always)]
pub fn infer<S: Simd, const IN: usize, const OUT: usize, T: Element, B: Bias<T>, A: Activation<T>, P: Activation<T>>(
    simd: S,
    weights: &Dense<IN, OUT, T, B>,
    x: &[T],
    y: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    frame::step(
        simd,
        #[inline(always)]
        || infer_with(simd, Typed::<IN, OUT>, weights.kernel(), x, y, epilogue),
    );
}

/// [`infer`] with the kernel as a slice, for sizes that may be known only when the program runs.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::activations::{AnyActivation, Relu};
/// use nn_core::layers::dense::{self, DenseSizes};
/// use nn_core::layers::epilogue::Epilogue;
///
/// let (sizes, mut y) = (DenseSizes { inputs: 3, units: 2 }, [0.0; 2]);
/// let (kernel, bias) = ([1.0, 2.0, 3.0, 4.0, 5.0, -6.0], [0.5, 0.0]);
/// dispatch!(Level::new(), simd => {
///     let epilogue = Epilogue::bias(&bias).activation(AnyActivation::Relu(Relu));
///     dense::infer_with(simd, &sizes, &kernel, &[1.0, 10.0, 100.0], &mut y, epilogue);
/// });
/// assert_eq!(y, [531.5, 0.0]);
/// ```
#[inline(always)]
pub fn infer_with<S: Simd, L: Geometry<DenseSizes>, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    shape: L,
    kernel: &[T],
    x: &[T],
    y: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let row = Row { shape, kernel, epilogue };
    // With fewer rows a tile would be mostly empty; a single unit is a product of two vectors.
    if row.count(x, y) < 4 || shape.sizes().units == 1 {
        for (x, y) in row.each(x, y) {
            row.infer(simd, x, y);
        }
        return;
    }
    many(simd, shape, kernel, x, y, epilogue);
}

/// [`infer`] with the same bits whatever the number of rows: the products of a row are added one after another also where it is alone,
/// which takes longer.
///
/// `ROWS` is the number of rows; layers of equal sizes share their code where there are several.
#[inline(always)]
pub fn infer_in_order<
    S: Simd,
    const ROWS: usize,
    const IN: usize,
    const OUT: usize,
    T: Element,
    B: Bias<T>,
    A: Activation<T>,
    P: Activation<T>,
>(
    simd: S,
    weights: &Dense<IN, OUT, T, B>,
    x: &[T],
    y: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let kernel = weights.kernel();
    if const { ROWS > 1 } {
        return frame::apart(
            simd,
            #[inline(always)]
            || rows_in_order::<S, ROWS, _, T, A, P>(simd, Typed::<IN, OUT>, kernel, x, y, epilogue),
        );
    }
    frame::step(
        simd,
        #[inline(always)]
        || rows_in_order::<S, ROWS, _, T, A, P>(simd, Typed::<IN, OUT>, kernel, x, y, epilogue),
    );
}

/// `ROWS` rows: a constant, so that the tiles for other numbers are not compiled.
#[inline(always)]
fn rows_in_order<
    S: Simd,
    const ROWS: usize,
    L: Geometry<DenseSizes>,
    T: Element,
    A: Activation<T>,
    P: Activation<T>,
>(
    simd: S,
    shape: L,
    kernel: &[T],
    x: &[T],
    y: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let DenseSizes { inputs, units } = shape.sizes();
    let (Some(x), Some(y)) = (x.get(..ROWS * inputs), y.get_mut(..ROWS * units)) else {
        debug_assert!(false, "{} inputs and {} outputs of {ROWS} rows", x.len(), y.len());
        return;
    };
    infer_in_order_with(simd, shape, kernel, x, y, epilogue);
}

/// [`infer_in_order`] with the kernel as a slice, for sizes that may be known only when the program runs.
#[inline(always)]
pub fn infer_in_order_with<S: Simd, L: Geometry<DenseSizes>, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    shape: L,
    kernel: &[T],
    x: &[T],
    y: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let row = Row { shape, kernel, epilogue };
    if row.count(x, y) < 4 || shape.sizes().units == 1 {
        for (x, y) in row.each(x, y) {
            row.infer_in_order(simd, x, y);
        }
        return;
    }
    many(simd, shape, kernel, x, y, epilogue);
}

/// Four rows or more, of more than one unit.
#[inline(always)]
fn many<S: Simd, L: Geometry<DenseSizes>, T: Element, A: Activation<T>, P: Activation<T>>(
    simd: S,
    shape: L,
    kernel: &[T],
    x: &[T],
    y: &mut [T],
    epilogue: Epilogue<'_, T, A, P>,
) {
    let (units, rows) = (shape.sizes().units, Row { shape, kernel, epilogue }.count(x, y));
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if let Some(simd) = lanes::narrower::<S, T>(simd, units) {
        return many(simd, shape, kernel, x, y, epilogue);
    }
    let many = Rows { shape, kernel, epilogue, rows, x };
    if units < T::Vector::<S>::LEN {
        return match best(rows, &[6, 8]) {
            8 => many.narrow::<S, 8>(simd, y),
            6 => many.narrow::<S, 6>(simd, y),
            _ => many.narrow::<S, 4>(simd, y),
        };
    }
    macro_rules! tiles {
        ($vectors:literal: $($rows:literal),*) => {
            match best(rows, &[$($rows),*]) {
                $($rows => many.infer::<S, $rows, $vectors>(simd, y),)*
                _ => many.infer::<S, 4, $vectors>(simd, y),
            }
        };
    }
    macro_rules! by_vectors {
        ($vectors:expr) => {
            match $vectors {
                1 => tiles!(1: 6, 8),
                2 => tiles!(2: 5, 6),
                3 if const { tile::sums(size_of::<T::Vector<S>>()) >= 24 } => tiles!(3: 5, 8),
                3 => many.infer::<S, 4, 3>(simd, y),
                _ if const { tile::sums(size_of::<T::Vector<S>>()) >= 24 } => tiles!(4: 5, 6),
                _ => tiles!(2: 5, 6),
            }
        };
    }
    if const { L::KNOWN.is_some() } {
        by_vectors!(const { row::Plan::<S, L, T>::VECTORS })
    } else {
        by_vectors!(units.div_ceil(T::Vector::<S>::LEN))
    }
}

/// Of these heights of a tile, in ascending order, the one with which so many rows cost least; 4 if that is better.
///
/// The last tile overlaps the one before, so what is left over costs as much as a whole tile. Where the number of rows
/// is known to the compiler, so is the result, and one tile is compiled.
#[inline(always)]
fn best(rows: usize, heights: &[usize]) -> usize {
    let mut best = 4;
    for &height in heights {
        if height <= rows && rows.div_ceil(height) * height <= rows.div_ceil(best) * best {
            best = height;
        }
    }
    best
}

/// Several rows at once: each weight is loaded for four of them.
struct Rows<'a, L, T, A, P> {
    shape: L,
    kernel: &'a [T],
    epilogue: Epilogue<'a, T, A, P>,
    rows: usize,
    x: &'a [T],
}

impl<L: Geometry<DenseSizes>, T: Element, A: Activation<T>, P: Activation<T>> Rows<'_, L, T, A, P> {
    #[inline(always)]
    fn infer<S: Simd, const MR: usize, const NV: usize>(&self, simd: S, y: &mut [T]) {
        let (DenseSizes { units, .. }, block) = (self.shape.sizes(), NV * T::Vector::<S>::LEN);
        row::apart(
            simd,
            self.shape,
            #[inline(always)]
            || {
                for first in (0..units).step_by(block) {
                    let first = first.min(units.saturating_sub(block));
                    for row in (0..self.rows).step_by(MR) {
                        self.tile::<S, MR, NV>(simd, row.min(self.rows - MR), first, y);
                    }
                }
            },
        );
        row::activate_behind(simd, self.shape, &self.epilogue, y);
    }

    /// Less than a vector of units: the lanes past the last unit hold weights of the next row, and go unused.
    #[inline(always)]
    fn narrow<S: Simd, const MR: usize>(&self, simd: S, y: &mut [T]) {
        row::apart(
            simd,
            self.shape,
            #[inline(always)]
            || self.narrow_tiles::<S, MR>(simd, y),
        );
        row::activate_behind(simd, self.shape, &self.epilogue, y);
    }

    #[inline(always)]
    fn narrow_tiles<S: Simd, const MR: usize>(&self, simd: S, y: &mut [T]) {
        let DenseSizes { inputs, units } = self.shape.sizes();
        // Behind the weights of the last inputs there is not a whole vector to load.
        let whole = ((inputs + 1) * units).saturating_sub(T::Vector::<S>::LEN) / units.max(1);
        for row in (0..self.rows).step_by(MR) {
            let row = row.min(self.rows - MR);
            let mut sums = [self.epilogue.start(simd, 0, units); MR];
            // Slices of constant lengths: whether everything is there is then known once.
            let x = self.x.get(row * inputs..(row + MR) * inputs);
            let (Some(x), Some(kernel)) = (x, self.kernel.get(..inputs * units)) else { return };
            for input in 0..inputs {
                let weights = match input < whole {
                    true => lanes::load(simd, kernel, input * units),
                    false => lanes::load_or(simd, kernel, input * units, units, T::zero()),
                };
                for (m, sum) in sums.iter_mut().enumerate() {
                    *sum = lanes::splat::<S, T>(simd, x, m * inputs + input).mul_add(weights, *sum);
                }
            }
            for (m, sum) in sums.iter().enumerate() {
                let value = row::finish(simd, self.shape, &self.epilogue, [0, units], *sum);
                lanes::store_part::<S, T>(value, y, (row + m) * units, units);
            }
        }
    }

    /// `MR` rows from `row` on, `NV` vectors of units from `first` on.
    #[inline(always)]
    fn tile<S: Simd, const MR: usize, const NV: usize>(&self, simd: S, row: usize, first: usize, y: &mut [T]) {
        let (DenseSizes { inputs, units }, lanes) = (self.shape.sizes(), T::Vector::<S>::LEN);
        let window = Window { rows: 1, row_step: 0, runs: 1, run_step: 0, len: inputs, stride: units };
        let mut vectors = [0; NV];
        let mut start = [lanes::zeros::<S, T>(simd); NV];
        for v in 0..NV {
            vectors[v] = (v * lanes).min(units - lanes);
            start[v] = self.epilogue.start(simd, first + vectors[v], lanes);
        }
        let mut rows = [0; MR];
        for (m, row) in rows.iter_mut().enumerate() {
            *row = m * inputs;
        }
        let (x, kernel) = (self.x.get(row * inputs..).unwrap_or(&[]), self.kernel.get(first..).unwrap_or(&[]));
        let sums = tile::tile(simd, window, x, rows, kernel, vectors, start);
        for (m, sums) in sums.iter().enumerate() {
            for v in 0..NV {
                let value = row::finish(simd, self.shape, &self.epilogue, [first + vectors[v], lanes], sums[v]);
                lanes::store::<S, T>(value, y, (row + m) * units + first + vectors[v]);
            }
        }
    }
}
