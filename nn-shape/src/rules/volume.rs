//! Layers on depth × height × width × channels.
//!
//! An input without elements comes from a layer whose own rule failed: it gives no second error.

use super::image::{above_one, convolution, pooling, sizes};
use super::{INFER, check, fits, positive, room};
use crate::problem::{Kind, Problem, Sizes};
use crate::window::{Padding, Windows, reach, transposed};

/// `MaxPooling3D`, `AveragePooling3D`: one value for each window.
///
/// # Errors
///
/// If a size is 0, or the window is larger than an input without padding.
///
/// ```
/// use nn_shape::{Padding, Windows, pool3d};
/// let window = |padding| Windows { size: [2; 3], strides: [2; 3], padding, dilation: [1; 3] };
/// assert_eq!(pool3d("MaxPool3D<2>", [4, 7, 9, 3], window(Padding::Valid)), Ok([2, 3, 4, 3]));
/// assert_eq!(pool3d("MaxPool3D<2>", [4, 7, 9, 3], window(Padding::Same)), Ok([2, 4, 5, 3]));
/// let problem = pool3d("MaxPool3D<2>", [1, 7, 9, 3], window(Padding::Valid)).unwrap_err();
/// assert_eq!(
///     problem.problem().as_str(),
///     "`MaxPool3D<2>` needs at least 2×2×2 of depth, height and width, but its input is 1×7×9×3",
/// );
/// ```
pub const fn pool3d<'a>(layer: &'a str, input: [usize; 4], window: Windows<3>) -> Result<[usize; 4], Problem<'a>> {
    let [depth, height, width, channels] = input;
    match pooling(layer, [depth, height, width], channels, window) {
        Ok([depth, height, width]) => Ok([depth, height, width, channels]),
        Err(problem) => Err(problem),
    }
}

/// Adaptive pooling: so many windows along each axis of space, whatever the input. `output` has the channels behind them.
///
/// # Errors
///
/// If a size is 0.
///
/// ```
/// use nn_shape::adaptive_pool;
/// assert_eq!(adaptive_pool("AdaptiveAvgPool2D<3>", [3, 3, 8]), Ok([3, 3, 8]));
/// assert!(adaptive_pool("AdaptiveAvgPool2D<0>", [0, 0, 8]).is_err());
/// ```
pub const fn adaptive_pool<'a, const N: usize>(layer: &'a str, output: [usize; N]) -> Result<[usize; N], Problem<'a>> {
    let mut axis = 0;
    while axis + 1 < N {
        check!(positive(layer, "output_size", output[axis]));
        axis += 1;
    }
    fits(layer, "an output", output)
}

/// `Conv3D`: `filters` of a kernel that is slid over depth, height and width.
///
/// # Errors
///
/// If a size is 0, the kernel is larger than an input without padding, the groups divide channels or filters
/// unevenly, or strides and dilation are both above 1.
///
/// ```
/// use nn_shape::{Padding, Windows, conv3d};
/// let kernel = Windows { size: [2; 3], strides: [1; 3], padding: Padding::Valid, dilation: [1; 3] };
/// assert_eq!(conv3d("Conv3D<6, 2>", [4, 5, 6, 1], 6, kernel, 1), Ok([3, 4, 5, 6]));
/// assert!(conv3d("Conv3D<6, 2>", [1, 5, 6, 1], 6, kernel, 1).is_err());
/// ```
pub const fn conv3d<'a>(
    layer: &'a str,
    input: [usize; 4],
    filters: usize,
    kernel: Windows<3>,
    groups: usize,
) -> Result<[usize; 4], Problem<'a>> {
    let [depth, height, width, channels] = input;
    match convolution(layer, [depth, height, width], channels, filters, kernel, groups) {
        Ok([depth, height, width]) => fits(layer, "an output", [depth, height, width, filters]),
        Err(problem) => Err(problem),
    }
}

/// `Conv1DTranspose`: each step adds `filters` of a kernel to the steps of its window. `output_padding` is [`INFER`] where it is
/// left out.
///
/// # Errors
///
/// If a size is 0, strides and dilation are both above 1, or `output_padding` is such that no convolution with these windows leads
/// back to the input.
///
/// ```
/// use nn_shape::{INFER, Padding, Windows, conv1d_transpose};
/// let kernel = Windows { size: [3], strides: [2], padding: Padding::Same, dilation: [1] };
/// assert_eq!(conv1d_transpose("Conv1DTranspose<6, 3>", [4, 2], 6, kernel, [INFER]), Ok([8, 6]));
/// assert_eq!(conv1d_transpose("Conv1DTranspose<6, 3>", [4, 2], 6, kernel, [0]), Ok([7, 6]));
/// let problem = conv1d_transpose("Conv1DTranspose<6, 3>", [4, 2], 6, kernel, [2]).unwrap_err();
/// assert_eq!(
///     problem.problem().as_str(),
///     "`Conv1DTranspose<6, 3>` has an `output_padding` of 2, but with its strides it can be 0 to 1",
/// );
/// ```
pub const fn conv1d_transpose<'a>(
    layer: &'a str,
    input: [usize; 2],
    filters: usize,
    kernel: Windows<1>,
    output_padding: [usize; 1],
) -> Result<[usize; 2], Problem<'a>> {
    let [steps, channels] = input;
    match spread(layer, [steps], channels, filters, kernel, output_padding) {
        Ok([steps]) => fits(layer, "an output", [steps, filters]),
        Err(problem) => Err(problem),
    }
}

/// `Conv2DTranspose`: the same over height and width.
///
/// # Errors
///
/// Those of [`conv1d_transpose`].
///
/// ```
/// use nn_shape::{INFER, Padding, Windows, conv2d_transpose};
/// let kernel = Windows { size: [2; 2], strides: [3; 2], padding: Padding::Valid, dilation: [1; 2] };
/// assert_eq!(conv2d_transpose("Conv2DTranspose<6, 2>", [4, 5, 1], 6, kernel, [INFER; 2]), Ok([12, 15, 6]));
/// ```
pub const fn conv2d_transpose<'a>(
    layer: &'a str,
    input: [usize; 3],
    filters: usize,
    kernel: Windows<2>,
    output_padding: [usize; 2],
) -> Result<[usize; 3], Problem<'a>> {
    let [height, width, channels] = input;
    match spread(layer, [height, width], channels, filters, kernel, output_padding) {
        Ok([height, width]) => fits(layer, "an output", [height, width, filters]),
        Err(problem) => Err(problem),
    }
}

/// `Conv3DTranspose`: the same over depth, height and width.
///
/// # Errors
///
/// Those of [`conv1d_transpose`].
///
/// ```
/// use nn_shape::{INFER, Padding, Windows, conv3d_transpose};
/// let kernel = Windows { size: [2; 3], strides: [2; 3], padding: Padding::Valid, dilation: [1; 3] };
/// assert_eq!(conv3d_transpose("Conv3DTranspose<6, 2>", [2, 3, 4, 1], 6, kernel, [INFER; 3]), Ok([4, 6, 8, 6]));
/// ```
pub const fn conv3d_transpose<'a>(
    layer: &'a str,
    input: [usize; 4],
    filters: usize,
    kernel: Windows<3>,
    output_padding: [usize; 3],
) -> Result<[usize; 4], Problem<'a>> {
    let [depth, height, width, channels] = input;
    match spread(layer, [depth, height, width], channels, filters, kernel, output_padding) {
        Ok([depth, height, width]) => fits(layer, "an output", [depth, height, width, filters]),
        Err(problem) => Err(problem),
    }
}

/// The rule of transposed convolutions: the outputs along each axis.
const fn spread<'a, const AXES: usize>(
    layer: &'a str,
    input: [usize; AXES],
    channels: usize,
    filters: usize,
    kernel: Windows<AXES>,
    output_padding: [usize; AXES],
) -> Result<[usize; AXES], Problem<'a>> {
    check!(positive(layer, "filters", filters));
    check!(sizes(layer, &kernel));
    // As in Keras.
    if above_one(kernel.strides) && above_one(kernel.dilation) {
        return Err(Problem { layer, kind: Kind::StridesAndDilation });
    }
    let (mut output, mut axis) = (input, 0);
    while axis < AXES {
        let (size, stride, dilation) = (kernel.size[axis], kernel.strides[axis], kernel.dilation[axis]);
        let more = match output_padding[axis] {
            INFER => None,
            given => {
                // The last window has to be the last that a convolution finds on the output.
                let odd = match kernel.padding {
                    Padding::Valid => 1,
                    Padding::Same | Padding::Causal => reach(size, dilation) % 2,
                };
                let (least, most) = (1 - odd, stride - odd);
                if given < least || given > most {
                    return Err(Problem { layer, kind: Kind::OutputPadding { given, least, most } });
                }
                Some(given)
            }
        };
        output[axis] = transposed(kernel.padding, input[axis], size, stride, dilation, more);
        axis += 1;
    }
    check!(room(layer, "a kernel", Sizes::new(&kernel.size).and(filters).and(channels)));
    Ok(output)
}
