//! `exp`, `tanh` and their kin in each lane of a vector.
//!
//! Polynomials of our own after a reduction of the range, the same on every target, with and without `std`.
//! One algorithm serves `f32` and `f64`; they differ in their [`Coefficients`]. Not a number goes in, not a number
//! comes out. The largest errors measured, in units in the last place of the result (ulp), with or without fused
//! multiply-add; for `f32` over 70 million numbers of all exponents, subnormal results included, for `f64` over
//! 40,000 against 40 digits:
//!
//! | function | `f32` | `f64` |
//! | --- | --- | --- |
//! | [`exp`] | 0.8 | 0.7 |
//! | [`exp_below`] | 1.2 | 1.1 |
//! | [`expm1`] | 1.6 | 1.4 |
//! | [`sigmoid`] | 1.9 | 1.6 |
//! | [`tanh`] | 1.9 | 1.6 |
//! | [`ln`] | 0.9 | 0.8 |
//! | [`log1p`] | 0.9 | 0.8 |
//! | [`softplus`] | 1.5 | 1.5 |
//! | [`erf`] | 1.9 | 2.0 |
//!
//! [`normal_cdf`] is off by at most 9.2e-8 (`f32`) and 1.2e-16 (`f64`), not counted in ulp; [`sin`] and [`cos`] by less than 2e-7 for angles
//! up to 10⁵ (`f32`) and 4e-16 up to 10⁸ (`f64`), and further out they are some number between -1 and 1.
//!
//! Everything here is inlined, so that it takes on the target features of the frame that it is called in.
//!
//! ```
//! use nn_core::Element;
//! use nn_core::kernels::math;
//! use nn_core::rt::fearless_simd::{Level, Simd, SimdBase};
//! use nn_core::rt::dispatch;
//!
//! #[inline(always)]
//! fn tanh_of_one<S: Simd>(simd: S) -> f32 {
//!     math::tanh::<S, f32>(simd, <f32 as Element>::Vector::<S>::splat(simd, 1.0))[0]
//! }
//! assert!((dispatch!(Level::baseline(), simd => tanh_of_one(simd)) - 0.761_594_2).abs() < 1e-6);
//! ```

mod coefficients;
mod erf;
mod exp;
mod ln;
mod sin;
#[cfg(test)]
mod tests;

pub use coefficients::Coefficients;
pub use erf::{erf, normal_cdf};
pub use exp::{exp, exp_below, expm1, sigmoid, tanh};
pub use ln::{ln, log1p, softplus};
pub use sin::{cos, sin};

use fearless_simd::{Simd, SimdBase, SimdFloat};

use crate::element::Element;

/// `c[0] + c[1]·x + c[2]·x² + …`; nought for no coefficients.
#[inline(always)]
fn polynomial<S: Simd, T: Element>(simd: S, x: T::Vector<S>, coefficients: &[T]) -> T::Vector<S> {
    let (&highest, rest) = match coefficients.split_last() {
        Some(parts) => parts,
        None => return T::Vector::<S>::splat(simd, T::zero()),
    };
    let mut sum = T::Vector::<S>::splat(simd, highest);
    for &coefficient in rest.iter().rev() {
        sum = sum.mul_add(x, coefficient);
    }
    sum
}

/// The same from `x` and `x²`, in pairs: half as many multiply-adds wait for each other.
#[inline(always)]
fn in_pairs<S: Simd, T: Element>(simd: S, x: T::Vector<S>, square: T::Vector<S>, coefficients: &[T]) -> T::Vector<S> {
    let mut sum = T::Vector::<S>::splat(simd, T::zero());
    for (index, pair) in coefficients.chunks(2).rev().enumerate() {
        let pair = match *pair {
            [low, high] => T::Vector::<S>::splat(simd, high).mul_add(x, low),
            [low] => T::Vector::<S>::splat(simd, low),
            _ => return sum,
        };
        sum = if index == 0 { pair } else { sum.mul_add(square, pair) };
    }
    sum
}
