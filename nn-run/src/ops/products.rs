//! `Dot` and `MultiHeadAttention`.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::dot::{self, DotSizes};
use nn_core::layers::multi_head_attention::{self, Dropout, Gradients, Masks, MultiHeadAttentionSizes, Weights};
use nn_core::rt::Simd;
use nn_graph::op;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Random, Run, Site};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct Dot {
    sizes: DotSizes,
}

impl Dot {
    pub(crate) fn new(site: &Site<'_>, op: &op::Dot) -> Self {
        let [a, b] = [0, 1].map(|input| sizes::all(&site.node.inputs[input].shape));
        Dot { sizes: DotSizes::new([&a, &b], op.axes, op.normalize) }
    }
}

fn two<'a, T>(items: &[&'a [T]]) -> [&'a [T]; 2] {
    [0, 1].map(|index| items.get(index).copied().unwrap_or_default())
}

impl<T: Element> Run<T> for Dot {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        dot::infer(simd, &self.sizes, two(call.inputs), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        dot::forward(simd, &self.sizes, call.samples, two(call.inputs), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = [call.dinput(0), call.dinput(1)];
        let (inputs, y, dy) = (two(call.inputs), call.y(), call.dy());
        dot::backward(simd, &self.sizes, call.samples, inputs, y, dy, dx, call.scratch);
    }
}
