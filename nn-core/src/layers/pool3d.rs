//! `MaxPooling3D`, `AveragePooling3D`, adaptive pooling and that by the L2 norm: one value for each window of a volume. An image is one
//! frame, a sequence one row of it.
//!
//! The kernels take their sizes as numbers, whatever a network knows of them: they are compiled once.

use core::ops::Range;

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::geometry::{Geometry, geometry};
use crate::kernels::{frame, lanes, math, sums};
use crate::shape::padded_window;

/// Which value stands for a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// The largest.
    Max,
    /// The mean.
    Average,
    /// The root of the sum of squares.
    L2,
    /// Where mean shift with a Gaussian kernel leads from the mean: near a mode of the numbers.
    MeanShift {
        /// The deviation of the kernel.
        bandwidth: f64,
        /// How often it is shifted; at most [`MOST_SHIFTS`].
        iterations: usize,
    },
}

/// The most shifts of a mean.
pub const MOST_SHIFTS: usize = 32;

/// The geometry of one pooling layer in a network: a unit struct that the macro emits.
pub trait Pool3DShape: Copy + Send + Sync + 'static {
    /// What there is to know of it.
    const SIZES: Pool3DSizes;
}

/// The geometry of one pooling layer as numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool3DSizes {
    kind: Kind,
    input: [usize; 4],
    windows: Windows,
    output: [usize; 4],
}

/// Which elements are a window along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Windows {
    Sliding {
        size: [usize; 3],
        strides: [usize; 3],
        /// How far windows hang over the first edge.
        before: [usize; 3],
    },
    Adaptive,
}

geometry!(Pool3DShape, Pool3DSizes);

impl Pool3DSizes {
    /// A pooling over windows of one size. No size is 0.
    ///
    /// - `kind`: which value stands for a window.
    /// - `input`: depth, height, width, channels; `pool_size`: depth, height and width of a window.
    /// - `strides`: how far the window moves along each of them.
    /// - `pads`: how far windows hang over the edges, each time by less than their size.
    pub const fn new(
        kind: Kind,
        input: [usize; 4],
        pool_size: [usize; 3],
        strides: [usize; 3],
        pads: [[usize; 2]; 3],
    ) -> Self {
        let (mut before, mut output) = ([0; 3], input);
        let mut axis = 0;
        while axis < 3 {
            before[axis] = pads[axis][0];
            output[axis] = padded_window(input[axis], pads[axis], pool_size[axis], strides[axis], 1);
            axis += 1;
        }
        Pool3DSizes { kind, input, windows: Windows::Sliding { size: pool_size, strides, before }, output }
    }

    /// A pooling over so many windows, none of which is empty: window `i` of `n` is from `i / n` to `(i + 1) / n` of the input, rounded
    /// outward. No size is 0.
    ///
    /// - `kind`: which value stands for a window.
    /// - `input`: depth, height, width, channels; `output`: depth, height and width.
    pub const fn adaptive(kind: Kind, input: [usize; 4], output: [usize; 3]) -> Self {
        let [depth, height, width] = output;
        Pool3DSizes { kind, input, windows: Windows::Adaptive, output: [depth, height, width, input[3]] }
    }

    /// Depth, height, width, channels of the output.
    pub const fn output(&self) -> [usize; 4] {
        self.output
    }

    /// The inputs of a window along an axis; all windows have some.
    #[inline(always)]
    fn inside(&self, axis: usize, index: usize) -> Range<usize> {
        let input = self.input[axis];
        match self.windows {
            Windows::Sliding { size, strides, before } => {
                let first = index * strides[axis];
                let end = (first + size[axis]).saturating_sub(before[axis]);
                first.saturating_sub(before[axis])..end.min(input)
            }
            Windows::Adaptive => {
                // The product may be larger than an address.
                let (size, count) = (input as u64, self.output[axis].max(1) as u64);
                (index as u64 * size / count) as usize..((index as u64 + 1) * size).div_ceil(count) as usize
            }
        }
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
/// A mean is over the elements inside the input only, as in Keras. No size is 0.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::layers::pool3d::{self, Kind, Pool3DSizes};
///
/// let pairs = Pool3DSizes::new(Kind::Max, [2, 1, 2, 1], [2, 1, 1], [2, 1, 1], [[0; 2]; 3]);
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
                    Kind::L2 => norm(simd, sizes, window, x, [from, count]),
                    Kind::MeanShift { bandwidth, iterations } => {
                        let mut value = mean(simd, sizes, window, x, [from, count]);
                        for _ in 0..iterations {
                            [value, _] = shift(simd, sizes, window, x, [from, count], (bandwidth, value));
                        }
                        value
                    }
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
    channels: [usize; 2],
) -> T::Vector<S> {
    sum(
        simd,
        sizes,
        window,
        x,
        channels,
        true,
        #[inline(always)]
        |x| x,
    )
}

/// The root of the sum of squares of a window, for `count` channels.
#[inline(always)]
fn norm<S: Simd, T: Element>(
    simd: S,
    sizes: &Pool3DSizes,
    window: &Window,
    x: &[T],
    channels: [usize; 2],
) -> T::Vector<S> {
    let squares = sum(
        simd,
        sizes,
        window,
        x,
        channels,
        false,
        #[inline(always)]
        |x| x * x,
    );
    squares.sqrt()
}

/// What the square of a distance is multiplied by, to give the logarithm of a weight.
fn exponent<T: Element>(bandwidth: f64) -> T {
    T::from_f64(-0.5 / (bandwidth * bandwidth))
}

/// The mean of a window in which what is near `middle` counts most, and one over the sum of the weights; where nothing is near, the
/// middle stays, and that is 0.
#[inline(always)]
fn shift<S: Simd, T: Element>(
    simd: S,
    sizes: &Pool3DSizes,
    window: &Window,
    x: &[T],
    channels: [usize; 2],
    (bandwidth, middle): (f64, T::Vector<S>),
) -> [T::Vector<S>; 2] {
    let (none, one) = (lanes::zeros::<S, T>(simd), T::Vector::<S>::splat(simd, T::one()));
    let factor = T::Vector::<S>::splat(simd, exponent(bandwidth));
    let weights = sum(
        simd,
        sizes,
        window,
        x,
        channels,
        false,
        #[inline(always)]
        |x| math::exp_below::<S, T>(simd, (x - middle) * (x - middle) * factor),
    );
    let total = sum(
        simd,
        sizes,
        window,
        x,
        channels,
        false,
        #[inline(always)]
        |x| x * math::exp_below::<S, T>(simd, (x - middle) * (x - middle) * factor),
    );
    let lost = weights.simd_eq(none);
    let inverse = lost.select(none, one / weights);
    [lost.select(middle, total * inverse), inverse]
}

/// The sum over a window of what `of` makes of its elements, or their mean, for `count` channels.
#[inline(always)]
fn sum<S: Simd, T: Element>(
    simd: S,
    sizes: &Pool3DSizes,
    window: &Window,
    x: &[T],
    [from, count]: [usize; 2],
    mean: bool,
    of: impl Fn(T::Vector<S>) -> T::Vector<S>,
) -> T::Vector<S> {
    let len = window.len();
    if len > sums::BLOCK {
        let ([_, height, width, channels], [frames, rows, columns]) = (sizes.input, &window.0);
        // Neither is zero, which the compiler cannot know.
        let (row, frame) = (window.along(2).max(1), (window.along(1) * window.along(2)).max(1));
        let [value] = sums::mean::<S, T, 1>(
            simd,
            len,
            #[inline(always)]
            |at| {
                let pixel = (frames.start + at / frame) * height + rows.start + at % frame / row;
                let pixel = pixel * width + columns.start + at % row;
                [of(lanes::load_part::<S, T>(simd, x, pixel * channels + from, count))]
            },
        );
        return if mean { value } else { value * T::Vector::<S>::splat(simd, T::from_f64(len as f64)) };
    }
    let mut sum = lanes::zeros::<S, T>(simd);
    window.pixels(
        sizes.input,
        #[inline(always)]
        |pixel| sum += of(lanes::load_part::<S, T>(simd, x, pixel + from, count)),
    );
    if mean { sum * T::Vector::<S>::splat(simd, T::from_f64(1.0 / len as f64)) } else { sum }
}

/// Writes the gradient of the input to `dx`, for all samples.
///
/// The largest value of a window takes its whole gradient, and the first of several, frame by frame and row by row, or the first
/// of all where the largest is not a number; a mean deals it out in equal shares to the elements inside the input; a root of squares
/// by their share in it, and not at all where it is 0; a shifted mean by the derivative of all its shifts.
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
                if let Kind::MeanShift { bandwidth, iterations } = sizes.kind {
                    let given = lanes::load_part::<S, T>(simd, dy, out * channels + from, count);
                    backward_shifts(simd, sizes, window, x, [from, count], (bandwidth, iterations), given, dx);
                    continue;
                }
                let value = lanes::load_part::<S, T>(simd, y, out * channels + from, count);
                let mut rest = lanes::load_part::<S, T>(simd, dy, out * channels + from, count);
                match sizes.kind {
                    Kind::Max | Kind::MeanShift { .. } => {}
                    Kind::Average => rest *= share,
                    Kind::L2 => rest = value.simd_eq(none).select(none, rest / value),
                }
                window.pixels(
                    sizes.input,
                    #[inline(always)]
                    |pixel| {
                        let at = pixel + from;
                        let mut new = rest;
                        match sizes.kind {
                            Kind::Max => {
                                // Nothing is left for those after the first that is the largest.
                                let smaller = lanes::load_part::<S, T>(simd, x, at, count).simd_lt(value);
                                new = smaller.select(none, rest);
                                rest = smaller.select(rest, none);
                            }
                            Kind::Average | Kind::MeanShift { .. } => {}
                            Kind::L2 => new = rest * lanes::load_part::<S, T>(simd, x, at, count),
                        }
                        let old = lanes::load_part::<S, T>(simd, dx, at, count);
                        lanes::store_part::<S, T>(old + new, dx, at, count);
                    },
                );
            }
        },
    );
}

/// The gradient of a window whose mean is shifted, for `count` channels: back through all shifts.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "a window with all that its gradient depends on")]
fn backward_shifts<S: Simd, T: Element>(
    simd: S,
    sizes: &Pool3DSizes,
    window: &Window,
    x: &[T],
    [from, count]: [usize; 2],
    (bandwidth, iterations): (f64, usize),
    given: T::Vector<S>,
    dx: &mut [T],
) {
    let (none, mut rest) = (lanes::zeros::<S, T>(simd), given);
    let factor = T::Vector::<S>::splat(simd, exponent(bandwidth));
    let mut path = [none; MOST_SHIFTS + 1];
    path[0] = mean(simd, sizes, window, x, [from, count]);
    let iterations = iterations.min(MOST_SHIFTS);
    for at in 0..iterations {
        [path[at + 1], _] = shift(simd, sizes, window, x, [from, count], (bandwidth, path[at]));
    }
    for at in (0..iterations).rev() {
        let (middle, next) = (path[at], path[at + 1]);
        let [_, inverse] = shift(simd, sizes, window, x, [from, count], (bandwidth, middle));
        let mut through = none;
        window.pixels(
            sizes.input,
            #[inline(always)]
            |pixel| {
                let x = lanes::load_part::<S, T>(simd, x, pixel + from, count);
                let distance = x - middle;
                let weight = math::exp_below::<S, T>(simd, distance * distance * factor);
                // What the weight changes by, times how far it pulls.
                let pulled = (x - next) * weight * (factor + factor) * distance;
                through -= pulled;
                let old = lanes::load_part::<S, T>(simd, dx, pixel + from, count);
                lanes::store_part::<S, T>(old + rest * (weight + pulled) * inverse, dx, pixel + from, count);
            },
        );
        rest = inverse.simd_eq(none).select(rest, rest * through * inverse);
    }
    let share = rest * T::Vector::<S>::splat(simd, T::from_f64(1.0 / window.len() as f64));
    window.pixels(
        sizes.input,
        #[inline(always)]
        |pixel| {
            let old = lanes::load_part::<S, T>(simd, dx, pixel + from, count);
            lanes::store_part::<S, T>(old + share, dx, pixel + from, count);
        },
    );
}
