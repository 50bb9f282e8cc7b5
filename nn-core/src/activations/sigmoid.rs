//! Functions that saturate on one side or both.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use super::{Activation, Keeps, splat};
use crate::element::Element;
use crate::kernels::math;

/// `1 / (1 + e⁻ˣ)`, with the derivative `y · (1 - y)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sigmoid;

impl<T: Element> Activation<T> for Sigmoid {
    const KEEPS: Keeps = Keeps::Output;
    const MONOTONE: bool = true;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        math::sigmoid::<S, T>(simd, x)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        dy * y * (-y + T::one())
    }
}

/// `relu6(x + 3) / 6`; the derivative at the ends is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HardSigmoid;

impl<T: Element> Activation<T> for HardSigmoid {
    const KEEPS: Keeps = Keeps::Output;
    const MONOTONE: bool = true;

    #[inline(always)]
    fn apply<S: Simd>(self, _: S, x: T::Vector<S>) -> T::Vector<S> {
        // A division, not a product: what is below 6 must stay below 1, as backward asks.
        (x + T::from_f64(3.0)).clamp(T::zero(), T::from_f64(6.0)) / T::from_f64(6.0)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let between = y.simd_gt(T::zero()) & y.simd_lt(T::one());
        between.select(dy / T::from_f64(6.0), splat::<S, T>(simd, 0.0))
    }
}

/// The hyperbolic tangent, with the derivative `1 - y²`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tanh;

impl<T: Element> Activation<T> for Tanh {
    const KEEPS: Keeps = Keeps::Output;
    const MONOTONE: bool = true;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        math::tanh::<S, T>(simd, x)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        dy * (-(y * y) + T::one())
    }
}

/// `ln(1 + eˣ)`, with the derivative `1 - e⁻ʸ`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softplus;

impl<T: Element> Activation<T> for Softplus {
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        math::softplus::<S, T>(simd, x)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        dy * -math::expm1::<S, T>(simd, -y)
    }
}

/// `x / (1 + |x|)`, with the derivative `(1 - |y|)²`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Softsign;

impl<T: Element> Activation<T> for Softsign {
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn apply<S: Simd>(self, _: S, x: T::Vector<S>) -> T::Vector<S> {
        x / (x.abs() + T::one())
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let root = -y.abs() + T::one();
        dy * (root * root)
    }
}

/// The root of the size, with the sign: `sign(x) · √|x|`; the derivative at 0, where it has none, is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignedSqrt;

impl<T: Element> Activation<T> for SignedSqrt {
    const KEEPS: Keeps = Keeps::Output;
    const MONOTONE: bool = true;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        let root = x.abs().sqrt();
        x.simd_lt(splat::<S, T>(simd, 0.0)).select(-root, root)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let zero = splat::<S, T>(simd, 0.0);
        let size = y.abs();
        size.simd_eq(zero).select(zero, dy / (size + size))
    }
}
