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

use crate::geometry::geometry;
use crate::layers::conv2d::Border;
use crate::shape::padded_window;

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
    /// How far windows hang over the edges: above and below, left and right, each time by less than their size.
    const PADS: [[usize; 2]; 2] = [[0; 2]; 2];

    /// The constants above it, in one.
    const SIZES: Pool2DSizes = Pool2DSizes::new(Self::KIND, Self::INPUT, Self::POOL_SIZE, Self::STRIDES, Self::PADS);
    /// How far windows hang over the edges.
    const OVERHANG: Border = Self::SIZES.overhang;
    /// Height, width, channels of the output.
    const OUTPUT: [usize; 3] = Self::SIZES.output;
}

/// The geometry of one pooling layer as numbers: what [`Pool2DShape`] says in constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool2DSizes {
    kind: Kind,
    input: [usize; 3],
    pool_size: [usize; 2],
    strides: [usize; 2],
    overhang: Border,
    output: [usize; 3],
}

geometry!(Pool2DShape, Pool2DSizes);

impl Pool2DSizes {
    /// A pooling.
    ///
    /// - `kind`: the largest value, or the mean.
    /// - `input`: height, width, channels; `pool_size`: height and width of a window.
    /// - `strides`: how far the window moves, in rows and in columns.
    /// - `pads`: how far windows hang over the edges, each time by less than their size.
    pub const fn new(
        kind: Kind,
        input: [usize; 3],
        pool_size: [usize; 2],
        strides: [usize; 2],
        pads: [[usize; 2]; 2],
    ) -> Self {
        let overhang = Border::new(pads[0], pads[1]);
        let output = [
            padded_window(input[0], pads[0], pool_size[0], strides[0], 1),
            padded_window(input[1], pads[1], pool_size[1], strides[1], 1),
            input[2],
        ];
        Pool2DSizes { kind, input, pool_size, strides, overhang, output }
    }

    /// Height, width, channels of the input.
    pub const fn input(&self) -> [usize; 3] {
        self.input
    }

    /// Height, width, channels of the output.
    pub const fn output(&self) -> [usize; 3] {
        self.output
    }
}
