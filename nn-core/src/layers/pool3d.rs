//! `MaxPooling3D` and `AveragePooling3D`: one value for each window of a volume.
//!
//! The kernels take their sizes as numbers, whatever a network knows of them: they are compiled once.

use core::ops::Range;

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::geometry::{Geometry, geometry};
use crate::kernels::{frame, lanes, sums};
use crate::layers::pool2d::Kind;
use crate::shape::Padding;

/// The geometry of one pooling layer in a network: a unit struct that the macro emits.
pub trait Pool3DShape: Copy + Send + Sync + 'static {
    /// The largest value, or the mean.
    const KIND: Kind;
    /// Depth, height, width, channels of the input.
    const INPUT: [usize; 4];
    /// Depth, height and width of a window.
    const POOL_SIZE: [usize; 3];
    /// How far the window moves along each of them.
    const STRIDES: [usize; 3];
    /// Whether windows may hang over the edge.
    const PADDING: Padding = Padding::Valid;

    /// The constants above it, in one.
    const SIZES: Pool3DSizes = Pool3DSizes::new(Self::KIND, Self::INPUT, Self::POOL_SIZE, Self::STRIDES, Self::PADDING);
}

/// The geometry of one pooling layer as numbers: what [`Pool3DShape`] says in constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool3DSizes {
    kind: Kind,
    input: [usize; 4],
    pool_size: [usize; 3],
    strides: [usize; 3],
    /// How far windows hang over the first edge of each axis.
    before: [usize; 3],
    output: [usize; 4],
}

geometry!(Pool3DShape, Pool3DSizes);

impl Pool3DSizes {
    /// A pooling.
    ///
    /// - `kind`: the largest value, or the mean.
    /// - `input`: depth, height, width, channels; `pool_size`: depth, height and width of a window.
    /// - `strides`: how far the window moves along each of them.
    /// - `padding`: whether windows may hang over the edge.
    pub const fn new(
        kind: Kind,
        input: [usize; 4],
        pool_size: [usize; 3],
        strides: [usize; 3],
        padding: Padding,
    ) -> Self {
        let mut sizes = Pool3DSizes { kind, input, pool_size, strides, before: [0; 3], output: input };
        let mut axis = 0;
        while axis < 3 {
            let (size, stride) = (pool_size[axis], strides[axis]);
            [sizes.before[axis], _] = crate::shape::padding(padding, input[axis], size, stride, 1);
            sizes.output[axis] = crate::shape::window(padding, input[axis], size, stride, 1);
            axis += 1;
        }
        sizes
    }

    /// Depth, height, width, channels of the output.
    pub const fn output(&self) -> [usize; 4] {
        self.output
    }

    /// The inputs of a window along an axis; all windows have some.
    #[inline(always)]
    fn inside(&self, axis: usize, index: usize) -> Range<usize> {
        let first = index * self.strides[axis];
        let end = (first + self.pool_size[axis]).saturating_sub(self.before[axis]);
        first.saturating_sub(self.before[axis])..end.min(self.input[axis])
    }

    /// Calls `visit` with the place of each output among the pixels and with its window.
    #[inline(always)]
    fn windows(&self, mut visit: impl FnMut(usize, &Window)) {
        let [depth, height, width, _] = self.output;
        let mut out = 0;
        for i in 0..depth {
            for j in 0..height {
                for k in 0..width {
                    visit(out, &Window([self.inside(0, i), self.inside(1, j), self.inside(2, k)]));
                    out += 1;
                }
            }
        }
    }
}

/// The frames, rows and columns of a window.
struct Window([Range<usize>; 3]);

impl Window {
    /// How many frames, rows or columns.
    #[inline(always)]
    fn along(&self, axis: usize) -> usize {
        self.0[axis].end.saturating_sub(self.0[axis].start)
    }

    #[inline(always)]
    fn len(&self) -> usize {
        self.along(0) * self.along(1) * self.along(2)
    }

    /// Calls `visit` with the first element of each pixel of an input of this shape.
    #[inline(always)]
    fn pixels(&self, [_, height, width, channels]: [usize; 4], mut visit: impl FnMut(usize)) {
        let [frames, rows, columns] = &self.0;
        for frame in frames.clone() {
            for row in rows.clone() {
                for column in columns.clone() {
                    visit(((frame * height + row) * width + column) * channels);
                }
            }
        }
    }
}

/// Pools each of the samples in `x`, of which there may be one.
///
/// With `same`, a mean is over the elements inside the input only, as in Keras. No size is 0.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::layers::pool2d::Kind;
/// use nn_core::layers::pool3d::{self, Pool3DSizes};
/// use nn_core::shape::Padding;
///
/// let pairs = Pool3DSizes::new(Kind::Max, [2, 1, 2, 1], [2, 1, 1], [2, 1, 1], Padding::Valid);
/// let mut y = [0.0; 2];
/// dispatch!(Level::new(), simd => pool3d::infer(simd, &pairs, &[1.0_f32, 2.0, 4.0, -3.0], &mut y));
/// assert_eq!(y, [4.0, 2.0]);
/// ```
#[inline(always)]
pub fn infer<S: Simd, L: Geometry<Pool3DSizes>, T: Element>(simd: S, shape: L, x: &[T], y: &mut [T]) {
    all(simd, &shape.sizes(), x, y);
}

/// [`infer`], compiled once for all layers.
#[inline(never)]
fn all<S: Simd, T: Element>(simd: S, sizes: &Pool3DSizes, x: &[T], y: &mut [T]) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            // Neither is zero, which the compiler cannot know.
            let [input, output] = [sizes.input, sizes.output].map(|shape| shape.iter().product::<usize>().max(1));
            let mut sample = 0;
            while let (Some(x), Some(y)) =
                (x.get(sample * input..(sample + 1) * input), y.get_mut(sample * output..(sample + 1) * output))
            {
                one(simd, sizes, x, y);
                sample += 1;
            }
        },
    );
}

/// One sample.
#[inline(always)]
fn one<S: Simd, T: Element>(simd: S, sizes: &Pool3DSizes, x: &[T], y: &mut [T]) {
    let channels = sizes.input[3];
    let count = channels.min(T::Vector::<S>::LEN);
    sizes.windows(
        #[inline(always)]
        |out, window| {
            for from in (0..channels).step_by(T::Vector::<S>::LEN) {
                // The last vector overlaps the one before.
                let from = from.min(channels - count);
                let value = match sizes.kind {
                    Kind::Max => largest(simd, sizes, window, x, [from, count]),
                    Kind::Average => mean(simd, sizes, window, x, [from, count]),
                };
                lanes::store_part::<S, T>(value, y, out * channels + from, count);
            }
        },
    );
}

/// The largest of a window, for `count` channels.
#[inline(always)]
fn largest<S: Simd, T: Element>(
    simd: S,
    sizes: &Pool3DSizes,
    window: &Window,
    x: &[T],
    [from, count]: [usize; 2],
) -> T::Vector<S> {
    let mut largest = T::Vector::<S>::splat(simd, T::neg_infinity());
    window.pixels(
        sizes.input,
        #[inline(always)]
        |pixel| largest = lanes::larger::<S, T>(largest, lanes::load_part::<S, T>(simd, x, pixel + from, count)),
    );
    largest
}

/// The mean of a window, for `count` channels.
#[inline(always)]
fn mean<S: Simd, T: Element>(
    simd: S,
    sizes: &Pool3DSizes,
    window: &Window,
    x: &[T],
    [from, count]: [usize; 2],
) -> T::Vector<S> {
    let len = window.len();
    if len > sums::BLOCK {
        let ([_, height, width, channels], [frames, rows, columns]) = (sizes.input, &window.0);
        // Neither is zero, which the compiler cannot know.
        let (row, frame) = (window.along(2).max(1), (window.along(1) * window.along(2)).max(1));
        let [mean] = sums::mean::<S, T, 1>(
            simd,
            len,
            #[inline(always)]
            |at| {
                let pixel = (frames.start + at / frame) * height + rows.start + at % frame / row;
                let pixel = pixel * width + columns.start + at % row;
                [lanes::load_part::<S, T>(simd, x, pixel * channels + from, count)]
            },
        );
        return mean;
    }
    let mut sum = lanes::zeros::<S, T>(simd);
    window.pixels(
        sizes.input,
        #[inline(always)]
        |pixel| sum += lanes::load_part::<S, T>(simd, x, pixel + from, count),
    );
    sum * T::Vector::<S>::splat(simd, T::from_f64(1.0 / len as f64))
}

/// Writes the gradient of the input to `dx`, for all samples.
///
/// The largest value of a window takes its whole gradient, and the first of several, frame by frame and row by row, or the first
/// of all where the largest is not a number; a mean deals it out in equal shares to the elements inside the input.
///
/// - `x`, `y`: what went into [`infer`] and came out of it; `dy`: the gradient of `y`; `dx`: as long as `x`.
#[inline(always)]
pub fn backward<S: Simd, L: Geometry<Pool3DSizes>, T: Element>(
    simd: S,
    shape: L,
    samples: usize,
    x: &[T],
    y: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    debug_assert!(dx.len() == samples * shape.sizes().input.iter().product::<usize>());
    backward_all(simd, &shape.sizes(), [x, y, dy], dx);
}

/// [`backward`], compiled once for all layers.
#[inline(never)]
fn backward_all<S: Simd, T: Element>(simd: S, sizes: &Pool3DSizes, [x, y, dy]: [&[T]; 3], dx: &mut [T]) {
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            // Neither is zero, which the compiler cannot know.
            let lens = [sizes.input, sizes.output].map(|shape| shape.iter().product::<usize>().max(1));
            let outputs = y.chunks_exact(lens[1]).zip(dy.chunks_exact(lens[1]));
            for ((x, dx), (y, dy)) in x.chunks_exact(lens[0]).zip(dx.chunks_exact_mut(lens[0])).zip(outputs) {
                backward_one(simd, sizes, [x, y, dy], dx);
            }
        },
    );
}

/// One sample: each window adds to its inputs.
#[inline(always)]
fn backward_one<S: Simd, T: Element>(simd: S, sizes: &Pool3DSizes, [x, y, dy]: [&[T]; 3], dx: &mut [T]) {
    let channels = sizes.input[3];
    let none = lanes::zeros::<S, T>(simd);
    dx.fill(T::zero());
    sizes.windows(
        #[inline(always)]
        |out, window| {
            let share = T::Vector::<S>::splat(simd, T::from_f64(1.0 / window.len() as f64));
            for from in (0..channels).step_by(T::Vector::<S>::LEN) {
                let count = (channels - from).min(T::Vector::<S>::LEN);
                let largest = lanes::load_part::<S, T>(simd, y, out * channels + from, count);
                let mut rest = lanes::load_part::<S, T>(simd, dy, out * channels + from, count);
                if sizes.kind == Kind::Average {
                    rest *= share;
                }
                window.pixels(
                    sizes.input,
                    #[inline(always)]
                    |pixel| {
                        let at = pixel + from;
                        let mut new = rest;
                        if sizes.kind == Kind::Max {
                            // Nothing is left for those after the first that is the largest.
                            let smaller = lanes::load_part::<S, T>(simd, x, at, count).simd_lt(largest);
                            new = smaller.select(none, rest);
                            rest = smaller.select(rest, none);
                        }
                        let old = lanes::load_part::<S, T>(simd, dx, at, count);
                        lanes::store_part::<S, T>(old + new, dx, at, count);
                    },
                );
            }
        },
    );
}
