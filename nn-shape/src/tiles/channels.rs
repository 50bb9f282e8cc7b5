//! Vectors of filters: tiles of pixels times vectors.

use super::{Geometry, Machine};

/// The shape of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Pixels of the output, after pooling.
    pub columns: usize,
    /// Pixels of a pooling window that are summed up at the same time.
    pub positions: usize,
    /// Vectors of filters.
    pub vectors: usize,
    /// What the whole layer costs with it, in half cycles of a machine with two multiply-adds a cycle.
    pub cost: usize,
}

/// From so many weights on they do not stay in the caches next to the core.
const LARGE: usize = 1 << 16;

impl Tile {
    /// The cheapest tile.
    pub const fn new(g: &Geometry, machine: &Machine) -> Tile {
        let mut best = Tile { columns: 1, positions: 1, vectors: 1, cost: usize::MAX };
        let (limit, all) = (machine.sums, g.filters.div_ceil(machine.lanes));
        let mut index = 0;
        while index < 3 {
            let positions = [1, g.pool[1], g.pool[0] * g.pool[1]][index];
            let mut columns = 1;
            while columns * positions <= 16 && columns * positions <= limit && columns <= g.output[1] {
                let mut vectors = 1;
                while vectors <= 4 && columns * positions * vectors <= limit && vectors <= all {
                    let tile = Self::with(g, machine, [columns, positions, vectors]);
                    if tile.cost < best.cost {
                        best = tile;
                    }
                    vectors += 1;
                }
                columns += 1;
            }
            // Where there is no pooling they are all the same.
            index += if positions == g.pool[0] * g.pool[1] { 3 } else { 1 };
        }
        best
    }

    /// Bound by multiply-adds, by loads, or by the four cycles that a multiply-add takes.
    pub(super) const fn with(g: &Geometry, machine: &Machine, [columns, positions, vectors]: [usize; 3]) -> Tile {
        let (pixels, lanes) = (columns * positions, machine.lanes);
        let blocks = g.groups * g.filters.div_ceil(lanes).div_ceil(vectors);
        let chunks = g.pool[0] * g.pool[1] / positions;
        let tiles = blocks * g.output[0] * g.output[1].div_ceil(columns) * chunks;
        let mut step = pixels * vectors;
        if step < pixels + 2 * vectors {
            step = pixels + 2 * vectors;
        }
        if step < 8 {
            step = 8;
        }
        let cost = tiles * (g.taps() * step + 2 * pixels * vectors + 16);
        // What a block of filters needs should stay in the second cache.
        let cost = if g.taps() * vectors * lanes > 2 * LARGE { cost + cost / 4 } else { cost };
        Tile { columns, positions, vectors, cost }
    }

    /// From one tap to the next in the weights of some vectors of filters, if these are copied: where filters do not fill a
    /// vector, and where what a block of filters needs lies far apart in large weights, which caches do not like.
    pub(super) const fn packed(&self, g: &Geometry, machine: &Machine) -> Option<usize> {
        let (vectors, lanes) = (self.vectors, machine.lanes);
        let far = g.taps() * g.all_filters() > LARGE && g.all_filters() > vectors * lanes;
        let often = g.output[0] * g.output[1] * g.pool[0] * g.pool[1] >= 32;
        if g.filters < lanes || far && often { Some(vectors * lanes) } else { None }
    }
}
