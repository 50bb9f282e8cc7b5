//! Piecewise linear functions.

use fearless_simd::{Select, Simd, SimdBase, SimdFloat};

use super::{Activation, Keeps, splat};
use crate::element::Element;

/// `max(x, 0)`; the derivative at 0 is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relu;

impl<T: Element> Activation<T> for Relu {
    const KEEPS: Keeps = Keeps::Output;
    const MONOTONE: bool = true;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        rectify::<S, T>(simd, x)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        y.simd_gt(T::zero()).select(dy, splat::<S, T>(simd, 0.0))
    }
}

/// `min(max(x, 0), 6)`; the derivative at 0 and at 6 is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relu6;

impl<T: Element> Activation<T> for Relu6 {
    const KEEPS: Keeps = Keeps::Output;
    const MONOTONE: bool = true;

    #[inline(always)]
    fn apply<S: Simd>(self, _: S, x: T::Vector<S>) -> T::Vector<S> {
        x.clamp(T::zero(), T::from_f64(6.0))
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        (y.simd_gt(T::zero()) & y.simd_lt(T::from_f64(6.0))).select(dy, splat::<S, T>(simd, 0.0))
    }
}

/// `x` above 0, else `slope · x`; the derivative at 0 is the slope.
///
/// The slope is not negative (the layer `LeakyReLU` of Keras asks for that too). Keras' default is 0.2 for the
/// function `leaky_relu`, but 0.3 for the layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeakyRelu(
    /// The slope below 0.
    pub f64,
);

impl<T: Element> Activation<T> for LeakyRelu {
    const KEEPS: Keeps = Keeps::Output;
    const MONOTONE: bool = true;

    #[inline(always)]
    fn apply<S: Simd>(self, _: S, x: T::Vector<S>) -> T::Vector<S> {
        x.simd_gt(T::zero()).select(x, x * T::from_f64(self.0))
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, y: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        y.simd_gt(T::zero()).select(dy, dy * T::from_f64(self.0))
    }
}

/// Keras' layer `ReLU` with its options: `max_value` from there on, `x` above the threshold,
/// `negative_slope · (x - threshold)` up to it.
///
/// Keras asks that none of the three be negative. The derivative at a kink is TensorFlow's: at the threshold the
/// slope, if there is neither a `max_value` nor a threshold, else 0; at `max_value` 1, but 0 where Keras takes
/// its `relu6` (a `max_value` of 6 and no threshold).
///
/// ```
/// use nn_core::activations::ReluOptions;
/// use nn_core::rt::fearless_simd::Level;
/// use nn_core::rt::dispatch;
///
/// let relu = ReluOptions { negative_slope: 0.5, max_value: Some(4.0), ..ReluOptions::default() };
/// let mut y = [-2.0_f64, 1.0, 7.0];
/// dispatch!(Level::baseline(), simd => nn_core::layers::activation::in_place(simd, &mut y, relu));
/// assert_eq!(y, [-1.0, 1.0, 4.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReluOptions {
    /// The slope below the threshold; by default 0.
    pub negative_slope: f64,
    /// The largest output; by default there is none.
    pub max_value: Option<f64>,
    /// Where the identity begins; by default 0.
    pub threshold: f64,
}

impl<T: Element> Activation<T> for ReluOptions {
    const KEEPS: Keeps = Keeps::Input;

    #[inline(always)]
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S> {
        let zero = splat::<S, T>(simd, 0.0);
        let threshold = T::from_f64(self.threshold);
        let mut above = x.simd_le(threshold).select(zero, x);
        if let Some(max_value) = self.max_value {
            above = above.clamp(T::zero(), T::from_f64(max_value));
        }
        if self.negative_slope == 0.0 {
            return above;
        }
        let below = x.simd_lt(threshold).select(x - threshold, zero);
        below.mul_add(T::from_f64(self.negative_slope), above)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, simd: S, x: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        let zero = splat::<S, T>(simd, 0.0);
        let threshold = T::from_f64(self.threshold);
        let mut above = x.simd_gt(threshold);
        if let Some(max_value) = self.max_value {
            let is_relu6 = max_value == 6.0 && self.threshold == 0.0;
            let max_value = T::from_f64(max_value);
            above &= if is_relu6 { x.simd_lt(max_value) } else { x.simd_le(max_value) };
        }
        let is_leaky_relu = self.max_value.is_none() && self.threshold == 0.0;
        let below = if is_leaky_relu { x.simd_le(threshold) } else { x.simd_lt(threshold) };
        above.select(dy, below.select(dy * T::from_f64(self.negative_slope), zero))
    }
}

/// 0 below 0; the vector's own `max` may lose what is not a number.
#[inline(always)]
fn rectify<S: Simd, T: Element>(simd: S, x: T::Vector<S>) -> T::Vector<S> {
    x.simd_lt(T::zero()).select(splat::<S, T>(simd, 0.0), x)
}
