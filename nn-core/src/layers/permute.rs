//! `Permute`: the axes in another order.

use fearless_simd::Simd;

use crate::element::Element;
use crate::geometry::{Geometry, geometry};
use crate::kernels::slices;
use crate::kernels::transpose::transpose;
use crate::shape::MOST_AXES;

/// The geometry of one `Permute` in a network: a unit struct that the macro emits.
pub trait PermuteShape: Copy + Send + Sync + 'static {
    /// The axes of the input, at most six.
    const INPUT: &'static [usize];
    /// For each axis of the output which one of the input it is, counted from 0.
    const AXES: &'static [usize];

    /// Both of it.
    const SIZES: PermuteSizes = PermuteSizes::new(Self::INPUT, Self::AXES);
}

/// The sizes of one `Permute`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PermuteSizes {
    /// How to get from the input to the output.
    pub order: Order,
    /// How to get from the output to the input.
    pub back: Order,
}

impl PermuteSizes {
    /// The sizes for an input of at most six axes, with for each axis of the output which one of the input it is.
    pub const fn new(input: &[usize], axes: &[usize]) -> Self {
        PermuteSizes { order: Order::new(input, axes), back: Order::back(input, axes) }
    }
}

geometry!(PermuteShape, PermuteSizes);

/// An order of axes, with neighbours that stay neighbours taken as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The sizes of the output's axes, with ones in front.
    sizes: Axes,
    /// How far the input moves along each of them.
    strides: Axes,
    /// How far the output does.
    own: Axes,
    /// The axis of the output, outside of the last one, along which the input's elements lie side by side.
    transposed: Option<usize>,
}

/// The axes of a tensor, with those it does not have in front.
type Axes = [usize; MOST_AXES];

/// The last of them.
const LAST: usize = MOST_AXES - 1;

impl Order {
    /// An output whose axes are these of the input.
    pub const fn new(input: &[usize], axes: &[usize]) -> Order {
        assert!(input.len() <= MOST_AXES && input.len() == axes.len(), "a tensor has at most 6 axes");
        let mut order = Order { sizes: [1; MOST_AXES], strides: [0; MOST_AXES], own: [1; MOST_AXES], transposed: None };
        let (mut at, mut to) = (axes.len(), MOST_AXES);
        while at > 0 {
            at -= 1;
            let (size, stride) = (input[axes[at]], inside(input, axes[at]));
            if size == 1 {
                continue;
            }
            // It moves on where the axis inside of it ends: one longer axis.
            if to < MOST_AXES && stride == order.sizes[to] * order.strides[to] {
                order.sizes[to] *= size;
            } else {
                to -= 1;
                order.sizes[to] = size;
                order.strides[to] = stride;
            }
        }
        let mut axis = LAST;
        while axis > 0 {
            axis -= 1;
            order.own[axis] = order.own[axis + 1] * order.sizes[axis + 1];
            if order.sizes[axis] > 1 && order.strides[axis] == 1 && order.strides[LAST] > 1 {
                order.transposed = Some(axis);
            }
        }
        order
    }

    /// The way back from that output.
    pub const fn back(input: &[usize], axes: &[usize]) -> Order {
        let (mut output, mut back, mut at) = ([1; MOST_AXES], [0; MOST_AXES], 0);
        while at < axes.len() {
            output[at] = input[axes[at]];
            back[axes[at]] = at;
            at += 1;
        }
        Order::new(output.split_at(axes.len()).0, back.split_at(axes.len()).0)
    }

    /// The number of elements.
    const fn len(&self) -> usize {
        self.own[0] * self.sizes[0]
    }

    /// Calls `f` for each place along all axes but the last one, with where that is in the input and in the output.
    ///
    /// Loops over axes that are not there run once, which the compiler knows.
    #[inline(always)]
    fn each(&self, mut f: impl FnMut(usize, usize)) {
        let Order { sizes, strides, own, .. } = *self;
        for g in 0..sizes[0] {
            for h in 0..sizes[1] {
                let (from, to) = (g * strides[0] + h * strides[1], g * own[0] + h * own[1]);
                for i in 0..sizes[2] {
                    for j in 0..sizes[3] {
                        for k in 0..sizes[4] {
                            let from = from + i * strides[2] + j * strides[3] + k * strides[4];
                            let to = to + i * own[2] + j * own[3] + k * own[4];
                            f(from, to);
                        }
                    }
                }
            }
        }
    }
}

/// The elements inside of an axis.
const fn inside(shape: &[usize], axis: usize) -> usize {
    let (mut inside, mut at) = (1, axis + 1);
    while at < shape.len() {
        inside *= shape[at];
        at += 1;
    }
    inside
}

/// Writes the input with its axes in the other order; one sample, or several.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::permute::{self, PermuteShape};
/// #[derive(Clone, Copy)]
/// struct Transpose;
/// impl PermuteShape for Transpose {
///     const INPUT: &'static [usize] = &[2, 3];
///     const AXES: &'static [usize] = &[1, 0];
/// }
/// let mut y = [0.0; 6];
/// dispatch!(Level::new(), simd => permute::infer(simd, Transpose, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut y));
/// assert_eq!(y, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
/// ```
#[inline(always)]
pub fn infer<S: Simd, L: Geometry<PermuteSizes>, T: Element>(simd: S, shape: L, x: &[T], y: &mut [T]) {
    let order = match const { &L::KNOWN } {
        Some(sizes) => sizes.order,
        None => shape.sizes().order,
    };
    reorder(simd, order, x, y);
}

/// The gradient of the input, for all samples: `dy` with its axes in the old order; overwrites `dx`.
#[inline(always)]
pub fn backward<S: Simd, L: Geometry<PermuteSizes>, T: Element>(simd: S, shape: L, dy: &[T], dx: &mut [T]) {
    reorder(simd, shape.sizes().back, dy, dx);
}

#[inline(always)]
fn reorder<S: Simd, T: Element>(simd: S, order: Order, x: &[T], y: &mut [T]) {
    // No size is zero, which the compiler cannot know of numbers.
    let len = order.len().max(1);
    for (x, y) in x.chunks_exact(len).zip(y.chunks_exact_mut(len)) {
        match order.transposed {
            None => copy_runs(order, x, y),
            Some(axis) => transpose_axes(simd, order, axis, x, y),
        }
    }
}

/// The last axis stays the last one: its elements are copied as they are.
#[inline(always)]
fn copy_runs<T: Element>(order: Order, x: &[T], y: &mut [T]) {
    let run = order.sizes[LAST].max(1);
    let mut runs = y.chunks_exact_mut(run);
    order.each(
        #[inline(always)]
        |from, _| {
            if let (Some(y), Some(x)) = (runs.next(), x.get(from..from + run)) {
                slices::copy(x, y);
            }
        },
    );
}

/// The input's last axis becomes `axis`: transposes it with the output's last one, for each place along the others.
#[inline(always)]
fn transpose_axes<S: Simd, T: Element>(simd: S, mut order: Order, axis: usize, x: &[T], y: &mut [T]) {
    let (rows, columns) = (order.sizes[LAST], order.sizes[axis]);
    let (from_stride, to_stride) = (order.strides[LAST], order.own[axis]);
    order.sizes[axis] = 1;
    order.each(
        #[inline(always)]
        |from, to| {
            if let (Some(x), Some(y)) = (x.get(from..), y.get_mut(to..)) {
                transpose(simd, [rows, columns], (x, from_stride), (y, to_stride));
            }
        },
    );
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use crate::kernels::vectors::dispatch;
    use fearless_simd::Fallback;

    use super::*;
    use crate::kernels::testing::levels;

    fn naive(input: &[usize], axes: &[usize], x: &[f64]) -> Vec<f64> {
        let mut y = Vec::new();
        for element in 0..x.len() {
            let (mut rest, mut place) = (element, 0);
            for axis in axes.iter().rev() {
                place += rest % input[*axis] * inside(input, *axis);
                rest /= input[*axis];
            }
            y.push(x[place]);
        }
        y
    }

    /// Every permutation of `0..n`.
    fn permutations(n: usize) -> Vec<Vec<usize>> {
        let mut all = vec![vec![]];
        for _ in 0..n {
            all = all
                .into_iter()
                .flat_map(|start: Vec<usize>| {
                    let rest: Vec<usize> = (0..n).filter(|axis| !start.contains(axis)).collect();
                    rest.into_iter().map(move |axis| [start.clone(), vec![axis]].concat())
                })
                .collect();
        }
        all
    }

    #[test]
    fn every_order() {
        let up_to_four: [&[usize]; 6] = [&[3, 4], &[17, 35], &[2, 3, 4], &[5, 18, 17], &[2, 3, 4, 5], &[3, 1, 17, 1]];
        let more: [&[usize]; 3] = [&[2, 3, 4, 5, 2], &[2, 3, 2, 3, 2, 4], &[2, 1, 2, 3, 5, 2]];
        for input in up_to_four.into_iter().chain(more) {
            let x: Vec<f64> = (0..input.iter().product()).map(|i: usize| i as f64).collect();
            let narrow: Vec<f32> = x.iter().map(|x| *x as f32).collect();
            for axes in permutations(input.len()) {
                let what = format!("{input:?} as {axes:?}");
                let (order, back) = (Order::new(input, &axes), Order::back(input, &axes));
                let want = naive(input, &axes, &x);
                let (mut y, mut again) = (vec![f64::NAN; x.len()], vec![f64::NAN; x.len()]);
                reorder(Fallback::new(), order, &x, &mut y);
                reorder(Fallback::new(), back, &y, &mut again);
                assert_eq!((&y, &again), (&want, &x), "{what}");
                for level in levels() {
                    let mut y = vec![f32::NAN; x.len()];
                    dispatch!(level, simd => reorder(simd, order, &narrow, &mut y));
                    assert!(y.iter().zip(&want).all(|(y, want)| f64::from(*y) == *want), "{what} at {level:?}");
                }
            }
        }
    }

    #[test]
    fn neighbours_are_one_axis() {
        let order = Order::new(&[2, 3, 4, 5], &[2, 3, 0, 1]);
        assert_eq!((order.sizes, order.strides), ([1, 1, 1, 1, 20, 6], [0, 0, 0, 0, 1, 20]));
        assert_eq!(Order::new(&[2, 3, 4], &[0, 1, 2]).sizes, [1, 1, 1, 1, 1, 24]);
        let order = Order::new(&[2, 3, 2, 5, 2, 2], &[4, 5, 0, 1, 2, 3]);
        assert_eq!((order.sizes, order.transposed), ([1, 1, 1, 1, 4, 60], Some(4)));
    }

    #[test]
    fn several_samples() {
        #[derive(Clone, Copy)]
        struct Transpose;
        impl PermuteShape for Transpose {
            const INPUT: &'static [usize] = &[2, 3];
            const AXES: &'static [usize] = &[1, 0];
        }
        let (mut y, mut dx) = ([0.0; 12], [0.0; 12]);
        let x: [f64; 12] = core::array::from_fn(|i| i as f64);
        infer(Fallback::new(), Transpose, &x, &mut y);
        assert_eq!(y, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0, 6.0, 9.0, 7.0, 10.0, 8.0, 11.0]);
        backward(Fallback::new(), Transpose, &y, &mut dx);
        assert_eq!(dx, x);
    }

    /// The gradient of `Σ weight · y` for six axes none of which stays beside another.
    #[test]
    fn gradient_of_six_axes() {
        #[derive(Clone, Copy)]
        struct Shuffle;
        impl PermuteShape for Shuffle {
            const INPUT: &'static [usize] = &[2, 3, 2, 3, 2, 2];
            const AXES: &'static [usize] = &[5, 2, 0, 4, 1, 3];
        }
        assert_eq!(Shuffle::SIZES.order.sizes, [2, 2, 2, 2, 3, 3]);
        let x: Vec<f64> = (0..144).map(|i| f64::from(i % 7) - 3.0).collect();
        let weights: Vec<f64> = (0..144).map(|i| f64::from(i * i % 11) - 5.0).collect();
        let loss = |x: &[f64]| -> f64 {
            let mut y = vec![f64::NAN; x.len()];
            infer(Fallback::new(), Shuffle, x, &mut y);
            assert_eq!(y, naive(Shuffle::INPUT, Shuffle::AXES, x));
            y.iter().zip(&weights).map(|(y, weight)| y * weight).sum()
        };
        let mut dx = vec![f64::NAN; x.len()];
        backward(Fallback::new(), Shuffle, &weights, &mut dx);
        for (at, dx) in dx.iter().enumerate() {
            let (mut up, mut down) = (x.clone(), x.clone());
            up[at] += 0.5;
            down[at] -= 0.5;
            assert!((loss(&up) - loss(&down) - dx).abs() < 1e-9, "at {at}");
        }
    }
}
