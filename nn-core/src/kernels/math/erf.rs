//! The error function.

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
