//! What the kernels of one fused step do with its sizes.

use fearless_simd::prelude::*;

use super::{Conv2DSizes, DestinationSizes};
use crate::activations::Activation;
use crate::element::Element;
use crate::kernels::lanes;
use crate::kernels::tile::Window;
use crate::layers::epilogue::Epilogue;
use crate::layers::pool2d::Kind;
use crate::shape::tiles::Geometry;

/// A convolution with where it goes to.
pub(super) const fn geometry(sizes: &Conv2DSizes, destination: &DestinationSizes) -> Geometry {
    let (pool, average) = match destination.pool {
        Some(pool) => (pool.size, matches!(pool.kind, Kind::Average)),
        None => ([1, 1], false),
    };
    Geometry::new(sizes, pool, average, &destination.border)
}

/// What a sum runs over; a row of the kernel is one run where its columns lie side by side.
#[inline]
pub(super) const fn window(g: &Geometry, stride: usize) -> Window {
    let whole = g.kernel[1] == 1 || g.dilation[1] == 1 && g.groups == 1;
    Window {
        rows: g.kernel[0],
        row_step: g.dilation[0] * g.input[1] * g.input[2],
        runs: if whole { 1 } else { g.kernel[1] },
        run_step: g.dilation[1] * g.input[2],
        len: if whole { g.kernel[1] * g.channels } else { g.channels },
        stride,
    }
}

/// Whether the activation is left for after the pooling: of the largest value it is the largest.
#[inline(always)]
fn late<T: Element, A: Activation<T>>(g: &Geometry, activation: A) -> bool {
    g.pool[0] * g.pool[1] > 1 && !g.average && activation.is_monotone()
}

/// The way of the sums through activation and pooling.
pub(super) trait Pooled {
    /// What two values of a pooling window come to.
    fn pool_two<S: Simd, T: Element>(&self, a: T::Vector<S>, b: T::Vector<S>) -> T::Vector<S>;

    /// What becomes of the sums of the channels `first..first + count` before pooling.
    fn before_pool<S: Simd, T: Element, A: Activation<T>, P: Activation<T>>(
        &self,
        simd: S,
        epilogue: &Epilogue<'_, T, A, P>,
        channels: [usize; 2],
        sum: T::Vector<S>,
    ) -> T::Vector<S>;

    /// The same for one channel.
    fn one_before_pool<S: Simd, T: Element, A: Activation<T>, P: Activation<T>>(
        &self,
        simd: S,
        epilogue: &Epilogue<'_, T, A, P>,
        channel: usize,
        sum: T::Vector<S>,
    ) -> T::Vector<S>;

    /// What all values of a pooling window come to, from what [`pool_two`](Self::pool_two) gave.
    fn pooled<S: Simd, T: Element, A: Activation<T>, P: Activation<T>>(
        &self,
        simd: S,
        epilogue: &Epilogue<'_, T, A, P>,
        all: T::Vector<S>,
    ) -> T::Vector<S>;
}

impl Pooled for Geometry {
    #[inline(always)]
    fn pool_two<S: Simd, T: Element>(&self, a: T::Vector<S>, b: T::Vector<S>) -> T::Vector<S> {
        if self.average { a + b } else { lanes::larger::<S, T>(a, b) }
    }

    #[inline(always)]
    fn before_pool<S: Simd, T: Element, A: Activation<T>, P: Activation<T>>(
        &self,
        simd: S,
        epilogue: &Epilogue<'_, T, A, P>,
        [first, count]: [usize; 2],
        sum: T::Vector<S>,
    ) -> T::Vector<S> {
        if late(self, epilogue.activation) {
            epilogue.scaled(simd, first, count, sum)
        } else {
            epilogue.finish(simd, first, count, sum)
        }
    }

    #[inline(always)]
    fn one_before_pool<S: Simd, T: Element, A: Activation<T>, P: Activation<T>>(
        &self,
        simd: S,
        epilogue: &Epilogue<'_, T, A, P>,
        channel: usize,
        sum: T::Vector<S>,
    ) -> T::Vector<S> {
        if late(self, epilogue.activation) {
            epilogue.scaled_one(simd, channel, sum)
        } else {
            epilogue.finish_one(simd, channel, sum)
        }
    }

    #[inline(always)]
    fn pooled<S: Simd, T: Element, A: Activation<T>, P: Activation<T>>(
        &self,
        simd: S,
        epilogue: &Epilogue<'_, T, A, P>,
        all: T::Vector<S>,
    ) -> T::Vector<S> {
        if self.average {
            all * T::Vector::<S>::splat(simd, T::from_f64(1.0 / (self.pool[0] * self.pool[1]) as f64))
        } else if late(self, epilogue.activation) {
            epilogue.activation.apply(simd, all)
        } else {
            all
        }
    }
}
