//! `activity_regularizer`: what the results of a layer cost.

use nn_core::Element;
use nn_core::regularizers::Regularizer;
use nn_core::rt::Simd;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run};

#[derive(Debug)]
pub(crate) struct Penalty(pub(crate) Regularizer);

impl<T: Element> Run<T> for Penalty {
    fn measure(&self, _: Length) -> usize {
        0
    }

    /// At inference it is a view.
    fn infer<S: Simd>(&self, _: S, _: Infer<'_, '_, T>) {}

    /// The loss asks for the penalty of the values that are there when forward has ended.
    fn forward<S: Simd>(&self, _: S, _: Forward<'_, '_, T>) {}

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let (samples, dx) = (call.batch, call.dx());
        self.0.gradient(samples, call.x(), dx);
    }
}
