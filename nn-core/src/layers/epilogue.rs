//! What happens to a sum before it is stored: bias, scale and shift, activation, and after pooling another value and another
//! activation.

use fearless_simd::prelude::*;

use crate::activations::{Activation, Linear};
use crate::element::Element;
use crate::kernels::lanes;

/// The end of a fused step: `after_pool(pool(activation((bias + sum) · scale + shift)) + value)`.
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
    /// Another value of the shape that the result has after pooling, without a border: the shortcut of a residual block.
    pub value: Option<&'a [T]>,
    /// After pooling.
    pub after_pool: P,
}

impl<'a, T: Element> Epilogue<'a, T> {
    /// Nothing but a bias; `bias` is empty with `use_bias = false`.
    #[inline(always)]
    pub fn bias(bias: &'a [T]) -> Self {
        Epilogue { bias, affine: None, activation: Linear, value: None, after_pool: Linear }
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
        let Epilogue { bias, affine, value, after_pool, .. } = self;
        Epilogue { bias, affine, activation, value, after_pool }
    }

    /// Then, after the pooling, the sum with another value.
    #[inline(always)]
    pub fn plus(self, value: &'a [T]) -> Self {
        Epilogue { value: Some(value), ..self }
    }

    /// Then, after the pooling and the sum, another activation.
    #[inline(always)]
    pub fn after_pool<P2: Activation<T>>(self, after_pool: P2) -> Epilogue<'a, T, A, P2> {
        let Epilogue { bias, affine, activation, value, .. } = self;
        Epilogue { bias, affine, activation, value, after_pool }
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

    /// What becomes of a result after pooling, in a kernel that takes no other value in.
    #[inline(always)]
    pub(crate) fn pooled<S: Simd>(&self, simd: S, result: T::Vector<S>) -> T::Vector<S> {
        debug_assert!(self.value.is_none(), "only convolutions add another value");
        self.after_pool.apply(simd, result)
    }

    /// What becomes of `count` results after pooling, which are those from `place` on of the output.
    #[inline(always)]
    pub(crate) fn pooled_at<S: Simd>(&self, simd: S, [place, count]: [usize; 2], result: T::Vector<S>) -> T::Vector<S> {
        let result = match self.value {
            None => result,
            Some(value) => result + lanes::load_part(simd, value, place, count),
        };
        self.after_pool.apply(simd, result)
    }

    /// What becomes of results after pooling whose place is not known yet: all, unless another value comes first.
    #[inline(always)]
    pub(crate) fn staged<S: Simd>(&self, simd: S, result: T::Vector<S>) -> T::Vector<S> {
        if self.value.is_some() { result } else { self.after_pool.apply(simd, result) }
    }

    /// What is left of [`staged`](Self::staged) results, in their place: those from `place` on of the output.
    #[inline(always)]
    pub(crate) fn unstage<S: Simd>(&self, simd: S, place: usize, y: &mut [T]) {
        let Some(value) = self.value.and_then(|value| value.get(place..place + y.len())) else { return };
        let lanes = T::Vector::<S>::LEN;
        let whole = y.len() - y.len() % lanes;
        for at in (0..whole).step_by(lanes) {
            let sum = lanes::load::<S, T>(simd, y, at) + lanes::load::<S, T>(simd, value, at);
            lanes::store::<S, T>(self.after_pool.apply(simd, sum), y, at);
        }
        if whole < y.len() {
            let count = y.len() - whole;
            let sum =
                lanes::load_part::<S, T>(simd, y, whole, count) + lanes::load_part::<S, T>(simd, value, whole, count);
            lanes::store_part::<S, T>(self.after_pool.apply(simd, sum), y, whole, count);
        }
    }
}
