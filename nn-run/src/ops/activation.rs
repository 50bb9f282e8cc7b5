//! Activation functions that are steps of their own.

use nn_core::Element;
use nn_core::activations::AnyActivation;
use nn_core::layers::activation;
use nn_core::rt::Simd;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run};

#[derive(Debug)]
pub(crate) struct Activation {
    pub(crate) function: AnyActivation,
    /// Whether the result lies where the input lay.
    pub(crate) in_place: bool,
}

impl<T: Element> Run<T> for Activation {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        if self.in_place {
            activation::in_place(simd, y, self.function);
        } else {
            activation::infer(simd, call.x(), y, self.function);
        }
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        activation::infer(simd, call.x(), y, self.function);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        activation::backward(simd, call.x(), call.y(), call.dy(), dx, self.function);
    }
}
