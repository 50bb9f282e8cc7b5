//! Layers that do not care for height and width.

use super::{check, fits, positive, product};
use crate::problem::{Kind, Problem, Sizes};

/// `Dense`: `units` in place of the last axis.
///
/// # Errors
///
/// If there is no unit, or the output or the kernel is too large.
///
/// ```
/// use nn_shape::dense;
/// assert_eq!(dense("Dense<10>", [4, 7], 10), Ok([4, 10]));
/// ```
pub const fn dense<'a, const N: usize>(
    layer: &'a str,
    input: [usize; N],
    units: usize,
) -> Result<[usize; N], Problem<'a>> {
    check!(positive(layer, "units", units));
    let mut output = input;
    if N > 0 {
        check!(fits(layer, "a kernel", [input[N - 1], units]));
        output[N - 1] = units;
    }
    fits(layer, "an output", output)
}

/// `GroupNormalization`: channels in groups of one size.
///
/// # Errors
///
/// If there is no group, or the channels do not divide by their number.
///
/// ```
/// use nn_shape::group_normalization;
/// assert_eq!(group_normalization("GroupNormalization<3>", 6, 3), Ok([6]));
/// let problem = group_normalization("GroupNormalization<4>", 6, 4).unwrap_err();
/// assert_eq!(
///     problem.problem().as_str(),
///     "`GroupNormalization<4>` splits its input into 4 groups, but 6 channels do not divide by 4"
/// );
/// ```
pub const fn group_normalization(layer: &str, channels: usize, groups: usize) -> Result<[usize; 1], Problem<'_>> {
    check!(positive(layer, "groups", groups));
    if !channels.is_multiple_of(groups) {
        return Err(Problem { layer, kind: Kind::Groups { channels, filters: channels, groups } });
    }
    Ok([channels])
}

/// A weight that is no layer's.
///
/// # Errors
///
/// If a size is 0, or the weight is too large.
///
/// ```
/// assert_eq!(nn_shape::weight("weight table: [100, 64]", [100, 64]), Ok([100, 64]));
/// ```
pub const fn weight<const N: usize>(layer: &str, shape: [usize; N]) -> Result<[usize; N], Problem<'_>> {
    let mut axis = 0;
    while axis < N {
        check!(positive(layer, "", shape[axis]));
        axis += 1;
    }
    fits(layer, "a weight", shape)
}

/// `Input`: one sample.
///
/// # Errors
///
/// If a size is 0, or the sample is too large.
///
/// ```
/// use nn_shape::input;
/// assert_eq!(input("Input<28, 28, 1>", [28, 28, 1]), Ok([28, 28, 1]));
/// let problem = input("Input<28, 0>", [28, 0]).unwrap_err();
/// assert_eq!(problem.problem().as_str(), "`Input<28, 0>` has a size of 0, but sizes are at least 1");
/// ```
pub const fn input<const N: usize>(layer: &str, shape: [usize; N]) -> Result<[usize; N], Problem<'_>> {
    let mut axis = 0;
    while axis < N {
        check!(positive(layer, "", shape[axis]));
        axis += 1;
    }
    fits(layer, "an input", shape)
}

/// Stands for `-1` in the target of [`reshape`]: the size that follows from the others.
pub const INFER: usize = usize::MAX;

/// `Reshape`: the same elements under other sizes, of which one may be [`INFER`].
///
/// # Errors
///
/// If the number of elements differs, or cannot be made equal by the open size.
///
/// ```
/// use nn_shape::{INFER, reshape};
/// assert_eq!(reshape("Reshape<4, -1>", [3, 4, 2], [4, INFER]), Ok([4, 6]));
/// let problem = reshape("Reshape<5, 5>", [3, 4, 2], [5, 5]).unwrap_err();
/// assert_eq!(problem.problem().as_str(), "`Reshape<5, 5>` has 25 elements, but its input 3×4×2 has 24");
/// ```
pub const fn reshape<'a, const N: usize, const M: usize>(
    layer: &'a str,
    input: [usize; N],
    target: [usize; M],
) -> Result<[usize; M], Problem<'a>> {
    let (open, rest) = known(&target);
    let elements = product(&input);
    let mut output = target;
    let mut axis = 0;
    while axis < M {
        check!(positive(layer, "", target[axis]));
        if target[axis] == INFER {
            output[axis] = inferred(input, target);
        }
        axis += 1;
    }
    let fits = if open { elements.is_multiple_of(rest) } else { elements == rest };
    // An input without elements comes from a layer whose own rule failed.
    if !fits && elements > 0 {
        return Err(Problem { layer, kind: Kind::Reshape { input: Sizes::new(&input), target: Sizes::new(&target) } });
    }
    Ok(output)
}

/// The size that [`INFER`] stands for; 0 where there is none.
///
/// ```
/// use nn_shape::{INFER, inferred};
/// assert_eq!(inferred([3, 4, 2], [4, INFER]), 6);
/// ```
pub const fn inferred<const N: usize, const M: usize>(input: [usize; N], target: [usize; M]) -> usize {
    match known(&target) {
        (true, 1..) => product(&input) / known(&target).1,
        _ => 0,
    }
}

/// Whether one size is open, and the product of the others.
pub(crate) const fn known(target: &[usize]) -> (bool, usize) {
    let (mut open, mut rest) = (false, 1usize);
    let mut axis = 0;
    while axis < target.len() {
        if target[axis] == INFER {
            open = true;
        } else {
            rest = rest.saturating_mul(target[axis]);
        }
        axis += 1;
    }
    (open, rest)
}
