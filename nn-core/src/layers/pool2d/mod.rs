//! `MaxPooling2D` and `AveragePooling2D`: one value for each window.

mod infer;
#[cfg(all(test, feature = "std"))]
pub(crate) mod oracle;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "alloc")]
mod train;

pub use infer::infer;
#[cfg(feature = "alloc")]
pub use train::{backward, forward};

use crate::layers::conv2d::Border;
use crate::shape::Padding;

/// Which value stands for a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The largest; what is not a number, where there is one in the window.
    Max,
    /// The mean of those inside the input.
    Average,
}

/// The geometry of one pooling layer in a network: a unit struct that the macro emits.
pub trait Pool2DShape: Copy + Send + Sync + 'static {
    /// The largest value, or the mean.
    const KIND: Kind;
    /// Height, width, channels of the input.
    const INPUT: [usize; 3];
    /// Height and width of a window.
    const POOL_SIZE: [usize; 2];
    /// How far the window moves, in rows and in columns.
    const STRIDES: [usize; 2];
    /// Whether windows may hang over the edge.
    const PADDING: Padding = Padding::Valid;

    /// How far windows hang over the edges.
    const OVERHANG: Border = Border::new(
        crate::shape::padding(Self::PADDING, Self::INPUT[0], Self::POOL_SIZE[0], Self::STRIDES[0], 1),
        crate::shape::padding(Self::PADDING, Self::INPUT[1], Self::POOL_SIZE[1], Self::STRIDES[1], 1),
    );
    /// Height, width, channels of the output.
    const OUTPUT: [usize; 3] = [
        crate::shape::window(Self::PADDING, Self::INPUT[0], Self::POOL_SIZE[0], Self::STRIDES[0], 1),
        crate::shape::window(Self::PADDING, Self::INPUT[1], Self::POOL_SIZE[1], Self::STRIDES[1], 1),
        Self::INPUT[2],
    ];
}
