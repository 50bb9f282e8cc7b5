//! Convolutions over depth, height and width, and transposed convolutions over one to three axes: `Conv3D`, `Conv1DTranspose`,
//! `Conv2DTranspose`, `Conv3DTranspose`.
//!
//! A transposed convolution is the gradient of a convolution's input, and the other way round. So there are two sides, whatever
//! the layer: a *large* one, on which windows slide, and a *small* one, which has a pixel for each window. Either is computed
//! from the other by a kernel of its own (`to_small`, `to_large`), which adds up exactly the products that are there: nothing is
//! multiplied by zeros around the input or between its pixels. The filters of both are `[tap][large channel][small channel]`, which is
//! Keras' layout for both, and their gradient is computed alike.
//!
//! An image is a volume of one frame, and a sequence one of one row. The kernels take their sizes as numbers, whatever a network
//! knows of them: they are compiled once.

mod line;
mod sums;
#[cfg(feature = "alloc")]
mod train;
mod weights;

pub use sums::{infer, infer_with};
#[cfg(feature = "alloc")]
pub use train::{backward, backward_with, forward, forward_with};
pub use weights::{Conv1DTranspose, Conv2DTranspose, Conv3D, Conv3DTranspose};

use crate::geometry::geometry;
use crate::shape;

/// The geometry of one layer in a network: a unit struct that the macro emits.
pub trait Conv3DShape: Copy + Send + Sync + 'static {
    /// Depth, height, width, channels of the input.
    const INPUT: [usize; 4];
    /// The number of filters.
    const FILTERS: usize;
    /// Depth, height and width of a filter.
    const KERNEL_SIZE: [usize; 3];
    /// How far the window moves along each of them.
    const STRIDES: [usize; 3] = [1; 3];
    /// The zeros before and behind the input along each of them, or what is cut off the output of a transposed convolution.
    const PADS: [[usize; 2]; 3] = [[0; 2]; 3];
    /// How far a filter's own elements lie apart.
    const DILATION_RATE: [usize; 3] = [1; 3];
    /// Into how many groups the channels and the filters fall: 1, if it is transposed.
    const GROUPS: usize = 1;
    /// Whether it is a transposed convolution.
    const TRANSPOSED: bool = false;
    /// How many outputs of a transposed convolution lie behind the last window.
    const OUTPUT_PADDING: [usize; 3] = [0; 3];

    /// The constants above it, in one.
    const SIZES: Conv3DSizes = {
        let layer = Conv3DSizes::new(Self::INPUT, Self::FILTERS, Self::KERNEL_SIZE, Self::STRIDES, Self::DILATION_RATE);
        if Self::TRANSPOSED {
            layer.transposed(Self::PADS, Self::OUTPUT_PADDING)
        } else {
            layer.padded(Self::PADS).grouped(Self::GROUPS)
        }
    };
}

/// The geometry of one layer as numbers: what [`Conv3DShape`] says in constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv3DSizes {
    /// Depth, height, width, channels of the side on which windows slide.
    large: [usize; 4],
    /// The same of the side that has a pixel for each window.
    small: [usize; 4],
    kernel_size: [usize; 3],
    strides: [usize; 3],
    dilation_rate: [usize; 3],
    /// How far the first window hangs over the first edge of the large side.
    before: [usize; 3],
    groups: usize,
    /// Whether the input is the small side.
    transposed: bool,
}

geometry!(Conv3DShape, Conv3DSizes);

impl Conv3DSizes {
    /// A convolution of whole windows, with all channels in one group.
    ///
    /// - `input`: depth, height, width, channels; `kernel_size`: depth, height and width of a filter.
    /// - `strides`: how far the window moves along each of them; `dilation_rate`: how far a filter's own elements lie apart.
    pub const fn new(
        input: [usize; 4],
        filters: usize,
        kernel_size: [usize; 3],
        strides: [usize; 3],
        dilation_rate: [usize; 3],
    ) -> Self {
        let small = [0, 0, 0, filters];
        let (before, groups, transposed) = ([0; 3], 1, false);
        let sizes =
            Conv3DSizes { large: input, small, kernel_size, strides, dilation_rate, before, groups, transposed };
        sizes.padded([[0; 2]; 3])
    }

    /// The same with zeros around the input.
    pub const fn padded(mut self, pads: [[usize; 2]; 3]) -> Self {
        let mut axis = 0;
        while axis < 3 {
            let (size, stride, dilation) = (self.kernel_size[axis], self.strides[axis], self.dilation_rate[axis]);
            self.small[axis] = shape::padded_window(self.large[axis], pads[axis], size, stride, dilation);
            self.before[axis] = pads[axis][0];
            axis += 1;
        }
        self
    }

    /// The same in groups of channels that know nothing of each other.
    pub const fn grouped(self, groups: usize) -> Self {
        Conv3DSizes { groups, ..self }
    }

    /// The transposed convolution in its place.
    ///
    /// - `pads`: what is cut off its output before and behind along each axis.
    /// - `output_padding`: how many outputs lie behind the last window.
    pub const fn transposed(mut self, pads: [[usize; 2]; 3], output_padding: [usize; 3]) -> Self {
        let (input, filters) = (self.large, self.small[3]);
        (self.small, self.large, self.transposed) = (input, [0, 0, 0, filters], true);
        let mut axis = 0;
        while axis < 3 {
            let (size, stride, dilation) = (self.kernel_size[axis], self.strides[axis], self.dilation_rate[axis]);
            let ends = [pads[axis][0], pads[axis][1], output_padding[axis]];
            self.large[axis] = shape::padded_transposed(input[axis], ends, size, stride, dilation);
            self.before[axis] = pads[axis][0];
            axis += 1;
        }
        self
    }

    /// Depth, height, width, channels of the input.
    pub const fn input(&self) -> [usize; 4] {
        if self.transposed { self.small } else { self.large }
    }

    /// Depth, height, width, channels of the output.
    pub const fn output(&self) -> [usize; 4] {
        if self.transposed { self.large } else { self.small }
    }

    /// The elements of the filters.
    pub const fn kernel_len(&self) -> usize {
        self.taps() * self.channels(Side::Large) * self.small[3]
    }

    /// How many elements of scratch [`infer`] needs, on any machine.
    pub const fn scratch_len<T>(&self) -> usize {
        self.most_packed::<T>(if self.transposed { Side::Large } else { Side::Small })
    }

    /// The elements of a window.
    const fn taps(&self) -> usize {
        let [depth, height, width] = self.kernel_size;
        depth * height * width
    }

    /// The channels of a group.
    const fn channels(&self, side: Side) -> usize {
        // Never 0, which the compiler cannot know of numbers.
        let groups = if self.groups == 0 { 1 } else { self.groups };
        self.shape(side)[3] / groups
    }

    const fn shape(&self, side: Side) -> [usize; 4] {
        match side {
            Side::Large => self.large,
            Side::Small => self.small,
        }
    }

    /// How this side is computed with vectors of so many lanes.
    const fn algorithm(&self, to: Side, lanes: usize) -> Algorithm {
        let few = self.channels(Side::Small) < lanes;
        match to {
            Side::Small if few => Algorithm::Packed,
            Side::Small => Algorithm::InPlace,
            // Sums of vectors have to be added up at the end, which takes as long as some products.
            Side::Large if few || self.channels(Side::Large) * 4 > lanes => Algorithm::Packed,
            Side::Large => Algorithm::Dots,
        }
    }

    /// The filters that are computed together, with vectors of so many lanes, from this one on: two vectors, or one.
    const fn block(&self, to: Side, lanes: usize, first: usize) -> usize {
        if self.channels(to) > first + lanes { 2 * lanes } else { lanes }
    }

    /// The elements of packed filters with vectors of so many lanes; 0 where they are not packed.
    const fn packed_len(&self, to: Side, lanes: usize) -> usize {
        match self.algorithm(to, lanes) {
            Algorithm::Packed => self.taps() * self.channels(to.other()) * self.block(to, lanes, 0),
            Algorithm::InPlace | Algorithm::Dots => 0,
        }
    }

    /// The same for the vectors of any machine: of 16 to 64 bytes.
    const fn most_packed<T>(&self, to: Side) -> usize {
        let (mut most, mut bytes) = (0, 16);
        while bytes <= 64 {
            let len = self.packed_len(to, bytes / size_of::<T>());
            if len > most {
                most = len;
            }
            bytes *= 2;
        }
        most
    }
}

/// How one side is computed from the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    /// With vectors of the channels of the result, which lie side by side in the filters.
    InPlace,
    /// The same, where the filters are copied so that they do, some at a time.
    Packed,
    /// With vectors of the channels that are read.
    Dots,
}

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Large,
    Small,
}

impl Side {
    const fn other(self) -> Side {
        match self {
            Side::Large => Side::Small,
            Side::Small => Side::Large,
        }
    }
}
