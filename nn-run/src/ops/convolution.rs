//! Convolutions, and the zeros around their inputs.

use std::ops::Range;

use nn_core::Element;
use nn_core::layers::conv1d;
use nn_core::layers::conv2d::{
    self, Border as Zeros, Conv2DNumbers, Conv2DSizes, Conv2DTraining, DestinationSizes, Pooling,
};
use nn_core::rt::Simd;
use nn_graph::Op;
use nn_graph::graph::Node;
use nn_graph::op::{self, Kernel};
use nn_graph::size::Length;

use super::tail::Ending;
use super::{Backward, Forward, Infer, Run, Site, Tail, pool};
use crate::sizes;

/// The sizes of a layer.
fn layer(op: &op::Convolution, node: &Node) -> Conv2DSizes {
    Conv2DSizes {
        input: sizes::image(node),
        filters: sizes::known(&op.filters),
        kernel_size: sizes::array(&op.kernel_size),
        strides: sizes::array(&op.strides),
        pads: sizes::pads(&op.pads),
        dilation_rate: sizes::array(&op.dilation_rate),
        groups: sizes::known(&op.groups),
    }
}

/// Where its kernel and its bias are.
fn weights(site: &Site<'_>, op: &op::Convolution) -> [Range<usize>; 2] {
    let fields = site.fields();
    match op.kernel {
        Kernel::Own => [fields.range("kernel"), fields.range("bias")],
        Kernel::Depthwise => [fields.range("depthwise_kernel"), 0..0],
        Kernel::Pointwise => [fields.range("pointwise_kernel"), fields.range("bias")],
    }
}

/// The zeros around the input of the convolution of a node.
pub(crate) fn zeros(node: &Node) -> Zeros {
    match &node.op {
        Op::Convolution(op) => layer(op, node).border(),
        _ => Zeros::NONE,
    }
}

/// A convolution.
#[derive(Debug)]
pub(crate) struct Convolution<T: 'static> {
    // A plan for each kind of vectors: large.
    numbers: Box<Conv2DNumbers<T>>,
    training: &'static Conv2DTraining<T>,
    kernel: Range<usize>,
    bias: Range<usize>,
    ending: Ending,
    /// The shape of the results, and the zeros around them.
    border: Option<([usize; 3], Zeros)>,
    /// The zeros that it puts around its input itself.
    pads: Option<([usize; 3], Zeros)>,
}

impl<T: Element> Convolution<T> {
    pub(crate) fn new(site: &Site<'_>, op: &op::Convolution, tail: &Tail) -> Self {
        let (nodes, layer, [kernel, bias]) = (&site.program.graph.nodes, layer(op, site.node), weights(site, op));
        let pool = tail.pool.and_then(|node| match &nodes[node].op {
            Op::Pool(op) => Some(Pooling { kind: pool::kind(op.kind), size: sizes::array(&op.pool_size) }),
            _ => None,
        });
        let border = tail.border.map(|node| (sizes::image(&nodes[node]), zeros(&nodes[node])));
        let destination = DestinationSizes { pool, border: border.map_or(Zeros::NONE, |(_, zeros)| zeros) };
        let pads = (tail.alone && !op::is_bare(&op.pads)).then(|| (layer.input, layer.border()));
        let numbers = Box::new(Conv2DNumbers::new(layer, destination));
        Convolution {
            numbers,
            training: T::conv2d(&layer),
            kernel,
            bias,
            ending: Ending::new(site, tail),
            border,
            pads,
        }
    }

    /// The elements of the input with its zeros.
    fn bordered_len(&self) -> usize {
        let sizes = self.numbers.sizes();
        sizes.border().around(sizes.input).iter().product()
    }
}

impl<T: Element> Run<T> for Convolution<T> {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::Scratch | Length::ScratchInto => self.numbers.scratch_len(),
            Length::Bordered => self.bordered_len(),
            Length::Saved | Length::State => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, weights, fold) = (call.y(), call.weights, std::mem::take(&mut call.fold));
        let (mut x, mut scratch) =
            (call.inputs.first().copied().unwrap_or_default(), std::mem::take(&mut call.scratch));
        if let Some((shape, zeros)) = self.pads {
            let (padded, rest) = scratch.split_at_mut(self.bordered_len());
            conv2d::pad(simd, shape, zeros, x, padded);
            (x, scratch) = (padded, rest);
        }
        if let Some((shape, zeros)) = self.border {
            conv2d::clear_border(shape, zeros, y);
        }
        let value = call.inputs.last().copied();
        let epilogue = self.ending.epilogue(simd, weights, &weights[self.bias.clone()], fold, value);
        let kernel = &weights[self.kernel.clone()];
        T::conv2d_infer(simd.level(), &self.numbers, kernel, x, y, scratch, epilogue);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (x, y, weights) = (call.x(), call.y(), call.weights);
        let weights = (&weights[self.kernel.clone()], &weights[self.bias.clone()], self.ending.activation);
        T::conv2d_forward(simd.level(), self.training, weights, (call.samples, x), y, call.scratch);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (x, dy, dx) = (call.x(), call.dy(), call.dinput(0));
        let gradients = super::parts(call.gradients, [&self.kernel, &self.bias]);
        let kernel = &call.weights[self.kernel.clone()];
        T::conv2d_backward(simd.level(), self.training, kernel, call.samples, [x, dy], gradients, dx, call.scratch);
    }
}

/// One time step of a causal convolution, or a block of them.
#[derive(Debug)]
pub(crate) struct ConvolutionStep {
    sizes: Conv2DSizes,
    kernel: Range<usize>,
    bias: Range<usize>,
    steps: usize,
    ending: Ending,
}

impl ConvolutionStep {
    pub(crate) fn new(site: &Site<'_>, step: &op::ConvolutionStep, tail: &Tail) -> Self {
        let [kernel, bias] = weights(site, &step.layer);
        let (sizes, ending) = (layer(&step.layer, &step.whole), Ending::new(site, tail));
        ConvolutionStep { sizes, kernel, bias, steps: step.steps, ending }
    }
}

impl ConvolutionStep {
    fn dilation(&self) -> usize {
        self.sizes.dilation_rate[1]
    }
}

impl<T: Element> Run<T> for ConvolutionStep {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::State => conv1d::state_len_of(&self.sizes),
            Length::Scratch if self.steps > 1 => conv1d::steps_scratch_len(&self.sizes, self.dilation(), self.steps),
            Length::Scratch | Length::ScratchInto | Length::Bordered | Length::Saved => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, weights, state) = (call.y(), call.weights, std::mem::take(&mut call.state));
        let epilogue = self.ending.epilogue(simd, weights, &weights[self.bias.clone()], &mut [], None);
        let scratch = std::mem::take(&mut call.scratch);
        let (x, kernel) = (call.x(), &weights[self.kernel.clone()]);
        if self.steps > 1 {
            let dilation = self.dilation();
            return conv1d::steps_slices(simd, &self.sizes, dilation, kernel, x, state, y, scratch, epilogue);
        }
        conv1d::step_slices(simd, &self.sizes, kernel, x, state, y, epilogue);
    }

    /// A step is not trained.
    fn forward<S: Simd>(&self, _: S, _: Forward<'_, '_, T>) {}

    fn backward<S: Simd>(&self, _: S, _: Backward<'_, '_, T>) {}
}

/// Zeros around the input of a convolution.
#[derive(Debug)]
pub(crate) struct Border {
    shape: [usize; 3],
    zeros: Zeros,
}

impl Border {
    pub(crate) fn new(node: &Node) -> Self {
        Border { shape: sizes::image(node), zeros: zeros(node) }
    }
}

impl<T: Element> Run<T> for Border {
    fn measure(&self, _: Length) -> usize {
        0
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let y = call.y();
        conv2d::pad(simd, self.shape, self.zeros, call.x(), y);
    }

    /// Training needs no zeros around inputs.
    fn forward<S: Simd>(&self, _: S, _: Forward<'_, '_, T>) {}

    fn backward<S: Simd>(&self, _: S, _: Backward<'_, '_, T>) {}
}
