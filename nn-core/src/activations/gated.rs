//! Functions that multiply the input by a gate between 0 and 1.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use super::{Activation, Keeps, splat};
use crate::element::Element;
use crate::kernels::math;

/// `x · sigmoid(x)`, also named `silu`; the derivative is `s + x · s · (1 - s)` with `s = sigmoid(x)`.
///
/// Ramachandran, Zoph, Le: [Searching for Activation Functions](https://arxiv.org/abs/1710.05941), 2017.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swish;

impl<T: Element> Activation<T> for Swish {
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        x * math::sigmoid::<S, T>(simd, x)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, x: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let (gate, slope) = sigmoid_and_slope::<S, T>(simd, x);
        dy * x.mul_add(slope, gate)
    }
}

/// `x · relu6(x + 3) / 6`; the derivative at -3 is 0, at 3 it is 1.
///
/// Howard and others: [Searching for MobileNetV3](https://arxiv.org/abs/1905.02244), 2019.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HardSwish;

impl<T: Element> Activation<T> for HardSwish {
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn apply<S: Simd>(self, _: S, x: T::Vector<S>) -> T::Vector<S> {
        let six = T::from_f64(6.0);
        x * ((x + T::from_f64(3.0)).clamp(T::zero(), six) / six)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, x: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let six = T::from_f64(6.0);
        let moved = x + T::from_f64(3.0);
        let between = moved.simd_gt(T::zero()) & moved.simd_lt(six);
        let sum = moved.clamp(T::zero(), six) + between.select(x, splat::<S, T>(simd, 0.0));
        dy * (sum / six)
    }
}

/// `x · tanh(softplus(x))`; the derivative is `t + x · (1 - t²) · sigmoid(x)` with `t = tanh(softplus(x))`.
///
/// With `e = eˣ`, `t = (e² + 2e) / (e² + 2e + 2)`: one exponential is enough. Above 0 both are divided by `e²`.
///
/// Misra: [Mish: A Self Regularized Non-Monotonic Activation Function](https://arxiv.org/abs/1908.08681), 2019.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mish;

impl<T: Element> Activation<T> for Mish {
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        let (numerator, rest) = mish_gate::<S, T>(simd, x, math::exp_below::<S, T>(simd, -x.abs()));
        x * (numerator / (numerator + rest))
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, x: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let exp = math::exp_below::<S, T>(simd, -x.abs());
        let (numerator, rest) = mish_gate::<S, T>(simd, x, exp);
        let denominator = numerator + rest;
        let gate = numerator / denominator;
        // 1 - t², without taking what is near 1 from 1.
        let slope = rest / denominator * (gate + T::one());
        let sigmoid = x.simd_lt(T::zero()).select(exp, splat::<S, T>(simd, 1.0)) / (exp + T::one());
        dy * (x * slope).mul_add(sigmoid, gate)
    }
}

/// `tanh(softplus(x))` as `a / (a + b)`: `a` and `b`, from `exp(-|x|)`.
#[inline(always)]
fn mish_gate<S: Simd, T: Element>(simd: S, x: T::Vector<S>, exp: T::Vector<S>) -> (T::Vector<S>, T::Vector<S>) {
    let two = T::from_f64(2.0);
    let negative = x.simd_lt(T::zero());
    let numerator = negative.select(exp * (exp + two), exp * two + T::one());
    (numerator, negative.select(splat::<S, T>(simd, 2.0), exp * exp * two))
}

/// `x · Φ(x)`, where `Φ(x) = (1 + erf(x/√2)) / 2`; the derivative is `Φ(x) + x · exp(-x²/2) / √(2π)`.
///
/// Hendrycks, Gimpel: [Gaussian Error Linear Units](https://arxiv.org/abs/1606.08415), 2016.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gelu;

impl<T: Element> Activation<T> for Gelu {
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        x * math::normal_cdf::<S, T>(simd, x)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, x: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let bell = math::exp::<S, T>(simd, x * x * T::from_f64(-0.5));
        let density = bell * T::from_f64(0.5 * core::f64::consts::FRAC_2_SQRT_PI * core::f64::consts::FRAC_1_SQRT_2);
        dy * x.mul_add(density, math::normal_cdf::<S, T>(simd, x))
    }
}

/// `x · (1 + tanh(√(2/π) · (x + 0.044715·x³))) / 2`: near [`Gelu`], and faster.
///
/// As `(1 + tanh(u)) / 2 = sigmoid(2u)`, one exponential is enough. Same paper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeluApproximate;

/// `√(2/π)`.
const SQRT_2_OVER_PI: f64 = core::f64::consts::FRAC_2_SQRT_PI * core::f64::consts::FRAC_1_SQRT_2;
const CUBIC: f64 = 0.044_715;

impl<T: Element> Activation<T> for GeluApproximate {
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        x * math::sigmoid::<S, T>(simd, gelu_argument::<S, T>(simd, x))
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, x: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let (gate, slope) = sigmoid_and_slope::<S, T>(simd, gelu_argument::<S, T>(simd, x));
        let inner =
            (x * x).mul_add(T::from_f64(6.0 * SQRT_2_OVER_PI * CUBIC), splat::<S, T>(simd, 2.0 * SQRT_2_OVER_PI));
        dy * (x * slope).mul_add(inner, gate)
    }
}

/// `2 · √(2/π) · (x + 0.044715·x³)`.
#[inline(always)]
fn gelu_argument<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    let factor = (x * x).mul_add(T::from_f64(2.0 * SQRT_2_OVER_PI * CUBIC), splat::<S, T>(simd, 2.0 * SQRT_2_OVER_PI));
    x * factor
}

/// `s = sigmoid(x)` and `s · (1 - s)`, the latter without taking what is near 1 from 1.
#[inline(always)]
fn sigmoid_and_slope<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> (T::Vector<S>, T::Vector<S>) {
    let one = splat::<S, T>(simd, 1.0);
    let exp = math::exp_below::<S, T>(simd, -x.abs());
    let inverse = one / (exp + one);
    (x.simd_lt(T::zero()).select(exp, one) * inverse, exp * inverse * inverse)
}
