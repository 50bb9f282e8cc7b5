//! The natural logarithm and what is made of it.

use fearless_simd::{Bytes, Select, Simd, SimdBase, SimdFloat};

use super::{exp, polynomial};
use crate::element::Element;

/// `ln(2^exponent · (x + rest·x))` for positive normal `x` and a tiny `rest`.
///
/// FreeBSD's `e_log.c` has the splitting: with `s = f / (2 + f)`,
/// `ln(1 + f) = f - (f²/2 - s·(f²/2 + R(s²)))`.
#[inline(always)]
fn ln_of_normal<S: Simd, T: Element>(
    simd: S,
    x: T::Vector<S>,
    exponent: T::Vector<S>,
    rest: T::Vector<S>,
) -> T::Vector<S> {
    let bits: <T::Vector<S> as SimdFloat<S>>::Bits = x.bitcast();
    let bits = bits + T::SQRT_HALF_TO_ONE;
    let n: T::Vector<S> = ((bits >> T::SIGNIFICAND_BITS) | T::INTEGER).bitcast();
    let n = n - T::INTEGER_BIASED + exponent;
    let significand: T::Vector<S> = ((bits & T::SIGNIFICAND) + T::SQRT_HALF).bitcast();

    let f = significand - T::one();
    let s = f / (f + T::TWO);
    let z = s * s;
    let half_square = f * f * T::HALF;
    let correction = s * (half_square + z * polynomial::<S, T>(simd, z, T::LN));
    let low = n.mul_add(T::LN_2_LOW, correction + rest);
    n.mul_add(T::LN_2_HIGH, f - (half_square - low))
}

/// The natural logarithm: -∞ of nought, not a number below.
#[inline(always)]
pub fn ln<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let zero = T::Vector::<S>::splat(simd, T::zero());
    let subnormal = x.simd_lt(T::SMALLEST_NORMAL);
    let exponent = subnormal.select(T::Vector::<S>::splat(simd, T::NORMALISE_EXPONENT), zero);
    let normal = subnormal.select(x * T::NORMALISE, x);
    guard::<S, T>(simd, x, ln_of_normal::<S, T>(simd, normal, exponent, zero))
}

/// `ln(1 + x)`, as accurate near nought as elsewhere: -∞ of -1, not a number below.
#[inline(always)]
pub fn log1p<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let sum = x + T::one();
    // What the rounding of the sum has cut off.
    let rest = x.simd_lt(T::one()).select(x - (sum - T::one()), (x - sum) + T::one());
    let zero = T::Vector::<S>::splat(simd, T::zero());
    let value = ln_of_normal::<S, T>(simd, sum, zero, rest / sum);
    guard::<S, T>(simd, sum, value)
}

/// `ln(1 + eˣ)`.
#[inline(always)]
pub fn softplus<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let zero = T::Vector::<S>::splat(simd, T::zero());
    let exp = exp::<S, T>(simd, -x.abs());
    let sum = exp + T::one();
    let rest = (exp - (sum - T::one())) / sum;
    x.simd_lt(zero).select(zero, x) + ln_of_normal::<S, T>(simd, sum, zero, rest)
}

/// `value` where `x` is positive and finite; else the logarithm's own special values.
#[inline(always)]
fn guard<S: Simd, T: Element>(simd: S, x: T::Vector<S>, value: T::Vector<S>) -> T::Vector<S> {
    let zero = T::Vector::<S>::splat(simd, T::zero());
    let regular = x.simd_gt(zero) & x.simd_lt(T::infinity());
    let not_a_number = T::Vector::<S>::splat(simd, T::nan());
    // Infinity and what is not a number stand for themselves.
    let special = x.simd_lt(zero).select(not_a_number, x);
    let special = x.simd_eq(zero).select(T::Vector::<S>::splat(simd, T::neg_infinity()), special);
    regular.select(value, special)
}
