//! Pooling over all of space.

use nn_core::Element;
use nn_core::layers::pool2d::Kind;
use nn_core::layers::{global_pool1d, global_pool2d};
use nn_core::rt::Simd;
use nn_graph::op::PoolKind;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run};

/// Which value stands for a window.
pub(crate) fn kind(kind: PoolKind) -> Kind {
    match kind {
        PoolKind::Max => Kind::Max,
        PoolKind::Average => Kind::Average,
    }
}

#[derive(Debug)]
pub(crate) struct GlobalPool {
    pub(crate) kind: Kind,
    /// Height, width and channels; a sequence is one row.
    pub(crate) sizes: [usize; 3],
}

impl GlobalPool {
    /// Steps and features of a sequence: only those have masks.
    fn sequence(&self) -> [usize; 2] {
        [self.sizes[0] * self.sizes[1], self.sizes[2]]
    }
}

impl Run for GlobalPool {
    fn measure<T: Element>(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd, T: Element>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        match call.mask(0) {
            Some(mask) => global_pool1d::infer_masked(simd, self.sequence(), call.x(), mask, y),
            None => global_pool2d::infer(simd, self.kind, self.sizes, call.x(), y),
        }
    }

    #[inline(always)]
    fn forward<S: Simd, T: Element>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        match call.mask(0) {
            Some(mask) => global_pool1d::infer_masked(simd, self.sequence(), call.x(), mask, y),
            None => global_pool2d::forward(simd, self.kind, self.sizes, call.samples, call.x(), y),
        }
    }

    #[inline(always)]
    fn backward<S: Simd, T: Element>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        match call.mask(0) {
            Some(mask) => global_pool1d::backward_masked(simd, self.sequence(), mask, call.dy(), dx),
            None => {
                let (x, y, dy) = (call.x(), call.y(), call.dy());
                global_pool2d::backward(simd, self.kind, self.sizes, call.samples, x, y, dy, dx);
            }
        }
    }
}
