//! Convolutions of volumes, and transposed convolutions.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::conv3d::{self, Conv3DSizes};
use nn_core::rt::{Epilogue, Simd};
use nn_graph::op;
use nn_graph::size::Length;

use super::tail::Ending;
use super::{Backward, Forward, Infer, Run, Site, Tail};
use crate::sizes;

#[derive(Debug)]
pub(crate) struct Convolution3D {
    sizes: Conv3DSizes,
    kernel: Range<usize>,
    bias: Range<usize>,
    ending: Ending,
}

impl Convolution3D {
    pub(crate) fn new(site: &Site<'_>, op: &op::Convolution3D, tail: &Tail) -> Self {
        let fields = site.fields();
        let [kernel_size, strides, dilation_rate] =
            [&op.kernel_size, &op.strides, &op.dilation_rate].map(|triple| sizes::array(triple));
        let input = sizes::array(&op.volume(site.node));
        let layer = Conv3DSizes::new(input, sizes::known(&op.filters), kernel_size, strides, dilation_rate);
        let layer = if op.transposed {
            layer.transposed(sizes::pads(&op.pads), sizes::array(&op.output_padding))
        } else {
            layer.padded(sizes::pads(&op.pads)).grouped(sizes::known(&op.groups))
        };
        Convolution3D {
            sizes: layer,
            kernel: fields.range("kernel"),
            bias: fields.range("bias"),
            ending: Ending::new(site, tail),
        }
    }
}

impl<T: Element> Run<T> for Convolution3D {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::Scratch | Length::ScratchInto => self.sizes.scratch_len::<T>(),
            Length::Bordered | Length::Saved | Length::State => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, weights) = (call.y(), call.weights);
        let (fold, scratch) = (std::mem::take(&mut call.fold), std::mem::take(&mut call.scratch));
        let epilogue = self.ending.epilogue(simd, weights, &weights[self.bias.clone()], fold, None);
        let Epilogue { bias, affine, activation, .. } = epilogue;
        let epilogue = Epilogue { affine, ..Epilogue::bias(bias).activation(activation) };
        conv3d::infer_with(simd, &self.sizes, &weights[self.kernel.clone()], call.x(), y, scratch, epilogue);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (x, y, weights) = (call.x(), call.y(), call.weights);
        let weights = (&weights[self.kernel.clone()], &weights[self.bias.clone()], self.ending.activation);
        conv3d::forward_with(simd, &self.sizes, weights, (call.samples, x), y, call.scratch);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (x, dy, dx) = (call.x(), call.dy(), call.dinput(0));
        let gradients = super::parts(call.gradients, [&self.kernel, &self.bias]);
        let kernel = &call.weights[self.kernel.clone()];
        conv3d::backward_with(simd, &self.sizes, kernel, call.samples, [x, dy], gradients, dx, call.scratch);
    }
}
