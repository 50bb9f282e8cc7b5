//! `Dense`.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::dense::{self, DenseSizes, Gradients, Weights};
use nn_core::rt::Simd;
use nn_graph::op;
use nn_graph::size::Length;

use super::tail::Ending;
use super::{Backward, Forward, Infer, Run, Site, Tail};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct Dense {
    sizes: DenseSizes,
    kernel: Range<usize>,
    bias: Range<usize>,
    /// Whether a row has the same bits alone and among others.
    in_order: bool,
    ending: Ending,
}

impl Dense {
    pub(crate) fn new(site: &Site<'_>, op: &op::Dense, tail: &Tail) -> Self {
        let (fields, inputs) = (site.fields(), site.node.input.last().map_or(1, sizes::known));
        Dense {
            sizes: DenseSizes { inputs, units: sizes::known(&op.units) },
            kernel: fields.range("kernel"),
            bias: fields.range("bias"),
            in_order: op.in_order,
            ending: Ending::new(site, tail),
        }
    }
}

impl<T: Element> Run<T> for Dense {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, weights) = (call.y(), call.weights);
        let fold = std::mem::take(&mut call.fold);
        let epilogue = self.ending.epilogue(simd, weights, &weights[self.bias.clone()], fold, None);
        let (x, kernel) = (call.x(), &weights[self.kernel.clone()]);
        if self.in_order {
            return dense::infer_in_order_with(simd, &self.sizes, kernel, x, y, epilogue);
        }
        dense::infer_with(simd, &self.sizes, kernel, x, y, epilogue);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        let weights = Weights { kernel: &call.weights[self.kernel.clone()], bias: &call.weights[self.bias.clone()] };
        dense::forward_with(simd, &self.sizes, weights, call.x(), y, self.ending.activation);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (x, dy, dx) = (call.x(), call.dy(), call.dinput(0));
        let [kernel, bias] = super::parts(call.gradients, [&self.kernel, &self.bias]);
        let (gradients, weights) = (Gradients { kernel, bias }, &call.weights[self.kernel.clone()]);
        dense::backward_with(simd, &self.sizes, weights, x, dy, gradients, dx, call.scratch);
    }
}
