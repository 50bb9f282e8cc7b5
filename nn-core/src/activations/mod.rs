//! Activation functions, elementwise; `softmax` and `log_softmax` are layers of their own.
//!
//! | `network!` | here | kept for backward |
//! | --- | --- | --- |
//! | `linear` | [`Linear`] | output |
//! | `relu`, `relu6`, `leaky_relu(0.2)` | [`Relu`], [`Relu6`], [`LeakyRelu`] | output |
//! | `ReLU<negative_slope = …, max_value = …, threshold = …>` | [`ReluOptions`] | input |
//! | `elu(1.0)`, `selu`, `exponential` | [`Elu`], [`Selu`], [`Exponential`] | output |
//! | `sigmoid`, `hard_sigmoid`, `tanh` | [`Sigmoid`], [`HardSigmoid`], [`Tanh`] | output |
//! | `softplus`, `softsign` | [`Softplus`], [`Softsign`] | output |
//! | `swish`, `silu`, `hard_swish`, `mish` | [`Swish`], [`HardSwish`], [`Mish`] | input |
//! | `gelu`, `gelu(approximate)` | [`Gelu`], [`GeluApproximate`] | input |
//! | `Rescaling<scale, offset = …>`, `Normalization<mean, variance>` | [`Rescaling`] | output |
//! | `Clip<min, max>`, `Power<p>` | [`Clip`], [`Power`] | input |
//! | `Sqrt`, `Rsqrt`, `Reciprocal`, `Sign`, `Floor`, `Ceil`, `Round` | [`Sqrt`], [`Rsqrt`], [`Reciprocal`], [`Sign`], [`Floor`], [`Ceil`], [`Round`] | output |
//! | `Abs`, `Log`, `Square`, `Sin`, `Cos`, `Erf` | [`Abs`], [`Log`], [`Square`], [`Sin`], [`Cos`], [`Erf`] | input |
//! | `BilinearPool<normalize = true>` | [`SignedSqrt`] | output |
//! | a path to a constant of yours | [`Function`] | input |
//!
//! Values and derivatives are those of Keras 3 on TensorFlow, at kinks too. Where the input is not a number, neither
//! is the output.

mod any;
mod elu;
mod function;
mod gated;
#[cfg(test)]
mod golden;
mod operations;
mod relu;
mod sigmoid;
#[cfg(test)]
mod tests;

pub use crate::shape::Operation;
pub use any::AnyActivation;
pub use elu::{Elu, Exponential, Selu};
pub use function::Function;
pub use gated::{Gelu, GeluApproximate, HardSwish, Mish, Swish};
pub use operations::{Abs, Ceil, Clip, Cos, Erf, Floor, Log, Power, Reciprocal, Round, Rsqrt, Sign, Sin, Sqrt, Square};
pub use relu::{LeakyRelu, Relu, Relu6, ReluOptions};
pub use sigmoid::{HardSigmoid, Sigmoid, SignedSqrt, Softplus, Softsign, Tanh};

use fearless_simd::{Simd, SimdBase};

use crate::element::Element;

/// An elementwise activation function with its derivative.
///
/// A value of the type is what a layer applies: `Relu`, `LeakyRelu(0.2)`, or a type of yours,
/// named by its path in `activation = path::to::VALUE`. For a function of single numbers there is [`Function`].
///
/// ```
/// use nn_core::Element;
/// use nn_core::activations::{Activation, Keeps};
/// use nn_core::rt::fearless_simd::{Simd, SimdBase};
///
/// /// `f(x) = x²`.
/// #[derive(Clone, Copy)]
/// struct Square;
///
/// impl<T: Element> Activation<T> for Square {
///     const KEEPS: Keeps = Keeps::Input;
///
///     #[inline(always)]
///     fn apply<S: Simd>(self, _: S, x: T::Vector<S>) -> T::Vector<S> {
///         x * x
///     }
///
///     #[inline(always)]
///     fn derivative<S: Simd>(self, _: S, x: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
///         dy * (x + x)
///     }
/// }
///
/// let mut y = [0.0_f32; 3];
/// let level = nn_core::rt::fearless_simd::Level::baseline();
/// nn_core::rt::fearless_simd::dispatch!(level, simd => {
///     nn_core::layers::activation::infer(simd, &[1.0, 2.0, 3.0], &mut y, Square)
/// });
/// assert_eq!(y, [1.0, 4.0, 9.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an activation of `{T}`",
    label = "an activation is expected here",
    note = "a function and its derivative make one: `const MINE: Function<{T}> = Function {{ function, derivative }};`",
    note = "for vectors, implement `Activation` for a type of your own"
)]
pub trait Activation<T: Element>: Copy + Send + Sync {
    /// What [`derivative`](Self::derivative) takes: the value that went in, or the one that came out.
    const KEEPS: Keeps;
    /// Whether a larger number never gives a smaller one. Then it is applied to the largest of some numbers in place of all
    /// of them.
    const MONOTONE: bool = false;

    /// `f(x)` in each lane.
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S>;

    /// `dy · f'(x)` in each lane, from what was kept: `x` or `f(x)`, as [`KEEPS`](Self::KEEPS) says.
    fn derivative<S: Simd>(self, simd: S, kept: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S>;

    /// [`KEEPS`](Self::KEEPS) of this value: what kernels go by.
    #[doc(hidden)]
    #[inline(always)]
    fn keeps(self) -> Keeps {
        Self::KEEPS
    }

    /// [`MONOTONE`](Self::MONOTONE) of this value: what kernels go by.
    #[doc(hidden)]
    #[inline(always)]
    fn is_monotone(self) -> bool {
        Self::MONOTONE
    }
}

/// What the derivative of an activation is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// What went in.
    Input,
    /// What came out; so the input need not be kept.
    Output,
}

/// The identity: `f(x) = x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear;

impl<T: Element> Activation<T> for Linear {
    const KEEPS: Keeps = Keeps::Output;
    const MONOTONE: bool = true;

    #[inline(always)]
    fn apply<S: Simd>(self, _: S, x: T::Vector<S>) -> T::Vector<S> {
        x
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, _: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        dy
    }
}

/// Keras' layers `Rescaling` and `Normalization` by one number each: `(x − center) · scale + offset`. The product is rounded before the sum, on all machines.
///
/// ```
/// use nn_core::activations::Rescaling;
/// use nn_core::rt::dispatch;
/// use nn_core::rt::fearless_simd::Level;
///
/// let mut y = [-2.0_f64, 0.0, 7.0];
/// let rescaling = Rescaling { center: 0.0, scale: 0.5, offset: -1.0 };
/// dispatch!(Level::baseline(), simd => nn_core::layers::activation::in_place(simd, &mut y, rescaling));
/// assert_eq!(y, [-2.0, -1.0, 2.5]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rescaling {
    /// What is subtracted first.
    pub center: f64,
    /// What it is multiplied by.
    pub scale: f64,
    /// What is added then.
    pub offset: f64,
}

impl<T: Element> Activation<T> for Rescaling {
    // Neither is read: the output is kept anyway.
    const KEEPS: Keeps = Keeps::Output;

    #[inline(always)]
    fn apply<S: Simd>(self, _: S, x: T::Vector<S>) -> T::Vector<S> {
        (x - T::from_f64(self.center)) * T::from_f64(self.scale) + T::from_f64(self.offset)
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, _: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        dy * T::from_f64(self.scale)
    }
}

/// The same number in each lane.
#[inline(always)]
fn splat<S: Simd, T: Element>(simd: S, value: f64) -> T::Vector<S> {
    T::Vector::<S>::splat(simd, T::from_f64(value))
}
