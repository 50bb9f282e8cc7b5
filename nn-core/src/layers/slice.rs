//! `x[1..5]`: some elements of each axis.

use crate::kernels::places::Places;
use crate::shape::MOST_AXES;

/// Which elements a slice takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceSizes {
    /// The elements of the input.
    pub input: usize,
    /// The elements of the output.
    pub output: usize,
    /// Those that lie side by side in both.
    run: usize,
    /// How many there are along each of the axes outside of the runs.
    counts: [usize; MOST_AXES],
    /// How far it is from one to the next in the input.
    strides: [usize; MOST_AXES],
    /// Where the first one lies.
    first: usize,
}

impl SliceSizes {
    /// The sizes for an input of at most six axes: for each the first element that is taken, how far it is to the next, and how many
    /// there are.
    pub const fn new(input: &[usize], axes: &[[usize; 3]]) -> Self {
        assert!(input.len() <= MOST_AXES && input.len() == axes.len(), "at most six axes");
        let (counts, strides) = ([1; MOST_AXES], [0; MOST_AXES]);
        let mut sizes = SliceSizes { input: 1, output: 1, run: 1, counts, strides, first: 0 };
        let (mut axis, mut outer) = (input.len(), MOST_AXES);
        while axis > 0 {
            axis -= 1;
            let [from, step, count] = axes[axis];
            // Whole up to here, so that a run goes on along this axis.
            if sizes.run == sizes.input && (step == 1 || count == 1) {
                sizes.run *= count;
            } else {
                outer -= 1;
                sizes.counts[outer] = count;
                sizes.strides[outer] = sizes.input * step;
            }
            sizes.first += from * sizes.input;
            sizes.output *= count;
            sizes.input *= input[axis];
        }
        sizes
    }

    /// Where the runs start in the input, one after another.
    #[inline(always)]
    fn starts(&self) -> Places<'_> {
        Places::new(self.first, &self.counts, &self.strides)
    }
}

/// Writes the elements that are taken; of one sample, or several.
///
/// ```
/// use nn_core::layers::slice::{self, SliceSizes};
/// // `x[1.., (..).step_by(2)]` of 2×4.
/// const SIZES: SliceSizes = SliceSizes::new(&[2, 4], &[[1, 1, 1], [0, 2, 2]]);
/// let mut y = [0; 2];
/// slice::infer(&SIZES, &[1, 2, 3, 4, 5, 6, 7, 8], &mut y);
/// assert_eq!(y, [5, 7]);
/// ```
pub fn infer<T: Copy>(sizes: &SliceSizes, x: &[T], y: &mut [T]) {
    // No size is zero, which the compiler cannot know of numbers.
    for (x, y) in x.chunks_exact(sizes.input.max(1)).zip(y.chunks_exact_mut(sizes.output.max(1))) {
        let mut starts = sizes.starts();
        for y in y.chunks_exact_mut(sizes.run.max(1)) {
            if let Some(x) = x.get(starts.next()..).and_then(|x| x.get(..y.len())) {
                y.copy_from_slice(x);
            }
        }
    }
}

/// The gradient of the input, for all samples: `dy` among zeros; overwrites `dx`.
pub fn backward<T: Copy + Default>(sizes: &SliceSizes, dy: &[T], dx: &mut [T]) {
    dx.fill(T::default());
    place(sizes, dy, dx);
}

/// Writes the gradients of the elements that are taken, and leaves those of the others as they are: for several slices that do not
/// overlap.
pub fn place<T: Copy>(sizes: &SliceSizes, dy: &[T], dx: &mut [T]) {
    for (dx, dy) in dx.chunks_exact_mut(sizes.input.max(1)).zip(dy.chunks_exact(sizes.output.max(1))) {
        let mut starts = sizes.starts();
        for dy in dy.chunks_exact(sizes.run.max(1)) {
            if let Some(dx) = dx.get_mut(starts.next()..).and_then(|dx| dx.get_mut(..dy.len())) {
                dx.copy_from_slice(dy);
            }
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    /// The place in the input of each element of the output, by division.
    fn places(input: &[usize], axes: &[[usize; 3]]) -> Vec<usize> {
        let output: usize = axes.iter().map(|axis| axis[2]).product();
        let place = |element: usize| {
            let (mut rest, mut place, mut stride) = (element, 0, 1);
            for (size, [from, step, count]) in input.iter().zip(axes).rev() {
                place += (from + rest % count * step) * stride;
                stride *= size;
                rest /= count;
            }
            place
        };
        (0..output).map(place).collect()
    }

    #[test]
    fn all_ways_to_take_elements() {
        type Case<'a> = (&'a [usize], &'a [[usize; 3]], usize);
        let cases: [Case<'_>; 12] = [
            (&[5], &[[0, 1, 5]], 5),
            (&[5], &[[1, 1, 3]], 3),
            (&[5], &[[0, 2, 3]], 1),
            (&[5], &[[4, 1, 1]], 1),
            (&[4, 3], &[[1, 1, 2], [0, 1, 3]], 6),
            (&[4, 3], &[[0, 1, 4], [1, 1, 2]], 2),
            (&[4, 3], &[[3, 7, 1], [2, 1, 1]], 1),
            (&[4, 6], &[[1, 2, 2], [1, 2, 3]], 1),
            (&[2, 3, 4], &[[0, 1, 2], [1, 1, 2], [0, 1, 4]], 8),
            (&[2, 3, 4], &[[1, 1, 1], [0, 2, 2], [0, 3, 2]], 1),
            (&[2, 2, 3, 2, 2], &[[0, 1, 2], [1, 1, 1], [0, 2, 2], [0, 1, 2], [0, 1, 2]], 4),
            (&[2, 3, 2, 3, 2, 3], &[[0, 1, 2], [1, 1, 2], [0, 1, 1], [0, 2, 2], [1, 1, 1], [0, 2, 2]], 1),
        ];
        for (input, axes, run) in cases {
            let sizes = SliceSizes::new(input, axes);
            assert_eq!((sizes.input, sizes.run), (input.iter().product(), run), "{axes:?} of {input:?}");
            let places = places(input, axes);
            let x: Vec<usize> = (1..=2 * sizes.input).collect();
            let both = places.iter().copied().chain(places.iter().map(|place| place + sizes.input));
            let want: Vec<usize> = both.map(|place| x[place]).collect();
            let mut y = vec![0; 2 * sizes.output];
            infer(&sizes, &x, &mut y);
            assert_eq!(y, want, "{axes:?} of {input:?}");
            let mut dx = vec![7; x.len()];
            backward(&sizes, &y, &mut dx);
            let taken = |at: usize| places.contains(&(at % sizes.input));
            let want: Vec<usize> = x.iter().enumerate().map(|(at, x)| if taken(at) { *x } else { 0 }).collect();
            assert_eq!(dx, want, "backward of {axes:?} of {input:?}");
        }
    }
}
