//! The operations: a closed set. What is known of all of them stands in one file for each fact, as a `match` without a
//! default, so that an operation about which a fact is missing does not compile.

use alloc::boxed::Box;
use alloc::vec::Vec;

pub use nn_shape::Padding;

use crate::function::{Elementwise, Function};
use crate::graph::Node;
use crate::size::{self, Shape, Size};
use crate::source::SourceId;
use crate::weight::Regularizer;

pub mod fusion;
pub mod gradient;
pub mod layout;
pub mod memory;
pub mod time;

/// What a node computes.
// A network has few of them, and most are convolutions: a box for those would cost more to read than the memory is worth.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug)]
pub enum Op {
    /// A convolution, with its bias.
    Convolution(Convolution),
    /// A convolution of a volume or a transposed convolution, with its bias.
    Convolution3D(Convolution3D),
    /// One time step of a causal convolution.
    ConvolutionStep(Box<ConvolutionStep>),
    /// A matrix product along the last axis, with its bias.
    Dense(Dense),
    /// One number for each window.
    Pool(Pool),
    /// One number for each window of a volume; of a sequence or an image where these are no windows that [`Pool`] has.
    Pool3D(Pool3D),
    /// One number for each channel.
    GlobalPool(GlobalPool),
    /// By the statistics of the batch, along one axis.
    BatchNormalization(BatchNormalization),
    /// By the statistics of the sample.
    Normalization(Normalization),
    /// A weight as a value: no input, the same for every sample.
    Weight,
    /// An elementwise function.
    Activation(Elementwise),
    /// An elementwise function of constants that lie along an axis.
    Rescale(Rescale),
    /// `softmax` along one axis.
    Softmax(Softmax),
    /// An elementwise function with a learned slope.
    PRelu(PRelu),
    /// Some elements become zero in training.
    Dropout(Dropout),
    /// What a value costs the loss in training, beside the value itself.
    Penalty(Regularizer),
    /// The same numbers in another shape.
    View,
    /// The axes in another order.
    Permute(Permute),
    /// The same vector several times.
    Repeat(Repeat),
    /// Zeros around a value, or a value without its ends.
    Inset(Inset),
    /// Some elements of each axis.
    Slice(Slice),
    /// Several elements for each.
    UpSample(UpSample),
    /// The inputs one after another along an axis.
    Concatenate(Concatenate),
    /// The inputs one beside another along an axis of their own.
    Stack(Stack),
    /// More elements before and behind.
    Pad(Pad),
    /// One number for many.
    Reduce(Reduce),
    /// A function of all elements along an axis.
    AlongAxis(AlongAxis),
    /// The rows of a value that ids name: the ids come first.
    Take(Take),
    /// A row of zeros with a one for each id.
    OneHot(OneHot),
    /// Ids as numbers.
    Cast,
    /// An image of another height and width.
    Resizing(Resizing),
    /// Matrix products along the last two axes.
    Matmul,
    /// One number, which is a constant.
    Number(f64),
    /// Several values element by element.
    Merge(Merge),
    /// The sums of products of two values along an axis of each.
    Dot(Dot),
    /// Scaled dot products of several heads, with their projections.
    Attention(Attention),
    /// Attention without heads and projections.
    Attend(Attend),
    /// A recurrent layer.
    Recurrence(Recurrence),
    /// One time step of it.
    RecurrenceStep(RecurrenceStep),
    /// A recurrent layer whose products are convolutions.
    ConvLstm(ConvLstm),
    /// A recurrent layer from both ends.
    Bidirectional(Bidirectional),
    /// The rows of a table that ids name.
    Embedding(Embedding),
    /// Steps that do not count become zeros.
    Masking(Masking),
    /// A mask is made.
    Mask(MaskOp),
    /// An operation on each step.
    Each(Box<Each>),
    /// Zeros around the input of the convolution of the same node.
    Border,
    /// What lies elsewhere and is needed here.
    Copy,
}

/// Height and width; a sequence is one row.
pub type Pair = [Size; 2];

/// Depth, height and width; an image is one frame, a sequence one row of it.
pub type Triple = [Size; 3];

/// A convolution over height and width; where every channel has filters of its own, there are as many groups as channels.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution {
    /// The channels of the sums.
    pub filters: Size,
    /// The window.
    pub kernel_size: Pair,
    /// How far it moves.
    pub strides: Pair,
    /// What lies around the input.
    pub padding: Padding,
    /// How far apart the elements are that it sees.
    pub dilation_rate: Pair,
    /// The parts of the channels that know nothing of each other.
    pub groups: Size,
    /// Whether there is a bias.
    pub use_bias: bool,
    /// The filters of a pointwise convolution that follows (a separable convolution); the bias is then that of the
    /// pointwise convolution.
    pub pointwise: Option<Size>,
}

impl Convolution {
    /// The channels of its output.
    pub fn channels(&self) -> &Size {
        self.pointwise.as_ref().unwrap_or(&self.filters)
    }
}

/// A convolution over depth, height and width, or a transposed convolution over one to three axes, of which the first are 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution3D {
    /// The channels of its output.
    pub filters: Size,
    /// The window.
    pub kernel_size: Triple,
    /// How far it moves.
    pub strides: Triple,
    /// What lies around the input, or is cut off the output of a transposed convolution.
    pub padding: Padding,
    /// How far apart the elements are that it sees.
    pub dilation_rate: Triple,
    /// The parts of the channels that know nothing of each other: 1, if it is transposed.
    pub groups: Size,
    /// Whether there is a bias.
    pub use_bias: bool,
    /// Whether it is a transposed convolution.
    pub transposed: bool,
    /// `output_padding` of a transposed convolution, where there is one.
    pub output_padding: Option<Triple>,
}

impl Convolution3D {
    /// The shape of its input as a volume.
    pub fn volume(&self, node: &Node) -> Shape {
        size::volume(&node.input)
    }
}

/// The step of a convolution; its geometry is that of the whole sequence.
#[derive(Clone, Debug)]
pub struct ConvolutionStep {
    /// What it is a step of.
    pub layer: Convolution,
    /// The node of the whole sequence.
    pub whole: Node,
}

/// `Dense<units, …>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// The outputs.
    pub units: Size,
    /// Whether there is a bias.
    pub use_bias: bool,
}

/// Pooling over windows of height and width.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// What stands for a window.
    pub kind: PoolKind,
    /// The window.
    pub pool_size: Pair,
    /// How far it moves.
    pub strides: Pair,
    /// What lies around the input.
    pub padding: Padding,
}

/// Pooling over windows of depth, height and width; an image is one frame, a sequence one row of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool3D {
    /// What stands for a window.
    pub kind: Reduction,
    /// Which elements are one.
    pub windows: PoolWindows,
}

/// The windows of a pooling.
// As in `Op`: a box would cost more to read than the memory is worth.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq)]
pub enum PoolWindows {
    /// Of one size, at equal distances.
    Sliding {
        /// The window.
        pool_size: Triple,
        /// How far it moves.
        strides: Triple,
        /// What lies around the input.
        padding: Padding,
    },
    /// As many as there are outputs, of sizes that differ by one: window `i` of `n` is from `i / n` to `(i + 1) / n` of the input, rounded
    /// outward.
    Adaptive,
}

/// Which number stands for a window, where it is computed by sizes that are numbers.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Reduction {
    /// The largest.
    Max,
    /// The mean.
    Average,
    /// The root of the sum of squares.
    L2,
    /// Where mean shift with a Gaussian kernel leads from the mean.
    MeanShift {
        /// The deviation of the kernel.
        bandwidth: f64,
        /// How often it is shifted.
        iterations: usize,
    },
}

impl From<PoolKind> for Reduction {
    fn from(kind: PoolKind) -> Self {
        match kind {
            PoolKind::Max => Reduction::Max,
            PoolKind::Average => Reduction::Average,
        }
    }
}

/// Which number stands for a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PoolKind {
    /// The largest.
    Max,
    /// The mean.
    Average,
}

/// Pooling over all of space.
#[derive(Clone, Debug, PartialEq)]
pub struct GlobalPool {
    /// What stands for a channel.
    pub kind: PoolKind,
    /// Whether it is over the steps of a sequence, some of which a mask can leave out.
    pub sequence: bool,
}

/// `BatchNormalization`.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNormalization {
    /// The normalized axis, counted without the batch.
    pub axis: usize,
    /// The share of the old moving statistics.
    pub momentum: f64,
    /// What is added to the variance.
    pub epsilon: f64,
    /// Whether there is a `beta`.
    pub center: bool,
    /// Whether there is a `gamma`.
    pub scale: bool,
    /// Whether it learns, and uses the statistics of the batch.
    pub trainable: bool,
}

/// Normalization of a sample by its own statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalization {
    /// Over what.
    pub kind: NormalizationKind,
    /// What is added to the variance.
    pub epsilon: f64,
    /// Whether there is a `beta`.
    pub center: bool,
    /// Whether there is a `gamma` or `scale`.
    pub scale: bool,
    /// Of the axes without the batch: whether each is normalized, or for groups is the axis of channels.
    pub along: Vec<bool>,
    /// The elements of a weight.
    pub len: Size,
}

/// What is normalized together.
#[derive(Clone, Debug, PartialEq)]
pub enum NormalizationKind {
    /// Some axes, by mean and variance.
    Layer,
    /// Some axes, by the mean square.
    Rms,
    /// Some axes, by the sum of squares, without weights.
    Unit,
    /// So many groups of channels, with all other axes.
    Group(Size),
}

/// `Normalization` or `Rescaling` by constants that lie along an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Rescale {
    /// What becomes of an element.
    pub kind: RescaleKind,
    /// The axis, counted without the batch.
    pub axis: usize,
    /// Means and variances, or scales and offsets.
    pub constants: [Constants; 2],
}

/// What becomes of an element, by its constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RescaleKind {
    /// `(x - mean) / √variance`.
    Normalize,
    /// `mean + x * √variance`.
    Denormalize,
    /// `x * scale + offset`.
    Rescale,
}

/// Numbers along an axis.
#[derive(Clone, Debug, PartialEq)]
pub enum Constants {
    /// One for all.
    One(f64),
    /// One for each element.
    Each(Vec<f64>),
    /// The path of an array of the user's, of the network's element type, with a number for each element.
    Path(SourceId),
}

/// `softmax` or `log_softmax`.
#[derive(Clone, Debug, PartialEq)]
pub struct Softmax {
    /// The axis, counted without the batch.
    pub axis: usize,
    /// Whether its logarithm is meant.
    pub log: bool,
}

/// `PReLU`.
#[derive(Clone, Debug, PartialEq)]
pub struct PRelu {
    /// The axes, counted without the batch, along which one slope is shared.
    pub shared_axes: Vec<usize>,
}

/// `Dropout<rate>` and the other layers that are noise in training and nothing at inference.
#[derive(Clone, Debug, PartialEq)]
pub struct Dropout {
    /// What becomes of an element.
    pub noise: Noise,
    /// The share of elements that are dropped, in `0..1`, or how strong the noise is; where it is 0 there is none.
    pub rate: f64,
    /// `seed = …`, mixed into the training's own seed.
    pub seed: u64,
    /// The axes, counted without the batch, along which elements share their random number.
    pub shared_axes: Vec<usize>,
}

/// What the noise of a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// `Dropout`: an element is dropped, or grows by what the dropped ones lose.
    Dropout,
    /// `AlphaDropout`: what SELU tends to in place of what is dropped, and mean and variance restored.
    AlphaDropout,
    /// `GaussianDropout`: times a number around 1.
    GaussianDropout,
    /// `GaussianNoise`: plus a number around 0.
    GaussianNoise,
}

/// Axes in another order.
#[derive(Clone, Debug, PartialEq)]
pub struct Permute {
    /// For each axis of the output which one of the input it is.
    pub axes: Vec<usize>,
}

/// `RepeatVector<n>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// How often.
    pub n: Size,
}

/// `ZeroPadding` or `Cropping`: one lies inside of the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Inset {
    /// Whether the input lies inside of the output.
    pub pads: bool,
    /// Before and behind each axis.
    pub ends: Vec<[Size; 2]>,
}

/// `x[1..5]`, `Split<2>`: some elements of each axis of the input.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// For each result, which of each axis.
    pub parts: Vec<Vec<Along>>,
}

/// `Take<axis>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    /// The axis of the rows, counted without the batch.
    pub axis: usize,
    /// How many there are: ids are below it.
    pub rows: Size,
}

/// `OneHot<num_classes>`.
#[derive(Clone, Debug, PartialEq)]
pub struct OneHot {
    /// The elements of a row.
    pub num_classes: Size,
}

/// `Resizing<height, width>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Resizing {
    /// Height and width of the output.
    pub size: Pair,
    /// Whether an element lies on a line between its neighbours, and is not the nearest.
    pub bilinear: bool,
}

/// `Stack<axis>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// The axis that is new, counted without the batch.
    pub axis: usize,
}

/// `Pad`: what lies before and behind each axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Pad {
    /// How many elements before and behind each axis.
    pub ends: Vec<[Size; 2]>,
    /// Which numbers they are.
    pub mode: PadMode,
}

/// The numbers around a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PadMode {
    /// This one.
    Constant(f64),
    /// Mirrored at the last element, which is not repeated.
    Reflect,
    /// Mirrored at the end.
    Symmetric,
    /// The last element.
    Edge,
}

/// `Sum`, `Mean` and their like.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduce {
    /// What many numbers become.
    pub kind: ReduceKind,
    /// Of the axes of the input, whether each becomes one number.
    pub axes: Vec<bool>,
}

/// What many numbers become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReduceKind {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// Their product.
    Prod,
    /// The mean square of what they are off their mean.
    Variance,
    /// The root of the sum of their squares.
    Norm,
}

/// A function of all elements along an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct AlongAxis {
    /// Which.
    pub kind: AlongKind,
    /// The axis, counted without the batch.
    pub axis: usize,
}

/// What is done with the elements along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlongKind {
    /// Each becomes the sum of all up to it.
    CumSum,
    /// The place of the largest.
    ArgMax,
}

/// Which elements of an axis a slice takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Along {
    /// The first.
    pub from: Size,
    /// How far it is to the next.
    pub step: Size,
    /// How many.
    pub count: Size,
}

impl Merge {
    /// Whether the order of the values does not matter.
    pub fn commutes(self) -> bool {
        match self {
            Merge::Add | Merge::Multiply | Merge::Average | Merge::Maximum | Merge::Minimum => true,
            Merge::Subtract
            | Merge::Divide
            | Merge::Greater
            | Merge::GreaterEqual
            | Merge::Less
            | Merge::LessEqual
            | Merge::Equal
            | Merge::NotEqual
            | Merge::Where => false,
        }
    }
}

impl Along {
    /// All of an axis.
    pub fn whole(size: &Size) -> Self {
        Along { from: Size::Known(0), step: Size::Known(1), count: size.clone() }
    }
}

/// `UpSampling`.
#[derive(Clone, Debug, PartialEq)]
pub struct UpSample {
    /// How many elements stand for one along each axis.
    pub size: Vec<Size>,
    /// Whether they lie on lines between neighbours.
    pub bilinear: bool,
}

/// `Concatenate`.
#[derive(Clone, Debug, PartialEq)]
pub struct Concatenate {
    /// The axis, counted without the batch.
    pub axis: usize,
    /// Where the inputs lie in the output, from which element on, if each of them is one piece of it.
    pub at: Option<Vec<Size>>,
}

/// What several values become, element by element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Merge {
    /// Their sum.
    Add,
    /// The first without the second.
    Subtract,
    /// Their product.
    Multiply,
    /// The first divided by the second.
    Divide,
    /// 1 where the first is above the second, else 0.
    Greater,
    /// The same where it is not below.
    GreaterEqual,
    /// The same where it is below.
    Less,
    /// The same where it is not above.
    LessEqual,
    /// The same where both are equal.
    Equal,
    /// The same where they are not.
    NotEqual,
    /// The second where the first is not 0, else the third.
    Where,
    /// Their mean.
    Average,
    /// The largest.
    Maximum,
    /// The smallest.
    Minimum,
}

/// `Dot`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    /// The axis of each input that is summed over, counted without the batch.
    pub axes: [usize; 2],
    /// Whether both are divided by their norms.
    pub normalize: bool,
}

/// `MultiHeadAttention`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attention {
    /// The number of heads.
    pub num_heads: Size,
    /// The features of queries and keys in a head.
    pub key_dim: Size,
    /// The features of values in a head.
    pub value_dim: Size,
    /// Whether there are biases.
    pub use_bias: bool,
    /// Whether a step sees only those before.
    pub use_causal_mask: bool,
    /// The share of weights that are dropped in training.
    pub dropout: f64,
    /// `seed = …`.
    pub seed: u64,
}

/// `Attention` and `AdditiveAttention`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attend {
    /// What the score of a query and a key is.
    pub score: Score,
    /// Whether a weight scales it.
    pub use_scale: bool,
    /// Whether a step sees only those before.
    pub use_causal_mask: bool,
    /// The share of weights that are dropped in training.
    pub dropout: f64,
    /// `seed = …`.
    pub seed: u64,
}

/// What the score of a query and a key is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Score {
    /// Their product.
    Dot,
    /// The sum of the tangents of their sums, times a weight.
    Concat,
    /// The sum of these tangents, each times a weight.
    Additive,
}

/// A recurrent layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Recurrence {
    /// Which.
    pub kind: RecurrenceKind,
    /// One step whose states are inputs and results: `LSTMCell`.
    pub cell: bool,
    /// The elements of a state.
    pub units: Size,
    /// Of the candidate and the output.
    pub activation: Function,
    /// Of the gates.
    pub recurrent_activation: Function,
    /// Whether there is a bias.
    pub use_bias: bool,
    /// Whether the outputs of all steps are the result.
    pub return_sequences: bool,
    /// Whether the last states are results.
    pub return_state: bool,
    /// Whether it begins with the last step.
    pub go_backwards: bool,
    /// Whether it goes on where the call before ended.
    pub stateful: bool,
    /// The share of inputs that are dropped in training.
    pub dropout: f64,
    /// The share of states that are dropped in training.
    pub recurrent_dropout: f64,
    /// `seed = …`.
    pub seed: u64,
    /// Whether a GRU resets behind the product.
    pub reset_after: bool,
}

/// `ConvLSTM1D` and `ConvLSTM2D`; a step of the former is one row.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvLstm {
    /// The channels of a state.
    pub filters: Size,
    /// The window.
    pub kernel_size: Pair,
    /// How far it moves over the input.
    pub strides: Pair,
    /// What lies around the input.
    pub padding: Padding,
    /// How far apart the elements of the input are that it sees.
    pub dilation_rate: Pair,
    /// Of the candidate and the output.
    pub activation: Function,
    /// Of the gates.
    pub recurrent_activation: Function,
    /// Whether there is a bias.
    pub use_bias: bool,
    /// Whether the outputs of all steps are the result.
    pub return_sequences: bool,
    /// Whether the last states are results.
    pub return_state: bool,
    /// Whether it begins with the last step.
    pub go_backwards: bool,
}

impl ConvLstm {
    /// Steps, height, width and channels of its input.
    pub fn input(&self, node: &Node) -> [Size; 4] {
        let one = Size::Known(1);
        match node.input.as_slice() {
            [steps, height, width, channels] => [steps, height, width, channels].map(Clone::clone),
            [steps, width, channels] => [steps, &one, width, channels].map(Clone::clone),
            _ => [&one, &one, &one, &one].map(Clone::clone),
        }
    }
}

/// Which recurrent layer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecurrenceKind {
    /// Elman's.
    SimpleRnn,
    /// Long short-term memory.
    Lstm,
    /// Gated recurrent units.
    Gru,
}

impl RecurrenceKind {
    /// The number of states: h, and c of an LSTM.
    pub fn states(self) -> usize {
        match self {
            RecurrenceKind::Lstm => 2,
            RecurrenceKind::SimpleRnn | RecurrenceKind::Gru => 1,
        }
    }

    /// The number of gates, the candidate included.
    pub fn gates(self) -> usize {
        match self {
            RecurrenceKind::SimpleRnn => 1,
            RecurrenceKind::Lstm => 4,
            RecurrenceKind::Gru => 3,
        }
    }

    /// As Keras calls it.
    pub fn class(self) -> &'static str {
        match self {
            RecurrenceKind::SimpleRnn => "SimpleRNN",
            RecurrenceKind::Lstm => "LSTM",
            RecurrenceKind::Gru => "GRU",
        }
    }
}

impl Recurrence {
    /// The elements of all its states.
    pub fn state_len(&self) -> Size {
        Size::product([&Size::Known(self.kind.states()), &self.units])
    }
}

/// A recurrent layer for one time step: its state is the network's.
#[derive(Clone, Debug, PartialEq)]
pub struct RecurrenceStep(pub Recurrence);

/// `Bidirectional<…>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Bidirectional {
    /// The layer, in each direction.
    pub layer: Recurrence,
    /// How the two outputs become one.
    pub merge: Directions,
}

/// How the outputs of two directions become one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Directions {
    /// Beside each other.
    Concat,
    /// Their sum.
    Sum,
    /// Their product.
    Mul,
    /// Their mean.
    Ave,
}

impl Bidirectional {
    /// The elements of one direction's output that do not lie in the result, for one sample.
    pub fn half(&self, node: &Node) -> Size {
        match self.merge {
            Directions::Concat => Size::Known(0),
            Directions::Sum | Directions::Mul | Directions::Ave => Size::product(&node.output),
        }
    }
}

/// `Embedding<input_dim, output_dim>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedding {
    /// The rows of the table: ids are below it.
    pub input_dim: Size,
    /// The elements of a row.
    pub output_dim: Size,
}

/// `Masking<mask_value>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Masking {
    /// A step of nothing but this does not count.
    pub mask_value: f64,
}

/// How a mask is made.
#[derive(Clone, Debug, PartialEq)]
pub enum MaskOp {
    /// Ids other than 0.
    NonZero,
    /// Steps with another number than this.
    Other(f64),
    /// Every step.
    Ones,
    /// Where any of them counts.
    Any,
    /// One after another, so many rows.
    Chain(Size),
}

/// Any other operation on each step: at inference step by step, in training with the steps as samples.
#[derive(Clone, Debug)]
pub struct Each {
    /// What is done on a step.
    pub op: Op,
    /// How many steps there are.
    pub steps: Size,
    /// The shape of a step.
    pub input: Shape,
    /// The shape of what becomes of it.
    pub output: Shape,
}

impl Each {
    /// The node of one step.
    pub fn node(&self, node: &Node) -> Node {
        let inputs = node.inputs.iter().cloned().map(|mut input| {
            input.shape = self.input.clone();
            input
        });
        Node {
            op: self.op.clone(),
            inputs: inputs.collect(),
            input: self.input.clone(),
            output: self.output.clone(),
            ..node.clone()
        }
    }
}

impl Op {
    /// A function as an operation on a value of so many axes.
    pub fn function(function: &Function, rank: usize) -> Op {
        match function.on(rank) {
            Function::Linear => Op::View,
            Function::Softmax { axis, log } => Op::Softmax(Softmax { axis, log }),
            Function::Elementwise(function) => Op::Activation(function),
        }
    }
}
