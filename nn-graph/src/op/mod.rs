//! The operations: a closed set. What is known of all of them stands in one file for each fact, as a `match` without a
//! default, so that an operation about which a fact is missing does not compile.

use alloc::boxed::Box;
use alloc::vec::Vec;

pub use arrays::*;
pub use augment::*;
pub use convolution::*;
pub use nn_shape::Padding;
pub use recurrence::*;

use crate::function::{Elementwise, Function};
use crate::graph::{Graph, Node};
use crate::size::{Shape, Size};
use crate::source::SourceId;
use crate::weight::Regularizer;

mod arrays;
mod augment;
mod convolution;
pub mod fusion;
pub mod gradient;
pub mod layout;
pub mod memory;
mod recurrence;
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
    /// Pictures are moved in training.
    Warp(Warp),
    /// Pictures get another contrast or brightness in training.
    Tone(Tone),
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
    /// What the call before left, so many elements: no input; zeros at the start.
    State(Size),
    /// Its first input, while its second becomes the state that its third is.
    Carry(Size),
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
    /// A recurrent layer, or one direction of it.
    Recurrence(Recurrence),
    /// One time step of it.
    RecurrenceStep(RecurrenceStep),
    /// A recurrent layer whose products are convolutions.
    ConvLstm(ConvLstm),
    /// The rows of a table that ids name.
    Embedding(Embedding),
    /// Steps that do not count become zeros.
    Masking(Masking),
    /// A mask is made.
    Mask(MaskOp),
    /// An operation on each step.
    Each(Box<Each>),
    /// A layer of the user's own.
    Custom(Custom),
    /// Zeros around the input of the convolution of the same node.
    Border,
    /// What lies elsewhere and is needed here.
    Copy,
}

/// Height and width; a sequence is one row.
pub type Pair = [Size; 2];

/// Depth, height and width; an image is one frame, a sequence one row of it.
pub type Triple = [Size; 3];

/// What lies before and behind each axis of space: zeros around the input of a convolution, or how far the windows of a pooling
/// hang over the edges.
pub type Pads<const AXES: usize> = [[Size; 2]; AXES];

/// Whether nothing lies around, as far as can be seen.
pub fn is_bare(pads: &[[Size; 2]]) -> bool {
    pads.iter().flatten().all(|size| size.known() == Some(0))
}

/// `Dense<units, …>`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// The outputs.
    pub units: Size,
    /// Whether there is a bias.
    pub use_bias: bool,
    /// Whether a row has the same bits alone and among others: where both are run.
    pub in_order: bool,
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

/// `Lambda<path>` and `Custom<path>`: what only rustc knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Custom {
    /// The path of the user's type.
    pub path: SourceId,
    /// Whether it may have weights: `Custom`.
    pub weights: bool,
    /// Whether it carries a state from one call to the next.
    pub stateful: bool,
    /// Whether its weights are trained, as far as the type says so.
    pub trainable: bool,
}

impl Custom {
    /// Whether a path is that of such a layer's type.
    pub fn is_in(graph: &Graph, path: SourceId) -> bool {
        let is = |op: &Op| matches!(op, Op::Custom(custom) if custom.path == path);
        graph.nodes.iter().any(|node| match &node.op {
            Op::Each(each) => is(&each.op),
            op => is(op),
        })
    }
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
    /// Heads, queries and keys of the mask that is given as a value, the last that the node reads; 1 where it is the same for all.
    pub attention_mask: Option<[Size; 3]>,
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
