//! Where activations lie: regions packed by lifetime into one array.

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
///
/// The largest region is placed first, each as low as it fits; so a chain's workspace is the
/// largest sum of neighbours. Offsets and the length are multiples of [`ALIGN`].
///
/// ```
/// use nn_shape::memory::{place, region};
/// let layout = place([region(64, 0, 1), region(32, 1, 2), region(64, 2, 3)]);
/// assert_eq!((layout.offsets, layout.len), ([0, 64, 0], 96));
/// ```
pub const fn place<const N: usize>(regions: [Region; N]) -> Layout<N> {
    let mut offsets = [UNPLACED; N];
    let mut len = 0;
    while let Some(next) = largest(&regions, &offsets) {
        let offset = lowest_gap(&regions, &offsets, next);
        offsets[next] = offset;
        if offset + aligned(regions[next].len) > len {
            len = offset + aligned(regions[next].len);
        }
    }
    Layout { regions, offsets, len }
}

/// The offset of a region that has no place yet.
const UNPLACED: usize = usize::MAX;

/// The next multiple of [`ALIGN`].
const fn aligned(len: usize) -> usize {
    len.next_multiple_of(ALIGN)
}

/// The largest region that has no place yet; the earlier one of two equals.
const fn largest(regions: &[Region], offsets: &[usize]) -> Option<usize> {
    let mut best: Option<usize> = None;
    let mut i = 0;
    while i < regions.len() {
        let larger = match best {
            None => true,
            Some(best) => regions[i].len > regions[best].len,
        };
        if offsets[i] == UNPLACED && larger {
            best = Some(i);
        }
        i += 1;
    }
    best
}

/// The lowest offset at which region `new` meets no placed region that is alive at the same time.
const fn lowest_gap(regions: &[Region], offsets: &[usize], new: usize) -> usize {
    let mut offset = 0;
    let mut i = 0;
    while i < regions.len() {
        let alive = regions[i].first <= regions[new].last && regions[new].first <= regions[i].last;
        let in_the_way = offsets[i] != UNPLACED
            && alive
            && offset < offsets[i] + aligned(regions[i].len)
            && offsets[i] < offset + aligned(regions[new].len);
        if in_the_way {
            // Continue behind it, and look at all of them again.
            offset = offsets[i] + aligned(regions[i].len);
            i = 0;
        } else {
            i += 1;
        }
    }
    offset
}

/// The elements of a part of a region: `len` of them from `at` on.
pub const fn part(whole: &core::ops::Range<usize>, at: usize, len: usize) -> core::ops::Range<usize> {
    whole.start + at..whole.start + at + len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_never_overlap() {
        let regions = [region(1014, 0, 1), region(400, 1, 2), region(120, 2, 3), region(84, 3, 4), region(33, 0, 4)];
        let Layout { offsets, len: whole, .. } = place(regions);
        for (i, a) in regions.iter().enumerate() {
            assert_eq!(offsets[i] % ALIGN, 0);
            assert!(offsets[i] + a.len <= whole);
            for (j, b) in regions.iter().enumerate().filter(|&(j, _)| j != i) {
                let alive = a.first <= b.last && b.first <= a.last;
                let overlap = offsets[i] < offsets[j] + b.len && offsets[j] < offsets[i] + a.len;
                assert!(!(alive && overlap), "{i} and {j}");
            }
        }
        assert_eq!(whole, 1024 + 400 + 48, "the largest neighbours and the long-lived region");
    }

    #[test]
    fn nothing_needs_nothing() {
        assert_eq!(place::<0>([]).len, 0);
    }
}
