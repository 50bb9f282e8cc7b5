//! How the kernels of a convolution cut up its work: which algorithm, and which tile of sums in registers.
//!
//! A plan depends on the geometry of the layer, on where its output goes, and on the [`Machine`]. The macro plans for all
//! machines and emits the [`Tilings`]; where it does not see a size, the compiler plans while it evaluates constants.
//!
//! ```
//! use nn_shape::tiles::{Border, Convolution, Geometry, Machine, Tiling};
//! // Six filters: vectors of pixels are fuller than vectors of filters.
//! let layer = Convolution {
//!     input: [28, 28, 1],
//!     filters: 6,
//!     kernel_size: [3, 3],
//!     strides: [1, 1],
//!     pads: [[0; 2]; 2],
//!     dilation_rate: [1, 1],
//!     groups: 1,
//! };
//! let geometry = Geometry::new(&layer, [2, 2], false, &Border::NONE);
//! let tiling = Tiling::new(&geometry, &Machine::ALL_F32[1]);
//! assert!(matches!(tiling, Tiling::Pixels { filters: 3, positions: 4, .. }));
//! ```

mod channels;
mod depthwise;
mod geometry;
mod machine;
mod pixels;
mod planar;
#[cfg(test)]
mod tests;

pub use channels::Tile;
pub use depthwise::Plan as DepthwisePlan;
pub use geometry::{Border, Convolution, Geometry};
pub use machine::{MACHINES, Machine, sums};
pub use pixels::Plan as PixelsPlan;
pub use planar::{interleaved, odd};

/// What the lanes of a vector run over, and the size of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tiling {
    /// The filters.
    Channels {
        /// Pixels of the output, after pooling.
        columns: usize,
        /// Pixels of a pooling window that are summed up at the same time.
        positions: usize,
        /// Vectors of filters.
        vectors: usize,
    },
    /// The pixels.
    Pixels {
        /// Filters that are summed up at the same time.
        filters: usize,
        /// Vectors of a filter that are summed up at the same time: of a pooling window, or neighbours.
        positions: usize,
        /// Whether a run goes through all rows of a block, with the columns between them.
        flat: bool,
    },
    /// The channels, which have a filter each.
    Depthwise {
        /// Whether a unit is one pixel of the output; else as many as fill whole vectors.
        single: bool,
        /// Units in a tile.
        columns: usize,
    },
}

impl Tiling {
    /// The cheapest for a machine.
    pub const fn new(g: &Geometry, machine: &Machine) -> Tiling {
        let (tile, pixels) = (Tile::new(g, machine), PixelsPlan::new(g, machine));
        let depthwise = DepthwisePlan::new(g, machine);
        // An eighth more, as the copies to planes and back cost memory, too.
        let copied = pixels.cost.saturating_add(pixels.cost / 8);
        if copied < tile.cost && copied < depthwise.cost {
            Tiling::Pixels { filters: pixels.filters, positions: pixels.positions, flat: pixels.is_flat() }
        } else if depthwise.cost < tile.cost {
            Tiling::Depthwise { single: depthwise.unit == 1, columns: depthwise.columns }
        } else {
            Tiling::Channels { columns: tile.columns, positions: tile.positions, vectors: tile.vectors }
        }
    }

    /// The cheapest of some for a machine, where there is no pooling. The first of them has to suit every layer.
    pub const fn among(g: &Geometry, machine: &Machine, tilings: &[Tiling]) -> Tiling {
        let (mut best, mut least, mut index) = (tilings[0], tilings[0].cost(g, machine), 1);
        while index < tilings.len() {
            let cost = tilings[index].cost(g, machine);
            if cost < least {
                (best, least) = (tilings[index], cost);
            }
            index += 1;
        }
        best
    }

    /// What the layer costs with it where there is no pooling; the largest number if it does not suit the layer.
    const fn cost(&self, g: &Geometry, machine: &Machine) -> usize {
        match *self {
            Tiling::Channels { columns, positions, vectors } => {
                let fits = columns <= g.output[1] && vectors <= g.filters.div_ceil(machine.lanes);
                if fits && columns * positions * vectors <= machine.sums {
                    return Tile::with(g, machine, [columns, positions, vectors]).cost;
                }
            }
            Tiling::Pixels { filters, positions, flat } => {
                if filters <= g.filters && filters * positions <= machine.sums {
                    let cost = PixelsPlan::with(g, machine, [filters, positions], flat).cost;
                    return cost.saturating_add(cost / 8);
                }
            }
            Tiling::Depthwise { single, columns } => {
                if g.channels == 1 && g.filters == 1 && g.groups > 1 {
                    let plan = DepthwisePlan::with(g, machine, single, columns);
                    if (single || g.strides[1] == 1) && plan.columns * plan.unit <= g.output[1] {
                        return plan.cost;
                    }
                }
            }
        }
        usize::MAX
    }

    /// Whether it is [`Tiling::Pixels`] with so many filters and positions.
    pub const fn is_pixels(&self, a: usize, b: usize) -> bool {
        matches!(self, Tiling::Pixels { filters, positions, .. } if *filters == a && *positions == b)
    }

    /// Whether it is [`Tiling::Depthwise`].
    pub const fn is_depthwise(&self) -> bool {
        matches!(self, Tiling::Depthwise { .. })
    }
}

/// The tilings of a layer for all [`Machine`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tilings {
    /// The bytes of an element that they are for.
    pub element: usize,
    /// For the machine of each number.
    pub machines: [Tiling; MACHINES],
}

impl Tilings {
    /// The cheapest for elements of so many bytes.
    pub const fn plan(g: &Geometry, element: usize) -> Tilings {
        let mut machines = [channels(1, 1, 1); MACHINES];
        let mut number = 0;
        while number < MACHINES {
            machines[number] = Tiling::new(g, &Machine::new(number, element));
            number += 1;
        }
        Tilings { element, machines }
    }

    /// Those for elements of so many bytes that are known already: for vectors of 16, 32 and 64 bytes, and for NEON.
    pub const fn new(element: usize, [a, b, c, d]: [Tiling; MACHINES / 2]) -> Tilings {
        Tilings { element, machines: [a, b, c, d, a, b, c, d] }
    }

    /// The same with others where there is no operating system.
    pub const fn bare(mut self, bare: [Tiling; MACHINES / 2]) -> Tilings {
        let mut number = 0;
        while number < MACHINES / 2 {
            self.machines[MACHINES / 2 + number] = bare[number];
            number += 1;
        }
        self
    }
}

/// [`Tiling::Channels`] in short.
pub const fn channels(columns: usize, positions: usize, vectors: usize) -> Tiling {
    Tiling::Channels { columns, positions, vectors }
}

/// [`Tiling::Pixels`] in short.
pub const fn pixels(filters: usize, positions: usize, flat: bool) -> Tiling {
    Tiling::Pixels { filters, positions, flat }
}

/// [`Tiling::Depthwise`] in short.
pub const fn depthwise(single: bool, columns: usize) -> Tiling {
    Tiling::Depthwise { single, columns }
}

/// The numbers that the kernels go by on a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The layer.
    pub geometry: Geometry,
    /// The algorithm; of the three plans that follow, only its own means something.
    pub tiling: Tiling,
    /// For [`Tiling::Channels`].
    pub tile: Tile,
    /// For [`Tiling::Pixels`].
    pub pixels: PixelsPlan,
    /// For [`Tiling::Depthwise`].
    pub depthwise: DepthwisePlan,
    /// From one tap to the next in weights that are copied for vectors of filters.
    pub packed: Option<usize>,
    /// Elements of scratch.
    pub scratch: usize,
}

impl Plan {
    /// What follows from a tiling.
    pub const fn new(geometry: &Geometry, machine: &Machine, tiling: Tiling) -> Plan {
        let g = geometry;
        let mut plan = Plan {
            geometry: *g,
            tiling,
            tile: Tile { columns: 1, positions: 1, vectors: 1, cost: 0 },
            pixels: PixelsPlan::none(g, machine),
            depthwise: DepthwisePlan::none(g, machine),
            packed: None,
            scratch: 0,
        };
        match tiling {
            Tiling::Channels { columns, positions, vectors } => {
                plan.tile = Tile::with(g, machine, [columns, positions, vectors]);
                plan.packed = plan.tile.packed(g, machine);
                if let Some(stride) = plan.packed {
                    plan.scratch = g.taps() * stride;
                }
            }
            Tiling::Pixels { filters, positions, flat } => {
                plan.pixels = PixelsPlan::with(g, machine, [filters, positions], flat).finished();
                plan.scratch = plan.pixels.scratch_len();
            }
            Tiling::Depthwise { single, columns } => {
                plan.depthwise = DepthwisePlan::with(g, machine, single, columns);
                plan.scratch = plan.depthwise.scratch_len();
            }
        }
        plan
    }
}
