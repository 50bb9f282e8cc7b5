//! The inputs of a merge and their masks: arrays where rustc knows how many there are, slices where not.

use super::{Place, Runs};

/// The inputs, of one sample or of several.
pub(super) trait Inputs<'a, T: 'a>: Copy {
    /// Those of one sample.
    fn of_sample<P: AsRef<[Place]>>(self, runs: &Runs<P>, sample: usize) -> Self;

    /// A run of each input, by its number; none if some slices are seen to be too short. If not `read`, the slices may be
    /// anything, and are never asked for.
    fn cut<P: AsRef<[Place]>>(self, runs: &Runs<P>, run: usize, read: bool)
    -> Option<impl Fn(usize) -> &'a [T] + Copy>;

    /// The same for the inputs after the first.
    fn cut_others<P: AsRef<[Place]>>(self, runs: &Runs<P>, run: usize) -> Option<impl Fn(usize) -> &'a [T] + Copy>;
}

impl<'a, T, const N: usize> Inputs<'a, T> for [&'a [T]; N] {
    #[inline(always)]
    fn of_sample<P: AsRef<[Place]>>(mut self, runs: &Runs<P>, sample: usize) -> Self {
        for (i, x) in self.iter_mut().enumerate() {
            let size = runs.place(i).size;
            *x = x.get(sample * size..(sample + 1) * size).unwrap_or_default();
        }
        self
    }

    #[inline(always)]
    fn cut<P: AsRef<[Place]>>(
        mut self,
        runs: &Runs<P>,
        run: usize,
        read: bool,
    ) -> Option<impl Fn(usize) -> &'a [T] + Copy> {
        for (i, x) in self.iter_mut().enumerate() {
            if read {
                *x = runs.cut(i, x, run)?;
            }
        }
        Some(
            #[inline(always)]
            move |input: usize| self[input],
        )
    }

    #[inline(always)]
    fn cut_others<P: AsRef<[Place]>>(mut self, runs: &Runs<P>, run: usize) -> Option<impl Fn(usize) -> &'a [T] + Copy> {
        for (i, x) in self.iter_mut().enumerate().skip(1) {
            *x = runs.cut(i, x, run)?;
        }
        Some(
            #[inline(always)]
            move |input: usize| self[input],
        )
    }
}

/// Inputs of which there are any number: they are cut when they are asked for.
pub(super) struct Slices<'b, 'a, T> {
    x: &'b [&'a [T]],
    /// The number of the first of them.
    first: usize,
    sample: usize,
}

impl<T> Clone for Slices<'_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slices<'_, '_, T> {}

impl<'b, 'a, T> Slices<'b, 'a, T> {
    /// The inputs from number `first` on.
    pub(super) fn new(x: &'b [&'a [T]], first: usize) -> Self {
        Slices { x, first, sample: 0 }
    }

    /// A run of one input; nothing where the slice is too short.
    #[inline(always)]
    fn run<P: AsRef<[Place]>>(self, runs: &Runs<P>, input: usize, run: usize) -> &'a [T] {
        let (x, size) = (self.x.get(input.wrapping_sub(self.first)), runs.place(input).size);
        let x = x.and_then(|x| x.get(self.sample * size..(self.sample + 1) * size));
        x.and_then(|x| runs.cut(input, x, run)).unwrap_or_default()
    }
}

impl<'a, T> Inputs<'a, T> for Slices<'_, 'a, T> {
    #[inline(always)]
    fn of_sample<P: AsRef<[Place]>>(self, _: &Runs<P>, sample: usize) -> Self {
        Slices { sample, ..self }
    }

    #[inline(always)]
    fn cut<P: AsRef<[Place]>>(self, runs: &Runs<P>, run: usize, _: bool) -> Option<impl Fn(usize) -> &'a [T] + Copy> {
        Some(
            #[inline(always)]
            move |input: usize| self.run(runs, input, run),
        )
    }

    #[inline(always)]
    fn cut_others<P: AsRef<[Place]>>(self, runs: &Runs<P>, run: usize) -> Option<impl Fn(usize) -> &'a [T] + Copy> {
        Some(
            #[inline(always)]
            move |input: usize| self.run(runs, input, run),
        )
    }
}

/// The masks of the inputs, of one sample or of several.
pub(super) trait Masks: Copy {
    /// Those of one sample.
    fn of_sample<P: AsRef<[Place]>>(self, rows: &Runs<P>, sample: usize) -> Self;

    /// For each input, by its number, whether it counts in a row.
    fn counts<P: AsRef<[Place]>>(self, rows: &Runs<P>, row: usize) -> impl Fn(usize) -> bool + Copy;
}

/// No masks: everything counts.
impl Masks for () {
    #[inline(always)]
    fn of_sample<P: AsRef<[Place]>>(self, _: &Runs<P>, _: usize) -> Self {}

    #[inline(always)]
    fn counts<P: AsRef<[Place]>>(self, _: &Runs<P>, _: usize) -> impl Fn(usize) -> bool + Copy {
        #[inline(always)]
        |_| true
    }
}

/// The part of a mask that belongs to one sample.
#[inline(always)]
fn part<'a, T, P: AsRef<[Place]>>(
    rows: &Runs<P>,
    input: usize,
    mask: Option<&'a [T]>,
    sample: usize,
) -> Option<&'a [T]> {
    let len = rows.place(input).size / rows.width(input).max(1);
    mask.and_then(|mask| mask.get(sample * len..(sample + 1) * len))
}

impl<T: Copy + PartialEq + Default, const N: usize> Masks for [Option<&[T]>; N] {
    #[inline(always)]
    fn of_sample<P: AsRef<[Place]>>(mut self, rows: &Runs<P>, sample: usize) -> Self {
        for (i, mask) in self.iter_mut().enumerate() {
            *mask = part(rows, i, *mask, sample);
        }
        self
    }

    #[inline(always)]
    fn counts<P: AsRef<[Place]>>(self, rows: &Runs<P>, row: usize) -> impl Fn(usize) -> bool + Copy {
        let mut counts = [true; N];
        for (i, (counts, mask)) in counts.iter_mut().zip(self).enumerate() {
            *counts = rows.counts(i, mask, row);
        }
        #[inline(always)]
        move |input: usize| counts[input]
    }
}

/// Masks of any number of inputs.
pub(super) struct SliceMasks<'b, 'a, T> {
    masks: &'b [Option<&'a [T]>],
    sample: usize,
}

impl<T> Clone for SliceMasks<'_, '_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SliceMasks<'_, '_, T> {}

impl<'b, 'a, T> SliceMasks<'b, 'a, T> {
    /// The masks of all inputs.
    pub(super) fn new(masks: &'b [Option<&'a [T]>]) -> Self {
        SliceMasks { masks, sample: 0 }
    }
}

impl<T: Copy + PartialEq + Default> Masks for SliceMasks<'_, '_, T> {
    #[inline(always)]
    fn of_sample<P: AsRef<[Place]>>(self, _: &Runs<P>, sample: usize) -> Self {
        SliceMasks { sample, ..self }
    }

    #[inline(always)]
    fn counts<P: AsRef<[Place]>>(self, rows: &Runs<P>, row: usize) -> impl Fn(usize) -> bool + Copy {
        #[inline(always)]
        move |input: usize| {
            let mask = self.masks.get(input).copied().flatten();
            rows.counts(input, part(rows, input, mask, self.sample), row)
        }
    }
}
