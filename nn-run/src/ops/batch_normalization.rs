//! `BatchNormalization`: by the statistics of the batch, or the moving ones.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::batch_normalization::{self as kernel, Gradients, Partial, Statistics, Weights};
use nn_core::rt::Simd;
use nn_graph::Op;
use nn_graph::graph::Node;
use nn_graph::op;
use nn_graph::size::{Length, around};

use super::{Backward, Fields, Forward, Infer, Run, Site};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct BatchNormalization {
    /// The elements before, along and after the axis, for one sample.
    dims: [usize; 3],
    epsilon: f64,
    momentum: f64,
    gamma: Range<usize>,
    beta: Range<usize>,
    moving_mean: Range<usize>,
    moving_variance: Range<usize>,
}

impl BatchNormalization {
    /// That of a node, which another one may take in.
    pub(crate) fn new(site: &Site<'_>, node: &Node, op: &op::BatchNormalization) -> Self {
        let fields = Fields::of(site.params, node);
        BatchNormalization {
            dims: sizes::array(&around(&node.input, op.axis)),
            epsilon: op.epsilon,
            momentum: op.momentum,
            gamma: fields.range("gamma"),
            beta: fields.range("beta"),
            moving_mean: fields.range("moving_mean"),
            moving_variance: fields.range("moving_variance"),
        }
    }

    /// That of a node, if it is one.
    pub(crate) fn of_node(site: &Site<'_>, node: &Node) -> Option<Self> {
        match &node.op {
            Op::BatchNormalization(op) => Some(Self::new(site, node, op)),
            _ => None,
        }
    }

    #[inline(always)]
    fn weights<'a, T>(&self, all: &'a [T]) -> Weights<'a, T> {
        Weights {
            gamma: &all[self.gamma.clone()],
            beta: &all[self.beta.clone()],
            moving_mean: &all[self.moving_mean.clone()],
            moving_variance: &all[self.moving_variance.clone()],
        }
    }

    /// Scale and shift for each channel, in this memory.
    #[inline(always)]
    pub(crate) fn fold<'a, S: Simd, T: Element>(
        &self,
        simd: S,
        weights: &[T],
        memory: &'a mut [T],
    ) -> (&'a [T], &'a [T]) {
        let (scale, shift) = memory.split_at_mut(self.dims[1]);
        kernel::fold_with(simd, self.weights(weights), self.epsilon, scale, shift);
        (scale, shift)
    }

    /// The moments of a shard's input.
    #[inline(always)]
    pub(crate) fn gather<S: Simd, T: Element>(
        &self,
        simd: S,
        samples: usize,
        x: &[T],
        mask: Option<&[T]>,
        partial: &mut Partial<T>,
    ) {
        match mask {
            Some(mask) => kernel::gather_masked(simd, self.dims[1], x, mask, partial),
            None => kernel::gather(simd, self.dims, samples, x, partial),
        }
    }

    /// The sums over a shard that the gradients need.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "one call is one layer")]
    pub(crate) fn gather_backward<S: Simd, T: Element>(
        &self,
        simd: S,
        samples: usize,
        statistics: &Statistics,
        x: &[T],
        dy: &[T],
        partial: &mut Partial<T>,
        gradients: &mut [T],
    ) {
        let [gamma, beta] = super::parts(gradients, [&self.gamma, &self.beta]);
        let gradients = Gradients { gamma, beta };
        kernel::gather_backward_with(simd, self.dims, statistics, self.epsilon, samples, x, dy, partial, gradients);
    }

    /// Moves the moving statistics towards those of the batch.
    pub(crate) fn update_moving<T: Element>(&self, weights: &mut [T], statistics: &Statistics) {
        let [mean, variance] = super::parts(weights, [&self.moving_mean, &self.moving_variance]);
        kernel::update_moving_with([mean, variance], statistics, self.momentum);
    }
}

impl<T: Element> Run<T> for BatchNormalization {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, fold) = (call.y(), std::mem::take(&mut call.fold));
        let (scale, shift) = self.fold(simd, call.weights, fold);
        kernel::infer(simd, self.dims, scale, shift, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, weights) = (call.y(), self.weights(call.weights));
        let (x, samples, scratch) = (call.x(), call.samples, &mut *call.scratch);
        match call.statistics {
            Some(statistics) => {
                kernel::forward_with(simd, self.dims, weights, statistics, self.epsilon, samples, x, y, scratch);
            }
            None => kernel::forward_frozen_with(simd, self.dims, weights, self.epsilon, samples, x, y, scratch),
        }
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (dx, weights) = (call.dx(), self.weights(call.weights));
        let (x, dy, samples, mask) = (call.x(), call.dy(), call.samples, call.mask(0));
        let scratch = &mut *call.scratch;
        match (call.statistics, mask) {
            (Some(statistics), Some(mask)) => {
                kernel::backward_masked_with(
                    simd,
                    self.dims[1],
                    weights,
                    statistics,
                    self.epsilon,
                    x,
                    mask,
                    dy,
                    dx,
                    scratch,
                );
            }
            (Some(statistics), None) => {
                kernel::backward_with(simd, self.dims, weights, statistics, self.epsilon, samples, x, dy, dx, scratch);
            }
            (None, _) => kernel::backward_frozen_with(simd, self.dims, weights, self.epsilon, samples, dy, dx, scratch),
        }
    }
}
