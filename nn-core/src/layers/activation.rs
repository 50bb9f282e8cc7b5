//! `Activation` and the layers named after a function, such as `ReLU`: one function on every element.
//!
//! The slices of a call are equally long; any shape, any number of samples.

use fearless_simd::Simd;

use crate::activations::{Activation, Keeps};
use crate::element::Element;
use crate::kernels::{frame, slices};

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

/// `dx = dy · f'(x)` from what went in and what came out, of which the function reads one: see
/// [`KEEPS`](Activation::KEEPS). Overwrites `dx`.
#[inline(always)]
pub fn backward<S: Simd, T: Element, A: Activation<T>>(
    simd: S,
    x: &[T],
    y: &[T],
    dy: &[T],
    dx: &mut [T],
    activation: A,
) {
    let saved = match activation.keeps() {
        Keeps::Input => x,
        Keeps::Output => y,
    };
    frame::apart(
        simd,
        #[inline(always)]
        || {
            slices::zip(
                simd,
                saved,
                dy,
                dx,
                #[inline(always)]
                |saved, dy| activation.derivative(simd, saved, dy),
            )
        },
    );
}

/// `dy = dy · f'(x)` from what came out alone, where what went in is gone.
///
/// A function that [keeps](Activation::KEEPS) its input does not compile here.
#[inline(always)]
pub fn backward_in_place<S: Simd, T: Element, A: Activation<T>>(simd: S, y: &[T], dy: &mut [T], activation: A) {
    const { assert!(matches!(A::KEEPS, Keeps::Output), "the derivative needs what went in, which was not saved") };
    debug_assert_eq!(activation.keeps(), Keeps::Output, "the derivative needs what went in, which was not saved");
    frame::apart(
        simd,
        #[inline(always)]
        || {
            slices::zip_in_place(
                simd,
                y,
                dy,
                #[inline(always)]
                |y, dy| activation.derivative(simd, y, dy),
            )
        },
    );
}
