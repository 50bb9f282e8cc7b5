//! Pooling: over windows, and over all of space.

use nn_core::Element;
use nn_core::activations::AnyActivation;
use nn_core::layers::conv2d::{self, Border};
use nn_core::layers::pool2d::{self, Kind, Pool2DSizes};
use nn_core::layers::pool3d::{self, Pool3DSizes};
use nn_core::layers::{global_pool1d, global_pool2d};
use nn_core::rt::Simd;
use nn_graph::op::{self, PoolKind, PoolWindows, Reduction};
use nn_graph::size::{Length, volume};

use super::convolution::zeros;
use super::tail::Ending;
use super::{Backward, Forward, Infer, Run, Site, Tail};
use crate::sizes;

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
    /// Height, width and channels; a sequence is one row, a volume the rows of all its frames.
    pub(crate) sizes: [usize; 3],
}

impl GlobalPool {
    /// Steps and features of a sequence: only those have masks.
    fn sequence(&self) -> [usize; 2] {
        [self.sizes[0] * self.sizes[1], self.sizes[2]]
    }
}

impl<T: Element> Run<T> for GlobalPool {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        match call.mask(0) {
            Some(mask) => global_pool1d::infer_masked(simd, self.sequence(), call.x(), mask, y),
            None => global_pool2d::infer(simd, self.kind, self.sizes, call.x(), y),
        }
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        match call.mask(0) {
            Some(mask) => global_pool1d::infer_masked(simd, self.sequence(), call.x(), mask, y),
            None => global_pool2d::forward(simd, self.kind, self.sizes, call.samples, call.x(), y),
        }
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
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

/// Pooling over windows of height and width.
#[derive(Debug)]
pub(crate) struct Pool {
    sizes: Pool2DSizes,
    activation: AnyActivation,
    /// The shape of the results, and the zeros around them.
    border: Option<([usize; 3], Border)>,
}

impl Pool {
    pub(crate) fn new(site: &Site<'_>, op: &op::Pool, tail: &Tail) -> Self {
        let nodes = &site.program.graph.nodes;
        Pool {
            sizes: Pool2DSizes::new(
                kind(op.kind),
                sizes::image(site.node),
                sizes::array(&op.pool_size),
                sizes::array(&op.strides),
                sizes::pads(&op.pads),
            ),
            activation: tail.activation.unwrap_or(Ending::linear()),
            border: tail.border.map(|node| (sizes::image(&nodes[node]), zeros(&nodes[node]))),
        }
    }
}

impl<T: Element> Run<T> for Pool {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        if let Some((shape, zeros)) = self.border {
            conv2d::clear_border(shape, zeros, y);
        }
        let border = self.border.map_or(Border::NONE, |(_, zeros)| zeros);
        pool2d::infer(simd, &self.sizes, border, call.x(), y, self.activation);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        pool2d::forward(simd, &self.sizes, call.samples, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        pool2d::backward(simd, &self.sizes, call.samples, call.x(), call.y(), call.dy(), dx);
    }
}

/// Pooling over windows of depth, height and width.
#[derive(Debug)]
pub(crate) struct Pool3D {
    sizes: Pool3DSizes,
}

impl Pool3D {
    pub(crate) fn new(site: &Site<'_>, op: &op::Pool3D) -> Self {
        let (kind, input) = (reduction(op.kind), sizes::array(&volume(&site.node.input)));
        let sizes = match &op.windows {
            PoolWindows::Sliding { pool_size, strides, pads } => {
                Pool3DSizes::new(kind, input, sizes::array(pool_size), sizes::array(strides), sizes::pads(pads))
            }
            PoolWindows::Adaptive => Pool3DSizes::adaptive(kind, input, sizes::array(&volume(&site.node.output)[..3])),
        };
        Pool3D { sizes }
    }
}

/// The same of a pooling whose sizes are numbers.
fn reduction(kind: Reduction) -> pool3d::Kind {
    match kind {
        Reduction::Max => pool3d::Kind::Max,
        Reduction::Average => pool3d::Kind::Average,
        Reduction::L2 => pool3d::Kind::L2,
        Reduction::MeanShift { bandwidth, iterations } => pool3d::Kind::MeanShift { bandwidth, iterations },
    }
}

impl<T: Element> Run<T> for Pool3D {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        pool3d::infer(simd, &self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        pool3d::infer(simd, &self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        pool3d::backward(simd, &self.sizes, call.samples, call.x(), call.y(), call.dy(), dx);
    }
}
