//! Inference: one sample.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::{Kind, Pool2DShape};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::{lanes, sums};
use crate::layers::conv2d::Border;

/// Pools one sample, then applies the activation.
///
/// - `x`: the input, without zeros around it, of shape `L::INPUT`.
/// - `y`: the output of shape `L::OUTPUT` inside of `border`, whose elements are left alone.
///
/// With `same`, a mean is over the elements inside the input only, as in Keras.
/// A slice that is too short is a mistake of the caller's: a panic in debug builds, wrong numbers in release.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::activations::Linear;
/// use nn_core::layers::conv2d::Border;
/// use nn_core::layers::pool2d::{self, Kind, Pool2DShape};
///
/// #[derive(Clone, Copy)]
/// struct Pairs;
/// impl Pool2DShape for Pairs {
///     const KIND: Kind = Kind::Max;
///     const INPUT: [usize; 3] = [1, 4, 1];
///     const POOL_SIZE: [usize; 2] = [1, 2];
///     const STRIDES: [usize; 2] = [1, 2];
/// }
/// let mut y = [0.0; 2];
/// dispatch!(Level::new(), simd => {
///     pool2d::infer(simd, Pairs, Border::NONE, &[1.0_f32, 2.0, 4.0, 3.0], &mut y, Linear);
/// });
/// assert_eq!(y, [2.0, 4.0]);
/// ```
#[inline(always)]
pub fn infer<S: Simd, L: Pool2DShape, T: Element, A: Activation<T>>(
    simd: S,
    _shape: L,
    border: Border,
    x: &[T],
    y: &mut [T],
    activation: A,
) {
    let ([h, w, c], [height, width, _]) = (L::INPUT, L::OUTPUT);
    let [around_height, around, _] = border.around(L::OUTPUT);
    let (Some(x), Some(y)) = (x.get(..h * w * c), y.get_mut(..around_height * around * c)) else {
        debug_assert!(false, "{} inputs, {} outputs", x.len(), y.len());
        return;
    };
    let pool = Pool::<L, T, A> { x, activation, shape: PhantomData };
    // Columns whose windows hang over neither edge, and how many of them one vector of inputs yields.
    let inside = Axis::<L>::inside(1);
    let at_once = const { Axis::<L>::at_once(T::Vector::<S>::LEN) };
    for row in 0..height {
        let rows = Axis::<L>::window(0, row);
        let first = ((row + border.top) * around + border.left) * c;
        let Some(y) = y.get_mut(first..first + width * c) else { return };
        let mut column = 0;
        while column < width {
            let is_inside = inside.0 <= column && column < inside.1;
            if at_once > 1 && is_inside && column + at_once <= inside.1 {
                pool.strip(simd, rows, column, y);
                column += at_once;
                continue;
            }
            if is_inside && rows.1 == L::POOL_SIZE[0] {
                let columns = column * L::STRIDES[1] - L::OVERHANG.left;
                pool.pixel(simd, (rows.0, L::POOL_SIZE[0]), (columns, L::POOL_SIZE[1]), column, y);
            } else {
                pool.pixel(simd, rows, Axis::<L>::window(1, column), column, y);
            }
            column += 1;
        }
    }
}

/// Windows along one axis: 0 for rows, 1 for columns.
struct Axis<L>(PhantomData<L>);

impl<L: Pool2DShape> Axis<L> {
    const BEFORE: [usize; 2] = [L::OVERHANG.top, L::OVERHANG.left];

    /// The first input of a window and how many there are, inside the input.
    #[inline(always)]
    const fn window(axis: usize, index: usize) -> (usize, usize) {
        let start = index * L::STRIDES[axis];
        let end = start + L::POOL_SIZE[axis] - Self::BEFORE[axis];
        let start = start.saturating_sub(Self::BEFORE[axis]);
        let end = if end < L::INPUT[axis] { end } else { L::INPUT[axis] };
        (start, end - start)
    }

    /// The first window that is whole, and the first after it that is not.
    const fn inside(axis: usize) -> (usize, usize) {
        let first = Self::BEFORE[axis].div_ceil(L::STRIDES[axis]);
        let room = L::INPUT[axis] + Self::BEFORE[axis];
        let end = if room < L::POOL_SIZE[axis] { 0 } else { (room - L::POOL_SIZE[axis]) / L::STRIDES[axis] + 1 };
        let end = if end < L::OUTPUT[axis] { end } else { L::OUTPUT[axis] };
        if first < end { (first, end) } else { (0, 0) }
    }

    /// How many pixels lie in one vector of neighbouring inputs.
    const fn at_once(lanes: usize) -> usize {
        let c = L::INPUT[2];
        if c >= lanes { 1 } else { (lanes - c) / (L::STRIDES[1] * c) + 1 }
    }
}

struct Pool<'a, L, T, A> {
    x: &'a [T],
    activation: A,
    shape: PhantomData<L>,
}

impl<L: Pool2DShape, T: Element, A: Activation<T>> Pool<'_, L, T, A> {
    /// All channels of one pixel, from the window of these rows and columns (the first, and how many).
    #[inline(always)]
    fn pixel<S: Simd>(&self, simd: S, rows: (usize, usize), columns: (usize, usize), column: usize, y: &mut [T]) {
        let c = L::INPUT[2];
        let lanes = T::Vector::<S>::LEN;
        let count = c.min(lanes);
        for channel in (0..c).step_by(lanes) {
            let channel = channel.min(c - count);
            let value = self.window(
                simd,
                rows,
                columns.1,
                columns.0 * c + channel,
                #[inline(always)]
                |at| lanes::load_part(simd, self.x, at, count),
            );
            lanes::store_part::<S, T>(value, y, column * c + channel, count);
        }
    }

    /// Few channels: vectors over neighbouring inputs, of which those at the stride are stored.
    #[inline(always)]
    fn strip<S: Simd>(&self, simd: S, rows: (usize, usize), column: usize, y: &mut [T]) {
        let c = L::INPUT[2];
        let lanes = T::Vector::<S>::LEN;
        let first = (column * L::STRIDES[1] - L::OVERHANG.left) * c;
        let last = ((rows.0 + rows.1 - 1) * L::INPUT[1] + L::POOL_SIZE[1] - 1) * c + first;
        // The last vectors of the input are not whole.
        let whole = last + lanes <= self.x.len();
        let value = self.window(
            simd,
            rows,
            L::POOL_SIZE[1],
            first,
            #[inline(always)]
            |at| match whole {
                true => lanes::load(simd, self.x, at),
                false => lanes::load_part(simd, self.x, at, lanes.min(self.x.len().saturating_sub(at))),
            },
        );
        let at_once = const { Axis::<L>::at_once(T::Vector::<S>::LEN) };
        if const { L::STRIDES[1] == 1 } {
            return lanes::store_part::<S, T>(value, y, column * c, at_once * c);
        }
        let Some(y) = y.get_mut(column * c..(column + at_once) * c) else { return };
        for (i, y) in y.iter_mut().enumerate() {
            if let Some(value) = value.as_slice().get(i / c * L::STRIDES[1] * c + i % c) {
                *y = *value;
            }
        }
    }

    /// What a window comes to, in each lane; `load` gives the inputs from a place on.
    #[inline(always)]
    fn window<S: Simd>(
        &self,
        simd: S,
        rows: (usize, usize),
        columns: usize,
        first: usize,
        load: impl Fn(usize) -> T::Vector<S>,
    ) -> T::Vector<S> {
        let [_, w, c] = L::INPUT;
        if matches!(L::KIND, Kind::Average) && const { L::POOL_SIZE[0] * L::POOL_SIZE[1] > sums::BLOCK } {
            // Never zero, which the compiler cannot know.
            let columns = columns.max(1);
            let [mean] = sums::mean::<S, T, 1>(
                simd,
                rows.1 * columns,
                #[inline(always)]
                |at| [load(((rows.0 + at / columns) * w + at % columns) * c + first)],
            );
            return self.activation.apply(simd, mean);
        }
        let mut value = load(rows.0 * w * c + first);
        for r in 0..rows.1 {
            for s in 0..columns {
                if r + s > 0 {
                    let next = load(((rows.0 + r) * w + s) * c + first);
                    value = match L::KIND {
                        Kind::Max => lanes::larger::<S, T>(value, next),
                        Kind::Average => value + next,
                    };
                }
            }
        }
        if matches!(L::KIND, Kind::Average) {
            value *= T::Vector::<S>::splat(simd, T::from_f64(1.0 / (rows.1 * columns) as f64));
        }
        self.activation.apply(simd, value)
    }
}
