//! Layers that put elements in other places: looked up, in another order, repeated, surrounded, cut out.
//!
//! An input without elements comes from a layer whose own rule failed: it gives no second error.

use super::{check, fits, positive, product};
use crate::problem::{Kind, MOST_AXES, Problem, Sizes};

/// `Embedding`: a row of `output_dim` for each id; `R` is one axis more than `N`.
///
/// # Errors
///
/// If a size is 0, the output has more axes than a tensor can have, or the output or the table is too large.
///
/// ```
/// use nn_shape::embedding;
/// assert_eq!(embedding("Embedding<10_000, 64>", [80], 10_000, 64), Ok([80, 64]));
/// let problem = embedding::<1, 2>("Embedding<0, 64>", [80], 0, 64).unwrap_err();
/// assert_eq!(problem.problem().as_str(), "`input_dim` of `Embedding<0, 64>` is 0, but must be at least 1");
/// ```
pub const fn embedding<'a, const N: usize, const R: usize>(
    layer: &'a str,
    input: [usize; N],
    input_dim: usize,
    output_dim: usize,
) -> Result<[usize; R], Problem<'a>> {
    check!(positive(layer, "input_dim", input_dim));
    check!(positive(layer, "output_dim", output_dim));
    if R > MOST_AXES {
        return Err(Problem { layer, kind: Kind::TooManyAxes { axes: R } });
    }
    check!(fits(layer, "a table", [input_dim, output_dim]));
    let mut output = [output_dim; R];
    let mut axis = 0;
    while axis < N && axis + 1 < R {
        output[axis] = input[axis];
        axis += 1;
    }
    fits(layer, "an output", output)
}

/// The input of `Embedding`: ids, which are of dtype `u32` or `u8`.
///
/// # Errors
///
/// If it is of another dtype.
///
/// ```
/// use nn_shape::ids;
/// assert_eq!(ids("Embedding<9, 4>", "u32"), Ok([]));
/// let problem = ids("Embedding<9, 4>", "f32").unwrap_err();
/// assert_eq!(
///     problem.problem().as_str(),
///     "`Embedding<9, 4>` needs ids, which are whole numbers, but its input has dtype `f32`",
/// );
/// ```
pub const fn ids<'a>(layer: &'a str, dtype: &'a str) -> Result<[usize; 0], Problem<'a>> {
    match dtype.as_bytes() {
        b"u32" | b"u8" => Ok([]),
        _ => Err(Problem { layer, kind: Kind::Ids { dtype } }),
    }
}

/// `Permute`: the axes in another order. They are counted from 1, as the user writes them.
///
/// # Errors
///
/// If an axis is missing, there twice, or none of the input's.
///
/// ```
/// use nn_shape::permute;
/// assert_eq!(permute("Permute<3, 1, 2>", [2, 3, 4], [3, 1, 2]), Ok([4, 2, 3]));
/// let problem = permute("Permute<2, 2>", [3, 4], [2, 2]).unwrap_err();
/// assert_eq!(
///     problem.problem().as_str(),
///     "`Permute<2, 2>` needs each axis of its input 3×4 once, counted from 1",
/// );
/// ```
pub const fn permute<'a, const N: usize, const M: usize>(
    layer: &'a str,
    input: [usize; N],
    axes: [usize; M],
) -> Result<[usize; M], Problem<'a>> {
    let mut output = [0; M];
    let mut seen = [false; N];
    let mut at = 0;
    while at < M {
        let axis = axes[at];
        if N != M || axis == 0 || axis > N || seen[axis - 1] {
            return Err(Problem { layer, kind: Kind::Permute { input: Sizes::new(&input), count: N } });
        }
        seen[axis - 1] = true;
        output[at] = input[axis - 1];
        at += 1;
    }
    if M == 0 && N > 0 {
        return Err(Problem { layer, kind: Kind::Permute { input: Sizes::new(&input), count: N } });
    }
    Ok(output)
}

/// `RepeatVector`: `n` copies of a vector, as a sequence.
///
/// # Errors
///
/// If there is no copy, or the output is too large.
///
/// ```
/// assert_eq!(nn_shape::repeat_vector("RepeatVector<3>", [4], 3), Ok([3, 4]));
/// ```
pub const fn repeat_vector<'a>(layer: &'a str, input: [usize; 1], n: usize) -> Result<[usize; 2], Problem<'a>> {
    check!(positive(layer, "n", n));
    fits(layer, "an output", [n, input[0]])
}

/// `UpSampling1D`, `2D`, `3D`: `size` elements along each axis in place of one; 1 for the channels.
///
/// # Errors
///
/// If a size is 0, or the output is too large.
///
/// ```
/// assert_eq!(nn_shape::up_sampling("UpSampling2D<2>", [3, 4, 5], [2, 2, 1]), Ok([6, 8, 5]));
/// ```
pub const fn up_sampling<'a, const N: usize>(
    layer: &'a str,
    input: [usize; N],
    size: [usize; N],
) -> Result<[usize; N], Problem<'a>> {
    let mut output = input;
    let mut axis = 0;
    while axis < N {
        check!(positive(layer, "size", size[axis]));
        output[axis] = input[axis].saturating_mul(size[axis]);
        axis += 1;
    }
    fits(layer, "an output", output)
}

/// `ZeroPadding1D`, `2D`, `3D`: zeros before and after each axis; none for the channels.
///
/// # Errors
///
/// If the output is too large.
///
/// ```
/// let output = nn_shape::zero_padding("ZeroPadding2D<((1, 0), (2, 3))>", [3, 4, 2], [[1, 0], [2, 3], [0, 0]]);
/// assert_eq!(output, Ok([4, 9, 2]));
/// ```
pub const fn zero_padding<'a, const N: usize>(
    layer: &'a str,
    input: [usize; N],
    padding: [[usize; 2]; N],
) -> Result<[usize; N], Problem<'a>> {
    let mut output = input;
    let mut axis = 0;
    while axis < N {
        output[axis] = input[axis].saturating_add(padding[axis][0]).saturating_add(padding[axis][1]);
        axis += 1;
    }
    fits(layer, "an output", output)
}

/// What is left of an axis; 0 if nothing.
///
/// ```
/// use nn_shape::cropped;
/// assert_eq!([cropped(7, 1, 2), cropped(3, 1, 2), cropped(2, 1, 2)], [4, 0, 0]);
/// ```
pub const fn cropped(input: usize, before: usize, behind: usize) -> usize {
    input.saturating_sub(before).saturating_sub(behind)
}

/// `Cropping1D`, `2D`, `3D`: elements taken off both ends of each axis; none off the channels.
///
/// # Errors
///
/// If nothing is left of an axis.
///
/// ```
/// use nn_shape::cropping;
/// assert_eq!(cropping("Cropping1D<(1, 2)>", [7, 3], [[1, 2], [0, 0]]), Ok([4, 3]));
/// let problem = cropping("Cropping1D<4>", [7, 3], [[4, 4], [0, 0]]).unwrap_err();
/// assert_eq!(
///     problem.problem().as_str(),
///     "`Cropping1D<4>` takes 4 and 4 off the ends of an axis of 7, but of its input 7×3 something must be left",
/// );
/// ```
pub const fn cropping<'a, const N: usize>(
    layer: &'a str,
    input: [usize; N],
    cropping: [[usize; 2]; N],
) -> Result<[usize; N], Problem<'a>> {
    let mut output = input;
    let mut axis = 0;
    while axis < N {
        output[axis] = cropped(input[axis], cropping[axis][0], cropping[axis][1]);
        if output[axis] == 0 && product(&input) > 0 {
            let input = Sizes::new(&input);
            return Err(Problem { layer, kind: Kind::Cropping { input, axis, cropping: cropping[axis] } });
        }
        axis += 1;
    }
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
    fn tables() {
        assert_eq!(embedding("Embedding<6, 2>", [3, 4], 6, 2), Ok([3, 4, 2]));
        says::<2>(
            embedding("Embedding<6, 0>", [3], 6, 0),
            "`output_dim` of `Embedding<6, 0>` is 0, but must be at least 1",
            "",
        );
        assert_eq!(embedding("Embedding<6, 2>", [1, 2, 3, 4, 5], 6, 2), Ok([1, 2, 3, 4, 5, 2]));
        says::<7>(
            embedding("Embedding<6, 2>", [1, 2, 3, 4, 5, 6], 6, 2),
            "`Embedding<6, 2>` would have an output of 7 axes, but a tensor has at most 6",
            "put a `Reshape` with fewer axes before it",
        );
        assert!(embedding::<1, 2>("Embedding", [1], usize::MAX, 2).is_err());
        says(
            ids("Embedding<6, 2>", "f64"),
            "`Embedding<6, 2>` needs ids, which are whole numbers, but its input has dtype `f64`",
            "`Input<…, dtype = u32>` takes ids, `dtype = u8` bytes",
        );
        assert!(ids("Embedding<6, 2>", "u8").is_ok());
    }

    #[test]
    fn orders() {
        assert_eq!(permute("Permute<1>", [7], [1]), Ok([7]));
        assert_eq!(permute("Permute<4, 3, 2, 1>", [5, 6, 7, 8], [4, 3, 2, 1]), Ok([8, 7, 6, 5]));
        assert_eq!(permute("Permute", [2, 3, 4, 5, 6, 7], [6, 1, 5, 2, 4, 3]), Ok([7, 2, 6, 3, 5, 4]));
        let help = "`Permute<3, 2, 1>` turns their order around; the batch is left out";
        for axes in [[0, 1, 2], [1, 2, 4], [2, 3, 2]] {
            let problem = "`Permute` needs each axis of its input 2×3×4 once, counted from 1";
            says(permute("Permute", [2, 3, 4], axes), problem, help);
        }
        let problem = "`Permute<1, 2>` needs each axis of its input 2×3×4 once, counted from 1";
        says(permute("Permute<1, 2>", [2, 3, 4], [1, 2]), problem, help);
        assert!(permute("Permute", [2, 3, 4], []).is_err());
    }

    #[test]
    fn repeated_and_stretched() {
        says(repeat_vector("RepeatVector<0>", [4], 0), "`n` of `RepeatVector<0>` is 0, but must be at least 1", "");
        says(
            up_sampling("UpSampling1D<0>", [4, 3], [0, 1]),
            "`size` of `UpSampling1D<0>` is 0, but must be at least 1",
            "",
        );
        assert!(up_sampling("UpSampling1D", [1 << 40, 1], [1 << 40, 1]).is_err());
        assert!(repeat_vector("RepeatVector", [2], usize::MAX).is_err());
        assert!(zero_padding("ZeroPadding1D", [4, 3], [[usize::MAX, usize::MAX], [0, 0]]).is_err());
    }

    #[test]
    fn cut_away() {
        let layer = "Cropping2D<((1, 2), (0, 3))>";
        assert_eq!(cropping(layer, [6, 7, 2], [[1, 2], [0, 3], [0, 0]]), Ok([3, 4, 2]));
        says(
            cropping("Cropping2D<(1, 4)>", [6, 7, 2], [[1, 1], [4, 3], [0, 0]]),
            "`Cropping2D<(1, 4)>` takes 4 and 3 off the ends of an axis of 7, but of its input 6×7×2 something must be left",
            "at most 6 can go, both ends together",
        );
        assert_eq!(cropping("Cropping1D<9>", [0, 3], [[9, 9], [0, 0]]), Ok([0, 3]), "reported where the 0 comes from");
    }
}
