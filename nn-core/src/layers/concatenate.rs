//! `Concatenate`: inputs behind each other along one axis.
//!
//! What lies inside of the axis is a run of each input; the runs of all inputs make a row of the output.

use crate::element::Element;

/// The geometry of one `Concatenate` in a network: a unit struct that the macro emits.
pub trait ConcatenateShape<const N: usize>: Copy + Send + Sync + 'static {
    /// The axes of each input; they differ in `AXIS` only.
    const INPUTS: [&'static [usize]; N];
    /// The axis, counted from 0 without the batch.
    const AXIS: usize;

    /// The number of rows: the product of the axes before `AXIS`.
    const OUTER: usize = product(Self::INPUTS[0], 0, Self::AXIS);
    /// The elements of each input in a row.
    const RUNS: [usize; N] = runs(Self::INPUTS, Self::AXIS);
    /// The elements of a row.
    const ROW: usize = sum(Self::RUNS);
    /// The number of elements of the output.
    const OUTPUT: usize = Self::OUTER * Self::ROW;
    /// How many elements have one number in a mask: the last axis, or all of a row if that is the one.
    const MASKED: usize = if Self::AXIS + 1 == Self::INPUTS[0].len() { Self::ROW } else { last(Self::INPUTS[0]) };
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

const fn runs<const N: usize>(shapes: [&[usize]; N], axis: usize) -> [usize; N] {
    let (mut runs, mut i) = ([0; N], 0);
    while i < N {
        runs[i] = product(shapes[i], axis, shapes[i].len());
        i += 1;
    }
    runs
}

const fn sum<const N: usize>(sizes: [usize; N]) -> usize {
    let (mut sum, mut i) = (0, 0);
    while i < N {
        sum += sizes[i];
        i += 1;
    }
    sum
}

const fn last(shape: &[usize]) -> usize {
    shape[shape.len() - 1]
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

/// Puts one input in its place, where the others are there already or come from elsewhere.
#[inline(always)]
pub fn infer_part<L: ConcatenateShape<N>, T: Copy, const N: usize>(_shape: L, input: usize, x: &[T], y: &mut [T]) {
    let Some(run) = L::RUNS.get(input).copied() else { return };
    let offset: usize = L::RUNS.iter().take(input).sum();
    for (x, y) in x.chunks_exact(run).zip(y.chunks_exact_mut(L::ROW)).take(L::OUTER) {
        if let Some(y) = y.get_mut(offset..offset + run) {
            y.copy_from_slice(x);
        }
    }
}

/// [`infer`] for all samples.
///
/// - `x`: `samples` inputs of each shape of `L::INPUTS`; `y`: as many outputs.
#[inline(always)]
pub fn forward<L: ConcatenateShape<N>, T: Copy, const N: usize>(_shape: L, samples: usize, x: [&[T]; N], y: &mut [T]) {
    for (row, y) in y.chunks_exact_mut(L::ROW).take(samples * L::OUTER).enumerate() {
        let mut offset = 0;
        for (run, x) in L::RUNS.into_iter().zip(x) {
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
    _shape: L,
    samples: usize,
    dy: &[T],
    dx: [Option<&mut [T]>; N],
) {
    let mut offset = 0;
    for (run, dx) in L::RUNS.into_iter().zip(dx) {
        let rows = dx.into_iter().flat_map(|dx| dx.chunks_exact_mut(run));
        for (dx, dy) in rows.zip(dy.chunks_exact(L::ROW)).take(samples * L::OUTER) {
            dx.copy_from_slice(&dy[offset..offset + run]);
        }
        offset += run;
    }
}

/// The mask of the output, where at least one input has a mask: a number for each row of its last axis; one sample,
/// or several.
///
/// As in Keras 3, an input without a mask counts everywhere. Along the last axis a row counts if the row of any input
/// does; along another one the masks are behind each other as the inputs are.
///
/// - `masks`: for each input `None`, or a number for each row of its last axis.
#[inline(always)]
pub fn mask<L: ConcatenateShape<N>, T: Element, const N: usize>(_shape: L, masks: [Option<&[T]>; N], out: &mut [T]) {
    let along_last = L::AXIS + 1 == L::INPUTS[0].len();
    for (row, out) in out.chunks_exact_mut(L::ROW / L::MASKED).enumerate() {
        out.fill(T::zero());
        let mut offset = 0;
        for (run, mask) in L::RUNS.into_iter().zip(masks) {
            let count = if along_last { 1 } else { run / L::MASKED };
            let Some(out) = out.get_mut(offset..offset + count) else { return };
            let mask = mask.map(|mask| mask.get(row * count..(row + 1) * count).unwrap_or_default());
            for (at, out) in out.iter_mut().enumerate() {
                let counts = mask.is_none_or(|mask| mask.get(at).is_some_and(|number| *number != T::zero()));
                *out = if counts { T::one() } else { *out };
            }
            offset += if along_last { 0 } else { count };
        }
    }
}

#[cfg(test)]
mod tests;
