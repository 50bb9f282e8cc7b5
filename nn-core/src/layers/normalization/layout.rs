//! Which elements of a sample share a statistic, and which share a weight.

use crate::shape::MOST_AXES;

/// The axes of one sample, and what lies along them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// The sizes of the axes, and ones behind them.
    shape: [usize; MOST_AXES],
    /// The axes that are summed over.
    normalized: [bool; MOST_AXES],
    /// Whether the weights lie along the axes that are summed over, or along the others.
    weights_along: bool,
    /// So many neighbouring statistics are one.
    pub(super) group: usize,
    /// The innermost axes, as far as they are all summed over or all not: elements side by side in memory.
    pub(super) run: usize,
    /// Whether the elements of a run are summed up.
    pub(super) summed: bool,
    /// Whether every statistic is over one run.
    pub(super) alone: bool,
    /// The number of axes outside of the run.
    outer: usize,
    /// The elements of a sample.
    pub len: usize,
    /// The positions along the axes that are not summed over.
    pub statistics: usize,
    /// The elements that a mean is taken over.
    pub(super) count: usize,
    /// How many runs a sample has.
    pub(super) runs: usize,
}

/// What goes into one statistic.
#[derive(Clone, Copy)]
pub(super) enum Sums {
    /// One run, and nothing else.
    Alone,
    /// All elements of some runs.
    OfRuns,
    /// One element of some runs.
    OfElements,
}

impl Layout {
    /// The layout of a LayerNormalization: the weights lie along the axes that are summed over.
    pub(crate) const fn along(shape: &[usize], normalized: &[bool]) -> Self {
        Self::new(shape, normalized, true, 1)
    }

    /// The same with sums in place of means.
    pub(crate) const fn of_sums(self) -> Self {
        Layout { count: 1, ..self }
    }

    /// The layout of a GroupNormalization over `[outer, channels, inner]` in groups of so many channels.
    pub(crate) const fn groups(dims: &[usize; 3], group: usize) -> Self {
        Self::new(dims, &[true, false, true], false, group)
    }

    const fn new(shape: &[usize], normalized: &[bool], weights_along: bool, group: usize) -> Self {
        assert!(shape.len() <= MOST_AXES && shape.len() == normalized.len(), "a tensor has at most 6 axes");
        let (mut run, mut outer, mut summed) = (1, shape.len(), false);
        while outer > 0 {
            let size = shape[outer - 1];
            if size != 1 && run != 1 && normalized[outer - 1] != summed {
                break;
            }
            if run == 1 {
                summed = normalized[outer - 1];
            }
            run *= size;
            outer -= 1;
        }
        let len = product(shape, normalized, true) * product(shape, normalized, false);
        let statistics = product(shape, normalized, false);
        let (runs, count) = (len / run, len / statistics * group);
        let alone = summed && group == 1 && runs == statistics;
        let (mut sizes, mut along, mut axis) = ([1; MOST_AXES], [false; MOST_AXES], 0);
        while axis < shape.len() {
            (sizes[axis], along[axis]) = (shape[axis], normalized[axis]);
            axis += 1;
        }
        Layout {
            shape: sizes,
            normalized: along,
            weights_along,
            group,
            run,
            summed,
            alone,
            outer,
            len,
            statistics,
            count,
            runs,
        }
    }

    /// Whether every element of a run has a weight of its own.
    const fn own_weights(&self) -> bool {
        self.summed == self.weights_along
    }

    /// Whether statistics are summed like this, and whether every element of a run has a weight of its own.
    #[inline(always)]
    pub(super) const fn is(&self, sums: Sums, own_weights: bool) -> bool {
        let alike = match sums {
            Sums::Alone => self.alone,
            Sums::OfRuns => self.summed,
            Sums::OfElements => !self.summed,
        };
        alike && self.own_weights() == own_weights
    }

    /// The places of the first statistic and of the first weight of the `index`-th run.
    #[inline(always)]
    pub(super) fn place(&self, mut index: usize) -> [usize; 2] {
        if self.alone {
            return [index, if self.weights_along { 0 } else { index }];
        }
        let (mut places, mut strides) = ([0; 2], [1; 2]);
        strides[usize::from(self.summed)] = self.run;
        for (&size, &normalized) in self.shape.iter().zip(&self.normalized).take(self.outer).rev() {
            let kind = usize::from(normalized);
            // No size is zero, which the compiler cannot know.
            let size = size.max(1);
            places[kind] += index % size * strides[kind];
            strides[kind] *= size;
            index /= size;
        }
        let [statistic, summed] = places;
        [statistic, if self.weights_along { summed } else { statistic }]
    }
}

/// The positions along the axes that are summed over, or along the others.
const fn product(shape: &[usize], normalized: &[bool], summed: bool) -> usize {
    let (mut len, mut axis) = (1, 0);
    while axis < shape.len() {
        if normalized[axis] == summed {
            len *= shape[axis];
        }
        axis += 1;
    }
    len
}

#[cfg(test)]
mod tests {
    use super::Layout;

    #[test]
    fn runs_and_places() {
        let rows = Layout::along(&[10, 64], &[false, true]);
        assert!(rows.alone && rows.own_weights() && rows.runs == 10 && rows.count == 64);
        assert_eq!(rows.place(3), [3, 0]);
        let columns = Layout::along(&[4, 5], &[true, false]);
        assert!(!columns.alone && !columns.own_weights() && columns.count == 4);
        assert_eq!(columns.place(2), [0, 2]);
        let ends = Layout::along(&[3, 2, 5], &[true, false, true]);
        assert!(ends.own_weights() && !ends.alone && ends.statistics == 2 && ends.count == 15);
        assert_eq!(ends.place(3), [1, 5]);
        let ones = Layout::along(&[1, 6, 1], &[false, true, false]);
        assert!(ones.alone && ones.runs == 1);
        let groups = Layout::groups(&[20, 6, 1], 2);
        assert!(groups.own_weights() && !groups.summed && groups.count == 40 && groups.run == 6);
        assert_eq!(groups.place(7), [0, 0]);
        let first = Layout::groups(&[1, 4, 15], 2);
        assert!(!first.own_weights() && first.summed && !first.alone && first.count == 30);
        assert_eq!(first.place(3), [3, 3]);
    }
}
