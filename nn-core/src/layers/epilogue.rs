//! What happens to a sum before it is stored: bias, scale and shift, activation, and an activation after pooling.

use fearless_simd::prelude::*;

use crate::activations::{Activation, Linear};
use crate::element::Element;
use crate::kernels::lanes;

/// The end of a fused step: `after_pool(pool(activation((bias + sum) · scale + shift)))`.
///
/// Everything is optional; what is absent costs nothing.
#[derive(Clone, Copy, Debug)]
pub struct Epilogue<'a, T, A = Linear, P = Linear> {
    /// One number for each channel, or empty.
    pub bias: &'a [T],
    /// `(scale, shift)` for each channel: a BatchNormalization at inference.
    pub affine: Option<(&'a [T], &'a [T])>,
    /// Before pooling.
    pub activation: A,
    /// After pooling.
    pub after_pool: P,
}

impl<'a, T: Element> Epilogue<'a, T> {
    /// Nothing but a bias; `bias` is empty with `use_bias = false`.
    #[inline(always)]
    pub fn bias(bias: &'a [T]) -> Self {
        Epilogue { bias, affine: None, activation: Linear, after_pool: Linear }
    }
}

impl<'a, T: Element, A: Activation<T>, P: Activation<T>> Epilogue<'a, T, A, P> {
    /// Then a scale and a shift for each channel.
    #[inline(always)]
    pub fn affine(self, (scale, shift): (&'a [T], &'a [T])) -> Self {
        Epilogue { affine: Some((scale, shift)), ..self }
    }

    /// Then an activation.
    #[inline(always)]
    pub fn activation<A2: Activation<T>>(self, activation: A2) -> Epilogue<'a, T, A2, P> {
        Epilogue { bias: self.bias, affine: self.affine, activation, after_pool: self.after_pool }
    }

    /// Then, after the pooling, another activation.
    #[inline(always)]
    pub fn after_pool<P2: Activation<T>>(self, after_pool: P2) -> Epilogue<'a, T, A, P2> {
        Epilogue { bias: self.bias, affine: self.affine, activation: self.activation, after_pool }
    }

    /// What the sums of the channels `first..first + count` start from: their bias.
    #[inline(always)]
    pub(crate) fn start<S: Simd>(&self, simd: S, first: usize, count: usize) -> T::Vector<S> {
        if self.bias.is_empty() { lanes::zeros::<S, T>(simd) } else { lanes::load_part(simd, self.bias, first, count) }
    }

    /// What becomes of the sums of the channels `first..first + count` before pooling.
    #[inline(always)]
    pub(crate) fn finish<S: Simd>(&self, simd: S, first: usize, count: usize, sum: T::Vector<S>) -> T::Vector<S> {
        self.activation.apply(simd, self.scaled(simd, first, count, sum))
    }

    /// The same before the activation.
    #[inline(always)]
    pub(crate) fn scaled<S: Simd>(&self, simd: S, first: usize, count: usize, sum: T::Vector<S>) -> T::Vector<S> {
        match self.affine {
            None => sum,
            Some((scale, shift)) => {
                let scale = lanes::load_part(simd, scale, first, count);
                sum.mul_add(scale, lanes::load_part(simd, shift, first, count))
            }
        }
    }

    /// What the sums of one channel start from, in all lanes.
    #[inline(always)]
    pub(crate) fn start_one<S: Simd>(&self, simd: S, channel: usize) -> T::Vector<S> {
        if self.bias.is_empty() { lanes::zeros::<S, T>(simd) } else { lanes::splat(simd, self.bias, channel) }
    }

    /// What becomes of the sums of one channel before pooling.
    #[inline(always)]
    pub(crate) fn finish_one<S: Simd>(&self, simd: S, channel: usize, sum: T::Vector<S>) -> T::Vector<S> {
        self.activation.apply(simd, self.scaled_one(simd, channel, sum))
    }

    /// The same before the activation.
    #[inline(always)]
    pub(crate) fn scaled_one<S: Simd>(&self, simd: S, channel: usize, sum: T::Vector<S>) -> T::Vector<S> {
        match self.affine {
            None => sum,
            Some((scale, shift)) => {
                sum.mul_add(lanes::splat::<S, T>(simd, scale, channel), lanes::splat::<S, T>(simd, shift, channel))
            }
        }
    }

    /// What becomes of a value after pooling.
    #[inline(always)]
    pub(crate) fn pooled<S: Simd>(&self, simd: S, value: T::Vector<S>) -> T::Vector<S> {
        self.after_pool.apply(simd, value)
    }
}
