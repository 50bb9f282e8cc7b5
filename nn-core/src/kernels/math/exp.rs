//! The exponential function and what is made of it.

use fearless_simd::{Bytes, Select, Simd, SimdBase, SimdFloat};

use super::{in_pairs, polynomial};
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
    exponent::<S, T>(n + T::ROUND_BIASED)
}

/// The power of two whose biased exponent the low bits hold.
#[inline(always)]
fn exponent<S: Simd, T: Element>(biased: T::Vector<S>) -> T::Vector<S> {
    let bits: <T::Vector<S> as SimdFloat<S>>::Bits = biased.bitcast();
    (bits << T::SIGNIFICAND_BITS).bitcast()
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

/// `eˣ` where that is a normal number and a unit in the last place does not count.
#[inline(always)]
pub(super) fn exp_near<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let r = reduce::<S, T>(simd, x);
    (r.rest + (r.high - r.low) + T::one()) * power_of_two::<S, T>(r.n)
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

/// `eʳ - 1` for `|r| ≤ ½ ln 2`: less exact than in [`exp`], but with half of the latency.
#[inline(always)]
fn small<S: Simd, T: Element>(simd: S, r: T::Vector<S>) -> T::Vector<S> {
    let square = r * r;
    let (low, high) = T::EXP.split_at_checked(2).unwrap_or((T::EXP, &[]));
    let low = in_pairs::<S, T>(simd, r, square, low).mul_add(square, r);
    in_pairs::<S, T>(simd, r, square, high).mul_add(square * square, low)
}

/// `eˣ` for `x ≤ 0`, subnormal results included: in fewer steps than [`exp`]. Above nought it is 1.
#[inline(always)]
pub fn exp_below<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let negative = x.clamp(T::EXP_RANGE[0], T::zero());
    let n = negative.mul_add(T::LOG2_E, T::ROUND) - T::ROUND;
    let r = n.mul_add(-T::LN_2_HIGH, negative) - n * T::LN_2_LOW;
    // In two steps, as `2ⁿ` itself may be subnormal.
    let scale = exponent::<S, T>(n + T::ROUND_BIASED_64);
    small::<S, T>(simd, r).mul_add(scale, scale) * T::POWER_OF_MINUS_64
}

/// `1 / (1 + e⁻ˣ)`, as accurate far below nought as elsewhere.
///
/// With `q = e / (1 + e)` and `e` the exponential of `-|x|`, it is `1 - q` above nought and `e - e·q` below, which
/// keeps less of the rounding of `1 + e` than the quotients alone.
#[inline(always)]
pub fn sigmoid<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let exp = exp_below::<S, T>(simd, -x.abs());
    let quotient = exp / (exp + T::one());
    let whole = x.simd_lt(T::zero()).select(exp, T::Vector::<S>::splat(simd, T::one()));
    quotient.mul_add(-whole, whole)
}

/// `h / (1 + h)` with `h = (e²ˣ - 1) / 2`; ±1 from about ±9 on (`f32`) or ±19 (`f64`).
///
/// With `q` the quotient it is `h - h·q`; from about one half on `1 - q` with `q = 1 / (1 + h)`. So the rounding of
/// `1 + h` and of the quotient is made smaller by `q` or by `h`, the lesser of the two.
#[inline(always)]
pub fn tanh<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let magnitude = x.abs();
    let turns = magnitude.mul_add(T::TWO * T::LOG2_E, T::ROUND).min(T::ROUND + T::TANH_TURNS) - T::ROUND;
    let r = turns.mul_add(-T::HALF * T::LN_2, magnitude);
    let square = r * r;
    let (low, high) = T::TANH.split_at_checked(2).unwrap_or((T::TANH, &[]));
    // What `(e²ʳ - 1) / 2` is more than `r`.
    let more = in_pairs::<S, T>(simd, r, square, high)
        .mul_add(square * square, in_pairs::<S, T>(simd, r, square, low) * square);
    let power = power_of_two::<S, T>(turns);
    let half = power * T::HALF;
    let h = more.mul_add(power, r.mul_add(power, half - T::HALF));
    let sum = more.mul_add(power, r.mul_add(power, half + T::HALF));
    let far = magnitude.simd_ge(T::TANH_HALF);
    let whole = far.select(T::Vector::<S>::splat(simd, T::one()), h);
    (whole / sum).mul_add(-whole, whole).copysign(x)
}
