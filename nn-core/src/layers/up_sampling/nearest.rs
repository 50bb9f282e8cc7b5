//! Copies of each element.

use fearless_simd::Simd;

use super::{Stretch, UpSamplingShape};
use crate::element::Element;
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
pub fn infer<L: UpSamplingShape, T: Element>(_shape: L, x: &[T], y: &mut [T]) {
    let stretch = const { L::STRETCH };
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
                        |x, y| y.copy_from_slice(x),
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
    for (x, y) in x.chunks_exact(small).zip(y.chunks_exact_mut(large * by)) {
        let (first, others) = y.split_at_mut(large);
        fill(x, first);
        for other in others.chunks_exact_mut(large) {
            other.copy_from_slice(first);
        }
    }
}

/// The gradient of the input, for all samples: the sum over its copies; overwrites `dx`.
#[inline(always)]
pub fn backward<S: Simd, L: UpSamplingShape, T: Element>(simd: S, _shape: L, dy: &[T], dx: &mut [T]) {
    let stretch = const { L::STRETCH };
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
    for (dx, dy) in dx.chunks_exact_mut(small).zip(dy.chunks_exact(large * by)) {
        for dy in dy.chunks_exact(large) {
            add(dy, dx);
        }
    }
}
