//! Where the numbers of a program lie: regions packed by lifetime, and the parts that one step needs.

use std::ops::Range;

use nn_shape::memory::{ALIGN, Region};

/// The elements of each region in one workspace.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// By the region's number.
    pub(crate) ranges: Vec<Range<usize>>,
    /// Of the whole.
    pub(crate) len: usize,
}

impl Layout {
    /// Places regions such that no two that are alive at the same step overlap: the longest first, or those that take the
    /// most room for the longest time, whichever needs less; each as low as it fits.
    pub(crate) fn new(regions: &[Region]) -> Self {
        let by_len = Self::in_order(regions, |region| region.len);
        let by_area = Self::in_order(regions, |region| region.len * (region.last + 1 - region.first));
        if by_area.len < by_len.len { by_area } else { by_len }
    }

    fn in_order(regions: &[Region], weight: impl Fn(&Region) -> usize) -> Self {
        let mut order: Vec<usize> = (0..regions.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(weight(&regions[*index])));
        let mut placed: Vec<usize> = Vec::new();
        let mut ranges = vec![0..0; regions.len()];
        for index in order {
            let region = &regions[index];
            let alive = |other: &&usize| regions[**other].first <= region.last && region.first <= regions[**other].last;
            let mut taken: Vec<Range<usize>> =
                placed.iter().filter(alive).map(|other| ranges[*other].clone()).collect();
            taken.sort_by_key(|range| range.start);
            let mut start = 0;
            for range in taken {
                if range.start >= start + region.len {
                    break;
                }
                start = start.max(range.end.next_multiple_of(ALIGN));
            }
            ranges[index] = start..start + region.len;
            placed.push(index);
        }
        let len = ranges.iter().map(|range| range.end.next_multiple_of(ALIGN)).max().unwrap_or(0);
        Layout { ranges, len }
    }
}

/// A list that is filled anew for each step without allocating: between steps only its memory is kept.
#[derive(Debug)]
pub(crate) struct Reused<T: ?Sized + 'static>(Vec<&'static T>);

/// The same for slices to write to.
#[derive(Debug)]
pub(crate) struct ReusedMut<T: 'static>(Vec<Option<&'static mut [T]>>);

impl<T: ?Sized> Reused<T> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Reused(Vec::with_capacity(capacity))
    }

    /// Takes the list, empty.
    pub(crate) fn take<'a>(&mut self) -> Vec<&'a T> {
        std::mem::take(&mut self.0)
    }

    /// Gives it back.
    pub(crate) fn put(&mut self, mut list: Vec<&T>) {
        list.clear();
        // Collecting a vector from its own iterator keeps its memory.
        self.0 = list.into_iter().map(|_| -> &'static T { unreachable!("the list is empty") }).collect();
    }
}

impl<T> ReusedMut<T> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        ReusedMut(Vec::with_capacity(capacity))
    }

    /// Takes the list, empty.
    pub(crate) fn take<'a>(&mut self) -> Vec<Option<&'a mut [T]>> {
        std::mem::take(&mut self.0)
    }

    /// Gives it back.
    pub(crate) fn put(&mut self, mut list: Vec<Option<&mut [T]>>) {
        list.clear();
        self.0 = list.into_iter().map(|_| -> Option<&'static mut [T]> { None }).collect();
    }
}

/// Cuts parts that do not overlap out of a slice; `ranges` ascend. What would overlap is empty.
pub(crate) fn cut<'a, T>(memory: &'a mut [T], ranges: &[Range<usize>], parts: &mut Vec<Option<&'a mut [T]>>) {
    let (mut rest, mut at) = (memory, 0);
    for range in ranges {
        // What is empty may lie inside of another part.
        if range.is_empty() {
            parts.push(Some(&mut []));
            continue;
        }
        let there = std::mem::take(&mut rest);
        let whole = range.start.checked_sub(at).and_then(|skip| there.get_mut(skip..));
        match whole.and_then(|whole| whole.split_at_mut_checked(range.len())) {
            Some((part, behind)) => {
                parts.push(Some(part));
                (rest, at) = (behind, range.end);
            }
            None => parts.push(Some(&mut [])),
        }
    }
}

#[cfg(test)]
mod tests {
    use nn_shape::memory::region;

    use super::*;

    #[test]
    fn an_empty_part_inside_of_another_takes_nothing_from_those_behind() {
        let (mut memory, mut parts) = ([1, 2, 3, 4], Vec::new());
        cut(&mut memory, &[0..2, 0..0, 1..1, 2..4], &mut parts);
        let parts: Vec<&[i32]> = parts.iter().map(|part| part.as_deref().unwrap_or_default()).collect();
        assert_eq!(parts, [&[1, 2][..], &[], &[], &[3, 4]]);
    }

    #[test]
    fn regions_that_are_alive_together_do_not_overlap() {
        let layout = Layout::new(&[region(64, 0, 1), region(32, 1, 2), region(64, 2, 3)]);
        assert_eq!((layout.ranges, layout.len), (vec![0..64, 64..96, 0..64], 96));
        let layout = Layout::new(&[region(5, 0, 3), region(20, 0, 1), region(20, 2, 3), region(7, 1, 2)]);
        assert_eq!(layout.len, 64);
    }

    #[test]
    fn parts_are_cut_in_order() {
        let mut memory = [0, 1, 2, 3, 4, 5, 6];
        let mut parts = Vec::new();
        cut(&mut memory, &[1..3, 3..3, 4..7], &mut parts);
        let parts: Vec<&[i32]> = parts.iter().map(|part| part.as_deref().unwrap()).collect();
        assert_eq!(parts, [&[1, 2][..], &[], &[4, 5, 6]]);
        let (mut parts, mut memory) = (Vec::new(), [0; 3]);
        cut(&mut memory, &[0..2, 1..3, 2..9], &mut parts);
        assert!(parts[1].as_ref().unwrap().is_empty() && parts[2].as_ref().unwrap().is_empty());
    }
}
