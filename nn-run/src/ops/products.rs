//! `Dot`, `Matmul`, `MultiHeadAttention`, and `Attention` without heads.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::attend::{self, AttendSizes, Score};
use nn_core::layers::dot::{self, DotSizes};
use nn_core::layers::matmul::{self, MatmulSizes};
use nn_core::layers::multi_head_attention::{self, Dropout, Masks, MultiHeadAttentionSizes, Part};
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

/// Matrix products along the last two axes.
#[derive(Debug)]
pub(crate) struct Matmul {
    sizes: MatmulSizes,
}

impl Matmul {
    pub(crate) fn new(site: &Site<'_>) -> Self {
        let [a, b] = [0, 1].map(|input| sizes::all(&site.node.inputs[input].shape));
        Matmul { sizes: MatmulSizes::new(&a, &b) }
    }
}

impl<T: Element> Run<T> for Matmul {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        matmul::infer(simd, &self.sizes, two(call.inputs), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        matmul::infer(simd, &self.sizes, two(call.inputs), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = [call.dinput(0), call.dinput(1)];
        matmul::backward(simd, &self.sizes, two(call.inputs), call.dy(), dx);
    }
}

/// `MultiHeadAttention`, with its four projections.
#[derive(Debug)]
pub(crate) struct Attention {
    sizes: MultiHeadAttentionSizes,
    /// Kernel and bias of query, key, value and output.
    weights: [[Range<usize>; 2]; 4],
    rate: f64,
    seed: u64,
}

impl Attention {
    pub(crate) fn new(site: &Site<'_>, op: &op::Attention) -> Self {
        let fields = site.fields();
        let shape = |input: usize| -> [usize; 2] { sizes::array(&site.node.inputs[input].shape) };
        // Query, value and key, in this order.
        let [query, value, key] = [shape(0), shape(1), shape(2)];
        Attention {
            sizes: MultiHeadAttentionSizes {
                query,
                value,
                key: key[1],
                heads: sizes::known(&op.num_heads),
                key_dim: sizes::known(&op.key_dim),
                value_dim: sizes::known(&op.value_dim),
                output: site.node.output.last().map_or(1, sizes::known),
                use_causal_mask: op.use_causal_mask,
                attention_mask: op.attention_mask.as_ref().map_or([1; 3], |sizes| sizes.each_ref().map(sizes::known)),
                nothing_of_nothing: op.dropout > 0.0,
            },
            weights: ["query", "key", "value", "attention_output"]
                .map(|part| ["kernel", "bias"].map(|name| fields.range(&format!("{part}.{name}")))),
            rate: op.dropout,
            seed: op.seed,
        }
    }

    #[inline(always)]
    fn weights<'a, T>(&self, all: &'a [T]) -> [Part<&'a [T]>; 4] {
        self.weights.each_ref().map(|[kernel, bias]| Part { kernel: &all[kernel.clone()], bias: &all[bias.clone()] })
    }

    fn dropout(&self, random: Random, first: usize) -> Dropout {
        if self.rate == 0.0 {
            return Dropout::NONE;
        }
        Dropout { rate: self.rate, key: random.key, stream: random.stream(0, self.seed), first }
    }
}

/// Query, value and key.
fn three<'a, T>(items: &[&'a [T]]) -> [&'a [T]; 3] {
    [0, 1, 2].map(|index| items.get(index).copied().unwrap_or_default())
}

/// The masks of query, value and key, where there are any.
fn masks<'a, T>(masks: &[&'a [T]]) -> Masks<'a, T> {
    let mask = |index: usize| masks.get(index).copied().filter(|mask| !mask.is_empty());
    Masks { query: mask(0), value: mask(1), key: mask(2), attention: mask(3) }
}

impl<T: Element> Run<T> for Attention {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::Scratch => self.sizes.scratch_len::<T>(),
            Length::Saved => self.sizes.saved_len::<T>(),
            Length::ScratchInto | Length::Bordered | Length::State => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, scratch, weights) = (call.y(), std::mem::take(&mut call.scratch), self.weights(call.weights));
        let (inputs, masks) = (three(call.inputs), masks(call.masks));
        multi_head_attention::infer_with(simd, &self.sizes, weights, inputs, masks, y, scratch);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, weights, dropout) = (call.y(), self.weights(call.weights), self.dropout(call.random, call.first));
        let (inputs, masks, samples) = (three(call.inputs), masks(call.masks), call.samples);
        let Forward { saved, scratch, .. } = call;
        multi_head_attention::forward_with(
            simd,
            &self.sizes,
            weights,
            samples,
            inputs,
            masks,
            dropout,
            y,
            saved,
            scratch,
        );
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (weights, dropout) = (self.weights(call.weights), self.dropout(call.random, call.first));
        let (inputs, masks, samples, dy) = (three(call.inputs), masks(call.masks), call.samples, call.dy());
        let dx = [call.dinput(0), call.dinput(1), call.dinput(2)];
        let Backward { gradients, saved, scratch, .. } = call;
        let [[qk, qb], [kk, kb], [vk, vb], [ok, ob]] = self.weights.each_ref();
        let [qk, qb, kk, kb, vk, vb, ok, ob] = super::parts(gradients, [qk, qb, kk, kb, vk, vb, ok, ob]);
        let part = |kernel, bias| Part { kernel, bias };
        let gradients = [part(qk, qb), part(kk, kb), part(vk, vb), part(ok, ob)];
        multi_head_attention::backward_with(
            simd,
            &self.sizes,
            weights,
            samples,
            inputs,
            masks,
            dropout,
            saved,
            dy,
            gradients,
            dx,
            scratch,
        );
    }
}

/// `Attention` and `AdditiveAttention`.
#[derive(Debug)]
pub(crate) struct Attend {
    sizes: AttendSizes,
    scale: Range<usize>,
    concat: Range<usize>,
    rate: f64,
    seed: u64,
}

impl Attend {
    pub(crate) fn new(site: &Site<'_>, op: &op::Attend) -> Self {
        let (fields, inputs) = (site.fields(), &site.node.inputs);
        let score = match op.score {
            op::Score::Dot => Score::Dot,
            op::Score::Concat => Score::Concat,
            op::Score::Additive => Score::Additive,
        };
        Attend {
            sizes: AttendSizes {
                query: sizes::array(&inputs[0].shape),
                value: sizes::array(&inputs[1].shape),
                score,
                use_causal_mask: op.use_causal_mask,
            },
            scale: fields.range("scale"),
            concat: fields.range("concat_score_weight"),
            rate: op.dropout,
            seed: op.seed,
        }
    }

    #[inline(always)]
    fn weights<'a, T>(&self, all: &'a [T]) -> attend::Weights<'a, T> {
        attend::Weights { scale: &all[self.scale.clone()], concat: &all[self.concat.clone()] }
    }

    fn dropout(&self, random: Random, first: usize) -> Dropout {
        if self.rate == 0.0 {
            return Dropout::NONE;
        }
        Dropout { rate: self.rate, key: random.key, stream: random.stream(0, self.seed), first }
    }
}

/// The masks of query and value, where there are any.
fn two_masks<'a, T>(masks: &[&'a [T]]) -> attend::Masks<'a, T> {
    let mask = |index: usize| masks.get(index).copied().filter(|mask| !mask.is_empty());
    attend::Masks { query: mask(0), value: mask(1) }
}

impl<T: Element> Run<T> for Attend {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::Scratch | Length::Saved => self.sizes.shares(),
            Length::ScratchInto | Length::Bordered | Length::State => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, scratch, weights) = (call.y(), std::mem::take(&mut call.scratch), self.weights(call.weights));
        attend::infer(simd, &self.sizes, weights, three(call.inputs), two_masks(call.masks), y, scratch);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, weights, dropout) = (call.y(), self.weights(call.weights), self.dropout(call.random, call.first));
        let (inputs, masks, samples) = (three(call.inputs), two_masks(call.masks), call.samples);
        let Forward { saved, scratch, .. } = call;
        attend::forward(simd, &self.sizes, weights, samples, inputs, masks, dropout, y, saved, scratch);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (weights, dropout) = (self.weights(call.weights), self.dropout(call.random, call.first));
        let (inputs, masks, samples, dy) = (three(call.inputs), two_masks(call.masks), call.samples, call.dy());
        let dx = [call.dinput(0), call.dinput(1), call.dinput(2)];
        let Backward { gradients, saved, scratch, .. } = call;
        let sums = super::parts(gradients, [&self.scale, &self.concat]);
        attend::backward(simd, &self.sizes, weights, samples, inputs, masks, dropout, saved, dy, sums, dx, scratch);
    }
}
