//! Operations that are no layers in Keras.

use super::{check, fits, positive, product};
use crate::problem::{Kind, MOST_AXES, Problem, Sizes};

/// `Matmul`: rows of the first by columns of the second; the axes before those two are repeated until they are alike.
///
/// # Errors
///
/// If the terms of the sums are not as many in both, or the axes before do not meet.
///
/// ```
/// use nn_shape::matmul;
/// assert_eq!(matmul("Matmul", [4, 2, 3], [3, 5]), Ok([]));
/// let problem = matmul("Matmul", [2, 3], [2, 5]).unwrap_err();
/// assert_eq!(problem.problem().as_str(), "`Matmul` needs two axes of one size, but axis 2 of 2×3 is 3 and axis 1 of 2×5 is 2");
/// ```
pub const fn matmul<'a, const N: usize, const M: usize>(
    layer: &'a str,
    a: [usize; N],
    b: [usize; M],
) -> Result<[usize; 0], Problem<'a>> {
    let inputs = [Sizes::new(&a), Sizes::new(&b)];
    if N == 0 || M == 0 {
        return Ok([]);
    }
    let axes = [N - 1, if M > 1 { M - 2 } else { 0 }];
    if a[axes[0]] != b[axes[1]] {
        return Err(Problem { layer, kind: Kind::Matmul { inputs, axes } });
    }
    let mut from_last = 2;
    while from_last < N && from_last < M {
        from_last += 1;
        let (a, b) = (a[N - from_last], b[M - from_last]);
        if a != b && a != 1 && b != 1 {
            return Err(Problem { layer, kind: Kind::Merge { inputs } });
        }
    }
    Ok([])
}

/// `Split`: parts of one size.
///
/// # Errors
///
/// If there is no part, or the axis does not divide by their number.
///
/// ```
/// use nn_shape::split;
/// assert_eq!(split("Split<3>", [2, 6], 1, 3), Ok([2, 2]));
/// let problem = split("Split<4>", [2, 6], 1, 4).unwrap_err();
/// assert_eq!(problem.problem().as_str(), "`Split<4>` needs an axis that divides by 4, but axis 2 of its input 2×6 is 6");
/// ```
pub const fn split<'a, const N: usize>(
    layer: &'a str,
    input: [usize; N],
    axis: usize,
    parts: usize,
) -> Result<[usize; N], Problem<'a>> {
    check!(positive(layer, "indices_or_sections", parts));
    if !input[axis].is_multiple_of(parts) {
        return Err(Problem { layer, kind: Kind::Split { input: Sizes::new(&input), axis, parts } });
    }
    let mut output = input;
    output[axis] /= parts;
    Ok(output)
}

/// `Stack`: a new axis, of as many elements as there are inputs, all of one shape.
///
/// # Errors
///
/// If two inputs differ, or the output has more axes than a tensor can have.
///
/// ```
/// use nn_shape::stack;
/// assert_eq!(stack("Stack", [2, 3], [2, 3]), Ok([2, 3]));
/// let problem = stack("Stack", [2, 3], [3, 2]).unwrap_err();
/// assert_eq!(problem.problem().as_str(), "`Stack` needs inputs of one shape, but got 2×3 and 3×2");
/// ```
pub const fn stack<'a, const N: usize, const M: usize>(
    layer: &'a str,
    a: [usize; N],
    b: [usize; M],
) -> Result<[usize; N], Problem<'a>> {
    let mut alike = N == M;
    let mut axis = 0;
    while alike && axis < N {
        alike = a[axis] == b[axis];
        axis += 1;
    }
    if !alike {
        return Err(Problem { layer, kind: Kind::Stack { inputs: [Sizes::new(&a), Sizes::new(&b)] } });
    }
    if N + 1 > MOST_AXES {
        return Err(Problem { layer, kind: Kind::TooManyAxes { axes: N + 1 } });
    }
    Ok(a)
}

/// `Pad`: more elements before and behind each axis; `mirror` if they are those of the input, mirrored, of which so many are left out.
///
/// # Errors
///
/// If there are not so many elements to mirror, or the output is too large.
///
/// ```
/// use nn_shape::pad;
/// assert_eq!(pad("Pad<1>", [2, 3], [[1, 1], [1, 1]], None), Ok([4, 5]));
/// let problem = pad("Pad<3, mode = reflect>", [3], [[3, 3]], Some(1)).unwrap_err();
/// assert_eq!(
///     problem.problem().as_str(),
///     "`Pad<3, mode = reflect>` mirrors 3 elements of axis 1 of its input 3, which has 2 to mirror",
/// );
/// ```
pub const fn pad<'a, const N: usize>(
    layer: &'a str,
    input: [usize; N],
    ends: [[usize; 2]; N],
    mirror: Option<usize>,
) -> Result<[usize; N], Problem<'a>> {
    let (mut output, mut axis) = (input, 0);
    while axis < N {
        let [before, behind] = ends[axis];
        let most = if before > behind { before } else { behind };
        if let Some(left_out) = mirror {
            let there = input[axis].saturating_sub(left_out);
            if most > there && product(&input) > 0 {
                return Err(Problem { layer, kind: Kind::Mirror { input: Sizes::new(&input), axis, most, there } });
            }
        }
        output[axis] = input[axis].saturating_add(before).saturating_add(behind);
        axis += 1;
    }
    fits(layer, "an output", output)
}
