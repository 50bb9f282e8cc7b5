//! Vectors of output pixels, for few filters.

use super::{Geometry, Machine, planar};

/// How the work of a layer is cut up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The layer.
    pub g: Geometry,
    /// Elements of a vector.
    pub lanes: usize,
    /// Vectors of a filter that are summed up at the same time: of a pooling window, or neighbours.
    pub positions: usize,
    /// Filters that are summed up at the same time.
    pub filters: usize,
    /// Rows of the output in a block.
    pub rows: usize,
    /// From one pixel of the output to the next, in rows and columns of the input.
    pub step: [usize; 2],
    /// Rows of the input that a block needs.
    pub height: usize,
    /// From one row of a plane to the next.
    pub pitch: usize,
    /// From one plane of the input to the next.
    pub plane: usize,
    /// From one plane of the output to the next.
    pub stage: usize,
    /// From the first input that a row of the kernel reads for a vector of pixels to behind the last one.
    pub row_reach: usize,
    /// Pixels in a run.
    pub len: usize,
    /// Runs in a block: a row each, or one through all rows, with the columns between them.
    pub runs: usize,
    /// In the unit of [`Tile::cost`](super::Tile::cost).
    pub cost: usize,
    flat: bool,
}

impl Plan {
    /// No plan at all.
    pub(super) const fn none(g: &Geometry, machine: &Machine) -> Plan {
        Plan {
            g: *g,
            lanes: machine.lanes,
            positions: 1,
            filters: 1,
            rows: 1,
            step: [1, 1],
            height: 1,
            pitch: 1,
            plane: 1,
            stage: 1,
            row_reach: 1,
            len: 1,
            runs: 1,
            cost: usize::MAX,
            flat: false,
        }
    }

    /// The cheapest plan, but for its [`row_reach`](Self::row_reach).
    pub const fn new(g: &Geometry, machine: &Machine) -> Plan {
        let size = g.pool[0] * g.pool[1];
        let fixed = match (size, g.pool[1]) {
            (2..=4, _) => size,
            (_, 1..=4) => g.pool[1],
            _ => 1,
        };
        let mut best = Self::none(g, machine);
        let mut flat = false;
        loop {
            let mut filters = 1;
            while filters <= 8 && filters <= g.filters {
                let most = if size > 1 || filters <= 3 { 8 } else { 4 };
                let mut positions = if size > 1 { fixed } else { 1 };
                while positions <= most && filters * positions <= machine.sums {
                    let plan = Self::with(g, machine, [filters, positions], flat);
                    if plan.cost < best.cost {
                        best = plan;
                    }
                    positions += if size > 1 { most } else { 1 };
                }
                filters += 1;
            }
            if flat {
                break;
            }
            flat = true;
        }
        best
    }

    pub(super) const fn with(g: &Geometry, machine: &Machine, [filters, positions]: [usize; 2], flat: bool) -> Plan {
        let lanes = machine.lanes;
        let step = [g.pool[0] * g.strides[0], g.pool[1] * g.strides[1]];
        // Beyond the first pixel of a window of pooling, and of the kernel.
        let reach = [
            (g.pool[0] - 1) * g.strides[0] + (g.kernel[0] - 1) * g.dilation[0],
            (g.pool[1] - 1) * g.strides[1] + (g.kernel[1] - 1) * g.dilation[1],
        ];
        let (pitch, whole) = (g.output[1] + reach[1] / step[1], g.input[1] / step[1]);
        // Then rows follow each other in a plane as they do in the image.
        let pitch = if whole == pitch + 1 && whole * step[1] == g.input[1] { whole } else { pitch };
        let all = step[0] * step[1] * g.input[2];
        // The gradient of a strided convolution has parts without pixels: nothing runs there, but a plan is made.
        let most = match machine.cached.checked_div(all * pitch) {
            Some(most) if most > machine.rows => most,
            _ => machine.rows,
        };
        let rows = if g.output[0] == 0 { 1 } else { g.output[0].div_ceil(g.output[0].div_ceil(most)) };
        let height = (rows - 1) * step[0] + reach[0] + 1;
        let (runs, len) = if flat { (1, (rows - 1) * pitch + g.output[1]) } else { (rows, g.output[1]) };
        // Whole vectors are read and written past what is needed, where it is less than a tile.
        let tile = if g.pool[0] * g.pool[1] == 1 { positions * lanes } else { lanes };
        let slack = tile.saturating_sub(len);
        let slack = if pitch < lanes { slack + lanes } else { slack };
        let (plane, stage) = (apart(height.div_ceil(step[0]) * pitch + slack), apart(rows * pitch + slack));
        let mut plan = Plan {
            g: *g,
            lanes,
            positions,
            filters,
            rows,
            step,
            height,
            pitch,
            plane,
            stage,
            row_reach: 0,
            len,
            runs,
            cost: 0,
            flat,
        };
        plan.cost = plan.estimate(machine);
        plan
    }

    /// With its [`row_reach`](Self::row_reach), on which the cost does not depend.
    pub(super) const fn finished(mut self) -> Plan {
        let (mut most, mut s) = (0, 0);
        while s < self.g.kernel[1] {
            let mut p = 0;
            while p < self.g.pool[1] {
                let place = self.column_place(p * self.g.strides[1] + s * self.g.dilation[1]);
                most = if place > most { place } else { most };
                p += 1;
            }
            s += 1;
        }
        self.row_reach = most + (self.g.channels - 1) * self.plane + self.lanes;
        self
    }

    /// Multiply-adds or loads, then the copies on the way in and out.
    const fn estimate(&self, machine: &Machine) -> usize {
        let g = &self.g;
        let chunks = if self.pooled() { g.pool[0] * g.pool[1] / self.positions } else { 1 };
        let blocks = g.groups * g.filters.div_ceil(self.filters);
        let tiles = self.runs * self.len.div_ceil(self.tile()) * blocks * chunks;
        let mut step = self.filters * self.positions;
        if step < self.filters + 2 * self.positions {
            step = self.filters + 2 * self.positions;
        }
        if step < 8 {
            step = 8;
        }
        let sums = tiles * (g.taps() * step + 2 * self.filters * self.positions + 16);
        let (strips, pixels) = self.strips();
        let split = strips * pixels.div_ceil(self.lanes) * planar::split_cost(self.row_planes(), machine);
        let out = g.output[1].div_ceil(self.lanes) * planar::interleave_cost(g.all_filters(), machine);
        self.blocks() * (sums + split + self.rows * out)
    }

    /// Whether the only run goes through all rows of a block.
    pub(super) const fn is_flat(&self) -> bool {
        self.flat
    }

    /// How many strips of the input a block consists of, and the pixels of the planes in each: rows, or all at once where
    /// they follow each other.
    #[inline]
    pub const fn strips(&self) -> (usize, usize) {
        if self.step[0] == 1 && self.pitch * self.step[1] == self.g.input[1] {
            (1, self.height * self.pitch)
        } else {
            (self.height, self.pitch)
        }
    }

    /// Whether there is a pooling.
    #[inline]
    pub const fn pooled(&self) -> bool {
        self.g.pool[0] * self.g.pool[1] > 1
    }

    /// Pixels of the output in a tile.
    #[inline]
    pub const fn tile(&self) -> usize {
        if self.pooled() { self.lanes } else { self.positions * self.lanes }
    }

    /// Blocks of rows; the last one may overlap the one before.
    #[inline]
    pub const fn blocks(&self) -> usize {
        self.g.output[0].div_ceil(self.rows)
    }

    /// How many planes a row of the input goes to.
    #[inline]
    pub const fn row_planes(&self) -> usize {
        self.step[1] * self.g.input[2]
    }

    /// Elements of all planes of the input.
    #[inline]
    pub const fn planes_len(&self) -> usize {
        self.step[0] * self.row_planes() * self.plane
    }

    /// Elements of scratch.
    pub const fn scratch_len(&self) -> usize {
        self.planes_len() + self.g.all_filters() * self.stage
    }

    /// Where the input that lies `row` rows behind a pixel's first is in the planes, for channel 0.
    #[inline(always)]
    pub const fn row_place(&self, row: usize) -> usize {
        row % self.step[0] * self.row_planes() * self.plane + row / self.step[0] * self.pitch
    }

    /// How much farther that is which lies `column` columns behind.
    #[inline(always)]
    pub const fn column_place(&self, column: usize) -> usize {
        column % self.step[1] * self.g.input[2] * self.plane + column / self.step[1]
    }
}

/// At least `len` elements, an odd number of lines of the cache, so that neighbouring planes do not compete for places.
const fn apart(len: usize) -> usize {
    len.div_ceil(16) / 2 * 32 + 16
}
