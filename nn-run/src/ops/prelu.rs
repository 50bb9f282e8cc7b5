//! `PReLU`.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::prelu::{self, PReLUSizes};
use nn_core::rt::Simd;
use nn_graph::op;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run, Site};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct PRelu {
    sizes: PReLUSizes,
    alpha: Range<usize>,
}

impl PRelu {
    pub(crate) fn new(site: &Site<'_>, op: &op::PRelu) -> Self {
        let shape = sizes::all(&site.node.input);
        let shared: Vec<bool> = (0..shape.len()).map(|axis| op.shared_axes.contains(&axis)).collect();
        PRelu { sizes: PReLUSizes::new(&shape, &shared), alpha: site.fields().range("alpha") }
    }
}

impl<T: Element> Run<T> for PRelu {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        prelu::infer_with(simd, &self.sizes, &call.weights[self.alpha.clone()], call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        prelu::infer_with(simd, &self.sizes, &call.weights[self.alpha.clone()], call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (dx, dalpha) = (call.dx(), &mut call.gradients[self.alpha.clone()]);
        let alpha = &call.weights[self.alpha.clone()];
        let x = call.inputs.first().copied().unwrap_or_default();
        let dy = call.doutputs.first().copied().flatten().unwrap_or_default();
        prelu::backward_with(simd, &self.sizes, alpha, call.samples, x, dy, dx, dalpha);
    }
}
