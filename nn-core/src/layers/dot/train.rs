//! Training: the samples of a shard.

use alloc::vec::Vec;

use fearless_simd::prelude::*;

use super::{DotSizes, Factor, Products, infer, inverse_norm, multiply};
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::gemm::room;

/// The products of every sample.
///
/// - `x`: `samples` inputs of both shapes; `y`: as many outputs.
#[inline(always)]
pub fn forward<S: Simd, L: Geometry<DotSizes>, T: Element>(
    simd: S,
    shape: L,
    samples: usize,
    [a, b]: [&[T]; 2],
    y: &mut [T],
) {
    let (sizes, [left, right]) = (shape.sizes(), shape.sizes().lens());
    // No input is empty.
    let inputs = a.chunks_exact(left.max(1)).zip(b.chunks_exact(right.max(1)));
    for ((a, b), y) in inputs.zip(y.chunks_exact_mut(sizes.output().max(1))).take(samples) {
        infer(simd, shape, [a, b], y);
    }
}

/// Writes the gradient of each input for which there is a slice, for all samples.
///
/// - `x`, `y`: what went into [`forward`] and came out of it (`y` may be empty without `normalize`); `dy`: the gradient
///   of `y`; `dx`: as long as the inputs; `scratch`: grows as needed, what it holds does not matter.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "the signature that all layers' backward shares")]
pub fn backward<S: Simd, L: Geometry<DotSizes>, T: Element>(
    simd: S,
    shape: L,
    samples: usize,
    x: [&[T]; 2],
    y: &[T],
    dy: &[T],
    dx: [Option<&mut [T]>; 2],
    scratch: &mut Vec<T>,
) {
    let sizes = shape.sizes();
    let (products, [left, right], output) = (sizes.products(), sizes.lens(), sizes.output());
    let [mut da, mut db] = dx;
    for sample in 0..samples {
        let (of_a, of_b) = (left * sample..left * (sample + 1), right * sample..right * (sample + 1));
        let of_y = output * sample..output * (sample + 1);
        let (a, b, dy) = (&x[0][of_a.clone()], &x[1][of_b.clone()], &dy[of_y.clone()]);
        let (da, db) = (da.as_deref_mut().map(|da| &mut da[of_a]), db.as_deref_mut().map(|db| &mut db[of_b]));
        if sizes.normalize {
            let normalized = Normalized { products, a, b, y: &y[of_y], dy };
            normalized.backward(simd, da, db, room(scratch, output));
        } else {
            backward_left(simd, products, b, dy, da);
            backward_right(simd, products, a, dy, db);
        }
    }
}

/// `da = dy · bᵀ`.
#[inline(always)]
fn backward_left<S: Simd, T: Element>(simd: S, products: Products, b: &[T], dy: &[T], da: Option<&mut [T]>) {
    let Some(da) = da else { return };
    da.fill(T::zero());
    products.each(
        #[inline(always)]
        |one| {
            let [m, n, k] = one.sizes;
            let (dy, b) = ((&dy[one.out..], one.out_strides), (&b[one.right..], one.right_strides));
            multiply(simd, [m, k, n], dy, b, (&mut da[one.left..], one.left_strides));
        },
    );
}

/// `db = aᵀ · dy`.
#[inline(always)]
fn backward_right<S: Simd, T: Element>(simd: S, products: Products, a: &[T], dy: &[T], db: Option<&mut [T]>) {
    let Some(db) = db else { return };
    db.fill(T::zero());
    products.each(
        #[inline(always)]
        |one| {
            let ([m, n, k], [row, term]) = (one.sizes, one.left_strides);
            let [column, right_term] = one.right_strides;
            let (a, dy) = ((&a[one.left..], [term, row]), (&dy[one.out..], one.out_strides));
            multiply(simd, [k, n, m], a, dy, (&mut db[one.right..], [right_term, column]));
        },
    );
}

/// One sample of products of what was divided by its norms.
struct Normalized<'a, T> {
    products: Products,
    a: &'a [T],
    b: &'a [T],
    y: &'a [T],
    dy: &'a [T],
}

impl<T: Element> Normalized<'_, T> {
    /// With `u = a / |a|`: `da = (du - u · Σ dy·y) / |a|`, where `Σ` is over all outputs of one norm.
    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut da: Option<&mut [T]>, mut db: Option<&mut [T]>, scaled: &mut [T]) {
        let Products { left, right } = self.products;
        scaled.copy_from_slice(self.dy);
        super::scale_rows(left, self.a, right.rest(), scaled);
        super::scale_columns(right, self.b, scaled);
        backward_left(simd, self.products, self.b, scaled, da.as_deref_mut());
        backward_right(simd, self.products, self.a, scaled, db.as_deref_mut());
        let products = || self.y.iter().zip(self.dy).map(|(y, dy)| *y * *dy);
        if let Some(da) = da {
            for row in 0..left.rest() {
                let sum = products().skip(row * right.rest()).take(right.rest()).sum();
                take_off(left, self.a, row, sum, da);
            }
        }
        if let Some(db) = db {
            for column in 0..right.rest() {
                let sum = products().skip(column).step_by(right.rest().max(1)).sum();
                take_off(right, self.b, column, sum, db);
            }
        }
    }
}

/// `dx -= x · sum / |x|²` along the terms of one element of the rest.
#[inline(always)]
fn take_off<T: Element>(factor: Factor, x: &[T], rest: usize, sum: T, dx: &mut [T]) {
    let (inverse, is_constant) = inverse_norm(factor, x, rest);
    if is_constant {
        return;
    }
    let scale = inverse * inverse * sum;
    let places = (factor.place(rest)..).step_by(factor.inner.max(1)).take(factor.terms);
    for at in places {
        dx[at] -= x[at] * scale;
    }
}
