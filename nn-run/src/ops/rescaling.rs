//! `Normalization` and `Rescaling` by constants along an axis.

use nn_core::Element;
use nn_core::layers::rescaling::{self, Constants, Kind};
use nn_core::rt::Simd;
use nn_graph::op::{self, RescaleKind};
use nn_graph::size::{Length, around};

use super::{Backward, Forward, Infer, Run, Site};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct Rescale<T> {
    kind: Kind,
    /// The elements before, along and behind the axis.
    dims: [usize; 3],
    constants: [Vec<T>; 2],
}

impl<T: Element> Rescale<T> {
    pub(crate) fn new(site: &Site<'_>, op: &op::Rescale) -> Self {
        let dims: [usize; 3] = sizes::array(&around(&site.node.input, op.axis));
        let constants = op.constants.each_ref().map(|constants| {
            let mut numbers = match constants {
                op::Constants::One(number) => vec![T::from_f64(*number); dims[1]],
                op::Constants::Each(numbers) => numbers.iter().map(|number| T::from_f64(*number)).collect(),
                // Those of the user's are refused when the text is read.
                op::Constants::Path(_) => Vec::new(),
            };
            numbers.resize(dims[1], T::zero());
            numbers
        });
        let kind = match op.kind {
            RescaleKind::Normalize => Kind::Normalize,
            RescaleKind::Denormalize => Kind::Denormalize,
            RescaleKind::Rescale => Kind::Rescale,
        };
        Rescale { kind, dims, constants }
    }

    #[inline(always)]
    fn constants(&self) -> Constants<'_, T> {
        Constants::new(self.kind, self.dims, self.constants.each_ref().map(Vec::as_slice))
    }
}

impl<T: Element> Run<T> for Rescale<T> {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        rescaling::infer(simd, &self.constants(), call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        rescaling::infer(simd, &self.constants(), call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        rescaling::backward(simd, &self.constants(), call.dy(), dx);
    }
}
