//! The error function and the normal distribution.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use super::exp::exp_near;
use super::polynomial;
use crate::element::Element;

/// `2/√π · ∫₀ˣ exp(-t²) dt`; ±1 from ±4 on (`f32`) or ±6 (`f64`).
///
/// An odd polynomial up to 1; from there on the logarithm of what is missing to 1, which is a smooth function, as a
/// polynomial.
#[inline(always)]
pub fn erf<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let magnitude = x.abs();
    let near = magnitude.mul_add(polynomial::<S, T>(simd, x * x, T::ERF), magnitude);
    let from_two = magnitude.clamp(T::one(), T::ERF_ONE) - T::TWO;
    // Less than a sixth, so that its own rounding counts for little.
    let missing = exp_near::<S, T>(simd, -polynomial::<S, T>(simd, from_two, T::ERF_TAIL));
    let far = -missing + T::one();
    magnitude.simd_lt(T::one()).select(near, far).copysign(x)
}

/// `Φ(x) = (1 + erf(x/√2)) / 2`: the share of a normal distribution that lies below `x`.
///
/// `f32` within 1e-7, by a polynomial up to 1.5 and another one from there on: half of the steps of [`erf`], whose small
/// errors the sum would lose.
#[inline(always)]
pub fn normal_cdf<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    if T::CDF_FAR.is_empty() {
        return (erf::<S, T>(simd, x * T::FRAC_1_SQRT_2) + T::one()) * T::HALF;
    }
    let magnitude = x.abs();
    let [split, centre, one] = T::CDF_RANGE;
    let near = x.mul_add(polynomial::<S, T>(simd, x * x, T::CDF_NEAR), T::HALF);
    let far = polynomial::<S, T>(simd, magnitude.min(one) - centre, T::CDF_FAR).copysign(x) + T::HALF;
    // What is not a number is not above, and stays what it is.
    magnitude.simd_ge(split).select(far, near)
}
