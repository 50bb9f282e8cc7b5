//! One number for many, functions along an axis, and constants.

use nn_core::Element;
use nn_core::layers::cum_sum;
use nn_core::layers::reduce::{self, ReduceSizes};
use nn_core::rt::{self, Simd};
use nn_graph::op::{AlongKind, ReduceKind};
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run};

/// One number for many.
#[derive(Debug)]
pub(crate) struct Reduce {
    pub(crate) kind: ReduceKind,
    pub(crate) sizes: ReduceSizes,
}

impl Reduce {
    #[inline(always)]
    fn call<S: Simd, T: Element>(&self, simd: S, x: &[T], means: &mut [T], y: &mut [T]) {
        let sizes = &self.sizes;
        match self.kind {
            ReduceKind::Sum => reduce::sum(simd, sizes, x, y),
            ReduceKind::Mean => reduce::mean(simd, sizes, x, y),
            ReduceKind::Max => reduce::max(simd, sizes, x, y),
            ReduceKind::Min => reduce::min(simd, sizes, x, y),
            ReduceKind::Prod => reduce::prod(simd, sizes, x, y),
            ReduceKind::Variance => reduce::variance(simd, sizes, x, means, y),
            ReduceKind::Norm => reduce::norm(simd, sizes, x, y),
        }
    }
}

impl<T: Element> Run<T> for Reduce {
    /// A variance needs the means first.
    fn measure(&self, _: Length) -> usize {
        self.sizes.output
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, means) = (call.y(), std::mem::take(&mut call.scratch));
        self.call(simd, call.x(), means, y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, means) = (call.y(), std::mem::take(&mut call.saved));
        self.call(simd, call.x(), means, y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (dx, dsaved, sizes) = (call.dx(), std::mem::take(&mut call.dsaved), &self.sizes);
        let (x, y, dy) = (call.x(), call.y(), call.dy());
        match self.kind {
            ReduceKind::Sum => reduce::backward_sum(simd, sizes, dy, dx),
            ReduceKind::Mean => reduce::backward_mean(simd, sizes, dy, dx),
            ReduceKind::Max | ReduceKind::Min => reduce::backward_extreme(simd, sizes, [x, y], dy, dsaved, dx),
            ReduceKind::Prod => reduce::backward_prod(simd, sizes, x, dy, dsaved, dx),
            ReduceKind::Variance => reduce::backward_variance(simd, sizes, [x, call.saved], dy, dx),
            ReduceKind::Norm => reduce::backward_norm(simd, sizes, [x, y], dy, dx),
        }
    }
}

/// A function of all elements along an axis.
#[derive(Debug)]
pub(crate) struct AlongAxis {
    pub(crate) kind: AlongKind,
    /// Before, along and behind it.
    pub(crate) axes: [usize; 3],
}

impl AlongAxis {
    #[inline(always)]
    fn call<T: Element>(&self, x: &[T], y: &mut [T]) {
        match self.kind {
            AlongKind::CumSum => cum_sum::infer(self.axes, x, y),
            AlongKind::ArgMax => reduce::arg_max(self.axes, x, y),
        }
    }
}

impl<T: Element> Run<T> for AlongAxis {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        self.call(call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        self.call(call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        match self.kind {
            AlongKind::CumSum => cum_sum::backward(self.axes, call.dy(), dx),
            AlongKind::ArgMax => {}
        }
    }
}

/// A number that is a value.
#[derive(Debug)]
pub(crate) struct Number(pub(crate) f64);

impl<T: Element> Run<T> for Number {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        rt::fill(call.y(), self.0);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        rt::fill(call.y(), self.0);
    }

    fn backward<S: Simd>(&self, _: S, _: Backward<'_, '_, T>) {}
}
