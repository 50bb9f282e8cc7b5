//! Layouts against the shortest ones, which an exhaustive search finds.

extern crate std;

use std::vec;
use std::vec::Vec;

use super::*;

/// Checks that a layout is one.
fn check(regions: &[Region], offsets: &[usize], len: usize) {
    for (i, a) in regions.iter().enumerate() {
        assert_eq!(offsets[i] % ALIGN, 0);
        assert!(offsets[i] + a.len <= len);
        for (j, b) in regions.iter().enumerate().skip(i + 1) {
            let alive = a.first <= b.last && b.first <= a.last;
            let overlap = offsets[i] < offsets[j] + b.len && offsets[j] < offsets[i] + a.len;
            assert!(!(alive && overlap), "{i} and {j} of {regions:?} at {offsets:?}");
        }
    }
}

/// The length of the shortest layout. Places regions from low to high offsets, each as low as it can be above those that
/// are placed: in the order of its offsets, every shortest layout comes to be.
struct Search<'a> {
    regions: &'a [Region],
    offsets: Vec<Option<usize>>,
    least: usize,
    best: usize,
}

impl Search<'_> {
    fn optimum(regions: &[Region]) -> usize {
        let offsets = vec![None; regions.len()];
        let mut search = Search { regions, offsets, least: least(regions), best: usize::MAX };
        search.go(0, 0, regions.len());
        search.best
    }

    fn go(&mut self, lowest: usize, len: usize, left: usize) {
        if left == 0 {
            self.best = len;
        }
        for i in 0..self.regions.len() {
            let offset = self.above(i);
            let len = len.max(offset + aligned(self.regions[i].len));
            if self.offsets[i].is_some() || offset < lowest || len >= self.best || self.best == self.least {
                continue;
            }
            self.offsets[i] = Some(offset);
            self.go(offset, len, left - 1);
            self.offsets[i] = None;
        }
    }

    fn above(&self, new: usize) -> usize {
        let new = self.regions[new];
        let meets = self.regions.iter().zip(&self.offsets).filter(|(a, _)| a.first <= new.last && new.first <= a.last);
        meets.filter_map(|(a, offset)| Some((*offset)? + aligned(a.len))).max().unwrap_or_default()
    }
}

/// Numbers below a limit, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    /// What a graph leaves behind: most values are read at once, some by a layer further on.
    fn regions<const N: usize>(&mut self) -> [Region; N] {
        let (steps, sizes, long) = (2 + self.below(N), [3, 8, 100][self.below(3)], [1, 3, 9][self.below(3)]);
        std::array::from_fn(|_| {
            let (len, first) = (1 + self.below(sizes * ALIGN), self.below(steps));
            let life = if self.below(3) == 0 { self.below(steps) } else { self.below(long) };
            region(len, first, first + life)
        })
    }
}

fn near_the_optimum<const N: usize>() {
    let mut random = Random(N as u64);
    for _ in 0..300 {
        let regions = random.regions::<N>();
        let Layout { offsets, len, .. } = place(regions);
        check(&regions, &offsets, len);
        let optimum = Search::optimum(&regions);
        assert!(least(&regions) <= optimum && optimum <= len);
        assert!(len * 100 <= optimum * 105, "{len} instead of {optimum} for {regions:?}");
    }
}

#[test]
fn small_layouts_are_near_the_optimum() {
    near_the_optimum::<1>();
    near_the_optimum::<2>();
    near_the_optimum::<3>();
    near_the_optimum::<4>();
    near_the_optimum::<5>();
    near_the_optimum::<6>();
    near_the_optimum::<7>();
    near_the_optimum::<8>();
    near_the_optimum::<9>();
}

/// No layout is shorter than what is alive, so these are near the optimum too.
#[test]
fn large_layouts_are_near_what_is_alive() {
    let mut random = Random(1);
    for _ in 0..20 {
        let regions = random.regions::<100>();
        let Layout { offsets, len, .. } = place(regions);
        check(&regions, &offsets, len);
        assert!(len * 100 <= least(&regions) * 110, "{len} instead of {}", least(&regions));
    }
}

#[test]
fn a_chain_needs_its_largest_neighbours() {
    let regions = [region(1014, 0, 1), region(400, 1, 2), region(120, 2, 3), region(84, 3, 4), region(33, 0, 4)];
    assert_eq!(place(regions).len, 1024 + 400 + 48, "and the long-lived region");
}

/// By size alone the second would lie on the first, and the room below it would be too small for both others: 224.
#[test]
fn a_skip_connection_does_not_cut_the_rest_in_two() {
    let regions = [region(96, 3, 5), region(64, 2, 5), region(64, 2, 2), region(64, 2, 2)];
    assert_eq!((place(regions).len, least(&regions)), (192, 192));
}

#[test]
fn nothing_needs_nothing() {
    assert_eq!((place([]).len, least(&[])), (0, 0));
    assert_eq!(place([region(0, 0, 1), region(0, 1, 1)]).len, 0);
}

#[test]
fn the_compiler_finds_the_same_layout() {
    const REGIONS: [Region; 4] = [region(30, 0, 2), region(70, 1, 1), region(50, 2, 3), region(20, 1, 3)];
    const LAYOUT: Layout<4> = place(REGIONS);
    assert_eq!(LAYOUT, place(REGIONS));
}
