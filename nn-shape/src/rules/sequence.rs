//! Layers on steps × channels.
//!
//! An input without elements comes from a layer whose own rule failed: it gives no second error.

use super::fits;
use super::image::{convolution, pooling};
use crate::problem::Problem;
use crate::window::Windows;

/// `Conv1D`: `filters` of a kernel that is slid over the steps.
///
/// # Errors
///
/// If a size is 0, the kernel is longer than an input without padding, the groups divide channels or filters
/// unevenly, or strides and dilation are both above 1.
///
/// ```
/// use nn_shape::{Padding, Windows, conv1d};
/// let kernel = |padding| Windows { size: [5], strides: [1], padding, dilation: [1] };
/// assert_eq!(conv1d("Conv1D<6, 5>", [12, 2], 6, kernel(Padding::Valid), 1), Ok([8, 6]));
/// assert_eq!(conv1d("Conv1D<6, 5>", [3, 2], 6, kernel(Padding::Causal), 1), Ok([3, 6]));
/// let problem = conv1d("Conv1D<16, 5>", [3, 8], 16, kernel(Padding::Valid), 1).unwrap_err();
/// assert_eq!(problem.problem().as_str(), "`Conv1D<16, 5>` needs at least 5 steps, but its input is 3×8");
/// ```
pub const fn conv1d<'a>(
    layer: &'a str,
    input: [usize; 2],
    filters: usize,
    kernel: Windows<1>,
    groups: usize,
) -> Result<[usize; 2], Problem<'a>> {
    let [steps, channels] = input;
    match convolution(layer, [steps], channels, filters, kernel, groups) {
        Ok([steps]) => fits(layer, "an output", [steps, filters]),
        Err(problem) => Err(problem),
    }
}

/// `MaxPooling1D`, `AveragePooling1D`: one value for each window.
///
/// # Errors
///
/// If a size is 0, or the window is longer than an input without padding.
///
/// ```
/// use nn_shape::{Padding, Windows, pool1d};
/// let window = |padding| Windows { size: [2], strides: [2], padding, dilation: [1] };
/// assert_eq!(pool1d("MaxPool1D<2>", [7, 3], window(Padding::Valid)), Ok([3, 3]));
/// assert_eq!(pool1d("MaxPool1D<2>", [7, 3], window(Padding::Same)), Ok([4, 3]));
/// ```
pub const fn pool1d<'a>(layer: &'a str, input: [usize; 2], window: Windows<1>) -> Result<[usize; 2], Problem<'a>> {
    let [steps, channels] = input;
    match pooling(layer, [steps], channels, window) {
        Ok([steps]) => Ok([steps, channels]),
        Err(problem) => Err(problem),
    }
}
