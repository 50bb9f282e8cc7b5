//! `Conv2D`: a bank of filters slid over height and width.

mod channels;
mod depthwise;
mod geometry;
mod infer;
mod numbers;
#[cfg(all(test, feature = "std"))]
pub(crate) mod oracle;
mod pixels;
mod plan;
#[cfg(all(test, feature = "std"))]
mod tests;
#[cfg(feature = "alloc")]
mod train;

pub use infer::{clear_border, infer, pad};
pub use numbers::Conv2DNumbers;
pub use plan::scratch_len;
#[cfg(feature = "alloc")]
pub use train::{Conv2DTraining, backward, forward};

use crate::element::Element;
use crate::geometry::geometry;
use crate::layers::Bias;
use crate::shape::tiles::Tilings;
pub use crate::shape::tiles::{Border, Convolution as Conv2DSizes};

/// The weights of a `Conv2D`: `F` filters of `KH × KW` over `C` channels (of one group), in Keras' HWIO layout.
///
/// Those of a `DepthwiseConv2D` are the same with all `C` channels and `F` filters for each of them: in memory these lie as
/// the filters of `C` groups do.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Conv2D<const KH: usize, const KW: usize, const C: usize, const F: usize, T = f32, B = [T; F]> {
    /// The filters: `kernel[row][column][channel][filter]`.
    pub kernel: [[[[T; F]; C]; KW]; KH],
    /// One number for each filter; `[T; 0]` with `use_bias = false`.
    pub bias: B,
}

/// The weights of a convolution, as the kernels see them: [`Conv2D`], and `Conv1D`, which is an image of one row.
pub trait Filters<T> {
    /// The filters as one slice, in memory order: `[row][column][channel][filter]`.
    fn kernel(&self) -> &[T];
    /// One number for each filter, or empty.
    fn bias(&self) -> &[T];
}

/// The same, to write to.
pub trait FiltersMut<T> {
    /// The filters as one slice, in memory order.
    fn kernel_mut(&mut self) -> &mut [T];
    /// One number for each filter, or empty.
    fn bias_mut(&mut self) -> &mut [T];
}

/// The geometry of one convolution in a network: a unit struct that the macro emits.
///
/// A sequence of `steps × channels` is an image of one row: `INPUT` is `[1, steps, channels]`.
pub trait Conv2DShape: Copy + Send + Sync + 'static {
    /// Height, width, channels of the input.
    const INPUT: [usize; 3];
    /// The number of filters.
    const FILTERS: usize;
    /// Height and width of a filter.
    const KERNEL_SIZE: [usize; 2];
    /// How far the window moves, in rows and in columns.
    const STRIDES: [usize; 2] = [1, 1];
    /// The zeros above and below, left and right of the input.
    const PADS: [[usize; 2]; 2] = [[0; 2]; 2];
    /// How far a filter's own rows and columns lie apart.
    const DILATION_RATE: [usize; 2] = [1, 1];
    /// Into how many groups the channels and the filters fall.
    const GROUPS: usize = 1;
    /// Whether many layers of a network are so, and share their code at inference.
    const REPEATED: bool = false;

    /// Rows of zeros above and below, columns of zeros left and right of the input.
    const BORDER: Border = Self::SIZES.border();
    /// Height, width, channels of the output.
    const OUTPUT: [usize; 3] = Self::SIZES.output();
    /// The constants above it, in one.
    const SIZES: Conv2DSizes = Conv2DSizes {
        input: Self::INPUT,
        filters: Self::FILTERS,
        kernel_size: Self::KERNEL_SIZE,
        strides: Self::STRIDES,
        pads: Self::PADS,
        dilation_rate: Self::DILATION_RATE,
        groups: Self::GROUPS,
    };
    /// The tiles for an output that goes to [`Plain`], where they are planned already.
    const TILINGS: Option<Tilings> = None;
}

geometry!(Conv2DShape, Conv2DSizes);

/// The elements of a layer's input with its border around it: what the plan asks where a size is a constant.
pub const fn bordered_len<L: Conv2DShape>() -> usize {
    let [height, width, channels] = L::BORDER.around(L::INPUT);
    height * width * channels
}

/// Where a fused step of the convolution `L` writes to, and the pooling on the way: a unit struct that the macro emits.
pub trait Destination<L: Conv2DShape>: Copy + Send + Sync + 'static {
    /// Pooling over windows that do not overlap, before anything is stored.
    const POOL: Option<Pooling> = None;
    /// Zeros around the output, for the layer after it: the step writes inside of them only.
    const BORDER: Border = Border::NONE;
    /// The tiles, where they are planned already.
    const TILINGS: Option<Tilings> = None;

    /// The first two in one.
    const SIZES: DestinationSizes = DestinationSizes { pool: Self::POOL, border: Self::BORDER };
}

/// Where a fused step writes to, as numbers: what [`Destination`] says in constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DestinationSizes {
    /// Pooling over windows that do not overlap, before anything is stored.
    pub pool: Option<Pooling>,
    /// Zeros around the output, for the layer after it: the step writes inside of them only.
    pub border: Border,
}

impl DestinationSizes {
    /// Those of [`Plain`].
    pub const PLAIN: DestinationSizes = DestinationSizes { pool: None, border: Border::NONE };
}

/// A pooling whose windows do not overlap and do not hang over the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pooling {
    /// The largest value, or the mean.
    pub kind: crate::layers::pool2d::Kind,
    /// Height and width of a window.
    pub size: [usize; 2],
}

/// Straight to the output: no pooling, no border.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl<L: Conv2DShape> Destination<L> for Plain {
    const TILINGS: Option<Tilings> = L::TILINGS;
}

impl<const KH: usize, const KW: usize, const C: usize, const F: usize, T: Element, B: Bias<T>> Filters<T>
    for Conv2D<KH, KW, C, F, T, B>
{
    #[inline(always)]
    fn kernel(&self) -> &[T] {
        self.kernel.as_flattened().as_flattened().as_flattened()
    }

    #[inline(always)]
    fn bias(&self) -> &[T] {
        self.bias.as_ref()
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const F: usize, T: Element, B: Bias<T>> FiltersMut<T>
    for Conv2D<KH, KW, C, F, T, B>
{
    #[inline(always)]
    fn kernel_mut(&mut self) -> &mut [T] {
        self.kernel.as_flattened_mut().as_flattened_mut().as_flattened_mut()
    }

    #[inline(always)]
    fn bias_mut(&mut self) -> &mut [T] {
        self.bias.as_mut()
    }
}
