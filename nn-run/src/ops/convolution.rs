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
use nn_graph::op;
use nn_graph::size::Length;

use super::tail::Ending;
use super::{Backward, Forward, Infer, Run, Site, Tail, pool};
use crate::sizes;

/// The sizes of a layer; of a separable convolution those of its first part.
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

/// The second part of a separable convolution: a convolution of a single pixel.
fn pointwise(first: &Conv2DSizes, filters: usize) -> Conv2DSizes {
    Conv2DSizes {
        input: first.output(),
        filters,
        kernel_size: [1, 1],
        strides: [1, 1],
        pads: [[0; 2]; 2],
        dilation_rate: [1, 1],
        groups: 1,
    }
}

/// The zeros around the input of the convolution of a node.
pub(crate) fn zeros(node: &Node) -> Zeros {
    match &node.op {
        Op::Convolution(op) => layer(op, node).border(),
        _ => Zeros::NONE,
    }
}

/// A convolution; where it is separable, of two parts.
#[derive(Debug)]
pub(crate) struct Convolution<T: 'static> {
    /// The first part of a separable convolution.
    depthwise: Option<Part<T>>,
    /// The convolution, or the second part.
    main: Part<T>,
    bias: Range<usize>,
    ending: Ending,
    /// The shape of the results, and the zeros around them.
    border: Option<([usize; 3], Zeros)>,
    /// The zeros that it puts around its input itself.
    pads: Option<([usize; 3], Zeros)>,
}

/// One convolution.
#[derive(Debug)]
struct Part<T: 'static> {
    // A plan for each kind of vectors: large.
    numbers: Box<Conv2DNumbers<T>>,
    training: &'static Conv2DTraining<T>,
    kernel: Range<usize>,
}

impl<T: Element> Part<T> {
    fn new(sizes: Conv2DSizes, destination: DestinationSizes, kernel: Range<usize>) -> Self {
        Part { numbers: Box::new(Conv2DNumbers::new(sizes, destination)), training: T::conv2d(&sizes), kernel }
    }

    /// The elements of the output before pooling, without a border, for one sample.
    fn output_len(&self) -> usize {
        self.numbers.sizes().output().iter().product()
    }
}

impl<T: Element> Convolution<T> {
    pub(crate) fn new(site: &Site<'_>, op: &op::Convolution, tail: &Tail) -> Self {
        let (nodes, fields, first) = (&site.program.graph.nodes, site.fields(), layer(op, site.node));
        let pool = tail.pool.and_then(|node| match &nodes[node].op {
            Op::Pool(op) => Some(Pooling { kind: pool::kind(op.kind), size: sizes::array(&op.pool_size) }),
            _ => None,
        });
        let border = tail.border.map(|node| (sizes::image(&nodes[node]), zeros(&nodes[node])));
        let destination = DestinationSizes { pool, border: border.map_or(Zeros::NONE, |(_, zeros)| zeros) };
        let (depthwise, main) = match &op.pointwise {
            Some(filters) => {
                let second = pointwise(&first, sizes::known(filters));
                let depthwise = Part::new(first, DestinationSizes::PLAIN, fields.range("depthwise_kernel"));
                (Some(depthwise), Part::new(second, destination, fields.range("pointwise_kernel")))
            }
            None => (None, Part::new(first, destination, fields.range("kernel"))),
        };
        let pads = (tail.alone && !op::is_bare(&op.pads)).then(|| (first.input, first.border()));
        Convolution { depthwise, main, bias: fields.range("bias"), ending: Ending::new(site, tail), border, pads }
    }

    /// What reads the input.
    fn first(&self) -> &Part<T> {
        self.depthwise.as_ref().unwrap_or(&self.main)
    }

    /// The elements of the input with its zeros.
    fn bordered_len(&self) -> usize {
        let sizes = self.first().numbers.sizes();
        sizes.border().around(sizes.input).iter().product()
    }

    /// The elements between the two parts.
    fn between_len(&self) -> usize {
        self.depthwise.as_ref().map_or(0, Part::output_len)
    }

    fn scratch_len(&self) -> usize {
        let first = self.depthwise.as_ref().map_or(0, |part| part.numbers.scratch_len());
        self.between_len() + first.max(self.main.numbers.scratch_len())
    }
}

impl<T: Element> Run<T> for Convolution<T> {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::Scratch | Length::ScratchInto => self.scratch_len(),
            Length::Bordered => self.bordered_len(),
            Length::Saved | Length::SavedOf(_) | Length::State => 0,
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
        if let Some(Part { numbers, kernel, .. }) = &self.depthwise {
            let (between, rest) = scratch.split_at_mut(self.between_len());
            T::conv2d_infer(simd.level(), numbers, &weights[kernel.clone()], x, between, rest, Ending::bare());
            (x, scratch) = (between, rest);
        }
        let Part { numbers, kernel, .. } = &self.main;
        T::conv2d_infer(simd.level(), numbers, &weights[kernel.clone()], x, y, scratch, epilogue);
    }

    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, mut call: Forward<'_, '_, T>) {
        let (y, weights, samples) = (call.y(), call.weights, call.samples);
        let Forward { inputs, saved, scratch, .. } = call;
        let mut x = inputs.first().copied().unwrap_or_default();
        let linear = Ending::linear();
        if let Some(Part { training, kernel, .. }) = &self.depthwise {
            let weights = (&weights[kernel.clone()], &[][..], linear);
            T::conv2d_forward(simd.level(), training, weights, (samples, x), &mut *saved, scratch);
            x = saved;
        }
        let Part { training, kernel, .. } = &self.main;
        let weights = (&weights[kernel.clone()], &weights[self.bias.clone()], self.ending.activation);
        T::conv2d_forward(simd.level(), training, weights, (samples, x), y, scratch);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, simd: S, mut call: Backward<'_, '_, T>) {
        let (x, dy, dx) = (call.x(), call.dy(), call.dinput(0));
        let Backward { weights, samples, saved, dsaved, gradients, scratch, .. } = call;
        let Part { training, kernel, .. } = &self.main;
        let level = simd.level();
        let Some(depthwise) = &self.depthwise else {
            let gradients = super::parts(gradients, [kernel, &self.bias]);
            let kernel = &weights[kernel.clone()];
            T::conv2d_backward(level, training, kernel, samples, [x, dy], gradients, dx, scratch);
            return;
        };
        let [ddepthwise, dkernel, dbias] = super::parts(gradients, [&depthwise.kernel, kernel, &self.bias]);
        let (kernel, between) = (&weights[kernel.clone()], Some(&mut *dsaved));
        T::conv2d_backward(level, training, kernel, samples, [saved, dy], [dkernel, dbias], between, scratch);
        let Part { training, kernel, .. } = depthwise;
        let (kernel, gradients) = (&weights[kernel.clone()], [ddepthwise, &mut []]);
        T::conv2d_backward(level, training, kernel, samples, [x, dsaved], gradients, dx, scratch);
    }
}

/// One time step of a causal convolution.
#[derive(Debug)]
pub(crate) struct ConvolutionStep {
    sizes: Conv2DSizes,
    kernel: Range<usize>,
    bias: Range<usize>,
    ending: Ending,
}

impl ConvolutionStep {
    pub(crate) fn new(site: &Site<'_>, step: &op::ConvolutionStep, tail: &Tail) -> Self {
        let fields = site.fields();
        ConvolutionStep {
            sizes: layer(&step.layer, &step.whole),
            kernel: fields.range("kernel"),
            bias: fields.range("bias"),
            ending: Ending::new(site, tail),
        }
    }
}

impl<T: Element> Run<T> for ConvolutionStep {
    fn measure(&self, what: Length) -> usize {
        match what {
            Length::State => conv1d::state_len_of(&self.sizes),
            Length::Scratch | Length::ScratchInto | Length::Bordered | Length::Saved | Length::SavedOf(_) => 0,
        }
    }

    #[inline(always)]
    fn infer<S: Simd>(&self, simd: S, mut call: Infer<'_, '_, T>) {
        let (y, weights, state) = (call.y(), call.weights, std::mem::take(&mut call.state));
        let epilogue = self.ending.epilogue(simd, weights, &weights[self.bias.clone()], &mut [], None);
        conv1d::step_slices(simd, &self.sizes, &weights[self.kernel.clone()], call.x(), state, y, epilogue);
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
