//! The exponential function and what is made of it.

use fearless_simd::{Bytes, Select, Simd, SimdBase, SimdFloat};

use super::polynomial;
use crate::element::Element;

/// `x = n·ln 2 + r` with an integer `n` and `|r| ≤ ½ ln 2`.
struct Reduced<V> {
    n: V,
    /// `r` before the lower part of `n·ln 2` is taken from it: exact.
    high: V,
    /// That lower part.
    low: V,
    /// `exp(r) - 1 - r`.
    rest: V,
}

/// Cody and Waite: `ln 2` in two parts, the product with the first of which is exact.
#[inline(always)]
fn reduce<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> Reduced<T::Vector<S>> {
    let n = x.mul_add(T::LOG2_E, T::ROUND) - T::ROUND;
    let high = n.mul_add(-T::LN_2_HIGH, x);
    let low = n * T::LN_2_LOW;
    let r = high - low;
    Reduced { n, high, low, rest: r * r * polynomial::<S, T>(simd, r, T::EXP) }
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
    let r = reduce::<S, T>(simd, x.clamp(low, high));
    // 1 + r in two parts, so that but the last sum rounds.
    let sum = r.high + T::one();
    let lost = r.high - (sum - T::one());
    let significand = sum + (lost + (r.rest - r.low));
    // In two steps, as `2ⁿ` itself may be subnormal or too large.
    let half = r.n.mul_add(T::HALF, T::ROUND) - T::ROUND;
    significand * power_of_two::<S, T>(half) * power_of_two::<S, T>(r.n - half)
}

/// `eˣ - 1`, as accurate near nought as elsewhere.
#[inline(always)]
pub fn expm1<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let r = reduce::<S, T>(simd, x.clamp(T::EXPM1_LOW, T::EXP_RANGE[1]));
    // Half of it first, as `2ⁿ` itself may be too large.
    let scale = power_of_two::<S, T>(r.n - T::one());
    let half = scale.mul_add(r.high + (r.rest - r.low), scale - T::HALF);
    (half + half).copysign(x)
}

/// `1 / (1 + e⁻ˣ)`, as accurate far below nought as elsewhere.
///
/// With `q = e / (1 + e)` and `e` the exponential of `-|x|`, it is `1 - q` above nought and `e - e·q` below, which
/// keeps less of the rounding of `1 + e` than the quotients alone.
#[inline(always)]
pub fn sigmoid<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let exp = exp::<S, T>(simd, -x.abs());
    let quotient = exp / (exp + T::one());
    let whole = x.simd_lt(T::zero()).select(exp, T::Vector::<S>::splat(simd, T::one()));
    quotient.mul_add(-whole, whole)
}

/// `(e²ˣ - 1) / (e²ˣ + 1)`; ±1 from about ±9 on (`f32`) or ±19 (`f64`).
///
/// An odd polynomial where it is below one half; from there on `1 - 2 / (e²ˣ + 1)`.
#[inline(always)]
pub fn tanh<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let magnitude = x.abs();
    let square = x * x;
    let near = (magnitude * square).mul_add(polynomial::<S, T>(simd, square, T::TANH), magnitude);
    let exp = exp::<S, T>(simd, magnitude + magnitude);
    let far = -(T::Vector::<S>::splat(simd, T::TWO) / (exp + T::one())) + T::one();
    magnitude.simd_lt(T::TANH_HALF).select(near, far).copysign(x)
}
