//! `ConvLSTM1D` and `ConvLSTM2D`.

use std::ops::Range;

use nn_core::Element;
use nn_core::activations::AnyActivation;
use nn_core::layers::conv_lstm::{self, ConvLstmSizes, Weights};
use nn_core::layers::recurrent::{
    Backward as BackwardPass, Carried, Forward as ForwardPass, Random as Drops, Sequence,
};
use nn_core::rt::Simd;
use nn_graph::op;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Random, Run, Site, function};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct ConvLstm {
    sizes: ConvLstmSizes,
    activations: (AnyActivation, AnyActivation),
    /// Kernel, recurrent kernel and bias.
    weights: [Range<usize>; 3],
    seed: u64,
    /// How many streams of random numbers it draws from.
    streams: u32,
    stateful: bool,
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
            sizes: sizes
                .sequences(op.return_sequences)
                .backwards(op.go_backwards)
                .starts(op.starts(site.node))
                .dropouts(op.dropout, op.recurrent_dropout),
            activations: (function(&op.activation), function(&op.recurrent_activation)),
            weights: ["kernel", "recurrent_kernel", "bias"].map(|name| fields.range(name)),
            seed: op.seed,
            streams: op.streams(),
            stateful: op.stateful,
        }
    }

    /// What its dropouts depend on.
    fn drops(&self, random: Random, first: usize) -> Drops {
        if self.streams == 0 {
            return Drops::default();
        }
        Drops { key: random.key, stream: random.stream(0, self.seed), first_sample: first as u64 }
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
            Length::ScratchInto | Length::Bordered | Length::State => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, scratch, state) = (call.y(), std::mem::take(&mut call.scratch), std::mem::take(&mut call.state));
        let final_state = [call.output(1), call.output(2)];
        let pass = Sequence {
            x: call.x(),
            mask: call.mask(0),
            initial_state: [1, 2].map(|input| call.inputs.get(input).copied()),
            state: self.stateful.then_some(state),
            y,
            final_state,
            scratch,
        };
        conv_lstm::infer(simd, &self.sizes, self.weights(call.weights), self.activations, pass);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, final_state) = (call.y(), [call.output(1), call.output(2)]);
        let states = std::mem::take(&mut call.states);
        let stride = states.len().checked_div(call.samples).unwrap_or(0);
        let pass = ForwardPass {
            samples: call.samples,
            x: call.x(),
            mask: call.mask(0),
            initial_state: [1, 2].map(|input| call.inputs.get(input).copied()),
            state: self.stateful.then(|| Carried::new(states, stride, call.state.start)),
            y,
            final_state,
            random: self.drops(call.random, call.first),
            saved: call.saved,
            scratch: call.scratch,
        };
        conv_lstm::forward(simd, &self.sizes, self.weights(call.weights), self.activations, pass);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (dx, d_initial_state) = (call.dinput(0), [1, 2].map(|input| call.dinput(input)));
        let pass = BackwardPass {
            samples: call.samples,
            x: call.x(),
            mask: call.mask(0),
            saved: call.saved,
            dy: call.dy(),
            d_final_state: [1, 2].map(|output| call.doutputs.get(output).copied().flatten()),
            dx,
            d_initial_state,
            random: self.drops(call.random, call.first),
            scratch: call.scratch,
        };
        let (weights, sums) = (self.weights(call.weights), super::parts(call.gradients, self.weights.each_ref()));
        conv_lstm::backward(simd, &self.sizes, weights, self.activations, pass, sums);
    }
}
