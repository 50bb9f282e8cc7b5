//! Activation functions, elementwise; `softmax` and `log_softmax` are layers of their own.

use fearless_simd::Simd;

use crate::element::Element;

/// An elementwise activation function with its derivative.
///
/// A value of the type is what a layer applies: `Relu`, `LeakyRelu(0.2)`, or a type of yours,
/// named by its path in `activation = path::to::VALUE`.
pub trait Activation<T: Element>: Copy + Send + Sync {
    /// What [`derivative`](Self::derivative) takes: the value that went in, or the one that came out.
    const KEEPS: Keeps;

    /// `f(x)` in each lane.
    fn apply<S: Simd>(self, simd: S, x: T::Vector<S>) -> T::Vector<S>;

    /// `dy · f'(x)` in each lane, from what was kept: `x` or `f(x)`, as [`KEEPS`](Self::KEEPS) says.
    fn derivative<S: Simd>(self, simd: S, kept: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S>;
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

    #[inline(always)]
    fn apply<S: Simd>(self, _: S, x: T::Vector<S>) -> T::Vector<S> {
        x
    }

    #[inline(always)]
    fn derivative<S: Simd>(self, _: S, _: T::Vector<S>, dy: T::Vector<S>) -> T::Vector<S> {
        dy
    }
}
