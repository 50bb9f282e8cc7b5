//! `Concatenate`: inputs behind each other along one axis.
//!
//! What lies inside of the axis is a run of each input; the runs of all inputs make a row of the output.

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

#[cfg(test)]
mod tests;
