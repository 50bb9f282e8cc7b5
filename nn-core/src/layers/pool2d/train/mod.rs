//! Training: the samples of a shard.

#[cfg(all(test, feature = "std"))]
mod tests;

use fearless_simd::Select;
use fearless_simd::prelude::*;

use super::{Kind, Pool2DSizes, infer};
use crate::activations::Linear;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::{frame, lanes};
use crate::layers::conv2d::Border;

/// Pools every sample.
///
/// - `shape`: a unit struct with a [`Pool2DShape`](super::Pool2DShape), or a reference to [`Pool2DSizes`].
/// - `x`: `samples` inputs; `y`: as many outputs.
#[inline(always)]
pub fn forward<S: Simd, L: Geometry<Pool2DSizes>, T: Element>(simd: S, shape: L, samples: usize, x: &[T], y: &mut [T]) {
    frame::apart(
        simd,
        #[inline(always)]
        || {
            let inputs = x.chunks_exact(shape.sizes().input.iter().product());
            let outputs = y.chunks_exact_mut(shape.sizes().output.iter().product());
            for (x, y) in inputs.zip(outputs).take(samples) {
                infer(simd, shape, Border::NONE, x, y, Linear);
            }
        },
    );
}

/// Writes the gradient of the input to `dx`.
///
/// The largest value of a window takes its whole gradient, and the first of several, row by row, as in
/// TensorFlow, or the first of all where the largest is not a number; a mean deals it out in equal shares to the elements inside the input.
///
/// - `x`, `y`: what went into [`forward`] and came out of it; `dy`: the gradient of `y`; `dx`: as long as `x`.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::pool2d::{Kind, Pool2DShape, backward};
/// #[derive(Clone, Copy)]
/// struct Halve;
/// impl Pool2DShape for Halve {
///     const KIND: Kind = Kind::Max;
///     const INPUT: [usize; 3] = [2, 2, 1];
///     const POOL_SIZE: [usize; 2] = [2, 2];
///     const STRIDES: [usize; 2] = [2, 2];
/// }
/// let mut dx = [0.0; 4];
/// dispatch!(Level::new(), simd => backward(simd, Halve, 1, &[1.0, 3.0, 3.0, 2.0], &[3.0], &[5.0], &mut dx));
/// assert_eq!(dx, [0.0, 5.0, 0.0, 0.0]);
/// ```
#[inline(always)]
pub fn backward<S: Simd, L: Geometry<Pool2DSizes>, T: Element>(
    simd: S,
    shape: L,
    samples: usize,
    x: &[T],
    y: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    frame::apart(
        simd,
        #[inline(always)]
        || backward_samples(simd, shape, samples, Sample { x, y, dy }, dx),
    );
}

/// [`backward`] where it is called.
#[inline(always)]
fn backward_samples<S: Simd, L: Geometry<Pool2DSizes>, T: Element>(
    simd: S,
    shape: L,
    samples: usize,
    Sample { x, y, dy }: Sample<'_, T>,
    dx: &mut [T],
) {
    let Pool2DSizes { input: [_, _, channels], pool_size, strides, overhang, .. } = shape.sizes();
    let (input, output): (usize, usize) = (shape.sizes().input.iter().product(), shape.sizes().output.iter().product());
    let apart = strides[0] >= pool_size[0] && strides[1] >= pool_size[1] && overhang.is_none();
    for n in 0..samples {
        let (inputs, outputs) = (n * input..(n + 1) * input, n * output..(n + 1) * output);
        let sample = Sample { x: &x[inputs.clone()], y: &y[outputs.clone()], dy: &dy[outputs] };
        let dx = &mut dx[inputs];
        if !apart {
            sample.overlapping(simd, shape, dx);
        } else if channels < T::Vector::<S>::LEN {
            sample.apart::<S, L, <T::Vector<S> as SimdBase<S>>::Block>(simd, shape, dx);
        } else {
            sample.apart::<S, L, T::Vector<S>>(simd, shape, dx);
        }
    }
}

/// What backward reads.
#[derive(Clone, Copy)]
struct Sample<'a, T> {
    x: &'a [T],
    y: &'a [T],
    dy: &'a [T],
}

impl<T: Element> Sample<'_, T> {
    /// Windows that share no input, on vectors of channels. The last vector may overlap the one before.
    #[inline(always)]
    fn apart<S: Simd, L: Geometry<Pool2DSizes>, V: SimdBase<S, Element = T>>(self, simd: S, shape: L, dx: &mut [T]) {
        let Pool2DSizes { input: [h, w, c], output: [oh, ow, _], pool_size, strides, .. } = shape.sizes();
        if oh * strides[0] != h || ow * strides[1] != w || pool_size != strides {
            dx.fill(T::zero());
        }
        for i in 0..oh {
            for j in 0..ow {
                let x = (i * strides[0] * w + j * strides[1]) * c;
                let y = (i * ow + j) * c;
                for channel in (0..c).step_by(V::LEN) {
                    let channel = channel.min(c.saturating_sub(V::LEN));
                    self.window::<S, L, V>(simd, shape, (x + channel, y + channel), dx);
                }
            }
        }
    }

    /// The window whose first input is at `first` and whose output is at `out`, for a vector of channels.
    #[inline(always)]
    fn window<S: Simd, L: Geometry<Pool2DSizes>, V: SimdBase<S, Element = T>>(
        self,
        simd: S,
        shape: L,
        (first, out): (usize, usize),
        dx: &mut [T],
    ) {
        let Pool2DSizes { kind, input: [_, w, c], pool_size: [ph, pw], .. } = shape.sizes();
        let (y, mut rest) = (load::<S, T, V>(simd, self.y, out, c), load::<S, T, V>(simd, self.dy, out, c));
        let none = V::splat(simd, T::zero());
        if kind == Kind::Average {
            rest *= V::splat(simd, T::from_f64(1.0 / (ph * pw) as f64));
        }
        // The first input that is the largest takes the gradient; nothing is left for those after it.
        for q in 0..ph * pw {
            let at = first + (q / pw * w + q % pw) * c;
            if kind == Kind::Average {
                store::<S, T, V>(rest, dx, at, c);
                continue;
            }
            let smaller = load::<S, T, V>(simd, self.x, at, c).simd_lt(y);
            store::<S, T, V>(smaller.select(none, rest), dx, at, c);
            rest = smaller.select(rest, none);
        }
    }

    /// Any windows: each adds to its inputs.
    #[inline(always)]
    fn overlapping<S: Simd, L: Geometry<Pool2DSizes>>(self, simd: S, shape: L, dx: &mut [T]) {
        let Pool2DSizes { kind, input: [h, w, c], output: [oh, ow, _], pool_size, strides, overhang } = shape.sizes();
        dx.fill(T::zero());
        for out in 0..oh * ow {
            let inside = |at: usize, axis: usize, before: usize, size: usize| {
                let first = at * strides[axis];
                first.saturating_sub(before)..size.min((first + pool_size[axis]).saturating_sub(before))
            };
            let rows = inside(out / ow, 0, overhang.top, h);
            let columns = inside(out % ow, 1, overhang.left, w);
            let share = T::from_f64(1.0 / (rows.len() * columns.len()) as f64);
            for channel in (0..c).step_by(T::Vector::<S>::LEN) {
                let count = (c - channel).min(T::Vector::<S>::LEN);
                let none = lanes::zeros::<S, T>(simd);
                let y = lanes::load_part::<S, T>(simd, self.y, out * c + channel, count);
                let mut rest = lanes::load_part::<S, T>(simd, self.dy, out * c + channel, count);
                if kind == Kind::Average {
                    rest *= T::Vector::<S>::splat(simd, share);
                }
                for row in rows.clone() {
                    for column in columns.clone() {
                        let at = (row * w + column) * c + channel;
                        let old = lanes::load_part::<S, T>(simd, dx, at, count);
                        let mut new = rest;
                        if kind == Kind::Max {
                            let smaller = lanes::load_part::<S, T>(simd, self.x, at, count).simd_lt(y);
                            new = smaller.select(none, rest);
                            rest = smaller.select(rest, none);
                        }
                        lanes::store_part::<S, T>(old + new, dx, at, count);
                    }
                }
            }
        }
    }
}

/// The vector at `at`, or `count` lanes of it if that is less.
#[inline(always)]
fn load<S: Simd, T: Element, V: SimdBase<S, Element = T>>(simd: S, from: &[T], at: usize, count: usize) -> V {
    if count >= V::LEN {
        return V::from_slice(simd, &from[at..at + V::LEN]);
    }
    let from = &from[at..at + count];
    V::from_fn(simd, |lane| if lane < count { from[lane] } else { T::zero() })
}

/// Stores the vector at `at`, or `count` lanes of it if that is less.
#[inline(always)]
fn store<S: Simd, T: Element, V: SimdBase<S, Element = T>>(vector: V, to: &mut [T], at: usize, count: usize) {
    if count >= V::LEN {
        return vector.store_slice(&mut to[at..at + V::LEN]);
    }
    to[at..at + count].copy_from_slice(&vector.as_slice()[..count]);
}
