//! `LayerNormalization`, `RMSNormalization`, `GroupNormalization`.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::group_normalization::{self, GroupNormalizationSizes};
use nn_core::layers::layer_normalization::{self, Gradients, LayerNormalizationSizes, Weights};
use nn_core::layers::rms_normalization::{self, RMSNormalizationSizes};
use nn_core::rt::Simd;
use nn_graph::op::{self, NormalizationKind};
use nn_graph::size::{Length, around};

use super::{Backward, Forward, Infer, Run, Site};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct Normalization {
    kind: Kind,
    gamma: Range<usize>,
    beta: Range<usize>,
}

#[derive(Debug)]
enum Kind {
    Layer(LayerNormalizationSizes),
    Rms(RMSNormalizationSizes),
    Group(GroupNormalizationSizes),
}

impl Normalization {
    pub(crate) fn new(site: &Site<'_>, op: &op::Normalization) -> Self {
        let (shape, fields) = (sizes::all(&site.node.input), site.fields());
        let kind = match &op.kind {
            NormalizationKind::Layer => Kind::Layer(LayerNormalizationSizes::new(&shape, &op.along, op.epsilon)),
            NormalizationKind::Rms => Kind::Rms(RMSNormalizationSizes::new(&shape, &op.along, op.epsilon)),
            NormalizationKind::Unit => Kind::Rms(RMSNormalizationSizes::unit(&shape, &op.along)),
            NormalizationKind::Group(groups) => {
                let axis = op.along.iter().position(|along| *along).unwrap_or(0);
                let dims = sizes::array(&around(&site.node.input, axis));
                Kind::Group(GroupNormalizationSizes::new(dims, sizes::known(groups), op.epsilon))
            }
        };
        let gamma = match kind {
            Kind::Rms(_) => fields.range("scale"),
            Kind::Layer(_) | Kind::Group(_) => fields.range("gamma"),
        };
        Normalization { kind, gamma, beta: fields.range("beta") }
    }

    #[inline(always)]
    fn weights<'a, T>(&self, weights: &'a [T]) -> Weights<'a, T> {
        Weights { gamma: &weights[self.gamma.clone()], beta: &weights[self.beta.clone()] }
    }
}

impl<T: Element> Run<T> for Normalization {
    fn measure(&self, what: Length) -> usize {
        match (what, &self.kind) {
            (Length::Scratch, Kind::Layer(sizes)) => sizes.scratch_len(),
            (Length::Scratch, Kind::Rms(sizes)) => sizes.scratch_len(),
            (Length::Scratch, Kind::Group(sizes)) => sizes.scratch_len(),
            (Length::Saved, Kind::Layer(sizes)) => sizes.saved_len(),
            (Length::Saved, Kind::Rms(sizes)) => sizes.saved_len(),
            (Length::Saved, Kind::Group(sizes)) => sizes.saved_len(),
            (Length::ScratchInto | Length::Bordered | Length::State, _) => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (weights, y, scratch) = (self.weights(call.weights), call.y(), std::mem::take(&mut call.scratch));
        match &self.kind {
            Kind::Layer(sizes) => layer_normalization::infer_with(simd, sizes, weights, call.x(), y, scratch),
            Kind::Rms(sizes) => rms_normalization::infer_with(simd, sizes, weights, call.x(), y, scratch),
            Kind::Group(sizes) => group_normalization::infer_with(simd, sizes, weights, call.x(), y, scratch),
        }
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (weights, y) = (self.weights(call.weights), call.y());
        let (x, samples, saved) = (call.x(), call.samples, call.saved);
        match &self.kind {
            Kind::Layer(sizes) => layer_normalization::forward_with(simd, sizes, weights, samples, x, y, saved),
            Kind::Rms(sizes) => rms_normalization::forward_with(simd, sizes, weights, samples, x, y, saved),
            Kind::Group(sizes) => group_normalization::forward_with(simd, sizes, weights, samples, x, y, saved),
        }
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (weights, dx) = (self.weights(call.weights), call.dinput(0));
        let (x, dy, samples, saved, scratch) = (call.x(), call.dy(), call.samples, call.saved, call.scratch);
        let [gamma, beta] = super::parts(call.gradients, [&self.gamma, &self.beta]);
        let gradients = Gradients { gamma, beta };
        match &self.kind {
            Kind::Layer(sizes) => {
                layer_normalization::backward_with(simd, sizes, weights, samples, x, saved, dy, gradients, dx, scratch);
            }
            Kind::Rms(sizes) => {
                rms_normalization::backward_with(simd, sizes, weights, samples, x, saved, dy, gradients, dx, scratch);
            }
            Kind::Group(sizes) => {
                group_normalization::backward_with(simd, sizes, weights, samples, x, saved, dy, gradients, dx, scratch);
            }
        }
    }
}
