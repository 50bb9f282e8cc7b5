//! `PReLU`: a slope below zero that is learned.
//!
//! `f(x) = x` above 0, else `αᵢ · x`; the derivative at 0 is 0, for the input and for the slope, as in Keras.
//!
//! He, Zhang, Ren, Sun: [Delving Deep into Rectifiers](https://arxiv.org/abs/1502.01852), 2015.

use fearless_simd::{Select, Simd, SimdBase};

use crate::element::Element;
use crate::geometry::{Geometry, geometry};
use crate::kernels::slices::{load, map, part, store, zip};
use crate::shape::MOST_AXES;

/// The weights of a `PReLU` with `N` slopes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct PReLU<const N: usize, T = f32> {
    /// The slopes, in memory order of Keras' shape (shared axes have size 1).
    pub alpha: [T; N],
}

/// The geometry of one `PReLU` in a network: a unit struct that the macro emits.
///
/// The number of slopes is the product of the axes that are not shared.
pub trait PReLUShape: Copy + Send + Sync + 'static {
    /// The axes of one sample.
    const SHAPE: &'static [usize];
    /// For each of them, whether all elements along it share a slope.
    const SHARED: &'static [bool];

    /// Both of it.
    const SIZES: PReLUSizes = PReLUSizes::new(Self::SHAPE, Self::SHARED);
}

/// The sizes of one `PReLU`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PReLUSizes {
    /// The axes of one sample, and ones behind them.
    shape: [usize; MOST_AXES],
    /// For each of them, whether all elements along it share a slope.
    shared: [bool; MOST_AXES],
    /// The elements of one sample.
    pub len: usize,
    /// How far in memory the elements either share one slope or have slopes that lie side by side.
    pub run: Run,
}

impl PReLUSizes {
    /// The sizes for samples of a shape of at most six axes, with for each of them whether all elements along it share a slope.
    pub const fn new(shape: &[usize], shared: &[bool]) -> Self {
        assert!(shape.len() <= MOST_AXES && shape.len() == shared.len(), "a tensor has at most 6 axes");
        let mut sizes =
            PReLUSizes { shape: [1; MOST_AXES], shared: [false; MOST_AXES], len: 1, run: Run::new(shape, shared) };
        let mut axis = 0;
        while axis < shape.len() {
            (sizes.shape[axis], sizes.shared[axis]) = (shape[axis], shared[axis]);
            sizes.len *= shape[axis];
            axis += 1;
        }
        sizes
    }

    /// The place of the first slope of the `index`-th run.
    #[inline(always)]
    fn first_slope(&self, mut index: usize) -> usize {
        let (mut first, mut stride) = (0, if self.run.shared { 1 } else { self.run.len });
        for (size, shared) in self.shape.iter().zip(&self.shared).take(self.run.outer).rev() {
            // No size is zero, which the compiler cannot know of numbers.
            let size = (*size).max(1);
            if !shared {
                first += index % size * stride;
                stride *= size;
            }
            index /= size;
        }
        first
    }
}

geometry!(PReLUShape, PReLUSizes);

/// The innermost axes that are all shared, or all not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The number of elements.
    pub len: usize,
    /// Whether they share one slope.
    pub shared: bool,
    /// The number of axes outside of the run.
    pub outer: usize,
}

impl Run {
    /// The run of a shape.
    pub const fn new(shape: &[usize], shared: &[bool]) -> Run {
        let mut run = Run { len: 1, shared: false, outer: shape.len() };
        while run.outer > 0 && (run.outer == shape.len() || shared[run.outer - 1] == run.shared) {
            run.outer -= 1;
            run.shared = shared[run.outer];
            run.len *= shape[run.outer];
        }
        run
    }
}

/// `y = f(x)`; `x` and `y` hold one sample, or several.
#[inline(always)]
pub fn infer<S: Simd, T: Element, G: PReLUShape, const N: usize>(
    simd: S,
    shape: G,
    weights: &PReLU<N, T>,
    x: &[T],
    y: &mut [T],
) {
    infer_with(simd, shape, &weights.alpha, x, y);
}

/// [`infer`] with the slopes as a slice.
#[inline(always)]
pub fn infer_with<S: Simd, T: Element, G: Geometry<PReLUSizes>>(simd: S, shape: G, alpha: &[T], x: &[T], y: &mut [T]) {
    let sizes = shape.sizes();
    let (sample, run) = (sizes.len.max(1), sizes.run.len.max(1));
    for (x, y) in x.chunks_exact(sample).zip(y.chunks_exact_mut(sample)) {
        for (index, (x, y)) in x.chunks_exact(run).zip(y.chunks_exact_mut(run)).enumerate() {
            let first = sizes.first_slope(index);
            if sizes.run.shared {
                let slope = alpha.get(first).copied().unwrap_or(T::zero());
                map(
                    simd,
                    x,
                    y,
                    #[inline(always)]
                    |x| x.simd_lt(T::zero()).select(x * slope, x),
                );
            } else {
                zip(
                    simd,
                    x,
                    part(alpha, first, first + run),
                    y,
                    #[inline(always)]
                    |x, slope| x.simd_lt(T::zero()).select(x * slope, x),
                );
            }
        }
    }
}

/// `dx = dy · f'(x)`, overwritten, and `Σ dy · min(x, 0)`, added to the gradients, for all samples.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the signature that all layers' backward shares")]
pub fn backward<S: Simd, T: Element, G: PReLUShape, const N: usize>(
    simd: S,
    shape: G,
    weights: &PReLU<N, T>,
    samples: usize,
    x: &[T],
    dy: &[T],
    dx: &mut [T],
    gradients: &mut PReLU<N, T>,
) {
    backward_with(simd, shape, &weights.alpha, samples, x, dy, dx, &mut gradients.alpha);
}

/// [`backward`] with the slopes and their gradients as slices.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the signature that all layers' backward shares")]
pub fn backward_with<S: Simd, T: Element, G: Geometry<PReLUSizes>>(
    simd: S,
    shape: G,
    alpha: &[T],
    samples: usize,
    x: &[T],
    dy: &[T],
    dx: &mut [T],
    dalpha: &mut [T],
) {
    let sizes = shape.sizes();
    let (sample, len) = (sizes.len.max(1), sizes.run.len.max(1));
    debug_assert!(x.len() == samples * sample && dy.len() == x.len() && dx.len() == x.len());
    for start in (0..samples * sample).step_by(len) {
        let first = sizes.first_slope(start % sample / len);
        let run = start..start + len;
        let (x, dy, dx) = (&x[run.clone()], &dy[run.clone()], &mut dx[run]);
        if sizes.run.shared {
            dalpha[first] += run_of_one_slope(simd, alpha[first], x, dy, dx);
        } else {
            let slopes = first..first + len;
            run_of_slopes(simd, &alpha[slopes.clone()], x, dy, dx, &mut dalpha[slopes]);
        }
    }
}

/// `dx` of a run whose elements share a slope; the gradient of the slope.
#[inline(always)]
fn run_of_one_slope<S: Simd, T: Element>(simd: S, slope: T, x: &[T], dy: &[T], dx: &mut [T]) -> T {
    let lanes = T::Vector::<S>::LEN;
    let slope = T::Vector::<S>::splat(simd, slope);
    let mut sum = T::Vector::<S>::splat(simd, T::zero());
    for ((x, dy), dx) in x.chunks(lanes).zip(dy.chunks(lanes)).zip(dx.chunks_mut(lanes)) {
        let (gradient, dslope) = gradients_of::<S, T>(simd, slope, load(simd, x, T::zero()), load(simd, dy, T::zero()));
        store::<S, T>(gradient, dx);
        sum += dslope;
    }
    sum.reduce_sum()
}

/// `dx` of a run with a slope for each element; adds to the gradients of the slopes.
#[inline(always)]
fn run_of_slopes<S: Simd, T: Element>(simd: S, slopes: &[T], x: &[T], dy: &[T], dx: &mut [T], dslopes: &mut [T]) {
    let lanes = T::Vector::<S>::LEN;
    let inputs = slopes.chunks(lanes).zip(x.chunks(lanes)).zip(dy.chunks(lanes));
    for (((slope, x), dy), (dx, dslope)) in inputs.zip(dx.chunks_mut(lanes).zip(dslopes.chunks_mut(lanes))) {
        let slope = load(simd, slope, T::zero());
        let (gradient, added) = gradients_of::<S, T>(simd, slope, load(simd, x, T::zero()), load(simd, dy, T::zero()));
        store::<S, T>(gradient, dx);
        store::<S, T>(load(simd, dslope, T::zero()) + added, dslope);
    }
}

/// The gradients of the input and of the slope in each lane.
#[inline(always)]
fn gradients_of<S: Simd, T: Element>(
    simd: S,
    slope: T::Vector<S>,
    x: T::Vector<S>,
    dy: T::Vector<S>,
) -> (T::Vector<S>, T::Vector<S>) {
    let zero = T::Vector::<S>::splat(simd, T::zero());
    let below = x.simd_lt(zero);
    let dx = x.simd_gt(zero).select(dy, below.select(dy * slope, zero));
    (dx, below.select(x * dy, zero))
}

#[cfg(test)]
mod tests;
