//! Layers of several inputs: two at a time, the first with what came out so far.
//!
//! An input without elements comes from a layer whose own rule failed: it gives no second error.

use super::{check, fits, product};
use crate::problem::{Kind, MOST_AXES, Problem, Sizes};

/// The size of an axis on which `a` and `b` meet: that of both, or of the one that is not 1; 0 if they do not fit.
///
/// ```
/// use nn_shape::broadcast;
/// assert_eq!([broadcast(4, 4), broadcast(4, 1), broadcast(1, 4), broadcast(4, 3)], [4, 4, 4, 0]);
/// ```
pub const fn broadcast(a: usize, b: usize) -> usize {
    if a == b || b == 1 {
        a
    } else if a == 1 {
        b
    } else {
        0
    }
}

/// `Add`, `Subtract`, `Multiply`, `Average`, `Maximum`, `Minimum` of two inputs, or of the output so far and one more.
///
/// Shapes line up at the last axis. `R` is the larger number of axes.
///
/// # Errors
///
/// If two sizes differ and neither is 1, or the output is too large.
///
/// ```
/// use nn_shape::merge;
/// assert_eq!(merge("Add", [3, 4], [3, 4]), Ok([3, 4]));
/// assert_eq!(merge("Multiply", [4, 5, 6], [1, 6]), Ok([4, 5, 6]));
/// let problem = merge::<2, 1, 2>("Add", [3, 4], [5]).unwrap_err();
/// assert_eq!(problem.problem().as_str(), "`Add` needs inputs of one shape, but got 3×4 and 5");
/// ```
pub const fn merge<'a, const N: usize, const M: usize, const R: usize>(
    layer: &'a str,
    a: [usize; N],
    b: [usize; M],
) -> Result<[usize; R], Problem<'a>> {
    let mut output = [1; R];
    let mut from_last = 1;
    while from_last <= R {
        let a = if from_last <= N { a[N - from_last] } else { 1 };
        let b = if from_last <= M { b[M - from_last] } else { 1 };
        output[R - from_last] = broadcast(a, b);
        from_last += 1;
    }
    if product(&output) == 0 && product(&a) > 0 && product(&b) > 0 {
        return Err(Problem { layer, kind: Kind::Merge { inputs: [Sizes::new(&a), Sizes::new(&b)] } });
    }
    fits(layer, "an output", output)
}

/// `Concatenate` of two inputs, or of the output so far and one more; the axis is counted from 0, without the batch.
///
/// # Errors
///
/// If the inputs do not have the same number of axes, or differ in another axis, or the output is too large.
///
/// ```
/// use nn_shape::concatenate;
/// assert_eq!(concatenate("Concatenate", 1, [3, 4], [3, 2]), Ok([3, 6]));
/// let problem = concatenate("Concatenate", 1, [3, 4], [5, 4]).unwrap_err();
/// assert_eq!(
///     problem.problem().as_str(),
///     "`Concatenate` needs inputs that differ in axis 2 only, but got 3×4 and 5×4",
/// );
/// assert_eq!(problem.help().as_str(), "they fit along axis 1: `axis = 1`");
/// ```
pub const fn concatenate<'a, const N: usize, const M: usize>(
    layer: &'a str,
    axis: usize,
    a: [usize; N],
    b: [usize; M],
) -> Result<[usize; N], Problem<'a>> {
    let mut output = a;
    let mut same = N == M && axis < N;
    let mut at = 0;
    while at < N && same {
        if at == axis {
            output[at] = a[at].saturating_add(b[at]);
        } else if a[at] != b[at] {
            same = false;
        }
        at += 1;
    }
    if !same && product(&a) > 0 && product(&b) > 0 {
        return Err(Problem { layer, kind: Kind::Concatenate { inputs: [Sizes::new(&a), Sizes::new(&b)], axis } });
    }
    fits(layer, "an output", output)
}

/// `Dot`: the sum of products along one axis of each input, counted from 0 without the batch.
///
/// What is left of the first shape is followed by what is left of the second; `R` is their number of axes, and
/// of two vectors there is one number.
///
/// # Errors
///
/// If the two axes are not equally long, or the output has more axes than a tensor can have, or is too large.
///
/// ```
/// use nn_shape::dot;
/// assert_eq!(dot("Dot<axes = 1>", [0, 0], [5], [5]), Ok([1]));
/// assert_eq!(dot("Dot<axes = (2, 1)>", [1, 0], [3, 4], [4, 5]), Ok([3, 5]));
/// let problem = dot::<2, 2, 2>("Dot<axes = 1>", [0, 0], [3, 4], [4, 5]).unwrap_err();
/// assert_eq!(
///     problem.problem().as_str(),
///     "`Dot<axes = 1>` needs two axes of one size, but axis 1 of 3×4 is 3 and axis 1 of 4×5 is 4",
/// );
/// assert_eq!(problem.help().as_str(), "`axes = (2, 1)` would fit: both are 4");
/// ```
pub const fn dot<'a, const N: usize, const M: usize, const R: usize>(
    layer: &'a str,
    axes: [usize; 2],
    a: [usize; N],
    b: [usize; M],
) -> Result<[usize; R], Problem<'a>> {
    if R > MOST_AXES {
        return Err(Problem { layer, kind: Kind::TooManyAxes { axes: R } });
    }
    if a[axes[0]] != b[axes[1]] && product(&a) > 0 && product(&b) > 0 {
        return Err(Problem { layer, kind: Kind::Dot { inputs: [Sizes::new(&a), Sizes::new(&b)], axes } });
    }
    let mut output = [1; R];
    let (mut from, mut to) = (0, 0);
    while from < N + M && to < R {
        if from < N && from != axes[0] {
            output[to] = a[from];
            to += 1;
        } else if from >= N && from - N != axes[1] {
            output[to] = b[from - N];
            to += 1;
        }
        from += 1;
    }
    check!(fits(layer, "an output", output));
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says<const R: usize>(result: Result<[usize; R], Problem<'_>>, problem: &str, help: &str) {
        let found = result.unwrap_err();
        assert_eq!((found.problem().as_str(), found.help().as_str()), (problem, help));
    }

    #[test]
    fn shapes_meet_as_in_keras() {
        assert_eq!(merge("Add", [5], [3, 5]), Ok([3, 5]));
        assert_eq!(merge("Add", [2, 1, 4], [3, 1]), Ok([2, 3, 4]));
        assert_eq!(merge("Add", [1], [1]), Ok([1]));
        assert_eq!(merge("Add", [2, 1, 4, 5, 1, 7], [3, 1, 5, 6, 7]), Ok([2, 3, 4, 5, 6, 7]));
        says::<3>(
            merge("Average", [2, 3, 4], [2, 4]),
            "`Average` needs inputs of one shape, but got 2×3×4 and 2×4",
            "two sizes also fit if one of them is 1, and fewer axes are matched from the last one on",
        );
        assert_eq!(merge("Add", [0, 4], [3, 4]), Ok([0, 4]), "reported where the 0 comes from");
        assert!(merge::<2, 2, 2>("Add", [usize::MAX, 1], [1, usize::MAX]).is_err());
    }

    #[test]
    fn concatenation() {
        assert_eq!(concatenate("Concatenate", 0, [3, 4], [2, 4]), Ok([5, 4]));
        assert_eq!(concatenate("Concatenate", 2, [6, 5, 3], [6, 5, 1]), Ok([6, 5, 4]));
        assert_eq!(concatenate("Concatenate", 4, [2, 3, 2, 3, 4, 2], [2, 3, 2, 3, 1, 2]), Ok([2, 3, 2, 3, 5, 2]));
        says(
            concatenate("Concatenate", 0, [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 7]),
            "`Concatenate` needs inputs that differ in axis 1 only, but got 1×2×3×4×5×6 and 1×2×3×4×5×7",
            "they fit along axis 6: `axis = 6`",
        );
        says(
            concatenate("Concatenate", 1, [3, 4], [5]),
            "`Concatenate` needs inputs with the same number of axes, but got 3×4 and 5",
            "give them the same number of axes with `Flatten` or `Reshape`",
        );
        says(
            concatenate("Concatenate", 2, [3, 4, 1], [4, 3, 1]),
            "`Concatenate` needs inputs that differ in axis 3 only, but got 3×4×1 and 4×3×1",
            "",
        );
        assert!(concatenate("Concatenate", 0, [usize::MAX], [2]).is_err());
    }

    #[test]
    fn products_of_any_axes() {
        assert_eq!(dot("Dot", [0, 0], [3, 4], [3, 5]), Ok([4, 5]));
        assert_eq!(dot("Dot", [1, 1], [3, 4], [5, 4]), Ok([3, 5]));
        assert_eq!(dot("Dot", [1, 0], [2, 3, 4], [3]), Ok([2, 4]));
        assert_eq!(dot("Dot", [0, 1], [3], [2, 3, 4]), Ok([2, 4]));
        assert_eq!(dot("Dot", [1, 1], [2, 3, 4], [5, 3, 6]), Ok([2, 4, 5, 6]));
        assert_eq!(dot("Dot", [0, 0], [3, 2, 4, 5], [3, 2, 6]), Ok([2, 4, 5, 2, 6]));
        assert_eq!(dot("Dot", [4, 0], [2, 3, 4, 5, 6], [6, 7, 8]), Ok([2, 3, 4, 5, 7, 8]));
        says::<7>(
            dot("Dot", [0, 0], [3, 2, 2, 2, 2], [3, 2, 2, 2]),
            "`Dot` would have an output of 7 axes, but a tensor has at most 6",
            "put a `Reshape` with fewer axes before it",
        );
        says::<1>(
            dot("Dot", [0, 0], [5], [4]),
            "`Dot` needs two axes of one size, but axis 1 of 5 is 5 and axis 1 of 4 is 4",
            "",
        );
    }
}
