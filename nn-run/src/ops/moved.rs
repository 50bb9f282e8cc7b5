//! The same numbers elsewhere.

use nn_core::Element;
use nn_core::layers::repeat_vector;
use nn_core::rt::{self, Simd};
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run};

/// What lies elsewhere and is needed here.
#[derive(Debug)]
pub(crate) struct Copy;

impl Run for Copy {
    fn measure<T: Element>(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd, T: Element>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        rt::copy(call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd, T: Element>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        rt::copy(call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd, T: Element>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        rt::copy(call.dy(), dx);
    }
}

/// The same vector several times.
#[derive(Debug)]
pub(crate) struct Repeat {
    /// How often, and how much.
    pub(crate) sizes: [usize; 2],
}

impl Run for Repeat {
    fn measure<T: Element>(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd, T: Element>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        repeat_vector::infer(self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd, T: Element>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        repeat_vector::infer(self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd, T: Element>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        repeat_vector::backward(simd, self.sizes, call.dy(), dx);
    }
}
