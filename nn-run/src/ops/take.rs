//! What ids become, and images of other sizes.

use nn_core::Element;
use nn_core::layers::resizing::{self, ResizingSizes};
use nn_core::layers::take;
use nn_core::rt::Simd;
use nn_graph::size::Length;

use super::{Backward, Forward, Ids, Infer, Run};

/// The rows of a value that ids name.
#[derive(Debug)]
pub(crate) struct Take {
    /// Before, along and behind the axis of the rows.
    pub(crate) axes: [usize; 3],
    /// How many ids there are.
    pub(crate) count: usize,
}

impl Take {
    #[inline(always)]
    fn call<T: Element>(&self, ids: Ids<'_>, inputs: &[&[T]], y: &mut [T]) {
        let x = inputs.get(1).copied().unwrap_or_default();
        match ids {
            Ids::U32(ids) => take::infer(self.axes, self.count, ids, x, y),
            Ids::I32(ids) => take::infer(self.axes, self.count, ids, x, y),
            Ids::U8(ids) => take::infer(self.axes, self.count, ids, x, y),
            Ids::None => {}
        }
    }
}

impl<T: Element> Run<T> for Take {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        self.call(call.ids, call.inputs, y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        self.call(call.ids, call.inputs, y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dinput(1);
        match call.ids {
            Ids::U32(ids) => take::backward(simd, self.axes, self.count, ids, call.dy(), dx),
            Ids::I32(ids) => take::backward(simd, self.axes, self.count, ids, call.dy(), dx),
            Ids::U8(ids) => take::backward(simd, self.axes, self.count, ids, call.dy(), dx),
            Ids::None => {}
        }
    }
}

/// A row for each id, or for each number.
#[derive(Debug)]
pub(crate) struct OneHot {
    pub(crate) num_classes: usize,
}

impl OneHot {
    #[inline(always)]
    fn call<T: Element>(&self, ids: Ids<'_>, x: &[T], y: &mut [T]) {
        match ids {
            Ids::U32(ids) => take::one_hot(self.num_classes, ids, y),
            Ids::I32(ids) => take::one_hot(self.num_classes, ids, y),
            Ids::U8(ids) => take::one_hot(self.num_classes, ids, y),
            Ids::None => take::one_hot_of_numbers(self.num_classes, x, y),
        }
    }
}

impl<T: Element> Run<T> for OneHot {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        self.call(call.ids, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        self.call(call.ids, call.x(), y);
    }

    fn backward<S: Simd>(&self, _: S, _: Backward<'_, '_, T>) {}
}

/// Ids as numbers.
#[derive(Debug)]
pub(crate) struct Cast;

/// Writes them.
fn numbers<T: Element>(ids: Ids<'_>, y: &mut [T]) {
    match ids {
        Ids::U32(ids) => take::numbers(ids, y),
        Ids::I32(ids) => take::numbers(ids, y),
        Ids::U8(ids) => take::numbers(ids, y),
        Ids::None => {}
    }
}

impl<T: Element> Run<T> for Cast {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        numbers(call.ids, y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        numbers(call.ids, y);
    }

    fn backward<S: Simd>(&self, _: S, _: Backward<'_, '_, T>) {}
}

/// An image of another height and width.
#[derive(Debug)]
pub(crate) struct Resizing {
    pub(crate) sizes: ResizingSizes,
}

impl<T: Element> Run<T> for Resizing {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        resizing::infer(&self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        resizing::infer(&self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        resizing::backward(&self.sizes, call.dy(), dx);
    }
}
