//! Layers on height × width × channels.
//!
//! An input without elements comes from a layer whose own rule failed: it gives no second error.

use super::{check, fits, positive, product, room};
use crate::problem::{Kind, Problem, Sizes, axes};
use crate::window::Windows;

/// `Conv2D`: `filters` of a kernel that is slid over height and width.
///
/// # Errors
///
/// If a size is 0, the kernel is larger than an input without padding, the groups divide channels or filters
/// unevenly, or strides and dilation are both above 1.
///
/// ```
/// use nn_shape::{Padding, Windows, conv2d};
/// let kernel = Windows { size: [5, 5], strides: [1, 1], padding: Padding::Valid, dilation: [1, 1] };
/// assert_eq!(conv2d("Conv2D<6, 5>", [28, 28, 1], 6, kernel, 1), Ok([24, 24, 6]));
/// let problem = conv2d("Conv2D<16, 5>", [3, 3, 6], 16, kernel, 1).unwrap_err();
/// assert_eq!(
///     problem.problem().as_str(),
///     "`Conv2D<16, 5>` needs at least 5×5 of height and width, but its input is 3×3×6",
/// );
/// ```
pub const fn conv2d<'a>(
    layer: &'a str,
    input: [usize; 3],
    filters: usize,
    kernel: Windows<2>,
    groups: usize,
) -> Result<[usize; 3], Problem<'a>> {
    let [height, width, channels] = input;
    match convolution(layer, [height, width], channels, filters, kernel, groups) {
        Ok([height, width]) => fits(layer, "an output", [height, width, filters]),
        Err(problem) => Err(problem),
    }
}

/// `MaxPooling2D`, `AveragePooling2D`: one value for each window.
///
/// # Errors
///
/// If a size is 0, or the window is larger than an input without padding.
///
/// ```
/// use nn_shape::{Padding, Windows, pool2d};
/// let window = |padding| Windows { size: [2, 2], strides: [2, 2], padding, dilation: [1, 1] };
/// assert_eq!(pool2d("MaxPool2D<2>", [7, 9, 3], window(Padding::Valid)), Ok([3, 4, 3]));
/// assert_eq!(pool2d("MaxPool2D<2>", [7, 9, 3], window(Padding::Same)), Ok([4, 5, 3]));
/// ```
pub const fn pool2d<'a>(layer: &'a str, input: [usize; 3], window: Windows<2>) -> Result<[usize; 3], Problem<'a>> {
    let [height, width, channels] = input;
    match pooling(layer, [height, width], channels, window) {
        Ok([height, width]) => Ok([height, width, channels]),
        Err(problem) => Err(problem),
    }
}

/// The rule of convolutions with filters in groups: how often the kernel fits along each axis.
pub(super) const fn convolution<'a, const AXES: usize>(
    layer: &'a str,
    input: [usize; AXES],
    channels: usize,
    filters: usize,
    kernel: Windows<AXES>,
    groups: usize,
) -> Result<[usize; AXES], Problem<'a>> {
    check!(positive(layer, "filters", filters));
    check!(positive(layer, "groups", groups));
    check!(sizes(layer, &kernel));
    if !channels.is_multiple_of(groups) || !filters.is_multiple_of(groups) {
        return Err(Problem { layer, kind: Kind::Groups { channels, filters, groups } });
    }
    // As in Keras, which computes the two together only by channel.
    if above_one(kernel.strides) && above_one(kernel.dilation) {
        return Err(Problem { layer, kind: Kind::StridesAndDilation });
    }
    // Along time these layers have a causal padding, which those by channel lack.
    let output = match slid(layer, input, channels, kernel, AXES == 1) {
        Ok(output) => output,
        Err(problem) => return Err(problem),
    };
    check!(room(layer, "a kernel", Sizes::new(&kernel.size).and(channels / groups).and(filters)));
    Ok(output)
}

/// None of the sizes of a kernel is 0.
pub(super) const fn sizes<'a, const AXES: usize>(
    layer: &'a str,
    kernel: &Windows<AXES>,
) -> Result<[usize; AXES], Problem<'a>> {
    check!(each(layer, "kernel_size", kernel.size));
    check!(each(layer, "strides", kernel.strides));
    each(layer, "dilation_rate", kernel.dilation)
}

/// How often a kernel fits along each axis; `causal`: whether the layer has that padding, too.
pub(super) const fn slid<'a, const AXES: usize>(
    layer: &'a str,
    input: [usize; AXES],
    channels: usize,
    kernel: Windows<AXES>,
    causal: bool,
) -> Result<[usize; AXES], Problem<'a>> {
    let output = kernel.counts(input);
    if product(&output) == 0 && product(&input) > 0 && channels > 0 {
        let input = Sizes::new(&input).and(channels);
        let (size, dilation) = (axes(&kernel.size), axes(&kernel.dilation));
        let strided = above_one(kernel.strides);
        return Err(Problem { layer, kind: Kind::Kernel { input, size, dilation, strided, causal } });
    }
    Ok(output)
}

/// The rule of all poolings: how often the window fits along each axis.
pub(super) const fn pooling<'a, const AXES: usize>(
    layer: &'a str,
    input: [usize; AXES],
    channels: usize,
    window: Windows<AXES>,
) -> Result<[usize; AXES], Problem<'a>> {
    check!(each(layer, "pool_size", window.size));
    check!(each(layer, "strides", window.strides));
    let output = window.counts(input);
    if product(&output) == 0 && product(&input) > 0 && channels > 0 {
        let (input, size) = (Sizes::new(&input).and(channels), Sizes::new(&window.size));
        return Err(Problem { layer, kind: Kind::Pool { input, size } });
    }
    Ok(output)
}

const fn each<'a, const N: usize>(layer: &'a str, what: &'a str, sizes: [usize; N]) -> Result<[usize; N], Problem<'a>> {
    let mut axis = 0;
    while axis < N {
        check!(positive(layer, what, sizes[axis]));
        axis += 1;
    }
    Ok(sizes)
}

pub(super) const fn above_one<const N: usize>(sizes: [usize; N]) -> bool {
    let mut axis = 0;
    while axis < N {
        if sizes[axis] > 1 {
            return true;
        }
        axis += 1;
    }
    false
}

/// How many of the channels each group gets; 0 for no group.
///
/// ```
/// assert_eq!(nn_shape::share(6, 3), 2);
/// ```
pub const fn share(channels: usize, groups: usize) -> usize {
    match channels.checked_div(groups) {
        Some(share) => share,
        None => 0,
    }
}
