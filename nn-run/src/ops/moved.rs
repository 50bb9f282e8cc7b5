//! The same numbers elsewhere.

use nn_core::Element;
use nn_core::layers::cropping::{self, CroppingSizes};
use nn_core::layers::extend::{self, ExtendSizes};
use nn_core::layers::permute::{self, PermuteSizes};
use nn_core::layers::repeat_vector;
use nn_core::layers::slice::{self, SliceSizes};
use nn_core::layers::up_sampling::{self, UpSamplingSizes};
use nn_core::layers::zero_padding::{self, ZeroPaddingSizes};
use nn_core::rt::{self, Simd};
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Run};

/// What lies elsewhere and is needed here.
#[derive(Debug)]
pub(crate) struct Copy;

impl<T: Element> Run<T> for Copy {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        rt::copy(call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        rt::copy(call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
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

impl<T: Element> Run<T> for Repeat {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        repeat_vector::infer(self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        repeat_vector::infer(self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        repeat_vector::backward(simd, self.sizes, call.dy(), dx);
    }
}

/// Axes in another order.
#[derive(Debug)]
pub(crate) struct Permute {
    pub(crate) sizes: PermuteSizes,
}

impl<T: Element> Run<T> for Permute {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        permute::infer(simd, &self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        permute::infer(simd, &self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        permute::backward(simd, &self.sizes, call.dy(), dx);
    }
}

/// Zeros around a value.
#[derive(Debug)]
pub(crate) struct ZeroPadding {
    pub(crate) sizes: ZeroPaddingSizes,
}

impl<T: Element> Run<T> for ZeroPadding {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        zero_padding::infer(&self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        zero_padding::infer(&self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        zero_padding::backward(&self.sizes, call.dy(), dx);
    }
}

/// A value without its ends.
#[derive(Debug)]
pub(crate) struct Cropping {
    pub(crate) sizes: CroppingSizes,
}

impl<T: Element> Run<T> for Cropping {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        cropping::infer(&self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        cropping::infer(&self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        cropping::backward(&self.sizes, call.dy(), dx);
    }
}

/// Some elements of each axis: for each result, which.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) parts: Vec<SliceSizes>,
}

impl<T: Element> Run<T> for Slice {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        for (index, sizes) in self.parts.iter().enumerate() {
            if let Some(y) = call.output(index) {
                slice::infer(sizes, call.x(), y);
            }
        }
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        for (index, sizes) in self.parts.iter().enumerate() {
            if let Some(y) = call.output(index) {
                slice::infer(sizes, call.x(), y);
            }
        }
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        rt::clear(dx);
        for (sizes, dy) in self.parts.iter().zip(call.doutputs) {
            if let Some(dy) = dy {
                slice::place(sizes, dy, dx);
            }
        }
    }
}

/// More elements around a value.
#[derive(Debug)]
pub(crate) struct Pad {
    pub(crate) sizes: ExtendSizes,
}

impl<T: Element> Run<T> for Pad {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        extend::infer(&self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        extend::infer(&self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        extend::backward(&self.sizes, call.dy(), dx);
    }
}

/// Each element several times.
#[derive(Debug)]
pub(crate) struct UpSampling {
    pub(crate) sizes: UpSamplingSizes,
}

impl<T: Element> Run<T> for UpSampling {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, _: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        up_sampling::infer(&self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        up_sampling::infer(&self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        up_sampling::backward(simd, &self.sizes, call.dy(), dx);
    }
}

/// Elements on lines between neighbours.
#[derive(Debug)]
pub(crate) struct UpSamplingBilinear {
    pub(crate) sizes: UpSamplingSizes,
}

impl<T: Element> Run<T> for UpSamplingBilinear {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        up_sampling::infer_bilinear(simd, &self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let y = call.y();
        up_sampling::infer_bilinear(simd, &self.sizes, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let dx = call.dx();
        up_sampling::backward_bilinear(simd, &self.sizes, call.dy(), dx);
    }
}
