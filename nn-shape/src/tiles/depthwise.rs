//! Vectors of channels, where every filter has a channel of its own.

use super::{Geometry, Machine};

/// Most sums of a tile.
const MOST: usize = 8;

/// How the work of a layer is cut up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The layer.
    pub g: Geometry,
    /// Elements of a vector.
    pub lanes: usize,
    /// Pixels of the output in a unit.
    pub unit: usize,
    /// Units in a tile.
    pub columns: usize,
    /// Positions of a pooling window that are summed up at the same time.
    pub positions: usize,
    /// In the unit of [`Tile::cost`](super::Tile::cost).
    pub cost: usize,
}

impl Plan {
    /// No plan at all.
    pub(super) const fn none(g: &Geometry, machine: &Machine) -> Plan {
        Plan { g: *g, lanes: machine.lanes, unit: 1, columns: 1, positions: 1, cost: usize::MAX }
    }

    /// The cheapest plan; its cost is the largest number if there is none.
    pub(super) const fn new(g: &Geometry, machine: &Machine) -> Plan {
        let mut best = Self::none(g, machine);
        if g.channels > 1 || g.filters > 1 || g.groups < 2 {
            return best;
        }
        let size = g.pool[0] * g.pool[1];
        let mut code = 0;
        while code < 2 * MOST {
            let plan = Self::with(g, machine, code < MOST, code % MOST + 1);
            let beside = plan.unit == 1 || size == 1 && g.strides[1] == 1;
            let fits = plan.sums() <= MOST && plan.columns * plan.unit <= g.output[1];
            if beside && fits && plan.cost < best.cost {
                best = plan;
            }
            code += 1;
        }
        best
    }

    /// The plan with tiles of so many units: of one pixel, or of as many as fill whole vectors.
    pub(super) const fn with(g: &Geometry, machine: &Machine, single: bool, columns: usize) -> Plan {
        let size = g.pool[0] * g.pool[1];
        let positions = if size <= 4 { size } else { 1 };
        let unit = if single { 1 } else { machine.lanes / common(g.groups, machine.lanes) };
        let mut plan = Plan { g: *g, lanes: machine.lanes, unit, columns, positions, cost: 0 };
        plan.cost = plan.estimate();
        plan
    }

    /// Loads, since there is one for every multiply-add, or the four cycles that a multiply-add takes.
    const fn estimate(&self) -> usize {
        let g = &self.g;
        let vectors = self.elements().div_ceil(self.lanes);
        let chunks = g.pool[0] * g.pool[1] / self.positions;
        let tiles = g.output[0] * g.output[1].div_ceil(self.columns * self.unit) * vectors * chunks;
        let step = if self.sums() + 1 < 8 { 8 } else { self.sums() + 1 };
        tiles * (g.taps() * step + 2 * self.sums() + 16) + 2 * self.scratch_len()
    }

    /// Sums of a tile.
    #[inline]
    pub const fn sums(&self) -> usize {
        self.columns * self.positions
    }

    /// Elements of a unit.
    #[inline]
    pub const fn elements(&self) -> usize {
        self.unit * self.g.groups
    }

    /// Elements of scratch: the weights of a unit, and its biases, scales and shifts.
    pub const fn scratch_len(&self) -> usize {
        if self.unit == 1 { 0 } else { (self.g.taps() + 3) * self.elements() }
    }
}

/// The largest number that divides both.
const fn common(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common(b, a % b) }
}
