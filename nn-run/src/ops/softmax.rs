//! `softmax` and `log_softmax` along an axis.

use nn_core::Element;
use nn_core::layers::softmax;
use nn_core::rt::Simd;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run};

#[derive(Debug)]
pub(crate) struct Softmax {
    /// The elements before, along and after the axis.
    pub(crate) axes: [usize; 3],
    pub(crate) log: bool,
}

impl<T: Element> Run<T> for Softmax {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        if self.log {
            softmax::infer_log(simd, self.axes, call.x(), y);
        } else {
            softmax::infer(simd, self.axes, call.x(), y);
        }
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, [outer, n, inner]) = (call.y(), self.axes);
        let axes = [call.samples * outer, n, inner];
        if self.log {
            softmax::infer_log(simd, axes, call.x(), y);
        } else {
            softmax::infer(simd, axes, call.x(), y);
        }
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (dx, [outer, n, inner]) = (call.dx(), self.axes);
        let axes = [call.samples * outer, n, inner];
        if self.log {
            softmax::backward_log(simd, axes, call.y(), call.dy(), dx);
        } else {
            softmax::backward(simd, axes, call.y(), call.dy(), dx);
        }
    }
}
