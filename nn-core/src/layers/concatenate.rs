//! `Concatenate`: inputs behind each other along one axis.
//!
//! What lies inside of the axis is a run of each input; the runs of all inputs make a row of the output.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use crate::geometry::Geometry;

/// The geometry of one `Concatenate` in a network: a unit struct that the macro emits.
pub trait ConcatenateShape<const N: usize>: Copy + Send + Sync + 'static {
    /// The axes of each input; they differ in `AXIS` only.
    const INPUTS: [&'static [usize]; N];
    /// The axis, counted from 0 without the batch.
    const AXIS: usize;

    /// Both of it.
    const SIZES: ConcatenateSizes<[usize; N]> = ConcatenateSizes::new(Self::INPUTS, Self::AXIS);
}

/// The sizes of one `Concatenate`.
///
/// `R` are the elements of each input in a row: an array where rustc knows how many inputs there are, a slice or a vector
/// where not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConcatenateSizes<R> {
    /// The number of rows: the product of the axes before the one along which the inputs follow each other.
    pub outer: usize,
    /// The elements of each input in a row.
    pub runs: R,
    /// The elements of a row.
    pub row: usize,
}

impl<const N: usize> ConcatenateSizes<[usize; N]> {
    /// The sizes for inputs that differ in this axis only, which is counted from 0 without the batch.
    pub const fn new(inputs: [&[usize]; N], axis: usize) -> Self {
        let mut sizes = ConcatenateSizes { outer: product(inputs[0], 0, axis), runs: [0; N], row: 0 };
        let mut i = 0;
        while i < N {
            sizes.runs[i] = product(inputs[i], axis, inputs[i].len());
            sizes.row += sizes.runs[i];
            i += 1;
        }
        sizes
    }
}

#[cfg(feature = "alloc")]
impl ConcatenateSizes<Vec<usize>> {
    /// The sizes for any number of inputs that differ in this axis only, which is counted from 0 without the batch.
    pub fn of(inputs: &[&[usize]], axis: usize) -> Self {
        let outer = inputs.first().map_or(0, |first| product(first, 0, axis));
        let runs: Vec<usize> = inputs.iter().map(|input| product(input, axis, input.len())).collect();
        ConcatenateSizes { outer, row: runs.iter().sum(), runs }
    }
}

impl<R: AsRef<[usize]>> ConcatenateSizes<R> {
    /// The same for [`infer_slices`] and its like, which take any number of inputs.
    pub fn as_slices(&self) -> ConcatenateSizes<&[usize]> {
        ConcatenateSizes { outer: self.outer, runs: self.runs.as_ref(), row: self.row }
    }
}

impl<L: ConcatenateShape<N>, const N: usize> Geometry<ConcatenateSizes<[usize; N]>> for L {
    const KNOWN: Option<ConcatenateSizes<[usize; N]>> = Some(L::SIZES);

    #[inline(always)]
    fn sizes(self) -> ConcatenateSizes<[usize; N]> {
        L::SIZES
    }
}

/// The product of the axes from `first` up to `end`.
const fn product(shape: &[usize], first: usize, end: usize) -> usize {
    let (mut product, mut axis) = (1, first);
    while axis < end {
        product *= shape[axis];
        axis += 1;
    }
    product
}

/// Puts the inputs of one sample behind each other.
///
/// - `x`: each input, of shape `L::INPUTS`; `y`: the output.
///
/// ```
/// use nn_core::layers::concatenate::{self, ConcatenateShape};
/// #[derive(Clone, Copy)]
/// struct Columns;
/// impl ConcatenateShape<2> for Columns {
///     const INPUTS: [&'static [usize]; 2] = [&[2, 1], &[2, 2]];
///     const AXIS: usize = 1;
/// }
/// let mut y = [0; 6];
/// concatenate::infer(Columns, [&[1, 4], &[2, 3, 5, 6]], &mut y);
/// assert_eq!(y, [1, 2, 3, 4, 5, 6]);
/// ```
#[inline(always)]
pub fn infer<L: ConcatenateShape<N>, T: Copy, const N: usize>(shape: L, x: [&[T]; N], y: &mut [T]) {
    forward(shape, 1, x, y);
}

/// [`infer`] for any number of inputs.
#[inline(always)]
pub fn infer_slices<T: Copy>(sizes: &ConcatenateSizes<&[usize]>, x: &[&[T]], y: &mut [T]) {
    forward_slices(sizes, 1, x, y);
}

/// [`infer`] for all samples.
///
/// - `x`: `samples` inputs of each shape of `L::INPUTS`; `y`: as many outputs.
#[inline(always)]
pub fn forward<L: ConcatenateShape<N>, T: Copy, const N: usize>(shape: L, samples: usize, x: [&[T]; N], y: &mut [T]) {
    let ConcatenateSizes { outer, runs, row } = shape.sizes();
    join([samples * outer, row], runs, x, y);
}

/// [`forward`] for any number of inputs.
#[inline(always)]
pub fn forward_slices<T: Copy>(sizes: &ConcatenateSizes<&[usize]>, samples: usize, x: &[&[T]], y: &mut [T]) {
    join([samples * sizes.outer, sizes.row], sizes.runs.iter().copied(), x.iter().copied(), y);
}

/// Fills so many rows of the output with the runs of the inputs.
#[inline(always)]
fn join<'a, T: Copy + 'a>(
    [rows, len]: [usize; 2],
    runs: impl IntoIterator<Item = usize> + Clone,
    x: impl IntoIterator<Item = &'a [T]> + Clone,
    y: &mut [T],
) {
    for (row, y) in y.chunks_exact_mut(len.max(1)).take(rows).enumerate() {
        let mut offset = 0;
        for (run, x) in runs.clone().into_iter().zip(x.clone()) {
            let (Some(x), Some(y)) = (x.get(row * run..(row + 1) * run), y.get_mut(offset..offset + run)) else {
                debug_assert!(false, "an input is too short");
                return;
            };
            y.copy_from_slice(x);
            offset += run;
        }
    }
}

/// Writes the gradient of each input for which there is a slice, for all samples: its part of `dy`.
#[inline(always)]
pub fn backward<L: ConcatenateShape<N>, T: Copy, const N: usize>(
    shape: L,
    samples: usize,
    dy: &[T],
    dx: [Option<&mut [T]>; N],
) {
    let ConcatenateSizes { outer, runs, row } = shape.sizes();
    part([samples * outer, row], runs, dy, dx);
}

/// [`backward`] for any number of inputs.
#[inline(always)]
pub fn backward_slices<T: Copy>(
    sizes: &ConcatenateSizes<&[usize]>,
    samples: usize,
    dy: &[T],
    dx: &mut [Option<&mut [T]>],
) {
    let dx = dx.iter_mut().map(|dx| dx.as_deref_mut());
    part([samples * sizes.outer, sizes.row], sizes.runs.iter().copied(), dy, dx);
}

/// Hands the runs in so many rows of the gradient on to the inputs.
#[inline(always)]
fn part<'a, T: Copy + 'a>(
    [rows, len]: [usize; 2],
    runs: impl IntoIterator<Item = usize>,
    dy: &[T],
    dx: impl IntoIterator<Item = Option<&'a mut [T]>>,
) {
    let mut offset = 0;
    for (run, dx) in runs.into_iter().zip(dx) {
        let parts = dx.into_iter().flat_map(|dx| dx.chunks_exact_mut(run.max(1)));
        for (dx, dy) in parts.zip(dy.chunks_exact(len.max(1))).take(rows) {
            dx.copy_from_slice(&dy[offset..offset + run]);
        }
        offset += run;
    }
}

#[cfg(test)]
mod tests;
