//! Steps of a program → operations with numbers.

use nn_core::Element;
use nn_core::activations::{AnyActivation, Linear};
use nn_core::layers::cropping::CroppingSizes;
use nn_core::layers::dropout::Noise;
use nn_core::layers::extend::{ExtendSizes, Mode};
use nn_core::layers::permute::PermuteSizes;
use nn_core::layers::reduce::ReduceSizes;
use nn_core::layers::resizing::ResizingSizes;
use nn_core::layers::slice::SliceSizes;
use nn_core::layers::up_sampling::UpSamplingSizes;
use nn_core::layers::zero_padding::ZeroPaddingSizes;
use nn_core::regularizers::Regularizer;
use nn_graph::op;
use nn_graph::plan::Step;
use nn_graph::plan::training::TrainStep;
use nn_graph::size::around;
use nn_graph::{Op, Program};

use super::{
    Operation, Site, Tail, activation, augment, batch_normalization, carry, conv_lstm, convolution, convolution3d,
    dense, dropout, each, embedding, mask, merge, moved, normalization, penalty, pool, prelu, products, recurrence,
    reduce, rescaling, softmax, take, weight,
};
use crate::sizes;
use nn_core::Param;

impl<T: Element> Operation<T> {
    /// A step of inference.
    pub(crate) fn of_step(program: &Program, step: &Step, params: &[Param]) -> Self {
        let Some(node) = step.node.map(|node| &program.graph.nodes[node]) else { return Operation::Copy(moved::Copy) };
        let site = Site { program, params, node };
        let tail = Tail { border: step.border, ..Tail::new(&step.epilogue) };
        Self::new(&site, &step.op, &tail, step.in_place())
    }

    /// A step of training.
    pub(crate) fn of_train_step(program: &Program, step: &TrainStep, params: &[Param]) -> Self {
        let Some(node) = step.node.map(|node| &program.graph.nodes[node]) else { return Operation::Copy(moved::Copy) };
        let site = Site { program, params, node };
        let tail = Tail { activation: step.activation.map(activation), ..Tail::default() };
        Self::new(&site, &step.op, &tail, false)
    }

    fn new(site: &Site<'_>, op: &Op, tail: &Tail, in_place: bool) -> Self {
        let node = site.node;
        match op {
            Op::Convolution(op) => Operation::Convolution(convolution::Convolution::new(site, op, tail)),
            Op::Convolution3D(op) => Operation::Convolution3D(convolution3d::Convolution3D::new(site, op, tail)),
            Op::ConvolutionStep(step) => {
                Operation::ConvolutionStep(convolution::ConvolutionStep::new(site, step, tail))
            }
            Op::Dense(op) => Operation::Dense(dense::Dense::new(site, op, tail)),
            Op::Pool(op) => Operation::Pool(pool::Pool::new(site, op, tail)),
            Op::GlobalPool(op) => {
                Operation::GlobalPool(pool::GlobalPool { kind: pool::kind(op.kind), sizes: sizes::image(node) })
            }
            Op::Pool3D(op) => Operation::Pool3D(pool::Pool3D::new(site, op)),
            Op::BatchNormalization(op) => {
                Operation::BatchNormalization(batch_normalization::BatchNormalization::new(site, node, op))
            }
            Op::Normalization(op) => Operation::Normalization(normalization::Normalization::new(site, op)),
            Op::Weight => Operation::Weight(weight::Weight::new(site.params, node)),
            Op::Activation(function) => {
                Operation::Activation(activation::Activation { function: super::activation(*function), in_place })
            }
            Op::Rescale(op) => Operation::Rescale(rescaling::Rescale::new(site, op)),
            Op::Softmax(op) => {
                let axes = sizes::array(&around(&node.output, op.axis));
                Operation::Softmax(softmax::Softmax { axes, log: op.log })
            }
            Op::PRelu(op) => Operation::PRelu(prelu::PRelu::new(site, op)),
            Op::Dropout(op) => {
                let noise = match op.noise {
                    op::Noise::Dropout => Noise::Dropout,
                    op::Noise::AlphaDropout => Noise::AlphaDropout,
                    op::Noise::GaussianDropout => Noise::GaussianDropout,
                    op::Noise::GaussianNoise => Noise::GaussianNoise,
                };
                let sizes = sizes::all(&node.output).into_iter().enumerate();
                let axes = sizes.map(|(axis, size)| (size, op.shared_axes.contains(&axis))).collect();
                Operation::Dropout(dropout::Dropout { noise, rate: op.rate, seed: op.seed, axes })
            }
            Op::Warp(op) => Operation::Warp(augment::Warp::new(node, op)),
            Op::Tone(op) => Operation::Tone(augment::Tone::new(node, op)),
            Op::Penalty(op) => Operation::Penalty(penalty::Penalty(Regularizer { l1: op.l1, l2: op.l2 })),
            // A view is no step; where one is, its numbers are needed elsewhere.
            // A type of a program's has none around it here: compiling has refused it.
            Op::View | Op::Copy | Op::Custom(_) => Operation::Copy(moved::Copy),
            Op::Permute(op) => {
                Operation::Permute(moved::Permute { sizes: PermuteSizes::new(&sizes::all(&node.input), &op.axes) })
            }
            Op::Repeat(op) => {
                Operation::Repeat(moved::Repeat { sizes: [sizes::known(&op.n), sizes::product(&node.input)] })
            }
            Op::Inset(op) => Self::inset(site, op),
            Op::Slice(op) => {
                let input = sizes::all(&node.input);
                let part = |axes: &Vec<op::Along>| {
                    let axes: Vec<[usize; 3]> =
                        axes.iter().map(|a| [&a.from, &a.step, &a.count].map(sizes::known)).collect();
                    SliceSizes::new(&input, &axes)
                };
                Operation::Slice(moved::Slice { parts: op.parts.iter().map(part).collect() })
            }
            Op::Pad(op) => {
                let ends: Vec<[usize; 2]> = op.ends.iter().map(|ends| sizes::array(ends)).collect();
                let mode = match op.mode {
                    op::PadMode::Constant(number) => Mode::Constant(number),
                    op::PadMode::Reflect => Mode::Reflect,
                    op::PadMode::Symmetric => Mode::Symmetric,
                    op::PadMode::Edge => Mode::Edge,
                };
                Operation::Pad(moved::Pad { sizes: ExtendSizes::new(&sizes::all(&node.input), &ends, mode) })
            }
            Op::Reduce(op) => {
                let sizes = ReduceSizes::new(&sizes::all(&node.input), &op.axes);
                Operation::Reduce(reduce::Reduce { kind: op.kind, sizes })
            }
            Op::AlongAxis(op) => {
                let axes = sizes::array(&around(&node.input, op.axis));
                Operation::AlongAxis(reduce::AlongAxis { kind: op.kind, axes })
            }
            Op::Number(number) => Operation::Number(reduce::Number(*number)),
            Op::Take(op) => {
                let axes = sizes::array(&around(&node.inputs[1].shape, op.axis));
                Operation::Take(take::Take { axes, count: sizes::product(&node.input) })
            }
            Op::State(_) => Operation::State(carry::State),
            Op::Carry(_) => Operation::Carry(carry::Carry),
            Op::OneHot(op) => Operation::OneHot(take::OneHot { num_classes: sizes::known(&op.num_classes) }),
            Op::Cast => Operation::Cast(take::Cast),
            Op::Resizing(op) => {
                let (input, output) = (sizes::array(&node.input), sizes::array(&op.size));
                Operation::Resizing(take::Resizing { sizes: ResizingSizes { input, output, bilinear: op.bilinear } })
            }
            Op::Matmul => Operation::Matmul(products::Matmul::new(site)),
            Op::Stack(op) => Operation::Concatenate(merge::Concatenate::stacked(site, op)),
            Op::UpSample(op) => {
                let sizes = UpSamplingSizes::new(&sizes::all(&node.input), &sizes::all(&op.size));
                if op.bilinear {
                    Operation::UpSamplingBilinear(moved::UpSamplingBilinear { sizes })
                } else {
                    Operation::UpSampling(moved::UpSampling { sizes })
                }
            }
            Op::Concatenate(op) => Operation::Concatenate(merge::Concatenate::new(site, op)),
            Op::Merge(op) => {
                let activation = tail.activation.unwrap_or(AnyActivation::from(Linear));
                Operation::Merge(merge::Merge::new(site, *op, activation, in_place))
            }
            Op::Dot(op) => Operation::Dot(products::Dot::new(site, op)),
            Op::Attention(op) => Operation::Attention(products::Attention::new(site, op)),
            Op::Attend(op) => Operation::Attend(products::Attend::new(site, op)),
            Op::Recurrence(op) => Operation::Recurrence(recurrence::Recurrence::new(site, op)),
            Op::RecurrenceStep(step) => Operation::RecurrenceStep(recurrence::RecurrenceStep::new(site, step)),
            Op::ConvLstm(op) => Operation::ConvLstm(conv_lstm::ConvLstm::new(site, op)),
            Op::Embedding(op) => Operation::Embedding(embedding::Embedding::new(site, op)),
            Op::Masking(op) => {
                let features = node.input.last().map_or(1, sizes::known);
                Operation::Masking(mask::Masking { value: op.mask_value, features })
            }
            Op::Mask(op) => Operation::Mask(mask::Mask { op: op.clone() }),
            Op::Each(op) => Operation::Each(Box::new(Self::each(site, op, tail))),
            Op::Border => Operation::Border(convolution::Border::new(node)),
        }
    }

    fn inset(site: &Site<'_>, op: &op::Inset) -> Self {
        let ends: Vec<[usize; 2]> = op.ends.iter().map(|ends| sizes::array(ends)).collect();
        if op.pads {
            let sizes = ZeroPaddingSizes::new(&sizes::all(&site.node.input), &ends);
            Operation::ZeroPadding(moved::ZeroPadding { sizes })
        } else {
            let sizes = CroppingSizes::new(&sizes::all(&site.node.output), &ends);
            Operation::Cropping(moved::Cropping { sizes })
        }
    }

    fn each(site: &Site<'_>, op: &op::Each, tail: &Tail) -> each::Each<T> {
        let node = op.node(site.node);
        let inner = Site { node: &node, ..*site };
        // A convolution on each step pads its input itself.
        let tail = Tail { alone: true, ..tail.clone() };
        each::Each {
            operation: Self::new(&inner, &op.op, &tail, false),
            steps: sizes::known(&op.steps),
            lens: [&op.input, &op.output].map(|shape| sizes::product(shape)),
            inputs: node.inputs.len(),
        }
    }
}
