//! Convolutions in which every channel has filters of its own.
//!
//! An input without elements comes from a layer whose own rule failed: it gives no second error.

use super::image::{sizes, slid};
use super::{check, fits, positive, room};
use crate::problem::{Problem, Sizes};
use crate::window::Windows;

/// `DepthwiseConv2D`: `multiplier` filters for each channel, slid over height and width.
///
/// # Errors
///
/// If a size is 0, or the kernel is larger than an input without padding.
///
/// ```
/// use nn_shape::{Padding, Windows, depthwise_conv2d};
/// let kernel = Windows { size: [5, 5], strides: [1, 1], padding: Padding::Valid, dilation: [1, 1] };
/// assert_eq!(depthwise_conv2d("DepthwiseConv2D<5>", [28, 28, 3], kernel, 2), Ok([24, 24, 6]));
/// let problem = depthwise_conv2d("DepthwiseConv2D<5>", [3, 3, 6], kernel, 1).unwrap_err();
/// assert_eq!(
///     problem.problem().as_str(),
///     "`DepthwiseConv2D<5>` needs at least 5×5 of height and width, but its input is 3×3×6",
/// );
/// ```
pub const fn depthwise_conv2d<'a>(
    layer: &'a str,
    input: [usize; 3],
    kernel: Windows<2>,
    multiplier: usize,
) -> Result<[usize; 3], Problem<'a>> {
    let [height, width, channels] = input;
    match depthwise(layer, [height, width], channels, kernel, multiplier) {
        Ok([height, width]) => fits(layer, "an output", [height, width, channels.saturating_mul(multiplier)]),
        Err(problem) => Err(problem),
    }
}

/// `DepthwiseConv1D`: `multiplier` filters for each channel, slid over the steps.
///
/// # Errors
///
/// If a size is 0, or the kernel is longer than an input without padding.
///
/// ```
/// use nn_shape::{Padding, Windows, depthwise_conv1d};
/// let kernel = Windows { size: [5], strides: [1], padding: Padding::Valid, dilation: [1] };
/// assert_eq!(depthwise_conv1d("DepthwiseConv1D<5>", [12, 2], kernel, 3), Ok([8, 6]));
/// let problem = depthwise_conv1d("DepthwiseConv1D<5>", [3, 2], kernel, 3).unwrap_err();
/// assert_eq!(problem.help().as_str(), "a kernel of 3 fits, or keep the size with `padding = same`");
/// ```
pub const fn depthwise_conv1d<'a>(
    layer: &'a str,
    input: [usize; 2],
    kernel: Windows<1>,
    multiplier: usize,
) -> Result<[usize; 2], Problem<'a>> {
    let [steps, channels] = input;
    match depthwise(layer, [steps], channels, kernel, multiplier) {
        Ok([steps]) => fits(layer, "an output", [steps, channels.saturating_mul(multiplier)]),
        Err(problem) => Err(problem),
    }
}

/// `SeparableConv2D`: the same, and then `filters` pointwise filters.
///
/// # Errors
///
/// Those of [`depthwise_conv2d`], or if there are no filters.
///
/// ```
/// use nn_shape::{Padding, Windows, separable_conv2d};
/// let kernel = Windows { size: [5, 5], strides: [1, 1], padding: Padding::Valid, dilation: [1, 1] };
/// assert_eq!(separable_conv2d("SeparableConv2D<8, 5>", [28, 28, 3], 8, kernel, 2), Ok([24, 24, 8]));
/// assert!(separable_conv2d("SeparableConv2D<0, 5>", [28, 28, 3], 0, kernel, 2).is_err());
/// ```
pub const fn separable_conv2d<'a>(
    layer: &'a str,
    input: [usize; 3],
    filters: usize,
    kernel: Windows<2>,
    multiplier: usize,
) -> Result<[usize; 3], Problem<'a>> {
    check!(positive(layer, "filters", filters));
    match depthwise_conv2d(layer, input, kernel, multiplier) {
        Ok([height, width, between]) => {
            check!(fits(layer, "a kernel", [1, 1, between, filters]));
            fits(layer, "an output", [height, width, filters])
        }
        Err(problem) => Err(problem),
    }
}

/// `SeparableConv1D`: the same, and then `filters` pointwise filters.
///
/// # Errors
///
/// Those of [`depthwise_conv1d`], or if there are no filters.
///
/// ```
/// use nn_shape::{Padding, Windows, separable_conv1d};
/// let kernel = Windows { size: [5], strides: [1], padding: Padding::Valid, dilation: [1] };
/// assert_eq!(separable_conv1d("SeparableConv1D<8, 5>", [12, 3], 8, kernel, 2), Ok([8, 8]));
/// assert!(separable_conv1d("SeparableConv1D<8, 5>", [4, 3], 8, kernel, 2).is_err());
/// ```
pub const fn separable_conv1d<'a>(
    layer: &'a str,
    input: [usize; 2],
    filters: usize,
    kernel: Windows<1>,
    multiplier: usize,
) -> Result<[usize; 2], Problem<'a>> {
    check!(positive(layer, "filters", filters));
    match depthwise_conv1d(layer, input, kernel, multiplier) {
        Ok([steps, between]) => {
            check!(fits(layer, "a kernel", [1, between, filters]));
            fits(layer, "an output", [steps, filters])
        }
        Err(problem) => Err(problem),
    }
}

/// How often the kernel fits along each axis.
const fn depthwise<'a, const AXES: usize>(
    layer: &'a str,
    input: [usize; AXES],
    channels: usize,
    kernel: Windows<AXES>,
    multiplier: usize,
) -> Result<[usize; AXES], Problem<'a>> {
    check!(positive(layer, "depth_multiplier", multiplier));
    check!(sizes(layer, &kernel));
    let output = match slid(layer, input, channels, kernel, false) {
        Ok(output) => output,
        Err(problem) => return Err(problem),
    };
    check!(room(layer, "a kernel", Sizes::new(&kernel.size).and(channels).and(multiplier)));
    Ok(output)
}
