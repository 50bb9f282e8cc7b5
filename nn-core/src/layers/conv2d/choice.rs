//! What suits a layer, worked out by the compiler, once for each width of vectors.
//!
//! These are constants of types, and other files refer to them: a constant inside of a generic function is worked out
//! anew for every instance of the function, also for those that only stand in arms that are left out.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::channels::Tile;
use super::geometry::Geometry;
use super::{Conv2DShape, Destination, Plain, channels, depthwise, pixels};
use crate::element::Element;

/// What the lanes of a vector run over.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// The filters.
    Channels,
    /// The pixels, in tiles of so many filters and positions.
    Pixels { filters: usize, positions: usize },
    /// The channels, which have a filter each, in tiles of so many sums.
    Depthwise { sums: usize },
}

impl Way {
    pub(super) const fn is_pixels(self, a: usize, b: usize) -> bool {
        matches!(self, Way::Pixels { filters, positions } if filters == a && positions == b)
    }

    pub(super) const fn is_depthwise(self, a: usize) -> bool {
        matches!(self, Way::Depthwise { sums } if sums == a)
    }
}

/// The cheapest plan of each way, and the cheapest way.
#[derive(Clone, Copy)]
pub(super) struct Plans {
    pub(super) geometry: Geometry,
    pub(super) tile: Tile,
    pub(super) pixels: pixels::Plan,
    pub(super) depthwise: depthwise::Plan,
    pub(super) way: Way,
    /// From one tap to the next in weights that are copied for vectors of filters.
    pub(super) packed: Option<usize>,
    /// Elements of scratch.
    scratch: usize,
}

impl Plans {
    /// For vectors of `lanes` elements and `bytes` bytes.
    const fn new(geometry: Geometry, lanes: usize, bytes: usize) -> Plans {
        let g = &geometry;
        let tile = Tile::new(g, lanes, bytes);
        let (pixels, depthwise) = (pixels::Plan::new(g, lanes, bytes), depthwise::Plan::new(g, lanes));
        let packed = channels::packed(g, lanes, &tile);
        // An eighth more, as the copies to planes and back cost memory, too.
        let copied = pixels.cost + pixels.cost / 8;
        let (way, scratch) = if copied < tile.cost && copied < depthwise.cost {
            (Way::Pixels { filters: pixels.filters, positions: pixels.positions }, pixels.scratch_len())
        } else if depthwise.cost < tile.cost {
            (Way::Depthwise { sums: depthwise.sums() }, depthwise.scratch_len())
        } else {
            let rows = match packed {
                Some(stride) => g.taps() * stride,
                None => 0,
            };
            (Way::Channels, rows)
        };
        Plans { geometry, tile, pixels, depthwise, way, packed, scratch }
    }
}

/// How many widths of vectors there are: 16 bytes, on x86 also 32 and 64.
const WIDTHS: usize = if cfg!(any(target_arch = "x86", target_arch = "x86_64")) { 3 } else { 1 };

/// The plans for all of them.
struct All<L, D, T>(PhantomData<(L, D, T)>);

impl<L: Conv2DShape, D: Destination, T: Element> All<L, D, T> {
    const PLANS: [Plans; WIDTHS] = {
        let mut plans = [Self::of(16); WIDTHS];
        let mut width = 1;
        while width < WIDTHS {
            plans[width] = Self::of(16 << width);
            width += 1;
        }
        plans
    };

    const fn of(bytes: usize) -> Plans {
        // The shape rules have a sentence for what is not possible, which an overflow here would come before.
        let geometry = if possible::<L>() { Geometry::new::<L, D>() } else { Geometry::new::<Smallest, Plain>() };
        Plans::new(geometry, bytes / size_of::<T>(), bytes)
    }
}

/// A layer that is possible.
#[derive(Clone, Copy)]
struct Smallest;

impl Conv2DShape for Smallest {
    const INPUT: [usize; 3] = [1, 1, 1];
    const FILTERS: usize = 1;
    const KERNEL_SIZE: [usize; 2] = [1, 1];
}

/// The plans for a machine.
pub(super) struct Choice<S, L, D, T>(PhantomData<(S, L, D, T)>);

impl<S: Simd, L: Conv2DShape, D: Destination, T: Element> Choice<S, L, D, T> {
    pub(super) const PLANS: Plans = All::<L, D, T>::PLANS[size_of::<T::Vector<S>>().ilog2() as usize - 4];
}

/// How many elements of scratch [`infer`](super::infer) needs, on any machine.
pub const fn scratch_len<L: Conv2DShape, D: Destination, T: Element>() -> usize {
    Scratch::<L, D, T>::LEN
}

struct Scratch<L, D, T>(PhantomData<(L, D, T)>);

impl<L: Conv2DShape, D: Destination, T: Element> Scratch<L, D, T> {
    const LEN: usize = {
        let (mut most, mut width) = (0, 0);
        while width < WIDTHS {
            let len = All::<L, D, T>::PLANS[width].scratch;
            if len > most {
                most = len;
            }
            width += 1;
        }
        most
    };
}

/// Whether no size is 0.
const fn possible<L: Conv2DShape>() -> bool {
    let ([height, width], [down, right]) = (L::KERNEL_SIZE, L::STRIDES);
    let groups = L::GROUPS > 0 && L::INPUT[2] >= L::GROUPS && L::FILTERS >= L::GROUPS;
    height > 0 && width > 0 && down > 0 && right > 0 && groups
}
