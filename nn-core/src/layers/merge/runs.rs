//! Where the elements of inputs of different shapes meet.

use crate::shape::MOST_AXES;

/// The axes of a tensor, with ones in place of those it does not have, which come first.
type Axes = [usize; MOST_AXES];

/// Runs of the output, one after another, in each of which every input either lies side by side or is one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runs<const N: usize> {
    /// The elements of a run.
    pub len: usize,
    /// The number of runs.
    pub count: usize,
    /// For each input, whether it is one element in each run.
    pub single: [bool; N],
    /// The elements of each input.
    pub sizes: [usize; N],
    /// The first and the end of the axes outside of the runs.
    outside: [usize; 2],
    /// Their sizes.
    outer: Axes,
    /// How far each input moves along each of them.
    strides: [Axes; N],
}

impl<const N: usize> Runs<N> {
    /// The runs of some shapes; none longer than the last axis if `rows`.
    pub const fn new(shapes: [&[usize]; N], rows: bool) -> Self {
        let (mut inputs, mut output) = ([[1; MOST_AXES]; N], [1; MOST_AXES]);
        let mut i = 0;
        while i < N {
            inputs[i] = padded(shapes[i]);
            let mut axis = 0;
            while axis < MOST_AXES {
                output[axis] = if inputs[i][axis] == 1 { output[axis] } else { inputs[i][axis] };
                axis += 1;
            }
            i += 1;
        }
        let mut runs = Runs {
            len: 1,
            count: 1,
            single: [true; N],
            sizes: [1; N],
            outside: [0; 2],
            outer: [1; MOST_AXES],
            strides: [[0; MOST_AXES]; N],
        };
        let mut axis = MOST_AXES;
        while axis > 0 && (axis == MOST_AXES || !rows) && runs.extends(&inputs, &output, axis - 1) {
            axis -= 1;
            if output[axis] > 1 {
                runs.single = singles(&inputs, axis);
            }
            runs.len *= output[axis];
        }
        runs.outside(&inputs, &output, axis)
    }

    /// Whether a run can go on along this axis: every input must do there what it does further in.
    const fn extends(&self, inputs: &[Axes; N], output: &Axes, axis: usize) -> bool {
        let mut i = 0;
        while i < N {
            if self.len > 1 && output[axis] > 1 && (inputs[i][axis] == 1) != self.single[i] {
                return false;
            }
            i += 1;
        }
        true
    }

    /// With the axes before `inside`, along which the runs follow each other.
    const fn outside(mut self, inputs: &[Axes; N], output: &Axes, inside: usize) -> Self {
        self.outside = [inside, inside];
        let mut axis = MOST_AXES;
        while axis > 0 {
            axis -= 1;
            if axis < inside && output[axis] > 1 {
                self.outside[0] = axis;
                self.outer[axis] = output[axis];
                self.count *= output[axis];
            }
            let mut i = 0;
            while i < N {
                if axis < inside && inputs[i][axis] > 1 {
                    self.strides[i][axis] = self.sizes[i];
                }
                self.sizes[i] *= inputs[i][axis];
                i += 1;
            }
        }
        self
    }

    /// Whether some element of the input is used more than once.
    #[inline(always)]
    pub(super) const fn repeats(&self, input: usize) -> bool {
        self.sizes[input] < self.len * self.count
    }

    /// The elements of the input in a run.
    #[inline(always)]
    pub(super) const fn width(&self, input: usize) -> usize {
        if self.single[input] { 1 } else { self.len }
    }

    /// Where the input starts in a run.
    #[inline(always)]
    pub(super) const fn place(&self, input: usize, mut run: usize) -> usize {
        let (mut place, [first, mut axis]) = (0, self.outside);
        while axis > first {
            axis -= 1;
            place += run % self.outer[axis] * self.strides[input][axis];
            run /= self.outer[axis];
        }
        place
    }

    /// The run of each input, if the slices are long enough.
    #[inline(always)]
    pub(super) fn cut<'a, T>(&self, inputs: [&'a [T]; N], run: usize) -> Option<[&'a [T]; N]> {
        let mut cut = inputs;
        for (i, input) in cut.iter_mut().enumerate() {
            *input = input.get(self.place(i, run)..)?.get(..self.width(i))?;
        }
        Some(cut)
    }

    /// For each input whether it counts in a row; all do that have no mask.
    #[inline(always)]
    pub(super) fn counts<T: PartialEq + Default>(&self, masks: [Option<&[T]>; N], row: usize) -> [bool; N] {
        let mut counts = [true; N];
        for (i, (counts, mask)) in counts.iter_mut().zip(masks).enumerate() {
            let number = mask.and_then(|mask| mask.get(self.place(i, row) / self.width(i)));
            *counts = number.is_none_or(|number| *number != T::default());
        }
        counts
    }
}

/// At most [`MOST_AXES`] sizes as so many.
const fn padded(shape: &[usize]) -> Axes {
    assert!(shape.len() <= MOST_AXES, "a tensor has at most 6 axes");
    let mut padded = [1; MOST_AXES];
    let mut axis = 0;
    while axis < shape.len() {
        padded[MOST_AXES - shape.len() + axis] = shape[axis];
        axis += 1;
    }
    padded
}

/// For each input whether it is one element along an axis.
const fn singles<const N: usize>(inputs: &[Axes; N], axis: usize) -> [bool; N] {
    let mut singles = [true; N];
    let mut i = 0;
    while i < N {
        singles[i] = inputs[i][axis] == 1;
        i += 1;
    }
    singles
}
