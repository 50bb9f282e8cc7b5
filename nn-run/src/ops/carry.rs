//! What one call leaves for the next.

use nn_core::Element;
use nn_core::rt::{self, Simd, carry};
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run};

/// The state as a value.
#[derive(Debug)]
pub(crate) struct State;

impl<T: Element> Run<T> for State {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        carry::recall(call.state, y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        rt::fill(call.y(), 0.0);
    }

    fn backward<S: Simd>(&self, _: S, _: Backward<'_, '_, T>) {}
}

/// The first input; the second becomes the state.
#[derive(Debug)]
pub(crate) struct Carry;

impl<T: Element> Run<T> for Carry {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        let new = call.inputs.get(1).copied().unwrap_or_default();
        let state = std::mem::take(&mut call.state);
        carry::leave(call.x(), new, state, y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        rt::copy(call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let (dx, new) = (call.dinput(0), call.dinput(1));
        carry::backward(call.dy(), dx, new);
    }
}
