//! Convolutions over depth, height and width, and transposed convolutions over one to three axes: `Conv3D`, `Conv1DTranspose`,
//! `Conv2DTranspose`, `Conv3DTranspose`.
//!
//! A transposed convolution is the gradient of a convolution's input, and the other way round. So there are two sides, whatever
//! the layer: a *large* one, on which windows slide, and a *small* one, which has a pixel for each window. Either is computed
//! from the other by a kernel of its own ([`to_small`](sums), [`to_large`](sums)), which adds up exactly the products that are there: nothing is
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
use crate::shape::{self, Padding};

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
    /// Whether zeros surround the input, or as much is cut off the output of a transposed convolution.
    const PADDING: Padding = Padding::Valid;
    /// How far a filter's own elements lie apart.
    const DILATION_RATE: [usize; 3] = [1; 3];
    /// Into how many groups the channels and the filters fall: 1, if it is transposed.
    const GROUPS: usize = 1;
    /// Whether it is a transposed convolution.
    const TRANSPOSED: bool = false;
    /// `output_padding` of a transposed convolution, where there is one.
    const OUTPUT_PADDING: Option<[usize; 3]> = None;

    /// The constants above it, in one.
    const SIZES: Conv3DSizes = {
        let layer = Conv3DSizes::new(Self::INPUT, Self::FILTERS, Self::KERNEL_SIZE, Self::STRIDES, Self::DILATION_RATE);
        if Self::TRANSPOSED {
            layer.transposed(Self::PADDING, Self::OUTPUT_PADDING)
        } else {
            layer.padded(Self::PADDING).grouped(Self::GROUPS)
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
        sizes.padded(Padding::Valid)
    }

    /// The same with zeros around the input.
    pub const fn padded(mut self, padding: Padding) -> Self {
        let mut axis = 0;
        while axis < 3 {
            let (size, stride, dilation) = (self.kernel_size[axis], self.strides[axis], self.dilation_rate[axis]);
            self.small[axis] = shape::window(padding, self.large[axis], size, stride, dilation);
            [self.before[axis], _] = shape::padding(padding, self.large[axis], size, stride, dilation);
            axis += 1;
        }
        self
    }

    /// The same in groups of channels that know nothing of each other.
    pub const fn grouped(self, groups: usize) -> Self {
        Conv3DSizes { groups, ..self }
    }

    /// The transposed convolution in its place.
    pub const fn transposed(mut self, padding: Padding, output_padding: Option<[usize; 3]>) -> Self {
        let (input, filters) = (self.large, self.small[3]);
        (self.small, self.large, self.transposed) = (input, [0, 0, 0, filters], true);
        let mut axis = 0;
        while axis < 3 {
            let (size, stride, dilation) = (self.kernel_size[axis], self.strides[axis], self.dilation_rate[axis]);
            let more = match output_padding {
                Some(more) => Some(more[axis]),
                None => None,
            };
            self.large[axis] = shape::transposed(padding, input[axis], size, stride, dilation, more);
            self.before[axis] = shape::transposed_before(padding, size, stride, dilation, more);
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
        self.packed_len::<T>(if self.transposed { Side::Large } else { Side::Small }, LINE / size_of::<T>())
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

    /// The elements of the filters where they are packed to compute this side with vectors of so many lanes; 0 where they are not.
    const fn packed_len<T>(&self, to: Side, lanes: usize) -> usize {
        let rows = self.groups * self.taps() * self.channels(to.other());
        if self.is_packed(to, lanes) { rows * self.packed_stride::<T>(to) } else { 0 }
    }

    /// Whether the filters as they lie there do not suit vectors of so many lanes: their rows are of small channels.
    const fn is_packed(&self, _to: Side, lanes: usize) -> bool {
        self.channels(Side::Small) < lanes
    }

    /// From one row of packed filters to the next: whole lines of the cache where there is less than one.
    const fn packed_stride<T>(&self, to: Side) -> usize {
        let (channels, line) = (self.channels(to), LINE / size_of::<T>());
        if channels < line { line } else { channels }
    }
}

/// The bytes of the longest vector.
const LINE: usize = 64;

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
