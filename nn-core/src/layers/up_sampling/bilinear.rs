//! Mixtures of four neighbours, along the last two axes that are stretched.

use fearless_simd::prelude::*;

use super::{Stretch, UpSamplingSizes};
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::lanes;

/// Where an output lies along one axis: between two inputs, and how near to the second, from 0 to 1.
#[derive(Clone, Copy)]
struct Between<T> {
    low: usize,
    high: usize,
    weight: T,
}

impl<T: Element> Between<T> {
    /// Of output `at` at `(at + ½) / by - ½`, that is `(2·at + 1 - by) / (2·by)`, of `size` inputs.
    #[inline(always)]
    fn new(at: usize, by: usize, size: usize) -> Self {
        // One input further, so that nothing is negative.
        let place = 2 * at + 1 + by;
        // No size is zero, which the compiler cannot know of numbers.
        let step = (2 * by).max(1);
        let (low, rest) = (place / step, place % step);
        let inside = |further: usize| further.saturating_sub(1).min(size.saturating_sub(1));
        Between { low: inside(low), high: inside(low + 1), weight: T::from_f64(rest as f64 / step as f64) }
    }
}

/// The four inputs of an output as places of their first elements, and the weights of the second ones.
#[derive(Clone, Copy)]
struct Corners<T> {
    /// Above on the left and on the right, below on the left and on the right.
    places: [usize; 4],
    down: T,
    right: T,
}

/// Calls `f` with the corners of each output and the place of its first element.
#[inline(always)]
fn outputs<T: Element>(stretch: &Stretch, mut f: impl FnMut(Corners<T>, usize)) {
    let Stretch { input: [_, height, width], by: [_, down, right], run } = *stretch;
    for i in 0..height * down {
        let rows = Between::new(i, down, height);
        for j in 0..width * right {
            let columns = Between::new(j, right, width);
            let place = |row: usize, column: usize| (row * width + column) * run;
            let corners = Corners {
                places: [
                    place(rows.low, columns.low),
                    place(rows.low, columns.high),
                    place(rows.high, columns.low),
                    place(rows.high, columns.high),
                ],
                down: rows.weight,
                right: columns.weight,
            };
            f(corners, (i * width * right + j) * run);
        }
    }
}

/// Whether at most two axes are stretched, as far as rustc knows.
const fn is_flat(known: &Option<UpSamplingSizes>) -> bool {
    match known {
        Some(UpSamplingSizes { stretch }) => stretch.by[0] == 1 && stretch.input[0] == 1,
        None => true,
    }
}

/// `y = x` at the place of each output, mixed from the four inputs around it; one sample, or several.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::up_sampling::{self, UpSamplingShape};
/// #[derive(Clone, Copy)]
/// struct Wider;
/// impl UpSamplingShape for Wider {
///     const INPUT: &'static [usize] = &[1, 2, 1];
///     const SIZE: &'static [usize] = &[1, 2, 1];
/// }
/// let mut y = [0.0; 4];
/// dispatch!(Level::new(), simd => up_sampling::infer_bilinear(simd, Wider, &[0.0, 4.0], &mut y));
/// assert_eq!(y, [0.0, 1.0, 3.0, 4.0]);
/// ```
#[inline(always)]
pub fn infer_bilinear<S: Simd, L: Geometry<UpSamplingSizes>, T: Element>(simd: S, shape: L, x: &[T], y: &mut [T]) {
    const { assert!(is_flat(&L::KNOWN), "bilinear interpolation is along two axes") };
    let stretch = shape.sizes().stretch;
    let [small, large] = stretch.inside(0).map(|len| len.max(1));
    for (x, y) in x.chunks_exact(small).zip(y.chunks_exact_mut(large)) {
        outputs(
            &stretch,
            #[inline(always)]
            |Corners::<T> { places, down, right }, to| {
                for at in (0..stretch.run).step_by(T::Vector::<S>::LEN) {
                    let count = T::Vector::<S>::LEN.min(stretch.run - at);
                    let load = |corner: usize| lanes::load_part::<S, T>(simd, x, places[corner] + at, count);
                    let [above_left, above_right, below_left, below_right] = [load(0), load(1), load(2), load(3)];
                    let above = above_left + (above_right - above_left) * right;
                    let below = below_left + (below_right - below_left) * right;
                    lanes::store_part::<S, T>(above + (below - above) * down, y, to + at, count);
                }
            },
        );
    }
}

/// The gradient of the input, for all samples: each output hands its own on to its four inputs; overwrites `dx`.
#[inline(always)]
pub fn backward_bilinear<S: Simd, L: Geometry<UpSamplingSizes>, T: Element>(simd: S, shape: L, dy: &[T], dx: &mut [T]) {
    const { assert!(is_flat(&L::KNOWN), "bilinear interpolation is along two axes") };
    let stretch = shape.sizes().stretch;
    let [small, large] = stretch.inside(0).map(|len| len.max(1));
    dx.fill(T::zero());
    for (dx, dy) in dx.chunks_exact_mut(small).zip(dy.chunks_exact(large)) {
        outputs(
            &stretch,
            #[inline(always)]
            |Corners::<T> { places, down, right }, from| {
                let (up, left) = (T::one() - down, T::one() - right);
                let weights = [up * left, up * right, down * left, down * right];
                for at in (0..stretch.run).step_by(T::Vector::<S>::LEN) {
                    let count = T::Vector::<S>::LEN.min(stretch.run - at);
                    let dy = lanes::load_part::<S, T>(simd, dy, from + at, count);
                    for (place, weight) in places.into_iter().zip(weights) {
                        let sum = lanes::load_part::<S, T>(simd, dx, place + at, count) + dy * weight;
                        lanes::store_part::<S, T>(sum, dx, place + at, count);
                    }
                }
            },
        );
    }
}
