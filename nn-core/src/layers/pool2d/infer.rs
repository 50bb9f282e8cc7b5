//! Inference: one sample.

use fearless_simd::prelude::*;

use super::{Kind, Pool2DSizes};
use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::{frame, lanes, sums};
use crate::layers::conv2d::Border;

/// Pools one sample, then applies the activation.
///
/// - `shape`: a unit struct with a [`Pool2DShape`](super::Pool2DShape), or a reference to [`Pool2DSizes`].
/// - `x`: the input, without zeros around it.
/// - `y`: the output inside of `border`, whose elements are left alone.
///
/// A mean is over the elements inside the input only, as in Keras.
/// A slice that is too short is a mistake of the caller's: a panic in debug builds, wrong numbers in release.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
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
pub fn infer<S: Simd, L: Geometry<Pool2DSizes>, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    border: Border,
    x: &[T],
    y: &mut [T],
    activation: A,
) {
    frame::step(
        simd,
        #[inline(always)]
        || pool(simd, shape, border, x, y, activation),
    );
}

#[inline(always)]
fn pool<S: Simd, L: Geometry<Pool2DSizes>, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    border: Border,
    x: &[T],
    y: &mut [T],
    activation: A,
) {
    let sizes = shape.sizes();
    let ([h, w, c], [height, width, _]) = (sizes.input, sizes.output);
    let [around_height, around, _] = border.around(sizes.output);
    let (Some(x), Some(y)) = (x.get(..h * w * c), y.get_mut(..around_height * around * c)) else {
        debug_assert!(false, "{} inputs, {} outputs", x.len(), y.len());
        return;
    };
    let pool = Pool { x, activation, shape };
    // Columns whose windows hang over neither edge, and how many of them one vector of inputs yields.
    let inside = sizes.inside(1);
    let at_once = sizes.at_once(T::Vector::<S>::LEN);
    for row in 0..height {
        let rows = sizes.window(0, row);
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
            if is_inside && rows.1 == sizes.pool_size[0] {
                let columns = column * sizes.strides[1] - sizes.overhang.left;
                pool.pixel(simd, (rows.0, sizes.pool_size[0]), (columns, sizes.pool_size[1]), column, y);
            } else {
                pool.pixel(simd, rows, sizes.window(1, column), column, y);
            }
            column += 1;
        }
    }
}

/// Windows along one axis: 0 for rows, 1 for columns.
impl Pool2DSizes {
    /// How far windows hang over the first edge.
    #[inline(always)]
    const fn before(&self, axis: usize) -> usize {
        [self.overhang.top, self.overhang.left][axis]
    }

    /// The first input of a window and how many there are, inside the input.
    #[inline(always)]
    const fn window(&self, axis: usize, index: usize) -> (usize, usize) {
        let start = index * self.strides[axis];
        let end = start + self.pool_size[axis] - self.before(axis);
        let start = start.saturating_sub(self.before(axis));
        let end = if end < self.input[axis] { end } else { self.input[axis] };
        (start, end - start)
    }

    /// The first window that is whole, and the first after it that is not.
    #[inline(always)]
    const fn inside(&self, axis: usize) -> (usize, usize) {
        let first = self.before(axis).div_ceil(self.strides[axis]);
        let room = self.input[axis] + self.before(axis);
        let end = match room.checked_sub(self.pool_size[axis]) {
            Some(room) => room / self.strides[axis] + 1,
            None => 0,
        };
        let end = if end < self.output[axis] { end } else { self.output[axis] };
        if first < end { (first, end) } else { (0, 0) }
    }

    /// Whether there are so many terms in a sum that it is added up in parts.
    #[inline(always)]
    const fn is_long(&self) -> bool {
        matches!(self.kind, Kind::Average) && self.pool_size[0] * self.pool_size[1] > sums::BLOCK
    }

    /// How many pixels lie in one vector of neighbouring inputs.
    #[inline(always)]
    const fn at_once(&self, lanes: usize) -> usize {
        let c = self.input[2];
        if c >= lanes { 1 } else { (lanes - c) / (self.strides[1] * c) + 1 }
    }
}

/// Whether sums of these may be long.
const fn may_be_long(known: &Option<Pool2DSizes>) -> bool {
    match known {
        Some(sizes) => sizes.is_long(),
        None => true,
    }
}

struct Pool<'a, L, T, A> {
    x: &'a [T],
    activation: A,
    shape: L,
}

impl<L: Geometry<Pool2DSizes>, T: Element, A: Activation<T>> Pool<'_, L, T, A> {
    /// All channels of one pixel, from the window of these rows and columns (the first, and how many).
    #[inline(always)]
    fn pixel<S: Simd>(&self, simd: S, rows: (usize, usize), columns: (usize, usize), column: usize, y: &mut [T]) {
        let c = self.shape.sizes().input[2];
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
        let sizes = self.shape.sizes();
        let c = sizes.input[2];
        let lanes = T::Vector::<S>::LEN;
        let first = (column * sizes.strides[1] - sizes.overhang.left) * c;
        let last = ((rows.0 + rows.1 - 1) * sizes.input[1] + sizes.pool_size[1] - 1) * c + first;
        // The last vectors of the input are not whole.
        let whole = last + lanes <= self.x.len();
        let value = self.window(
            simd,
            rows,
            sizes.pool_size[1],
            first,
            #[inline(always)]
            |at| match whole {
                true => lanes::load(simd, self.x, at),
                false => lanes::load_part(simd, self.x, at, lanes.min(self.x.len().saturating_sub(at))),
            },
        );
        let at_once = sizes.at_once(T::Vector::<S>::LEN);
        if sizes.strides[1] == 1 {
            return lanes::store_part::<S, T>(value, y, column * c, at_once * c);
        }
        let Some(y) = y.get_mut(column * c..(column + at_once) * c) else { return };
        for (i, y) in y.iter_mut().enumerate() {
            if let Some(value) = value.as_slice().get(i / c * sizes.strides[1] * c + i % c) {
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
        let sizes = self.shape.sizes();
        let [_, w, c] = sizes.input;
        if const { may_be_long(&L::KNOWN) } && sizes.is_long() {
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
                    value = match sizes.kind {
                        Kind::Max => lanes::larger::<S, T>(value, next),
                        Kind::Average => value + next,
                    };
                }
            }
        }
        if matches!(sizes.kind, Kind::Average) {
            value *= T::Vector::<S>::splat(simd, T::from_f64(1.0 / (rows.1 * columns) as f64));
        }
        self.activation.apply(simd, value)
    }
}
