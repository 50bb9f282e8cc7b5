//! The operations: what each step of a program calls.
//!
//! A step is prepared when the network is loaded: its sizes become numbers, its weights places in the flat array, its
//! convolution a plan for this machine. Running it is then a choice among the kernels of nn-core.

mod activation;
mod augment;
mod batch_normalization;
mod carry;
mod conv_lstm;
mod convolution;
mod convolution3d;
mod dense;
mod dropout;
mod each;
mod embedding;
mod mask;
mod merge;
mod moved;
mod normalization;
mod penalty;
mod pool;
mod prelu;
mod prepare;
mod products;
mod recurrence;
mod reduce;
mod rescaling;
mod softmax;
mod tail;
mod take;
mod weight;

use std::ops::Range;

use nn_core::Element;
use nn_core::activations::{
    AnyActivation, Clip, Elu, Exponential, Gelu, GeluApproximate, HardSigmoid, HardSwish, LeakyRelu, Linear, Mish,
    Power, Relu, Relu6, ReluOptions, Rescaling, Selu, Sigmoid, SignedSqrt, Softplus, Softsign, Swish, Tanh,
};
use nn_core::layers::batch_normalization::Statistics;
use nn_core::rt::Simd;
use nn_graph::function::{Elementwise, Function};
use nn_graph::graph::Node;
use nn_graph::op::fusion::Epilogue;
use nn_graph::size::Length;

use nn_core::Param;
pub(crate) use weight::range as weight_range;

/// Ids, where an operation takes them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ids<'a> {
    None,
    U32(&'a [u32]),
    I32(&'a [i32]),
    U8(&'a [u8]),
}

/// What a step of inference reads and writes.
pub(crate) struct Infer<'a, 'm, T> {
    /// All weights of the network.
    pub(crate) weights: &'a [T],
    /// Empty for one that has ids. Where the operation works in place, the first one is the result and not among these.
    pub(crate) inputs: &'a [&'a [T]],
    /// The first input, if it has ids.
    pub(crate) ids: Ids<'a>,
    /// The mask of each input; empty for one without.
    pub(crate) masks: &'a [&'a [T]],
    /// `None` for a result that nobody takes.
    pub(crate) outputs: &'a mut [Option<&'m mut [T]>],
    pub(crate) scratch: &'m mut [T],
    pub(crate) state: &'m mut [T],
    /// For the scale and shift of a BatchNormalization.
    pub(crate) fold: &'m mut [T],
}

impl<'m, T> Infer<'_, 'm, T> {
    /// The first input.
    fn x(&self) -> &[T] {
        self.inputs.first().copied().unwrap_or_default()
    }

    /// Takes the first result, to write to.
    fn y(&mut self) -> &'m mut [T] {
        self.output(0).unwrap_or_default()
    }

    /// Takes a result.
    fn output(&mut self, index: usize) -> Option<&'m mut [T]> {
        self.outputs.get_mut(index).and_then(Option::take)
    }

    /// The mask of an input.
    fn mask(&self, input: usize) -> Option<&[T]> {
        self.masks.get(input).copied().filter(|mask| !mask.is_empty())
    }
}

/// What becomes of results before they are stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tail {
    /// The BatchNormalization that is taken in, by its node.
    pub(crate) affine: Option<usize>,
    /// Before pooling.
    pub(crate) activation: Option<AnyActivation>,
    /// The pooling, by its node.
    pub(crate) pool: Option<usize>,
    /// Whether the last input is added.
    pub(crate) sum: bool,
    /// After pooling and sum.
    pub(crate) after_pool: Option<AnyActivation>,
    /// The convolution for which the result has zeros around it, by its node.
    pub(crate) border: Option<usize>,
    /// Whether nobody pads the input of a convolution.
    pub(crate) alone: bool,
}

impl Tail {
    pub(crate) fn new(epilogue: &[Epilogue]) -> Self {
        let mut tail = Tail::default();
        for part in epilogue {
            match part {
                Epilogue::Affine(node) => tail.affine = Some(*node),
                Epilogue::Activation(function) if tail.pool.is_some() || tail.sum => {
                    tail.after_pool = Some(activation(*function));
                }
                Epilogue::Activation(function) => tail.activation = Some(activation(*function)),
                Epilogue::Pool(node) => tail.pool = Some(*node),
                Epilogue::Sum => tail.sum = true,
            }
        }
        tail
    }
}

/// A function as nn-core has it.
pub(crate) fn activation(function: Elementwise) -> AnyActivation {
    match function {
        Elementwise::Relu => Relu.into(),
        Elementwise::Relu6 => Relu6.into(),
        Elementwise::LeakyRelu(slope) => LeakyRelu(slope).into(),
        Elementwise::ReluOptions { negative_slope, max_value, threshold } => {
            ReluOptions { negative_slope, max_value, threshold }.into()
        }
        Elementwise::Elu(alpha) => Elu(alpha).into(),
        Elementwise::Selu => Selu.into(),
        Elementwise::Gelu => Gelu.into(),
        Elementwise::GeluApproximate => GeluApproximate.into(),
        Elementwise::Sigmoid => Sigmoid.into(),
        Elementwise::HardSigmoid => HardSigmoid.into(),
        Elementwise::Tanh => Tanh.into(),
        Elementwise::Softplus => Softplus.into(),
        Elementwise::Softsign => Softsign.into(),
        Elementwise::Swish => Swish.into(),
        Elementwise::HardSwish => HardSwish.into(),
        Elementwise::Mish => Mish.into(),
        Elementwise::Exponential => Exponential.into(),
        Elementwise::SignedSqrt => SignedSqrt.into(),
        Elementwise::Rescaling { center, scale, offset } => Rescaling { center, scale, offset }.into(),
        Elementwise::Clip(min, max) => Clip { min, max }.into(),
        Elementwise::Power(exponent) => Power(exponent).into(),
        Elementwise::Operation(operation) => operation.into(),
        // Those of the user's are refused when the text is read.
        Elementwise::Custom(_) => Linear.into(),
    }
}

/// The same for one that may be none of single elements.
pub(crate) fn function(function: &Function) -> AnyActivation {
    match function {
        Function::Elementwise(function) => activation(*function),
        Function::Linear | Function::Softmax { .. } => Linear.into(),
    }
}

/// The places of the weights of a layer, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, Range<usize>)>);

impl Fields {
    /// Those of the field that a node refers to.
    pub(crate) fn of(params: &[Param], node: &Node) -> Self {
        let own = params.iter().filter_map(|param| {
            let (field, name) = param.name.split_once('.')?;
            (field == node.field.text).then(|| (name.to_owned(), param.range()))
        });
        Fields(own.collect())
    }

    /// Where a weight lies; nowhere, if the layer does not have it.
    pub(crate) fn range(&self, name: &str) -> Range<usize> {
        self.0.iter().find(|(other, _)| other == name).map_or(0..0, |(_, range)| range.clone())
    }
}

/// What is known when a step is prepared.
pub(crate) struct Site<'a> {
    pub(crate) program: &'a nn_graph::Program,
    pub(crate) params: &'a [Param],
    /// Whose shapes and weights it has.
    pub(crate) node: &'a Node,
}

impl Site<'_> {
    /// The weights of its layer.
    pub(crate) fn fields(&self) -> Fields {
        Fields::of(self.params, self.node)
    }
}

/// What a step of training computes from, and where its results go: sample after sample.
pub(crate) struct Forward<'a, 'm, T> {
    /// All weights of the network.
    pub(crate) weights: &'a [T],
    pub(crate) samples: usize,
    /// The place of the first sample in the batch.
    pub(crate) first: usize,
    /// Empty for one that has ids.
    pub(crate) inputs: &'a [&'a [T]],
    /// The first input, if it has ids.
    pub(crate) ids: Ids<'a>,
    /// The mask of each input; empty for one without.
    pub(crate) masks: &'a [&'a [T]],
    /// `None` for a result that nobody takes.
    pub(crate) outputs: Vec<Option<&'m mut [T]>>,
    /// What backward will need.
    pub(crate) saved: &'m mut [T],
    pub(crate) scratch: &'m mut Vec<T>,
    /// What the samples carry from batch to batch, all layers of a sample together.
    pub(crate) states: &'m mut [T],
    /// The part of this one in the state of a sample.
    pub(crate) state: Range<usize>,
    /// What the random numbers of the step are a function of.
    pub(crate) random: Random,
    /// Those of the batch, for a BatchNormalization that uses them.
    pub(crate) statistics: Option<&'a Statistics>,
}

/// What backward of a step computes from, and where the gradients go.
pub(crate) struct Backward<'a, 'm, T> {
    /// All weights of the network.
    pub(crate) weights: &'a [T],
    pub(crate) samples: usize,
    /// The place of the first sample in the batch.
    pub(crate) first: usize,
    /// As in [`Forward`].
    pub(crate) inputs: &'a [&'a [T]],
    pub(crate) ids: Ids<'a>,
    pub(crate) masks: &'a [&'a [T]],
    /// What forward computed; empty for what nobody took.
    pub(crate) outputs: &'a [&'a [T]],
    /// The gradients of the results.
    pub(crate) doutputs: &'a [Option<&'a [T]>],
    /// Where the gradients of the inputs go, of those that somebody wants.
    pub(crate) dinputs: Vec<Option<&'m mut [T]>>,
    /// What forward has saved, and as much memory to use.
    pub(crate) saved: &'a [T],
    pub(crate) dsaved: &'m mut [T],
    /// The gradients of all weights, to add to.
    pub(crate) gradients: &'m mut [T],
    pub(crate) scratch: &'m mut Vec<T>,
    pub(crate) random: Random,
    pub(crate) statistics: Option<&'a Statistics>,
    /// How many samples the batch has.
    pub(crate) batch: usize,
}

/// Where random numbers of a step come from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Random {
    /// Of the step of training.
    pub(crate) key: u64,
    /// The first of the operation's streams.
    pub(crate) stream: u32,
}

impl Random {
    /// One of the operation's streams, as the kernels know it. The lower half is the plan's number, so that streams are
    /// distinct whatever the seeds of layers are.
    pub(crate) fn stream(self, index: u32, seed: u64) -> u64 {
        ((seed ^ seed >> 32) << 32) | u64::from(self.stream + index)
    }
}

impl<'a, 'm, T> Forward<'a, 'm, T> {
    fn x(&self) -> &'a [T] {
        self.inputs.first().copied().unwrap_or_default()
    }

    /// Takes the first result, to write to.
    fn y(&mut self) -> &'m mut [T] {
        self.output(0).unwrap_or_default()
    }

    /// Takes a result.
    fn output(&mut self, index: usize) -> Option<&'m mut [T]> {
        self.outputs.get_mut(index).and_then(Option::take)
    }

    fn mask(&self, input: usize) -> Option<&'a [T]> {
        self.masks.get(input).copied().filter(|mask| !mask.is_empty())
    }
}

impl<'a, 'm, T> Backward<'a, 'm, T> {
    fn x(&self) -> &'a [T] {
        self.inputs.first().copied().unwrap_or_default()
    }

    fn y(&self) -> &'a [T] {
        self.outputs.first().copied().unwrap_or_default()
    }

    /// The gradient of the first result.
    fn dy(&self) -> &'a [T] {
        self.doutputs.first().copied().flatten().unwrap_or_default()
    }

    /// Takes the place for the gradient of an input, if somebody wants it.
    fn dinput(&mut self, index: usize) -> Option<&'m mut [T]> {
        self.dinputs.get_mut(index).and_then(Option::take)
    }

    /// The same for the first input of an operation that computes nothing else.
    fn dx(&mut self) -> &'m mut [T] {
        self.dinput(0).unwrap_or_default()
    }

    fn mask(&self, input: usize) -> Option<&'a [T]> {
        self.masks.get(input).copied().filter(|mask| !mask.is_empty())
    }
}

macro_rules! operations {
    ($($name:ident($operation:ty),)*) => {
        /// An operation, prepared.
        #[derive(Debug)]
        pub(crate) enum Operation<T: 'static> {
            Each(Box<each::Each<T>>),
            $($name($operation),)*
        }

        impl<T: Element> Operation<T> {
            /// Computes the results of one sample.
            #[inline(always)]
            pub(crate) fn infer<S: Simd>(&self, simd: S, call: Infer<'_, '_, T>) {
                match self {
                    Operation::Each(each) => each.infer(simd, call),
                    $(Operation::$name(operation) => infer(simd, operation, call),)*
                }
            }

            /// Computes the results of the samples of a shard.
            #[inline(always)]
            pub(crate) fn forward<S: Simd>(&self, simd: S, call: Forward<'_, '_, T>) {
                match self {
                    Operation::Each(each) => each.forward(simd, call),
                    $(Operation::$name(operation) => forward(simd, operation, call),)*
                }
            }

            /// Computes the gradients of the inputs, and adds to those of the weights.
            #[inline(always)]
            pub(crate) fn backward<S: Simd>(&self, simd: S, call: Backward<'_, '_, T>) {
                match self {
                    Operation::Each(each) => each.backward(simd, call),
                    $(Operation::$name(operation) => backward(simd, operation, call),)*
                }
            }

            /// An element count that its kernel knows.
            pub(crate) fn measure(&self, what: Length) -> usize {
                match self {
                    Operation::Each(each) => each.measure(what),
                    $(Operation::$name(operation) => Run::<T>::measure(operation, what),)*
                }
            }
        }
    };
}

operations! {
    Convolution(convolution::Convolution<T>),
    Convolution3D(convolution3d::Convolution3D),
    ConvolutionStep(convolution::ConvolutionStep),
    Border(convolution::Border),
    Dense(dense::Dense),
    Pool(pool::Pool),
    GlobalPool(pool::GlobalPool),
    Pool3D(pool::Pool3D),
    BatchNormalization(batch_normalization::BatchNormalization),
    Normalization(normalization::Normalization),
    Weight(weight::Weight),
    Activation(activation::Activation),
    Rescale(rescaling::Rescale<T>),
    Softmax(softmax::Softmax),
    PRelu(prelu::PRelu),
    Dropout(dropout::Dropout),
    Warp(augment::Warp),
    Tone(augment::Tone),
    Penalty(penalty::Penalty),
    Copy(moved::Copy),
    Permute(moved::Permute),
    Repeat(moved::Repeat),
    ZeroPadding(moved::ZeroPadding),
    Cropping(moved::Cropping),
    Slice(moved::Slice),
    Pad(moved::Pad),
    Reduce(reduce::Reduce),
    AlongAxis(reduce::AlongAxis),
    Number(reduce::Number),
    Matmul(products::Matmul),
    Take(take::Take),
    OneHot(take::OneHot),
    State(carry::State),
    Carry(carry::Carry),
    Cast(take::Cast),
    Resizing(take::Resizing),
    UpSampling(moved::UpSampling),
    UpSamplingBilinear(moved::UpSamplingBilinear),
    Concatenate(merge::Concatenate),
    Merge(merge::Merge),
    Dot(products::Dot),
    Attention(products::Attention),
    Attend(products::Attend),
    Recurrence(recurrence::Recurrence),
    RecurrenceStep(recurrence::RecurrenceStep),
    ConvLstm(conv_lstm::ConvLstm),
    Embedding(embedding::Embedding),
    Masking(mask::Masking),
    Mask(mask::Mask),
}

/// What each operation can do.
pub(crate) trait Run<T: Element> {
    /// An element count that its kernel knows.
    fn measure(&self, what: Length) -> usize;

    /// Computes the results of one sample.
    fn infer<S: Simd>(&self, simd: S, call: Infer<'_, '_, T>);

    /// Computes the results of the samples of a shard.
    fn forward<S: Simd>(&self, simd: S, call: Forward<'_, '_, T>);

    /// Computes the gradients of the inputs, and adds to those of the weights.
    fn backward<S: Simd>(&self, simd: S, call: Backward<'_, '_, T>);
}

/// Each operation is a function of its own, with the vectors of the machine.
#[inline(never)]
fn infer<S: Simd, T: Element, O: Run<T>>(simd: S, operation: &O, call: Infer<'_, '_, T>) {
    nn_core::rt::vectorize(
        simd,
        #[inline(always)]
        || operation.infer(simd, call),
    );
}

#[inline(never)]
fn forward<S: Simd, T: Element, O: Run<T>>(simd: S, operation: &O, call: Forward<'_, '_, T>) {
    nn_core::rt::vectorize(
        simd,
        #[inline(always)]
        || operation.forward(simd, call),
    );
}

#[inline(never)]
fn backward<S: Simd, T: Element, O: Run<T>>(simd: S, operation: &O, call: Backward<'_, '_, T>) {
    nn_core::rt::vectorize(
        simd,
        #[inline(always)]
        || operation.backward(simd, call),
    );
}

/// The gradients of some weights; nothing for one that the layer does not have.
fn parts<'a, T, const N: usize>(gradients: &'a mut [T], ranges: [&Range<usize>; N]) -> [&'a mut [T]; N] {
    let parts = gradients.get_disjoint_mut(ranges.map(Clone::clone));
    parts.unwrap_or_else(|_| std::array::from_fn(|_| Default::default()))
}
