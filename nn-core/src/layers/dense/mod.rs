//! `Dense`: every output is a weighted sum of every input.

mod infer;
#[cfg(all(test, feature = "std"))]
pub(crate) mod oracle;
mod row;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "alloc")]
mod together;
#[cfg(feature = "alloc")]
mod train;

pub use infer::{infer, infer_in_order, infer_in_order_with, infer_with};
#[cfg(feature = "alloc")]
pub use together::together;
#[cfg(feature = "alloc")]
pub use train::{backward, backward_with, forward, forward_with};

use crate::element::Element;
use crate::geometry::Geometry;
use crate::layers::Bias;

/// The weights of a `Dense`: `IN` inputs to `OUT` units, in Keras' `[in][out]` layout.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Dense<const IN: usize, const OUT: usize, T = f32, B = [T; OUT]> {
    /// The factors: `kernel[input][unit]`.
    pub kernel: [[T; OUT]; IN],
    /// One number for each unit; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

impl<const IN: usize, const OUT: usize, T: Element, B: Bias<T>> Dense<IN, OUT, T, B> {
    /// The factors as one slice, in memory order.
    #[inline(always)]
    pub fn kernel(&self) -> &[T] {
        self.kernel.as_flattened()
    }

    /// The factors as one slice, to write to.
    #[inline(always)]
    pub fn kernel_mut(&mut self) -> &mut [T] {
        self.kernel.as_flattened_mut()
    }
}

/// The sizes of a [`Dense`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DenseSizes {
    /// The numbers of a row that goes in.
    pub inputs: usize,
    /// The numbers of a row that comes out.
    pub units: usize,
}

/// The sizes of a [`Dense`] of such a type.
#[derive(Clone, Copy)]
pub(super) struct Typed<const IN: usize, const OUT: usize>;

impl<const IN: usize, const OUT: usize> Geometry<DenseSizes> for Typed<IN, OUT> {
    const KNOWN: Option<DenseSizes> = Some(DenseSizes { inputs: IN, units: OUT });

    #[inline(always)]
    fn sizes(self) -> DenseSizes {
        DenseSizes { inputs: IN, units: OUT }
    }
}

impl Geometry<DenseSizes> for &DenseSizes {
    const KNOWN: Option<DenseSizes> = None;

    #[inline(always)]
    fn sizes(self) -> DenseSizes {
        *self
    }
}

/// The weights of a [`Dense`] as slices.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, T> {
    /// The factors, in memory order: `kernel[input][unit]`.
    pub kernel: &'a [T],
    /// One number for each unit; empty with `use_bias = false`.
    pub bias: &'a [T],
}

/// The sums of the gradients of a [`Dense`] as slices.
#[derive(Debug)]
pub struct Gradients<'a, T> {
    /// Of the factors, in memory order.
    pub kernel: &'a mut [T],
    /// Of the numbers of the units; empty with `use_bias = false`.
    pub bias: &'a mut [T],
}
