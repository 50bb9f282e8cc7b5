//! Where the elements of inputs of different shapes meet.

#[cfg(feature = "alloc")]
use alloc::vec;
#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use crate::shape::MOST_AXES;

/// The axes of a tensor, with ones in place of those it does not have, which come first.
type Axes = [usize; MOST_AXES];

/// Runs of the output, one after another, in each of which every input either lies side by side or is one element.
///
/// `P` are the [`Place`]s of the inputs: an array where rustc knows how many there are, a slice or a vector where not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runs<P> {
    /// The elements of a run.
    pub len: usize,
    /// The number of runs.
    pub count: usize,
    /// Where each input is in them.
    places: P,
    /// The first and the end of the axes outside of the runs.
    outside: [usize; 2],
    /// Their sizes.
    outer: Axes,
}

/// Where one input of a merge is in the runs of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whether it is one element in each run.
    pub single: bool,
    /// Its elements.
    pub size: usize,
    /// How far it moves along each of the axes outside of the runs.
    strides: Axes,
}

impl Place {
    /// An input of one element.
    pub(super) const ONE: Place = Place { single: true, size: 1, strides: [0; MOST_AXES] };
}

#[cfg(feature = "alloc")]
impl Runs<Vec<Place>> {
    /// The same for any number of inputs.
    pub fn of(shapes: &[&[usize]], rows: bool) -> Self {
        let mut places = vec![Place::ONE; shapes.len()];
        let Runs { len, count, places: (), outside, outer } = lay_out(shapes, rows, &mut places);
        Runs { len, count, places, outside, outer }
    }
}

impl Runs<&[Place]> {
    /// The same as an array, if there are so many inputs.
    #[inline(always)]
    pub(super) fn as_array<const N: usize>(&self) -> Option<Runs<[Place; N]>> {
        let Runs { len, count, places, outside, outer } = *self;
        Some(Runs { len, count, places: *places.first_chunk::<N>().filter(|_| places.len() == N)?, outside, outer })
    }
}

impl<const N: usize> Runs<[Place; N]> {
    /// Whether some element of the first input is used more than once.
    pub(super) const fn repeats_first(&self) -> bool {
        self.places[0].size < self.len * self.count
    }

    /// The runs of some shapes; none longer than the last axis if `rows`.
    pub const fn new(shapes: [&[usize]; N], rows: bool) -> Self {
        let mut places = [Place::ONE; N];
        let Runs { len, count, places: (), outside, outer } = lay_out(&shapes, rows, &mut places);
        Runs { len, count, places, outside, outer }
    }
}

/// Fills the places of inputs of these shapes, and gives the runs that they are in.
const fn lay_out(shapes: &[&[usize]], rows: bool, places: &mut [Place]) -> Runs<()> {
    let (mut output, mut i) = ([1; MOST_AXES], 0);
    while i < shapes.len() {
        let (input, mut axis) = (padded(shapes[i]), 0);
        while axis < MOST_AXES {
            output[axis] = if input[axis] == 1 { output[axis] } else { input[axis] };
            axis += 1;
        }
        i += 1;
    }
    let mut runs = Runs { len: 1, count: 1, places: (), outside: [0; 2], outer: [1; MOST_AXES] };
    let mut axis = MOST_AXES;
    while axis > 0 && (axis == MOST_AXES || !rows) && (runs.len == 1 || extends(shapes, &output, places, axis - 1)) {
        axis -= 1;
        let mut i = 0;
        while i < shapes.len() && output[axis] > 1 {
            places[i].single = padded(shapes[i])[axis] == 1;
            i += 1;
        }
        runs.len *= output[axis];
    }
    let inside = axis;
    runs.outside = [inside, inside];
    while axis > 0 {
        axis -= 1;
        if output[axis] > 1 {
            runs.outside[0] = axis;
            runs.outer[axis] = output[axis];
            runs.count *= output[axis];
        }
    }
    let mut i = 0;
    while i < shapes.len() {
        let (input, mut axis) = (padded(shapes[i]), MOST_AXES);
        while axis > 0 {
            axis -= 1;
            if axis < inside && input[axis] > 1 {
                places[i].strides[axis] = places[i].size;
            }
            places[i].size *= input[axis];
        }
        i += 1;
    }
    runs
}

/// Whether runs can go on along this axis: every input must do there what it does further in.
const fn extends(shapes: &[&[usize]], output: &Axes, places: &[Place], axis: usize) -> bool {
    let mut i = 0;
    while i < shapes.len() {
        if output[axis] > 1 && (padded(shapes[i])[axis] == 1) != places[i].single {
            return false;
        }
        i += 1;
    }
    true
}

impl<P: AsRef<[Place]>> Runs<P> {
    /// The same with the places as a slice.
    pub(super) fn as_slice(&self) -> Runs<&[Place]> {
        let Runs { len, count, places, outside, outer } = self;
        Runs { len: *len, count: *count, places: places.as_ref(), outside: *outside, outer: *outer }
    }

    /// The number of inputs.
    #[inline(always)]
    pub(super) fn inputs(&self) -> usize {
        self.places.as_ref().len()
    }

    /// Where an input is.
    #[inline(always)]
    pub(super) fn place(&self, input: usize) -> &Place {
        self.places.as_ref().get(input).unwrap_or(&Place::ONE)
    }

    #[cfg(feature = "alloc")]
    /// Whether some element of the input is used more than once.
    #[inline(always)]
    pub(super) fn repeats(&self, input: usize) -> bool {
        self.place(input).size < self.len * self.count
    }

    /// The elements of the input in a run.
    #[inline(always)]
    pub(super) fn width(&self, input: usize) -> usize {
        if self.place(input).single { 1 } else { self.len }
    }

    /// Where the input starts in a run.
    #[inline(always)]
    pub(super) fn start(&self, input: usize, mut run: usize) -> usize {
        let (mut start, [first, mut axis], strides) = (0, self.outside, &self.place(input).strides);
        while axis > first {
            axis -= 1;
            let (Some(size), Some(stride)) = (self.outer.get(axis), strides.get(axis)) else { return start };
            // No size is zero, which the compiler cannot know of numbers.
            let size = (*size).max(1);
            start += run % size * stride;
            run /= size;
        }
        start
    }

    /// The run of an input, if its slice is long enough.
    #[inline(always)]
    pub(super) fn cut<'a, T>(&self, input: usize, x: &'a [T], run: usize) -> Option<&'a [T]> {
        x.get(self.start(input, run)..)?.get(..self.width(input))
    }

    /// Whether an input counts in a row; it does without a mask.
    #[inline(always)]
    pub(super) fn counts<T: PartialEq + Default>(&self, input: usize, mask: Option<&[T]>, row: usize) -> bool {
        let number = mask.and_then(|mask| mask.get(self.start(input, row) / self.width(input).max(1)));
        number.is_none_or(|number| *number != T::default())
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
