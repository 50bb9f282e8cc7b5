//! Which elements of a window meet which inputs, along one axis.
//!
//! Large `i` and small `j` meet under element `t` of a window where `i = j · stride + t · dilation − before`.

use core::ops::Range;

use super::{Conv3DSizes, Side};

/// Outputs along an axis, at equal distances, that see the same elements of a window: where there is room for all of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// The first output, the distance to the next, and how many there are.
    pub(super) first: usize,
    pub(super) step: usize,
    pub(super) outputs: usize,
    /// The first element, the distance to the next, and how many there are.
    pub(super) tap: usize,
    pub(super) tap_step: usize,
    taps: usize,
    /// The input that the first output sees under the first element, which may lie outside.
    input: isize,
    /// How far that moves from one output to the next, and from one element to the next.
    pub(super) input_step: isize,
    pub(super) input_per_tap: isize,
    /// The inputs that there are.
    inputs: usize,
}

impl Line {
    /// How many lines there are along an axis of this side.
    #[inline(always)]
    pub(super) fn count(sizes: &Conv3DSizes, to: Side, axis: usize) -> usize {
        match to {
            Side::Small => 1,
            Side::Large => sizes.strides[axis].min(sizes.large[axis]),
        }
    }

    /// One of them.
    #[inline(always)]
    pub(super) fn new(sizes: &Conv3DSizes, to: Side, axis: usize, index: usize) -> Line {
        let (kernel, before) = (sizes.kernel_size[axis], sizes.before[axis] as isize);
        // Neither is 0, which the compiler cannot know of numbers.
        let [stride, dilation] = [sizes.strides[axis], sizes.dilation_rate[axis]].map(|size| size.max(1));
        let [large, small] = [sizes.large[axis], sizes.small[axis]];
        match to {
            Side::Small => Line {
                first: 0,
                step: 1,
                outputs: small,
                tap: 0,
                tap_step: 1,
                taps: kernel,
                input: -before,
                input_step: stride as isize,
                input_per_tap: dilation as isize,
                inputs: large,
            },
            // Each output sees the elements from which a whole number of strides leads to it: every so many.
            Side::Large => {
                let apart = gcd(stride, dilation).max(1);
                let tap_step = stride / apart;
                let place = (index as isize).saturating_add(before);
                let from = |tap: usize| place.saturating_sub((tap as isize).saturating_mul(dilation as isize));
                let tap = (0..tap_step.min(kernel)).find(|tap| from(*tap).checked_rem(stride as isize) == Some(0));
                let tap = tap.unwrap_or(kernel);
                Line {
                    first: index,
                    step: stride,
                    outputs: large.saturating_sub(index).div_ceil(stride),
                    tap,
                    tap_step,
                    taps: (kernel - tap).div_ceil(tap_step.max(1)),
                    input: from(tap).checked_div(stride as isize).unwrap_or(0),
                    input_step: 1,
                    input_per_tap: -((dilation / apart) as isize),
                    inputs: small,
                }
            }
        }
    }

    /// The input that an output sees under the first element.
    #[inline(always)]
    pub(super) fn input(&self, output: usize) -> isize {
        self.input.saturating_add((output as isize).saturating_mul(self.input_step))
    }

    /// The elements under which an output sees inputs that are there.
    #[inline(always)]
    pub(super) fn taps(&self, output: usize) -> Range<usize> {
        let (input, last) = (self.input(output), self.inputs as isize - 1);
        // So far may the elements lead away from the first, in their own direction.
        let [from, to] = match self.input_per_tap > 0 {
            true => [input.saturating_neg(), last.saturating_sub(input)],
            false => [input.saturating_sub(last), input],
        };
        let per_tap = self.input_per_tap.unsigned_abs().max(1);
        match usize::try_from(to) {
            Ok(to) => {
                let end = (to / per_tap + 1).min(self.taps);
                from.max(0).unsigned_abs().div_ceil(per_tap).min(end)..end
            }
            Err(_) => 0..0,
        }
    }

    /// The outputs that see all elements.
    #[inline(always)]
    pub(super) fn whole(&self) -> Range<usize> {
        let is_whole = |output: usize| self.taps(output) == (0..self.taps);
        let (mut first, mut end) = (0, self.outputs);
        while first < end && !is_whole(first) {
            first += 1;
        }
        while first < end && !is_whole(end - 1) {
            end -= 1;
        }
        first..end
    }
}

fn gcd(a: usize, b: usize) -> usize {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
