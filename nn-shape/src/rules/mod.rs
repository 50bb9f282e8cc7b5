//! One rule a layer: the shape of its output, or why there is none.

mod depthwise;
mod image;
mod merge;
mod moved;
mod operation;
mod sequence;
mod slice;
mod vector;
mod volume;

pub use depthwise::{depthwise_conv1d, depthwise_conv2d, separable_conv1d, separable_conv2d};
pub use image::{conv2d, pool2d, share};
pub use merge::{broadcast, concatenate, dot, merge};
pub use moved::{cropped, cropping, embedding, ids, permute, repeat_vector, up_sampling, zero_padding};
pub use operation::{matmul, pad, split, stack};
pub use sequence::{conv1d, pool1d};
pub use slice::{Bound, element, slice, span};
pub(crate) use vector::known;
pub use vector::{INFER, dense, group_normalization, inferred, input, reshape, weight};
pub use volume::{adaptive_pool, conv1d_transpose, conv2d_transpose, conv3d, conv3d_transpose, pool3d};

use crate::problem::{Kind, Problem, Sizes};

/// Goes on after a rule that holds, as `?` would if it were allowed in a `const fn`.
macro_rules! check {
    ($rule:expr) => {
        if let Err(problem) = $rule {
            return Err(problem);
        }
    };
}
pub(crate) use check;

/// A size that must be at least 1: `units`, `kernel_size`, …; `""` stands for one without a name.
///
/// # Errors
///
/// If it is 0.
///
/// ```
/// use nn_shape::positive;
/// assert_eq!(positive("Dense<3>", "units", 3), Ok([3]));
/// let problem = positive("Dense<0>", "units", 0).unwrap_err();
/// assert_eq!(problem.problem().as_str(), "`units` of `Dense<0>` is 0, but must be at least 1");
/// ```
pub const fn positive<'a>(layer: &'a str, what: &'a str, size: usize) -> Result<[usize; 1], Problem<'a>> {
    if size == 0 { Err(Problem { layer, kind: Kind::NotPositive { what } }) } else { Ok([size]) }
}

/// A shape whose elements can be counted and whose bytes can be addressed.
///
/// # Errors
///
/// If eight bytes for each element are more than `isize::MAX`.
///
/// ```
/// use nn_shape::fits;
/// assert_eq!(fits("Dense<10>", "an output", [4, 10]), Ok([4, 10]));
/// assert!(fits("Dense<10>", "an output", [usize::MAX, 10]).is_err());
/// ```
pub const fn fits<'a, const N: usize>(
    layer: &'a str,
    what: &'a str,
    shape: [usize; N],
) -> Result<[usize; N], Problem<'a>> {
    match room(layer, what, Sizes::new(&shape)) {
        Ok(_) => Ok(shape),
        Err(problem) => Err(problem),
    }
}

/// The same for any number of axes.
pub(crate) const fn room<'a>(layer: &'a str, what: &'a str, shape: Sizes) -> Result<Sizes, Problem<'a>> {
    match product(shape.as_slice()).checked_mul(8) {
        Some(bytes) if bytes <= isize::MAX as usize => Ok(shape),
        _ => Err(Problem { layer, kind: Kind::TooLarge { what, shape } }),
    }
}

/// The number of elements of a shape, as a shape of one axis: what `Flatten` gives.
///
/// ```
/// assert_eq!(nn_shape::count([3, 4, 2]), [24]);
/// ```
pub const fn count<const N: usize>(shape: [usize; N]) -> [usize; 1] {
    [product(&shape)]
}

/// The product of sizes; `usize::MAX` where that is too large to count.
pub(crate) const fn product(sizes: &[usize]) -> usize {
    let mut product = 1usize;
    let mut axis = 0;
    while axis < sizes.len() {
        product = product.saturating_mul(sizes[axis]);
        axis += 1;
    }
    product
}
