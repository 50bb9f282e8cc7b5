//! The search for a short layout. The compiler interprets it, and takes some 5 µs for each turn of a loop: so it looks
//! only at regions that are alive at the same time, and it counts its turns.

use super::{Region, aligned};

/// The turns after which the search takes the best that it has found: less than 0.1 s.
const MOST_TURNS: usize = 10_000;

/// The offset of a region that has no place yet.
const UNPLACED: usize = usize::MAX;

/// Regions in the order of their first steps.
struct Problem<const N: usize> {
    /// Where they are in the caller's list.
    index: [usize; N],
    /// Their lengths, aligned.
    len: [usize; N],
    /// Their lengths times their lives.
    area: [usize; N],
    /// Those that are alive at the same time as this one: so many of the list.
    near: [([usize; N], usize); N],
    /// No layout is shorter.
    least: usize,
}

/// Where each region lies, and the length of the whole.
#[derive(Clone, Copy)]
struct Packing<const N: usize> {
    offsets: [usize; N],
    len: usize,
}

/// Offsets for regions, and the length of the whole.
pub const fn pack<const N: usize>(regions: &[Region; N]) -> ([usize; N], usize) {
    let problem = Problem::new(regions);
    let mut turns = 0;
    let mut order = descending(&problem.len);
    let mut best = problem.fit(&order, &mut turns);
    if best.len > problem.least {
        let by_area = descending(&problem.area);
        let packing = problem.fit(&by_area, &mut turns);
        if packing.len < best.len {
            (best, order) = (packing, by_area);
        }
    }
    let (mut packing, mut random) = (best, 1);
    while best.len > problem.least && turns < MOST_TURNS {
        problem.promote(&mut order, &packing, &mut random);
        turns += N;
        packing = problem.fit(&order, &mut turns);
        if packing.len < best.len {
            best = packing;
        }
    }
    let (mut offsets, mut i) = ([0; N], 0);
    while i < N {
        offsets[problem.index[i]] = best.offsets[i];
        i += 1;
    }
    (offsets, best.len)
}

impl<const N: usize> Problem<N> {
    const fn new(regions: &[Region; N]) -> Self {
        let (mut rank, mut i) = ([0; N], 0);
        while i < N {
            rank[i] = regions[i].first;
            i += 1;
        }
        let index = ascending(&rank);
        let mut problem = Self { index, len: [0; N], area: [0; N], near: [([0; N], 0); N], least: 0 };
        i = 0;
        while i < N {
            let region = regions[index[i]];
            problem.len[i] = aligned(region.len);
            problem.area[i] = problem.len[i] * (region.last + 1 - region.first);
            i += 1;
        }
        problem.meet(regions);
        problem
    }

    /// Finds what is alive at the same time, and where that is the most.
    const fn meet(&mut self, regions: &[Region; N]) {
        let mut i = 0;
        while i < N {
            // When this one begins, all before it that it meets are alive.
            let (mut alive, mut k) = (self.len[i], 0);
            while k < self.near[i].1 {
                alive += self.len[self.near[i].0[k]];
                k += 1;
            }
            if alive > self.least {
                self.least = alive;
            }
            let mut other = i + 1;
            while other < N && regions[self.index[other]].first <= regions[self.index[i]].last {
                self.near(i, other);
                self.near(other, i);
                other += 1;
            }
            i += 1;
        }
    }

    const fn near(&mut self, of: usize, other: usize) {
        let (list, count) = &mut self.near[of];
        list[*count] = other;
        *count += 1;
    }

    /// Places the regions in this order, each as low as it fits.
    ///
    /// Some order gives the shortest layout: that in which the regions of a shortest layout lie.
    const fn fit(&self, order: &[usize; N], turns: &mut usize) -> Packing<N> {
        let mut packing = Packing { offsets: [UNPLACED; N], len: 0 };
        let mut i = 0;
        while i < N {
            let new = order[i];
            let offset = self.lowest_gap(&packing.offsets, new, turns);
            packing.offsets[new] = offset;
            if offset + self.len[new] > packing.len {
                packing.len = offset + self.len[new];
            }
            *turns += 1;
            i += 1;
        }
        packing
    }

    /// The lowest offset at which a region meets no placed one that is alive at the same time.
    const fn lowest_gap(&self, offsets: &[usize; N], new: usize, turns: &mut usize) -> usize {
        let (list, count) = &self.near[new];
        let len = self.len[new];
        let (mut offset, mut k, mut looked) = (0, 0, 0);
        while k < *count {
            let start = offsets[list[k]];
            k += 1;
            looked += 1;
            // What has no place lies behind everything.
            if start < offset + len && offset < start + self.len[list[k - 1]] {
                // Continue behind it, and look at all of them again.
                offset = start + self.len[list[k - 1]];
                k = 0;
            }
        }
        *turns += looked;
        offset
    }

    /// Gives a region that reaches the top an earlier turn; which one is drawn at random, but always the same.
    const fn promote(&self, order: &mut [usize; N], packing: &Packing<N>, random: &mut u64) {
        let mut at = N - 1;
        while at > 0 && packing.offsets[order[at]] + self.len[order[at]] < packing.len {
            at -= 1;
        }
        // Knuth's generator (The Art of Computer Programming 2, 3.3.4): its high bits are good enough.
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let turn = (*random >> 33) as usize % if at == 0 { N } else { at };
        let promoted = order[at];
        while at < turn {
            order[at] = order[at + 1];
            at += 1;
        }
        while at > turn {
            order[at] = order[at - 1];
            at -= 1;
        }
        order[turn] = promoted;
    }
}

/// The indices of numbers from the largest down; of two equals the first comes first.
const fn descending<const N: usize>(numbers: &[usize; N]) -> [usize; N] {
    let (mut negated, mut i) = ([0; N], 0);
    while i < N {
        negated[i] = usize::MAX - numbers[i];
        i += 1;
    }
    ascending(&negated)
}

/// The indices of numbers from the smallest up; of two equals the first comes first. Merges runs of 1, 2, 4, ….
const fn ascending<const N: usize>(numbers: &[usize; N]) -> [usize; N] {
    let (mut order, mut i) = ([0; N], 0);
    while i < N {
        order[i] = i;
        i += 1;
    }
    let mut run = 1;
    while run < N {
        let (from, mut start) = (order, 0);
        while start < N {
            let (middle, end) = (smaller(start + run, N), smaller(start + 2 * run, N));
            let (mut left, mut right, mut to) = (start, middle, start);
            while to < end {
                let take_left = right == end || (left < middle && numbers[from[left]] <= numbers[from[right]]);
                let taken = if take_left { &mut left } else { &mut right };
                order[to] = from[*taken];
                *taken += 1;
                to += 1;
            }
            start = end;
        }
        run *= 2;
    }
    order
}

const fn smaller(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}
