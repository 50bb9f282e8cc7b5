//! Where parts of a tensor lie, one after another.

use crate::shape::MOST_AXES;

/// Goes through the places that so many elements along each axis have, the last axis fastest.
#[derive(Clone, Copy)]
pub(crate) struct Places<'a> {
    counts: &'a [usize; MOST_AXES],
    strides: &'a [usize; MOST_AXES],
    at: [usize; MOST_AXES],
    place: usize,
}

impl<'a> Places<'a> {
    /// From `first` on; how many elements along each axis, and how far it is from one to the next.
    #[inline(always)]
    pub(crate) fn new(first: usize, counts: &'a [usize; MOST_AXES], strides: &'a [usize; MOST_AXES]) -> Self {
        Places { counts, strides, at: [0; MOST_AXES], place: first }
    }

    /// The place, and on to the next.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> usize {
        let place = self.place;
        for ((at, count), stride) in self.at.iter_mut().zip(self.counts).zip(self.strides).rev() {
            *at += 1;
            self.place = self.place.wrapping_add(*stride);
            if *at < *count {
                break;
            }
            self.place = self.place.wrapping_sub(stride.wrapping_mul(*count));
            *at = 0;
        }
        place
    }
}
