//! A smaller array inside of a larger one, of up to four axes: what padding and cropping have in common.

/// Where the smaller array lies in the larger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pad {
    /// The elements of the smaller array.
    pub small: usize,
    /// The elements of the larger array.
    pub large: usize,
    /// Its elements that lie side by side in both.
    run: usize,
    /// The axes outside of the runs.
    outer: [usize; 3],
    /// From one run to the next along each of them, in the larger array.
    strides: [usize; 3],
    /// Where it starts in the larger array.
    first: usize,
}

impl Pad {
    /// A `small` array with so many elements before and after it along each axis.
    pub const fn new(small: &[usize], around: &[[usize; 2]]) -> Pad {
        assert!(small.len() <= 4 && small.len() == around.len(), "at most three axes and the channels");
        let mut pad = Pad { small: 1, large: 1, run: 1, outer: [1; 3], strides: [0; 3], first: 0 };
        let (mut axis, mut outer) = (small.len(), 3);
        while axis > 0 {
            axis -= 1;
            // Whole up to here in both arrays, so this axis goes on where the run ends.
            if pad.run == pad.large {
                pad.run *= small[axis];
            } else {
                outer -= 1;
                pad.outer[outer] = small[axis];
                pad.strides[outer] = pad.large;
            }
            pad.first += around[axis][0] * pad.large;
            pad.small *= small[axis];
            pad.large *= small[axis] + around[axis][0] + around[axis][1];
        }
        pad
    }

    /// Calls `f` with each run of the smaller array and where it is in the larger one.
    #[inline(always)]
    fn runs(&self, mut f: impl FnMut(usize, core::ops::Range<usize>)) {
        let mut run = 0;
        for i in 0..self.outer[0] {
            for j in 0..self.outer[1] {
                for k in 0..self.outer[2] {
                    let at = self.first + i * self.strides[0] + j * self.strides[1] + k * self.strides[2];
                    f(run, at..at + self.run);
                    run += 1;
                }
            }
        }
    }

    /// Copies the smaller array into the larger one, and zeros around it; for one array, or several.
    #[inline(always)]
    pub(super) fn pad<T: Copy + Default>(&self, small: &[T], large: &mut [T]) {
        // No size is zero, which the compiler cannot know of numbers.
        let arrays = small.chunks_exact(self.small.max(1)).zip(large.chunks_exact_mut(self.large.max(1)));
        for (small, large) in arrays {
            large.fill(T::default());
            self.runs(
                #[inline(always)]
                |run, at| {
                    let small = small.get(run * self.run..(run + 1) * self.run);
                    if let (Some(small), Some(large)) = (small, large.get_mut(at)) {
                        large.copy_from_slice(small);
                    }
                },
            );
        }
    }

    /// Copies the smaller array out of the larger one; for one array, or several.
    #[inline(always)]
    pub(super) fn crop<T: Copy>(&self, large: &[T], small: &mut [T]) {
        let arrays = small.chunks_exact_mut(self.small.max(1)).zip(large.chunks_exact(self.large.max(1)));
        for (small, large) in arrays {
            self.runs(
                #[inline(always)]
                |run, at| {
                    let small = small.get_mut(run * self.run..(run + 1) * self.run);
                    if let (Some(small), Some(large)) = (small, large.get(at)) {
                        small.copy_from_slice(large);
                    }
                },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every element of the larger array: that of the smaller one, or 0.
    fn naive(small: &[usize], around: &[[usize; 2]], values: &[u32]) -> Vec<u32> {
        let large: Vec<usize> = small.iter().zip(around).map(|(size, around)| size + around[0] + around[1]).collect();
        let inside = |element: usize| {
            let (mut rest, mut place, mut stride) = (element, 0, 1);
            for axis in (0..small.len()).rev() {
                let at = (rest % large[axis]).wrapping_sub(around[axis][0]);
                if at >= small[axis] {
                    return None;
                }
                place += at * stride;
                stride *= small[axis];
                rest /= large[axis];
            }
            Some(values[place])
        };
        (0..large.iter().product()).map(|element| inside(element).unwrap_or(0)).collect()
    }

    #[test]
    fn all_ways_to_lie_inside() {
        type Case<'a> = (&'a [usize], &'a [[usize; 2]], usize);
        let cases: [Case<'_>; 7] = [
            (&[4, 3], &[[1, 2], [0, 0]], 12),
            (&[3, 4, 2], &[[1, 0], [2, 3], [0, 0]], 8),
            (&[2, 3, 4], &[[0, 0], [1, 0], [2, 3]], 4),
            (&[2, 3, 2, 2], &[[1, 0], [0, 2], [1, 1], [0, 0]], 4),
            (&[2, 3, 2, 2], &[[0, 0], [1, 0], [0, 2], [1, 1]], 2),
            (&[2, 3, 2, 2], &[[0, 0], [1, 1], [0, 0], [0, 0]], 12),
            (&[5], &[[0, 0]], 5),
        ];
        for (small, around, run) in cases {
            let pad = Pad::new(small, around);
            assert_eq!(pad.run, run, "{small:?} in {around:?}");
            let values: Vec<u32> = (1..=2 * pad.small as u32).collect();
            let (one, two) = values.split_at(pad.small);
            let want = [naive(small, around, one), naive(small, around, two)].concat();
            let (mut large, mut back) = (vec![7; 2 * pad.large], vec![0; values.len()]);
            pad.pad(&values, &mut large);
            assert_eq!(large, want, "{small:?} in {around:?}");
            pad.crop(&large, &mut back);
            assert_eq!(back, values, "{small:?} in {around:?}");
        }
    }
}
