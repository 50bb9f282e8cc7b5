//! `Dropout`.

use nn_core::Element;
use nn_core::layers::dropout;
use nn_core::rt::Simd;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run};

#[derive(Debug)]
pub(crate) struct Dropout {
    pub(crate) rate: f64,
    pub(crate) seed: u64,
    /// The elements of a sample.
    pub(crate) len: usize,
}

impl<T: Element> Run<T> for Dropout {
    fn measure(&self, _: Length) -> usize {
        0
    }

    /// At inference it is a view.
    fn infer<S: Simd>(&self, _: S, _: Infer<'_, '_, T>) {}

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, stream, first) = (call.y(), call.random.stream(0, self.seed), (call.first * self.len) as u64);
        dropout::forward(simd, self.rate, call.random.key, stream, first, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (dx, stream, first) = (call.dx(), call.random.stream(0, self.seed), (call.first * self.len) as u64);
        dropout::backward(simd, self.rate, call.random.key, stream, first, call.dy(), dx);
    }
}
