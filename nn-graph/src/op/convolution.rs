//! What convolutions and poolings are told: everything with a window.

use super::{Pads, Pair, Triple};
use crate::graph::Node;
use crate::size::{self, Shape, Size};

/// A convolution over height and width; where every channel has filters of its own, there are as many groups as channels.
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution {
    /// The channels of the sums.
    pub filters: Size,
    /// The window.
    pub kernel_size: Pair,
    /// How far it moves.
    pub strides: Pair,
    /// The zeros around the input.
    pub pads: Pads<2>,
    /// How far apart the elements are that it sees.
    pub dilation_rate: Pair,
    /// The parts of the channels that know nothing of each other.
    pub groups: Size,
    /// Whether there is a bias.
    pub use_bias: bool,
    /// Which kernel of its layer it has.
    pub kernel: Kernel,
}

/// Which kernel of its layer a convolution has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// The only one: the layer is this convolution.
    Own,
    /// That by channel of a separable convolution.
    Depthwise,
    /// That of single pixels of a separable convolution.
    Pointwise,
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
    /// The zeros around the input, or what is cut off the output of a transposed convolution.
    pub pads: Pads<3>,
    /// How far apart the elements are that it sees.
    pub dilation_rate: Triple,
    /// The parts of the channels that know nothing of each other: 1, if it is transposed.
    pub groups: Size,
    /// Whether there is a bias.
    pub use_bias: bool,
    /// Whether it is a transposed convolution.
    pub transposed: bool,
    /// How many outputs of a transposed convolution lie behind the last window.
    pub output_padding: Triple,
}

impl Convolution3D {
    /// The shape of its input as a volume.
    pub fn volume(&self, node: &Node) -> Shape {
        size::volume(&node.input)
    }
}

/// The step of a convolution, or a block of steps; its geometry is that of the whole sequence.
#[derive(Clone, Debug)]
pub struct ConvolutionStep {
    /// What it is a step of.
    pub layer: Convolution,
    /// The node of the whole sequence.
    pub whole: Node,
    /// How many steps: 1, or those of a block.
    pub steps: usize,
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
    /// How far windows hang over the edges, each time by less than their size.
    pub pads: Pads<2>,
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
        /// How far windows hang over the edges, each time by less than their size.
        pads: Pads<3>,
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
