//! Functions that end in an exponential.

use fearless_simd::{Select, Simd, SimdBase};

use super::{Activation, Keeps};
use crate::element::Element;
use crate::kernels::math;

/// `x` above 0, else `α · (eˣ - 1)`; the derivative at 0 is `α`. Keras' default for `α` is 1.
///
/// `α` is not negative. The derivative below 0 is `y + α`.
///
/// Clevert, Unterthiner, Hochreiter: [Fast and Accurate Deep Network Learning by Exponential Linear
/// Units](https://arxiv.org/abs/1511.07289), 2016.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elu(
    /// `α`: the output far below 0 is `-α`.
    pub f64,
);

impl<T: Element> Activation<T> for Elu {
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        x.simd_gt(T::zero()).select(x, math::expm1::<S, T>(simd, x) * T::from_f64(self.0))
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        y.simd_gt(T::zero()).select(dy, dy * (y + T::from_f64(self.0)))
    }
}

/// `1.0507 · x` from 0 on, else `1.0507 · 1.6733 · (eˣ - 1)`; the derivative at 0 is 1.0507.
///
/// Klambauer, Unterthiner, Mayr, Hochreiter: [Self-Normalizing Neural Networks](https://arxiv.org/abs/1706.02515),
/// 2017; the two numbers keep a mean of 0 and a variance of 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selu;

const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

impl<T: Element> Activation<T> for Selu {
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        let below = math::expm1::<S, T>(simd, x) * T::from_f64(SELU_SCALE * SELU_ALPHA);
        x.simd_lt(T::zero()).select(below, x * T::from_f64(SELU_SCALE))
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let below = dy * (y + T::from_f64(SELU_SCALE * SELU_ALPHA));
        y.simd_lt(T::zero()).select(below, dy * T::from_f64(SELU_SCALE))
    }
}

/// `eˣ`, which is its own derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential;

impl<T: Element> Activation<T> for Exponential {
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        math::exp::<S, T>(simd, x)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        dy * y
    }
}
