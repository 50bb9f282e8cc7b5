//! The sizes that the kernels of one fused step go by.

use fearless_simd::prelude::*;

use super::{Conv2DShape, Destination};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::lanes;
use crate::kernels::tile::Window;
use crate::layers::epilogue::Epilogue;
use crate::layers::pool2d::Kind;

/// A convolution and where it goes to, as plain numbers.
#[derive(Clone, Copy)]
pub(super) struct Geometry {
    /// Height, width, channels of the input with its border.
    pub(super) input: [usize; 3],
    pub(super) kernel: [usize; 2],
    pub(super) strides: [usize; 2],
    pub(super) dilation: [usize; 2],
    pub(super) groups: usize,
    /// Channels and filters of one group.
    pub(super) channels: usize,
    pub(super) filters: usize,
    /// Height and width of a pooling window; 1 without pooling.
    pub(super) pool: [usize; 2],
    pub(super) average: bool,
    /// Height and width of the output after pooling.
    pub(super) output: [usize; 2],
    /// Height and width of the output with its border, and the place of its first pixel.
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) origin: usize,
}

impl Geometry {
    pub(super) const fn new<L: Conv2DShape, D: Destination>() -> Self {
        let (pool, average) = match D::POOL {
            Some(pool) => (pool.size, matches!(pool.kind, Kind::Average)),
            None => ([1, 1], false),
        };
        let output = [L::OUTPUT[0] / pool[0], L::OUTPUT[1] / pool[1]];
        let [height, width, _] = D::BORDER.around([output[0], output[1], 1]);
        Geometry {
            input: L::BORDER.around(L::INPUT),
            kernel: L::KERNEL_SIZE,
            strides: L::STRIDES,
            dilation: L::DILATION_RATE,
            groups: L::GROUPS,
            channels: L::INPUT[2] / L::GROUPS,
            filters: L::FILTERS / L::GROUPS,
            pool,
            average,
            output,
            height,
            width,
            origin: D::BORDER.top * width + D::BORDER.left,
        }
    }

    /// Elements of the input and of the output, each with its border.
    pub(super) const fn sizes(&self) -> [usize; 2] {
        let [h, w, c] = self.input;
        [h * w * c, self.height * self.width * self.all_filters()]
    }

    /// How many inputs a sum runs over.
    pub(super) const fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1] * self.channels
    }

    /// All filters.
    pub(super) const fn all_filters(&self) -> usize {
        self.groups * self.filters
    }

    /// The place in the input of the first input of a pixel of the convolution.
    pub(super) const fn pixel(&self, row: usize, column: usize) -> usize {
        (row * self.strides[0] * self.input[1] + column * self.strides[1]) * self.input[2]
    }

    /// What a sum runs over; a row of the kernel is one run where its columns lie side by side.
    pub(super) const fn window(&self, stride: usize) -> Window {
        let whole = self.kernel[1] == 1 || self.dilation[1] == 1 && self.groups == 1;
        Window {
            rows: self.kernel[0],
            row_step: self.dilation[0] * self.input[1] * self.input[2],
            runs: if whole { 1 } else { self.kernel[1] },
            run_step: self.dilation[1] * self.input[2],
            len: if whole { self.kernel[1] * self.channels } else { self.channels },
            stride,
        }
    }

    /// What two values of a pooling window come to.
    #[inline(always)]
    pub(super) fn pool_two<S: Simd, T: Element>(&self, a: T::Vector<S>, b: T::Vector<S>) -> T::Vector<S> {
        if self.average { a + b } else { lanes::larger::<S, T>(a, b) }
    }

    /// Whether the activation is left for after the pooling: of the largest value it is the largest.
    #[inline(always)]
    const fn late<T: Element, A: Activation<T>>(&self) -> bool {
        self.pool[0] * self.pool[1] > 1 && !self.average && A::MONOTONE
    }

    /// What becomes of the sums of the channels `first..first + count` before pooling.
    #[inline(always)]
    pub(super) fn before_pool<S: Simd, T: Element, A: Activation<T>, P: Activation<T>>(
        &self,
        simd: S,
        epilogue: &Epilogue<'_, T, A, P>,
        [first, count]: [usize; 2],
        sum: T::Vector<S>,
    ) -> T::Vector<S> {
        if self.late::<T, A>() {
            epilogue.scaled(simd, first, count, sum)
        } else {
            epilogue.finish(simd, first, count, sum)
        }
    }

    /// The same for one channel.
    #[inline(always)]
    pub(super) fn one_before_pool<S: Simd, T: Element, A: Activation<T>, P: Activation<T>>(
        &self,
        simd: S,
        epilogue: &Epilogue<'_, T, A, P>,
        channel: usize,
        sum: T::Vector<S>,
    ) -> T::Vector<S> {
        if self.late::<T, A>() {
            epilogue.scaled_one(simd, channel, sum)
        } else {
            epilogue.finish_one(simd, channel, sum)
        }
    }

    /// What all values of a pooling window come to in the end, from what [`pool_two`](Self::pool_two) gave.
    #[inline(always)]
    pub(super) fn pooled<S: Simd, T: Element, A: Activation<T>, P: Activation<T>>(
        &self,
        simd: S,
        epilogue: &Epilogue<'_, T, A, P>,
        all: T::Vector<S>,
    ) -> T::Vector<S> {
        let value = if self.average {
            all * T::Vector::<S>::splat(simd, T::from_f64(1.0 / (self.pool[0] * self.pool[1]) as f64))
        } else if self.late::<T, A>() {
            epilogue.activation.apply(simd, all)
        } else {
            all
        };
        epilogue.pooled(simd, value)
    }
}
