//! `Masking`, and the making of masks.

use nn_core::Element;
use nn_core::layers::{masking, masks};
use nn_core::rt::Simd;
use nn_graph::op::MaskOp;
use nn_graph::size::Length;

use super::{Backward, Forward, Ids, Infer, Run};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct Masking {
    /// A step of nothing but this does not count.
    pub(crate) value: f64,
    /// The numbers of a step.
    pub(crate) features: usize,
}

impl<T: Element> Run<T> for Masking {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        masking::infer(T::from_f64(self.value), self.features, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        masking::infer(T::from_f64(self.value), self.features, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        masking::backward(T::from_f64(self.value), self.features, call.x(), call.dy(), dx);
    }
}

/// A mask is made.
#[derive(Debug)]
pub(crate) struct Mask {
    pub(crate) op: MaskOp,
}

impl Mask {
    #[inline(always)]
    fn make<T: Element>(&self, samples: usize, inputs: &[&[T]], ids: Ids<'_>, y: &mut [T]) {
        let x = inputs.first().copied().unwrap_or_default();
        match &self.op {
            MaskOp::NonZero => match ids {
                Ids::U32(ids) => masks::non_zero(ids, y),
                Ids::I32(ids) => masks::non_zero(ids, y),
                Ids::U8(ids) => masks::non_zero(ids, y),
                Ids::None => {}
            },
            MaskOp::Other(number) => masks::other_than(x, *number, y),
            MaskOp::Ones => masks::ones(y),
            MaskOp::Any => masks::any_of(samples, inputs, y),
            MaskOp::Chain(rows) => masks::chain_of(samples * sizes::known(rows), inputs, y),
        }
    }
}

impl<T: Element> Run<T> for Mask {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        self.make(1, call.inputs, call.ids, y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        self.make(call.samples, call.inputs, call.ids, y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, _: Backward<'_, '_, T>) {}
}
