//! Copies of each element.

use fearless_simd::Simd;

use super::{Stretch, UpSamplingSizes};
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::slices;
use crate::layers::merge::add_in_place;

/// `y[i][j][c] = x[i / size₀][j / size₁][c]`; one sample, or several.
///
/// ```
/// use nn_core::layers::up_sampling::{self, UpSamplingShape};
/// #[derive(Clone, Copy)]
/// struct Twice;
/// impl UpSamplingShape for Twice {
///     const INPUT: &'static [usize] = &[2, 2];
///     const SIZE: &'static [usize] = &[2, 1];
/// }
/// let mut y = [0.0; 8];
/// up_sampling::infer(Twice, &[1.0, 2.0, 3.0, 4.0], &mut y);
/// assert_eq!(y, [1.0, 2.0, 1.0, 2.0, 3.0, 4.0, 3.0, 4.0]);
/// ```
#[inline(always)]
pub fn infer<L: Geometry<UpSamplingSizes>, T: Element>(shape: L, x: &[T], y: &mut [T]) {
    let stretch = shape.sizes().stretch;
    each(
        &stretch,
        0,
        x,
        y,
        #[inline(always)]
        |x, y| {
            each(
                &stretch,
                1,
                x,
                y,
                #[inline(always)]
                |x, y| {
                    each(
                        &stretch,
                        2,
                        x,
                        y,
                        #[inline(always)]
                        |x, y| slices::copy(x, y),
                    )
                },
            )
        },
    );
}

/// Fills the first of the blocks that stand for one block along an axis, and copies it to the others.
#[inline(always)]
fn each<T: Copy>(stretch: &Stretch, axis: usize, x: &[T], y: &mut [T], fill: impl Fn(&[T], &mut [T]) + Copy) {
    let ([small, large], by) = (stretch.inside(axis), stretch.by[axis]);
    // No size is zero, which the compiler cannot know of numbers.
    let [small, large, by] = [small.max(1), large.max(1), by.max(1)];
    for (x, y) in x.chunks_exact(small).zip(y.chunks_exact_mut(large * by)) {
        let Some((first, others)) = y.split_at_mut_checked(large) else { return };
        fill(x, first);
        for other in others.chunks_exact_mut(large) {
            other.copy_from_slice(first);
        }
    }
}

/// The gradient of the input, for all samples: the sum over its copies; overwrites `dx`.
#[inline(always)]
pub fn backward<S: Simd, L: Geometry<UpSamplingSizes>, T: Element>(simd: S, shape: L, dy: &[T], dx: &mut [T]) {
    let stretch = shape.sizes().stretch;
    dx.fill(T::zero());
    sum_each(
        &stretch,
        0,
        dy,
        dx,
        #[inline(always)]
        |dy, dx| {
            sum_each(
                &stretch,
                1,
                dy,
                dx,
                #[inline(always)]
                |dy, dx| {
                    sum_each(
                        &stretch,
                        2,
                        dy,
                        dx,
                        #[inline(always)]
                        |dy, dx| add_in_place(simd, dx, dy),
                    )
                },
            )
        },
    );
}

/// Adds all blocks that stand for one block along an axis to it.
#[inline(always)]
fn sum_each<T>(stretch: &Stretch, axis: usize, dy: &[T], dx: &mut [T], add: impl Fn(&[T], &mut [T]) + Copy) {
    let ([small, large], by) = (stretch.inside(axis), stretch.by[axis]);
    let [small, large, by] = [small.max(1), large.max(1), by.max(1)];
    for (dx, dy) in dx.chunks_exact_mut(small).zip(dy.chunks_exact(large * by)) {
        for dy in dy.chunks_exact(large) {
            add(dy, dx);
        }
    }
}
