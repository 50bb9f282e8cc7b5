//! `ConvLSTM1D` and `ConvLSTM2D`.

use std::ops::Range;

use nn_core::Element;
use nn_core::activations::AnyActivation;
use nn_core::layers::conv_lstm::{self, ConvLstmSizes, Weights};
use nn_core::rt::Simd;
use nn_graph::op;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run, Site, function};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct ConvLstm {
    sizes: ConvLstmSizes,
    activations: (AnyActivation, AnyActivation),
    /// Kernel, recurrent kernel and bias.
    weights: [Range<usize>; 3],
}

impl ConvLstm {
    pub(crate) fn new(site: &Site<'_>, op: &op::ConvLstm) -> Self {
        let sizes = ConvLstmSizes::new(
            sizes::array(&op.input(site.node)),
            sizes::known(&op.filters),
            sizes::array(&op.kernel_size),
            sizes::array(&op.strides),
            sizes::array(&op.dilation_rate),
            op.padding,
        );
        let fields = site.fields();
        ConvLstm {
            sizes: sizes.sequences(op.return_sequences).backwards(op.go_backwards),
            activations: (function(&op.activation), function(&op.recurrent_activation)),
            weights: ["kernel", "recurrent_kernel", "bias"].map(|name| fields.range(name)),
        }
    }

    #[inline(always)]
    fn weights<'a, T>(&self, all: &'a [T]) -> Weights<'a, T> {
        let [kernel, recurrent, bias] = self.weights.each_ref().map(|range| &all[range.clone()]);
        Weights { kernel, recurrent, bias }
    }
}

impl<T: Element> Run<T> for ConvLstm {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::Scratch => self.sizes.scratch_len(),
            Length::Saved => self.sizes.saved_len(),
            Length::ScratchInto | Length::Bordered | Length::SavedOf(_) | Length::State => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, states) = (call.y(), [call.output(1), call.output(2)]);
        let (weights, scratch) = (self.weights(call.weights), std::mem::take(&mut call.scratch));
        conv_lstm::infer(simd, &self.sizes, weights, self.activations, call.x(), y, states, scratch);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, states) = (call.y(), [call.output(1), call.output(2)]);
        let (weights, x, samples) = (self.weights(call.weights), call.x(), call.samples);
        conv_lstm::forward(simd, &self.sizes, weights, self.activations, samples, x, y, states, call.saved);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (dx, weights, x, dy) = (call.dinput(0), self.weights(call.weights), call.x(), call.dy());
        let dstates = [1, 2].map(|output| call.doutputs.get(output).copied().flatten());
        let Backward { gradients, saved, samples, scratch, .. } = call;
        let sums = super::parts(gradients, self.weights.each_ref());
        let (sizes, activations) = (&self.sizes, self.activations);
        conv_lstm::backward(simd, sizes, weights, activations, samples, x, saved, dy, dstates, sums, dx, scratch);
    }
}
