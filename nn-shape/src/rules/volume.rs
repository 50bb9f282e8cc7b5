//! Layers on depth × height × width × channels.
//!
//! An input without elements comes from a layer whose own rule failed: it gives no second error.

use super::image::pooling;
use crate::problem::Problem;
use crate::window::Windows;

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
