//! Weights that are values by themselves: at inference they are read where they lie.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::weight;
use nn_core::rt::Simd;
use nn_graph::graph::Node;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run};
use nn_core::Param;

#[derive(Debug)]
pub(crate) struct Weight {
    range: Range<usize>,
}

impl Weight {
    pub(crate) fn new(params: &[Param], node: &Node) -> Self {
        Weight { range: range(params, node) }
    }
}

/// Where the weight of a node lies among all of them: its name is that of its field.
pub(crate) fn range(params: &[Param], node: &Node) -> Range<usize> {
    params.iter().find(|param| param.name == node.field.text).map_or(0..0, |param| param.range())
}

impl<T: Element> Run<T> for Weight {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        weight::forward(call.weights.get(self.range.clone()).unwrap_or_default(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        weight::forward(call.weights.get(self.range.clone()).unwrap_or_default(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, call: Backward<'_, '_, T>) {
        let sum = call.gradients.get_mut(self.range.clone()).unwrap_or_default();
        weight::backward(simd, call.doutputs.first().copied().flatten().unwrap_or_default(), sum);
    }
}
