//! `Activation` and the layers named after a function, such as `ReLU`: one function on every element.
//!
//! The slices of a call are equally long; any shape, any number of samples.

use fearless_simd::Simd;

use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::slices;

/// `y = f(x)`.
#[inline(always)]
pub fn infer<S: Simd, T: Element, A: Activation<T>>(simd: S, x: &[T], y: &mut [T], activation: A) {
    slices::map(
        simd,
        x,
        y,
        #[inline(always)]
        |x| activation.apply(simd, x),
    );
}

/// `y = f(y)`.
#[inline(always)]
pub fn in_place<S: Simd, T: Element, A: Activation<T>>(simd: S, y: &mut [T], activation: A) {
    slices::map_in_place(
        simd,
        y,
        #[inline(always)]
        |y| activation.apply(simd, y),
    );
}

/// `dx = dy · f'(x)`, where `kept` is `x` or `y`, as [`KEEPS`](Activation::KEEPS) says; overwrites `dx`.
#[inline(always)]
pub fn backward<S: Simd, T: Element, A: Activation<T>>(simd: S, kept: &[T], dy: &[T], dx: &mut [T], activation: A) {
    slices::zip(
        simd,
        kept,
        dy,
        dx,
        #[inline(always)]
        |kept, dy| activation.derivative(simd, kept, dy),
    );
}

/// `dy = dy · f'(x)`, where `kept` is `x` or `y`, as [`KEEPS`](Activation::KEEPS) says.
#[inline(always)]
pub fn backward_in_place<S: Simd, T: Element, A: Activation<T>>(simd: S, kept: &[T], dy: &mut [T], activation: A) {
    slices::zip_in_place(
        simd,
        kept,
        dy,
        #[inline(always)]
        |kept, dy| activation.derivative(simd, kept, dy),
    );
}
