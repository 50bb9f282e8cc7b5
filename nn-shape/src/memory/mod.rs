//! Where activations lie: regions packed by lifetime into one array.

mod pack;

/// Regions start at multiples of this many elements: 64 bytes of `f32`, one cache line.
pub const ALIGN: usize = 16;

/// A region of the workspace: how many elements, and the steps during which it is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The number of elements.
    pub len: usize,
    /// The step that writes it.
    pub first: usize,
    /// The last step that reads it.
    pub last: usize,
}

/// A [`Region`] in one line.
pub const fn region(len: usize, first: usize, last: usize) -> Region {
    Region { len, first, last }
}

/// Where `N` regions lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout<const N: usize> {
    /// The regions.
    pub regions: [Region; N],
    /// Where each of them starts, in elements.
    pub offsets: [usize; N],
    /// The length of the whole, in elements.
    pub len: usize,
}

impl<const N: usize> Layout<N> {
    /// The elements of a region.
    pub const fn range(&self, index: usize) -> core::ops::Range<usize> {
        self.offsets[index]..self.offsets[index] + self.regions[index].len
    }
}

/// Offsets for `regions` such that no two that are alive at the same step overlap, and the length of the whole.
/// Offsets and the length are multiples of [`ALIGN`].
///
/// No layout is shorter than what is alive at one step ([`least`]). Finding the shortest is a hard problem (storage
/// allocation, [Garey and Johnson 1979](https://en.wikipedia.org/wiki/Computers_and_Intractability), SR2); this tries
/// a few orders, each region as low as it fits, and ends as soon as nothing shorter can be: for a chain after the first.
/// Of the same regions it always makes the same layout.
///
/// ```
/// use nn_shape::memory::{place, region};
/// let layout = place([region(64, 0, 1), region(32, 1, 2), region(64, 2, 3)]);
/// assert_eq!((layout.offsets, layout.len), ([0, 64, 0], 96));
/// ```
pub const fn place<const N: usize>(regions: [Region; N]) -> Layout<N> {
    let (offsets, len) = pack::pack(&regions);
    Layout { regions, offsets, len }
}

/// The elements that are alive at the same step, where they are the most.
pub const fn least(regions: &[Region]) -> usize {
    let (mut most, mut at) = (0, 0);
    while at < regions.len() {
        // The most are alive when some region begins.
        let (step, mut alive, mut i) = (regions[at].first, 0, 0);
        while i < regions.len() {
            if regions[i].first <= step && step <= regions[i].last {
                alive += aligned(regions[i].len);
            }
            i += 1;
        }
        if alive > most {
            most = alive;
        }
        at += 1;
    }
    most
}

/// The next multiple of [`ALIGN`].
const fn aligned(len: usize) -> usize {
    len.next_multiple_of(ALIGN)
}

/// The elements of a part of a region: `len` of them from `at` on.
pub const fn part(whole: &core::ops::Range<usize>, at: usize, len: usize) -> core::ops::Range<usize> {
    whole.start + at..whole.start + at + len
}

#[cfg(test)]
mod tests;
