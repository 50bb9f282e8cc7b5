//! `Matmul`: matrix products, as NumPy's `matmul` has them without the batch.
//!
//! The last two axes are the matrices, and those before are repeated until they are alike. A vector on the left is a row, one on the
//! right a column.

use fearless_simd::prelude::*;

use super::dot::multiply;
use crate::element::Element;
use crate::kernels::places::Places;
use crate::shape::MOST_AXES;

/// The sizes of a matrix product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatmulSizes {
    /// Rows of the first, columns of the second, and the terms of a sum.
    sizes: [usize; 3],
    /// How many matrices there are along each axis before them.
    counts: [usize; MOST_AXES],
    /// How far it is from one to the next, in both: nothing along axes that are repeated.
    strides: [[usize; MOST_AXES]; 2],
    /// The matrices of the output.
    products: usize,
    /// The elements of both inputs.
    inputs: [usize; 2],
}

impl MatmulSizes {
    /// For inputs of at most six axes.
    pub const fn new(a: &[usize], b: &[usize]) -> Self {
        assert!(!a.is_empty() && !b.is_empty() && a.len() <= MOST_AXES && b.len() <= MOST_AXES, "one to six axes");
        let k = a[a.len() - 1];
        let m = if a.len() > 1 { a[a.len() - 2] } else { 1 };
        let n = if b.len() > 1 { b[b.len() - 1] } else { 1 };
        let mut sizes = MatmulSizes {
            sizes: [m, n, k],
            counts: [1; MOST_AXES],
            strides: [[0; MOST_AXES]; 2],
            products: 1,
            inputs: [m * k, k * n],
        };
        // From the last of the axes before the matrices on.
        let mut from_last = 2;
        while from_last < MOST_AXES {
            from_last += 1;
            let (a, b) = (before(a, from_last), before(b, from_last));
            let axis = MOST_AXES + 2 - from_last;
            if a > 1 {
                sizes.strides[0][axis] = sizes.inputs[0];
            }
            if b > 1 {
                sizes.strides[1][axis] = sizes.inputs[1];
            }
            sizes.counts[axis] = if a == 1 { b } else { a };
            sizes.products *= sizes.counts[axis];
            sizes.inputs[0] *= a;
            sizes.inputs[1] *= b;
        }
        sizes
    }

    /// The number of elements of the output.
    pub const fn output(&self) -> usize {
        self.products * self.sizes[0] * self.sizes[1]
    }

    /// Where the matrices of both inputs start, one product after another.
    #[inline(always)]
    fn places(&self) -> [Places<'_>; 2] {
        [0, 1].map(|input| Places::new(0, &self.counts, &self.strides[input]))
    }
}

/// The size of an axis that is counted from the last on, from 1; 1 where there is none.
const fn before(shape: &[usize], from_last: usize) -> usize {
    if from_last > shape.len() { 1 } else { shape[shape.len() - from_last] }
}

/// The products; of one sample, or several.
///
/// ```
/// use nn_core::layers::matmul::{self, MatmulSizes};
/// use nn_core::rt::{dispatch, fearless_simd::Level};
/// const SIZES: MatmulSizes = MatmulSizes::new(&[1, 2], &[2, 2]);
/// let mut y = [0.0; 2];
/// dispatch!(Level::baseline(), simd => matmul::infer(simd, &SIZES, [&[1.0, 2.0], &[3.0, 4.0, 5.0, 6.0_f32]], &mut y));
/// assert_eq!(y, [13.0, 16.0]);
/// ```
pub fn infer<S: Simd, T: Element>(simd: S, sizes: &MatmulSizes, [a, b]: [&[T]; 2], y: &mut [T]) {
    let [m, n, k] = sizes.sizes;
    y.fill(T::zero());
    // No size is zero, which the compiler cannot know of numbers.
    let inputs = a.chunks_exact(sizes.inputs[0].max(1)).zip(b.chunks_exact(sizes.inputs[1].max(1)));
    for ((a, b), y) in inputs.zip(y.chunks_exact_mut(sizes.output().max(1))) {
        let [mut of_a, mut of_b] = sizes.places();
        for y in y.chunks_exact_mut((m * n).max(1)) {
            if let (Some(a), Some(b)) = (a.get(of_a.next()..), b.get(of_b.next()..)) {
                multiply(simd, sizes.sizes, (a, [k, 1]), (b, [n, 1]), (y, [n, 1]));
            }
        }
    }
}

/// Writes the gradient of each input for which there is a slice, for all samples: `da = dy · bᵀ`, `db = aᵀ · dy`, summed over what
/// is repeated.
pub fn backward<S: Simd, T: Element>(
    simd: S,
    sizes: &MatmulSizes,
    [a, b]: [&[T]; 2],
    dy: &[T],
    [da, db]: [Option<&mut [T]>; 2],
) {
    let [m, n, k] = sizes.sizes;
    let dys = || dy.chunks_exact(sizes.output().max(1));
    if let Some(da) = da {
        da.fill(T::zero());
        let inputs = da.chunks_exact_mut(sizes.inputs[0].max(1)).zip(b.chunks_exact(sizes.inputs[1].max(1)));
        for ((da, b), dy) in inputs.zip(dys()) {
            let [mut of_a, mut of_b] = sizes.places();
            for dy in dy.chunks_exact((m * n).max(1)) {
                if let (Some(da), Some(b)) = (da.get_mut(of_a.next()..), b.get(of_b.next()..)) {
                    multiply(simd, [m, k, n], (dy, [n, 1]), (b, [1, n]), (da, [k, 1]));
                }
            }
        }
    }
    if let Some(db) = db {
        db.fill(T::zero());
        let inputs = a.chunks_exact(sizes.inputs[0].max(1)).zip(db.chunks_exact_mut(sizes.inputs[1].max(1)));
        for ((a, db), dy) in inputs.zip(dys()) {
            let [mut of_a, mut of_b] = sizes.places();
            for dy in dy.chunks_exact((m * n).max(1)) {
                if let (Some(a), Some(db)) = (a.get(of_a.next()..), db.get_mut(of_b.next()..)) {
                    multiply(simd, [k, n, m], (a, [1, k]), (dy, [n, 1]), (db, [n, 1]));
                }
            }
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::kernels::testing::{levels, random};
    use crate::kernels::vectors::dispatch;

    /// One element of the output, by its place: the sum over all terms.
    fn naive(a_shape: &[usize], b_shape: &[usize], x: [&[f64]; 2], sample: usize, at: usize) -> f64 {
        let padded = |shape: &[usize], vector: [usize; 2]| -> [usize; 6] {
            let matrix = if shape.len() == 1 { vector.to_vec() } else { shape.to_vec() };
            core::array::from_fn(|axis| (axis + matrix.len()).checked_sub(6).map_or(1, |axis| matrix[axis]))
        };
        let (a, b) = (padded(a_shape, [1, a_shape[0]]), padded(b_shape, [b_shape[0], 1]));
        let mut output: [usize; 6] = core::array::from_fn(|axis| a[axis].max(b[axis]));
        (output[4], output[5]) = (a[4], b[5]);
        let (mut rest, mut index) = (at, [0; 6]);
        for axis in (0..6).rev() {
            index[axis] = rest % output[axis];
            rest /= output[axis];
        }
        let place = |shape: [usize; 6], index: [usize; 6]| {
            let place = (0..6).fold(0, |place, axis| place * shape[axis] + index[axis] % shape[axis]);
            sample * shape.iter().product::<usize>() + place
        };
        let term = |k: usize| {
            let (mut left, mut right) = (index, index);
            (left[5], right[4]) = (k, k);
            x[0][place(a, left)] * x[1][place(b, right)]
        };
        (0..a[5]).map(term).sum()
    }

    fn check(a: &[usize], b: &[usize]) {
        const SAMPLES: usize = 2;
        let sizes = MatmulSizes::new(a, b);
        let x: [Vec<f64>; 2] = [0, 1].map(|input| random(input as u64, SAMPLES * sizes.inputs[input]));
        let dy: Vec<f64> = random(3, SAMPLES * sizes.output());
        let all = |x: [&[f64]; 2]| -> Vec<f64> {
            let output = sizes.output();
            (0..SAMPLES * output).map(|at| naive(a, b, x, at / output, at % output)).collect()
        };
        let want = all([&x[0], &x[1]]);
        let slopes: [Vec<f64>; 2] = [0, 1].map(|input| {
            let slope = |at: usize| {
                let moved = |by: f64| {
                    let mut x = x.clone();
                    x[input][at] += by;
                    all([&x[0], &x[1]]).iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>()
                };
                (moved(0.5) - moved(-0.5)) / 1.0
            };
            (0..x[input].len()).map(slope).collect()
        });
        for level in levels() {
            let mut y = vec![f64::NAN; dy.len()];
            let mut dx = x.clone().map(|x| vec![f64::NAN; x.len()]);
            let [da, db] = dx.each_mut().map(|dx| Some(dx.as_mut_slice()));
            dispatch!(level, simd => {
                infer(simd, &sizes, [&x[0], &x[1]], &mut y);
                backward(simd, &sizes, [&x[0], &x[1]], &dy, [da, db]);
            });
            for (got, want) in [(&y, &want), (&dx[0], &slopes[0]), (&dx[1], &slopes[1])] {
                for (at, (got, want)) in got.iter().zip(want).enumerate() {
                    assert!((got - want).abs() < 1e-10, "{a:?} · {b:?} at {at}: {got}, not {want}");
                }
            }
        }
    }

    #[test]
    fn all_ways_to_meet() {
        check(&[3, 5], &[5, 4]);
        check(&[5], &[5, 19]);
        check(&[3, 5], &[5]);
        check(&[5], &[5]);
        check(&[2, 3, 4], &[4, 5]);
        check(&[2, 3, 4], &[2, 4, 5]);
        check(&[2, 3, 4], &[1, 4, 5]);
        check(&[3, 4], &[2, 4, 2]);
        check(&[2, 1, 3, 4], &[3, 4, 2]);
        check(&[1, 2, 1, 2, 2, 3], &[2, 1, 2, 1, 3, 2]);
    }
}
