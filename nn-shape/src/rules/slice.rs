//! Slices: which elements of an axis are taken.

use crate::problem::{Kind, Problem, Sizes};

/// One end of a range, or an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Whether it is counted from the end of the axis.
    pub from_end: bool,
    /// How far.
    pub n: usize,
}

impl Bound {
    /// Counted from the start.
    const fn of(self, size: usize) -> Option<usize> {
        if self.n > size {
            return None;
        }
        Some(if self.from_end { size - self.n } else { self.n })
    }
}

/// `x[3]`: the axis is gone.
///
/// # Errors
///
/// If there is no such element.
///
/// ```
/// use nn_shape::{Bound, element};
/// let last = Bound { from_end: true, n: 1 };
/// assert_eq!(element("x[.., -1]", [4, 5], 1, last), Ok([]));
/// let problem = element("x[.., 5]", [4, 5], 1, Bound { from_end: false, n: 5 }).unwrap_err();
/// assert_eq!(problem.problem().as_str(), "`x[.., 5]` takes element 5 of axis 2, but its input 4×5 has 5 elements there");
/// ```
pub const fn element<'a, const N: usize>(
    layer: &'a str,
    input: [usize; N],
    axis: usize,
    at: Bound,
) -> Result<[usize; 0], Problem<'a>> {
    match at.of(input[axis]) {
        Some(place) if place < input[axis] => Ok([]),
        _ => Err(Problem { layer, kind: Kind::Outside { input: Sizes::new(&input), axis, bound: at, index: true } }),
    }
}

/// `x[1..5]`: how many elements of the axis it takes.
///
/// # Errors
///
/// If an end lies outside of the axis, or nothing lies between both.
///
/// ```
/// use nn_shape::{Bound, slice};
/// let [from, to] = [1, 4].map(|n| Bound { from_end: false, n });
/// assert_eq!(slice("(1..4).step_by(2)", [5, 2], 0, from, to, 2), Ok([2]));
/// let problem = slice("x[4..1]", [5, 2], 0, to, from, 1).unwrap_err();
/// assert_eq!(problem.problem().as_str(), "`x[4..1]` takes nothing of axis 1 of its input 5×2: it goes from 4 to 1");
/// ```
pub const fn slice<'a, const N: usize>(
    layer: &'a str,
    input: [usize; N],
    axis: usize,
    from: Bound,
    to: Bound,
    step: usize,
) -> Result<[usize; 1], Problem<'a>> {
    let (start, end) = match (from.of(input[axis]), to.of(input[axis])) {
        (Some(start), Some(end)) => (start, end),
        (start, _) => {
            let bound = if start.is_none() { from } else { to };
            return Err(Problem {
                layer,
                kind: Kind::Outside { input: Sizes::new(&input), axis, bound, index: false },
            });
        }
    };
    if start >= end || step == 0 {
        return Err(Problem { layer, kind: Kind::Nothing { input: Sizes::new(&input), axis, ends: [start, end] } });
    }
    Ok([span(start, end, step)])
}

/// How many elements lie between two places, in steps.
///
/// ```
/// assert_eq!(nn_shape::span(1, 6, 2), 3);
/// ```
pub const fn span(from: usize, to: usize, step: usize) -> usize {
    let step = if step == 0 { 1 } else { step };
    to.saturating_sub(from).div_ceil(step)
}
