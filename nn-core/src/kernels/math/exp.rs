//! The exponential function and what is made of it.

use fearless_simd::{Bytes, Select, Simd, SimdBase, SimdFloat};

use super::polynomial;
use crate::element::Element;

/// `n` and `exp(r) - 1`, where `x = n·ln 2 + r` and `|r| ≤ ½ ln 2`.
#[inline(always)]
fn reduce<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> (T::Vector<S>, T::Vector<S>) {
    let n = x.mul_add(T::LOG2_E, T::ROUND) - T::ROUND;
    // Cody and Waite: `ln 2` in two parts, the product with the first of which is exact.
    let r = n.mul_add(-T::LN_2_HIGH, x);
    let r = n.mul_add(-T::LN_2_LOW, r);
    (n, (r * r).mul_add(polynomial::<S, T>(simd, r, T::EXP), r))
}

/// `2ⁿ` for integers `n` that give a normal number.
#[inline(always)]
fn power_of_two<S: Simd, T: Element>(n: T::Vector<S>) -> T::Vector<S> {
    let biased: <T::Vector<S> as SimdFloat<S>>::Bits = (n + T::ROUND_BIASED).bitcast();
    (biased << T::SIGNIFICAND_BITS).bitcast()
}

/// `eˣ`. Nought and infinity where it must be, subnormal results rounded once.
#[inline(always)]
pub fn exp<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let [low, high] = T::EXP_RANGE;
    let (n, expm1) = reduce::<S, T>(simd, x.clamp(low, high));
    // In two steps, as `2ⁿ` itself may be subnormal or too large.
    let half = n.mul_add(T::HALF, T::ROUND) - T::ROUND;
    (expm1 + T::one()) * power_of_two::<S, T>(half) * power_of_two::<S, T>(n - half)
}

/// `eˣ - 1`, as accurate near nought as elsewhere.
#[inline(always)]
pub fn expm1<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let (n, expm1) = reduce::<S, T>(simd, x.clamp(T::EXPM1_LOW, T::EXP_RANGE[1]));
    // Half of it first, as `2ⁿ` itself may be too large.
    let scale = power_of_two::<S, T>(n - T::one());
    let half = scale.mul_add(expm1, scale - T::HALF);
    (half + half).copysign(x)
}

/// `1 / (1 + e⁻ˣ)`, as accurate far below nought as elsewhere.
#[inline(always)]
pub fn sigmoid<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let one = T::Vector::<S>::splat(simd, T::one());
    let exp = exp::<S, T>(simd, -x.abs());
    x.simd_lt(T::zero()).select(exp, one) / (exp + T::one())
}

/// `(e²ˣ - 1) / (e²ˣ + 1)`; ±1 from about ±9 on (`f32`) or ±19 (`f64`).
#[inline(always)]
pub fn tanh<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let two = T::Vector::<S>::splat(simd, T::TWO);
    let magnitude = x.abs();
    let expm1 = expm1::<S, T>(simd, magnitude + magnitude);
    // Above one half, as 1 minus something: what is near 1 would keep the errors of a quotient.
    let near = magnitude.simd_lt(T::TANH_HALF);
    let quotient = near.select(expm1, two) / (expm1 + two);
    near.select(quotient, -quotient + T::one()).copysign(x)
}
