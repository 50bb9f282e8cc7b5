//! `Dot`: the sum of products along one axis of each of two inputs, sample by sample: Keras' `batch_dot`.
//!
//! `y[rest of a, rest of b] = Σᵢ a[…, i, …] · b[…, i, …]`, where the rest is all axes but the one summed over; of two
//! vectors there is one number. For matrices this is the matrix product, of one or both of them transposed or not.
//!
//! With `normalize`, both are divided by their norm along the axis first, so that `y` is the cosine of the angle between
//! them. As in Keras, the norm is taken to be at least 1e-7. Where it is less, the norm counts as a constant in
//! backward (Keras' gradient of a vector of zeros is not a number).

mod product;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "alloc")]
mod train;

use fearless_simd::prelude::*;

use crate::element::Element;
use crate::geometry::{Geometry, geometry};
use product::Strides;
pub(super) use product::multiply;
#[cfg(feature = "alloc")]
pub use train::{backward, forward};

/// The geometry of one `Dot` in a network: a unit struct that the macro emits.
pub trait DotShape: Copy + Send + Sync + 'static {
    /// The axes of both inputs, at most six each.
    const INPUTS: [&'static [usize]; 2];
    /// The axis of each input that is summed over, counted from 0 without the batch.
    const AXES: [usize; 2];
    /// Whether both are divided by their norms along the axes.
    const NORMALIZE: bool = false;

    /// The same as numbers.
    const SIZES: DotSizes = DotSizes::new(Self::INPUTS, Self::AXES, Self::NORMALIZE);
}

/// The sizes of one `Dot` as numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DotSizes {
    /// Both inputs as blocks: `[outer, terms, inner]`, of which the terms are summed over.
    pub inputs: [[usize; 3]; 2],
    /// Whether both are divided by their norms along the axes.
    pub normalize: bool,
}

geometry!(DotShape, DotSizes);

impl DotSizes {
    /// From the axes of both inputs, the one of each that is summed over, counted from 0 without the batch, and whether
    /// both are divided by their norms along them.
    pub const fn new(inputs: [&[usize]; 2], axes: [usize; 2], normalize: bool) -> DotSizes {
        DotSizes { inputs: [around(inputs[0], axes[0]), around(inputs[1], axes[1])], normalize }
    }

    /// The number of elements of the output.
    #[inline(always)]
    pub const fn output(&self) -> usize {
        let Products { left, right } = self.products();
        left.rest() * right.rest()
    }

    /// The elements of both inputs.
    #[inline(always)]
    const fn lens(&self) -> [usize; 2] {
        let Products { left, right } = self.products();
        [left.size(), right.size()]
    }

    /// The matrices that are multiplied.
    #[inline(always)]
    const fn products(&self) -> Products {
        Products { left: Factor::new(self.inputs[0]), right: Factor::new(self.inputs[1]) }
    }
}

/// What lies outside of an axis, its size, and what lies inside of it.
const fn around(shape: &[usize], axis: usize) -> [usize; 3] {
    let (mut around, mut at) = ([1, shape[axis], 1], 0);
    while at < shape.len() {
        if at < axis {
            around[0] *= shape[at];
        } else if at > axis {
            around[2] *= shape[at];
        }
        at += 1;
    }
    around
}

/// One input: `outer` blocks of `terms × inner` elements, of which the terms are summed over.
#[derive(Clone, Copy)]
struct Factor {
    outer: usize,
    terms: usize,
    inner: usize,
}

impl Factor {
    #[inline(always)]
    const fn new([outer, terms, inner]: [usize; 3]) -> Factor {
        Factor { outer, terms, inner }
    }

    #[inline(always)]
    const fn size(&self) -> usize {
        self.outer * self.terms * self.inner
    }

    /// The elements of the axes that are not summed over.
    #[inline(always)]
    const fn rest(&self) -> usize {
        self.outer * self.inner
    }

    /// As matrices: how many, the rest in each of them, and the strides of the rest and of the terms.
    ///
    /// Where the terms are last, all blocks are one matrix.
    #[inline(always)]
    const fn matrices(&self) -> (usize, usize, Strides) {
        if self.inner == 1 { (1, self.outer, [self.terms, 1]) } else { (self.outer, self.inner, [1, self.inner]) }
    }

    /// Where the terms of an element of the rest start.
    #[inline(always)]
    const fn place(&self, rest: usize) -> usize {
        // No axis is empty.
        let inner = if self.inner == 0 { 1 } else { self.inner };
        rest / inner * self.terms * inner + rest % inner
    }
}

/// Both inputs of a `Dot`.
#[derive(Clone, Copy)]
struct Products {
    left: Factor,
    right: Factor,
}

/// One matrix product: where the factors and the product start, sizes `[m, n, k]`, strides.
#[derive(Clone, Copy)]
struct One {
    left: usize,
    right: usize,
    out: usize,
    sizes: [usize; 3],
    /// Of the rows and of the terms.
    left_strides: Strides,
    /// Of the columns and of the terms.
    right_strides: Strides,
    /// Of the rows and of the columns.
    out_strides: Strides,
}

impl Products {
    /// Every matrix product of one sample.
    #[inline(always)]
    fn each(self, mut f: impl FnMut(One)) {
        let Products { left, right } = self;
        let ((lefts, m, left_strides), (rights, n, right_strides)) = (left.matrices(), right.matrices());
        for i in 0..lefts {
            for j in 0..rights {
                f(One {
                    left: i * left.terms * left.inner,
                    right: j * right.terms * right.inner,
                    out: i * m * right.rest() + j * n,
                    sizes: [m, n, left.terms],
                    left_strides,
                    right_strides,
                    out_strides: [right.rest(), 1],
                });
            }
        }
    }
}

/// The products of one sample.
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::dot::{self, DotShape};
/// #[derive(Clone, Copy)]
/// struct Similarity;
/// impl DotShape for Similarity {
///     const INPUTS: [&'static [usize]; 2] = [&[2], &[2]];
///     const AXES: [usize; 2] = [0, 0];
///     const NORMALIZE: bool = true;
/// }
/// let mut y = [0.0];
/// dispatch!(Level::new(), simd => dot::infer(simd, Similarity, [&[3.0, 4.0], &[4.0, 3.0]], &mut y));
/// assert!((y[0] - 0.96_f32).abs() < 1e-6);
/// ```
///
/// Sizes may be known only when the program runs:
///
/// ```
/// use fearless_simd::Level;
/// use nn_core::rt::dispatch;
/// use nn_core::layers::dot::{self, DotSizes};
/// let (sizes, mut y) = (DotSizes::new([&[2], &[2]], [0, 0], false), [0.0]);
/// dispatch!(Level::new(), simd => dot::infer(simd, &sizes, [&[3.0, 4.0], &[4.0, 3.0]], &mut y));
/// assert_eq!(y[0], 24.0);
/// ```
#[inline(always)]
pub fn infer<S: Simd, L: Geometry<DotSizes>, T: Element>(simd: S, shape: L, [a, b]: [&[T]; 2], y: &mut [T]) {
    let sizes = shape.sizes();
    let (products, [left, right], output) = (sizes.products(), sizes.lens(), sizes.output());
    let (Some(a), Some(b), Some(y)) = (a.get(..left), b.get(..right), y.get_mut(..output)) else {
        debug_assert!(false, "{} and {} inputs, {} outputs", a.len(), b.len(), y.len());
        return;
    };
    y.fill(T::zero());
    products.each(
        #[inline(always)]
        |one| {
            let (a, b, y) = (a.get(one.left..), b.get(one.right..), y.get_mut(one.out..));
            if let (Some(a), Some(b), Some(y), [column, term]) = (a, b, y, one.right_strides) {
                multiply(simd, one.sizes, (a, one.left_strides), (b, [term, column]), (y, one.out_strides));
            }
        },
    );
    if sizes.normalize {
        scale_rows(products.left, a, products.right.rest(), y);
        scale_columns(products.right, b, y);
    }
}

/// Divides each row by the norm of what it was computed from.
#[inline(always)]
fn scale_rows<T: Element>(factor: Factor, values: &[T], columns: usize, y: &mut [T]) {
    for (row, y) in y.chunks_exact_mut(columns.max(1)).enumerate() {
        let (scale, _) = inverse_norm(factor, values, row);
        y.iter_mut().for_each(|y| *y *= scale);
    }
}

/// Divides each column by the norm of what it was computed from.
#[inline(always)]
fn scale_columns<T: Element>(factor: Factor, values: &[T], y: &mut [T]) {
    for column in 0..factor.rest() {
        let (scale, _) = inverse_norm(factor, values, column);
        y.iter_mut().skip(column).step_by(factor.rest().max(1)).for_each(|y| *y *= scale);
    }
}

/// One over the norm of an element of the rest along the terms, and whether it is a constant: the norm was too small.
#[inline(always)]
fn inverse_norm<T: Element>(factor: Factor, values: &[T], rest: usize) -> (T, bool) {
    let terms = values.iter().skip(factor.place(rest)).step_by(factor.inner.max(1)).take(factor.terms);
    let square: T = terms.map(|x| *x * *x).sum();
    let (inverse, most) = (T::one() / square.sqrt(), T::from_f64(1e7));
    if inverse > most { (most, true) } else { (inverse, false) }
}
