//! `Pad`: more elements before and behind each axis: a number, the mirrored input, or its last element.

use crate::element::Element;
use crate::shape::MOST_AXES;

/// The numbers around a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    /// This one.
    Constant(f64),
    /// Mirrored at the last element, which is not repeated.
    Reflect,
    /// Mirrored at the end.
    Symmetric,
    /// The last element.
    Edge,
}

/// The sizes of a padding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExtendSizes {
    /// The axes of the input, with ones in front.
    input: [usize; MOST_AXES],
    /// Those of the output.
    output: [usize; MOST_AXES],
    /// What is new before each axis.
    before: [usize; MOST_AXES],
    /// Which numbers are new.
    pub mode: Mode,
}

impl ExtendSizes {
    /// The sizes for an input of at most six axes, and how many elements are new before and behind each.
    pub const fn new(input: &[usize], ends: &[[usize; 2]], mode: Mode) -> Self {
        assert!(input.len() <= MOST_AXES && input.len() == ends.len(), "at most six axes");
        let ones = [1; MOST_AXES];
        let mut sizes = ExtendSizes { input: ones, output: ones, before: [0; MOST_AXES], mode };
        let mut axis = 0;
        while axis < input.len() {
            let at = MOST_AXES - input.len() + axis;
            sizes.input[at] = input[axis];
            sizes.output[at] = ends[axis][0] + input[axis] + ends[axis][1];
            sizes.before[at] = ends[axis][0];
            axis += 1;
        }
        sizes
    }

    /// The elements of one sample of the input and of the output.
    #[inline(always)]
    fn lens(&self) -> [usize; 2] {
        [self.input.iter().product::<usize>().max(1), self.output.iter().product::<usize>().max(1)]
    }

    /// Calls `f` for each element of the output with its place, and that of the element of the input that it is, if it is one.
    #[inline(always)]
    fn each(&self, mut f: impl FnMut(usize, Option<usize>)) {
        let mut at = [0; MOST_AXES];
        for place in 0..self.lens()[1] {
            f(place, self.source(&at));
            for (at, size) in at.iter_mut().zip(&self.output).rev() {
                *at += 1;
                if *at < *size {
                    break;
                }
                *at = 0;
            }
        }
    }

    /// The place in the input of what lies here.
    #[inline(always)]
    fn source(&self, at: &[usize; MOST_AXES]) -> Option<usize> {
        let mut place = 0;
        for ((at, size), before) in at.iter().zip(&self.input).zip(&self.before) {
            place = place * size + self.along(*at, *size, *before)?;
        }
        Some(place)
    }

    /// The same along one axis.
    #[inline(always)]
    fn along(&self, at: usize, size: usize, before: usize) -> Option<usize> {
        let inside = at.wrapping_sub(before);
        if inside < size {
            return Some(inside);
        }
        let last = size.saturating_sub(1);
        let (is_before, off) = if at < before { (true, before - at) } else { (false, inside - last) };
        // How far it is from the first or the last element.
        let off = match self.mode {
            Mode::Constant(_) => return None,
            Mode::Reflect => off,
            Mode::Symmetric => off.saturating_sub(1),
            Mode::Edge => 0,
        };
        Some(if is_before { off.min(last) } else { last.saturating_sub(off) })
    }
}

/// Writes the input with what is around it; of one sample, or several.
///
/// ```
/// use nn_core::layers::extend::{self, ExtendSizes, Mode};
/// const SIZES: ExtendSizes = ExtendSizes::new(&[3], &[[2, 1]], Mode::Reflect);
/// let mut y = [0.0; 6];
/// extend::infer(&SIZES, &[1.0, 2.0, 3.0], &mut y);
/// assert_eq!(y, [3.0, 2.0, 1.0, 2.0, 3.0, 2.0]);
/// ```
pub fn infer<T: Element>(sizes: &ExtendSizes, x: &[T], y: &mut [T]) {
    let [input, output] = sizes.lens();
    let constant = match sizes.mode {
        Mode::Constant(number) => T::from_f64(number),
        Mode::Reflect | Mode::Symmetric | Mode::Edge => T::zero(),
    };
    for (x, y) in x.chunks_exact(input).zip(y.chunks_exact_mut(output)) {
        sizes.each(|place, source| {
            if let Some(y) = y.get_mut(place) {
                *y = source.map_or(constant, |source| x.get(source).copied().unwrap_or_default());
            }
        });
    }
}

/// The gradient of the input: those of all elements that it is; overwrites `dx`.
pub fn backward<T: Element>(sizes: &ExtendSizes, dy: &[T], dx: &mut [T]) {
    let [input, output] = sizes.lens();
    for (dx, dy) in dx.chunks_exact_mut(input).zip(dy.chunks_exact(output)) {
        dx.fill(T::zero());
        sizes.each(|place, source| {
            if let (Some(dx), Some(dy)) = (source.and_then(|source| dx.get_mut(source)), dy.get(place)) {
                *dx += *dy;
            }
        });
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn all_modes() {
        let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let of = |mode: Mode| {
            let (sizes, mut y) = (ExtendSizes::new(&[2, 3], &[[1, 0], [2, 1]], mode), [0.0; 18]);
            infer(&sizes, &x, &mut y);
            let mut dx = [9.0; 6];
            backward(&sizes, &[1.0; 18], &mut dx);
            (y, dx)
        };
        let (y, dx) = of(Mode::Constant(7.0));
        assert_eq!(y[..8], [7.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0]);
        assert_eq!(y[8..], [1.0, 2.0, 3.0, 7.0, 7.0, 7.0, 4.0, 5.0, 6.0, 7.0]);
        assert_eq!(dx, [1.0; 6]);
        let (y, dx) = of(Mode::Reflect);
        assert_eq!(y[..6], [6.0, 5.0, 4.0, 5.0, 6.0, 5.0]);
        assert_eq!(y[6..12], [3.0, 2.0, 1.0, 2.0, 3.0, 2.0]);
        assert_eq!(dx, [1.0, 3.0, 2.0, 2.0, 6.0, 4.0]);
        let (y, _) = of(Mode::Symmetric);
        assert_eq!(y[..6], [2.0, 1.0, 1.0, 2.0, 3.0, 3.0]);
        let (y, dx) = of(Mode::Edge);
        assert_eq!(y[12..], [4.0, 4.0, 4.0, 5.0, 6.0, 6.0]);
        assert_eq!(dx, [6.0, 2.0, 4.0, 3.0, 1.0, 2.0]);
    }
}
