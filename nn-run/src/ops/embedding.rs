//! `Embedding`.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::embedding::{self, EmbeddingSizes};
use nn_core::rt::Simd;
use nn_graph::op;
use nn_graph::size::Length;

use super::{Backward, Forward, Ids, Infer, Run, Site};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct Embedding {
    sizes: EmbeddingSizes,
    embeddings: Range<usize>,
}

impl Embedding {
    pub(crate) fn new(site: &Site<'_>, op: &op::Embedding) -> Self {
        let sizes = EmbeddingSizes { output_dim: sizes::known(&op.output_dim) };
        Embedding { sizes, embeddings: site.fields().range("embeddings") }
    }

    #[inline(always)]
    fn look_up<T: Element>(&self, weights: &[T], ids: Ids<'_>, y: &mut [T]) {
        let rows = &weights[self.embeddings.clone()];
        match ids {
            Ids::U32(ids) => embedding::infer_with(&self.sizes, rows, ids, y),
            Ids::I32(ids) => embedding::infer_with(&self.sizes, rows, ids, y),
            Ids::U8(ids) => embedding::infer_with(&self.sizes, rows, ids, y),
            Ids::None => {}
        }
    }
}

impl<T: Element> Run<T> for Embedding {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        self.look_up(call.weights, call.ids, y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        self.look_up(call.weights, call.ids, y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, call: Backward<'_, '_, T>) {
        let dy = call.dy();
        let gradients = &mut call.gradients[self.embeddings.clone()];
        match call.ids {
            Ids::U32(ids) => embedding::backward_with(simd, &self.sizes, ids, dy, gradients),
            Ids::I32(ids) => embedding::backward_with(simd, &self.sizes, ids, dy, gradients),
            Ids::U8(ids) => embedding::backward_with(simd, &self.sizes, ids, dy, gradients),
            Ids::None => {}
        }
    }
}
