//! Sine and cosine.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use super::polynomial;
use crate::element::Element;

/// The sine of an angle in radians; off by less than 2e-7 up to 10⁵ in `f32`, by 4e-16 up to 10⁸ in `f64`.
#[inline(always)]
pub fn sin<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    quarter::<S, T>(simd, x, T::zero())
}

/// The cosine of an angle in radians.
#[inline(always)]
pub fn cos<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    quarter::<S, T>(simd, x, T::one())
}

/// The sine of `x` and so many quarters of a turn.
///
/// The nearest multiple of a quarter is taken off in pieces whose products with it are exact (Cody and Waite), which holds for
/// up to 2^16 quarters in `f32` and 2^26 in `f64`. Further out the result is some number between -1 and 1.
#[inline(always)]
fn quarter<S: Simd, T: Element>(simd: S, x: T::Vector<S>, ahead: T) -> T::Vector<S> {
    let zero = T::Vector::<S>::splat(simd, T::zero());
    let quarters = (x * T::FRAC_2_PI).round_ties_even();
    let mut rest = x;
    for piece in T::FRAC_PI_2 {
        rest -= quarters * *piece;
    }
    // Where the pieces did not suffice. What is not a number stays so.
    let far = rest.abs().simd_gt(T::one());
    let rest = far.select(zero, rest);
    let square = rest * rest;
    let sine = (rest * square).mul_add(polynomial::<S, T>(simd, square, T::SIN), rest);
    let cosine = (square * square).mul_add(polynomial::<S, T>(simd, square, T::COS), square * -T::HALF) + T::one();
    // 0 to 3: which quarter of a turn it is.
    let turned = quarters + ahead;
    let turn = turned - (turned * T::QUARTER).floor() * T::FOUR;
    let odd = turn.simd_eq(T::one()) | turn.simd_eq(T::THREE);
    let value = odd.select(cosine, sine);
    turn.simd_ge(T::TWO).select(-value, value)
}
