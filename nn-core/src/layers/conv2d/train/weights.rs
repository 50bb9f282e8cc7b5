//! The gradient of the weights.
//!
//! `dkernel[tap][filter] = Σ x[pixel + tap] · dy[pixel][filter]` over all pixels of the output: a product of
//! matrices with the windows of the input, transposed, on the left; they are read in place. A tile of
//! taps times vectors of filters stays in registers while the pixels stream by.
//!
//! With few filters a vector of `dy` holds several neighbouring pixels. Their windows together span some columns
//! more than one; each lane finds its taps among the sums at the end.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::super::geometry::geometry;
use super::super::{Conv2DSizes, DestinationSizes};
use super::layer::Layer;
use crate::element::Element;
use crate::kernels::{lanes, tile};
use crate::shape::tiles::Geometry;

/// How the work of a layer is cut up.
///
/// The taps of a window are `units` runs of `run` inputs that lie side by side. A tile takes some whole units, or a
/// part of one. The last tile, of all or of a unit, may overlap the one before; its sums have places of their own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plan {
    g: Geometry,
    lanes: usize,
    /// Pixels of the output in a vector.
    pixels: usize,
    /// Columns of the input that their windows span, and the distance of two that are used.
    columns: usize,
    step: usize,
    units: usize,
    run: usize,
    /// Units in a tile, and taps of each of them.
    tall: usize,
    wide: usize,
    /// Vectors of filters in a tile.
    vectors: usize,
}

impl Plan {
    /// The plan for vectors of `lanes` elements and `bytes` bytes.
    pub(super) const fn new(layer: &Conv2DSizes, lanes: usize, bytes: usize) -> Plan {
        let g = geometry(layer, &DestinationSizes::PLAIN);
        let mut plan = Plan::packed(g, lanes, bytes, 1);
        let mut pixels = 2;
        while pixels * g.filters <= lanes && pixels <= g.output[1] && g.groups == 1 {
            let more = Plan::packed(g, lanes, bytes, pixels);
            if more.columns * plan.pixels < plan.columns * pixels {
                plan = more;
            }
            pixels += 1;
        }
        plan
    }

    /// The plan for sizes that are numbers, with a tile that is compiled for these: of [`COMPILED`].
    ///
    /// The pixels in a vector are the same, on which the order of additions depends; on the tile it does not.
    pub(super) fn of_numbers(layer: &Conv2DSizes, lanes: usize, bytes: usize) -> Plan {
        let plan = Plan::new(layer, lanes, bytes);
        let all = plan.g.filters.div_ceil(lanes);
        let tiles = COMPILED.iter().filter(|tile| tile[0] * tile[1] <= tile::sums(bytes) && tile[1] <= all);
        let plans = tiles.filter_map(|&[taps, vectors]| {
            let (tall, wide) = if taps <= plan.run { (1, taps) } else { (taps / plan.run, plan.run) };
            let fits = tall * wide == taps && tall <= plan.units;
            fits.then_some(Plan { tall, wide, vectors, ..plan })
        });
        let cost = |plan: &Plan| {
            let (taps, vectors) = (plan.tall * plan.wide, plan.vectors);
            plan.tiles()[1] * all.div_ceil(vectors) * (taps * vectors).max(taps + vectors).max(8)
        };
        plans.min_by_key(cost).unwrap_or(Plan { tall: 1, wide: 1, vectors: 1, ..plan })
    }

    /// The plan with this many pixels in a vector.
    const fn packed(g: Geometry, lanes: usize, bytes: usize, pixels: usize) -> Plan {
        let (columns, step) = match pixels {
            1 => (g.kernel[1], g.dilation[1]),
            _ => ((g.kernel[1] - 1) * g.dilation[1] + (pixels - 1) * g.strides[1] + 1, 1),
        };
        let whole = columns == 1 || step == 1 && g.groups == 1;
        let (units, run) = match whole {
            true => (g.kernel[0], columns * g.channels),
            false => (g.kernel[0] * columns, g.channels),
        };
        let all = g.filters.div_ceil(lanes);
        let vectors = all.div_ceil(all.div_ceil(4));
        let most = tile::sums(bytes) / vectors;
        let (tall, wide) = if run > most {
            (1, run.div_ceil(run.div_ceil(most)))
        } else {
            (units.div_ceil(units.div_ceil(most / run)), run)
        };
        Plan { g, lanes, pixels, columns, step, units, run, tall, wide, vectors }
    }

    /// Tiles in a unit, where a unit is longer than a tile, and all tiles.
    const fn tiles(&self) -> [usize; 2] {
        let parts = self.run.div_ceil(self.wide);
        [parts, self.units.div_ceil(self.tall) * parts]
    }

    /// The first unit of a tile, and its first tap there.
    const fn first(&self, tile: usize) -> [usize; 2] {
        let parts = self.tiles()[0];
        let (unit, tap) = (tile / parts * self.tall, tile % parts * self.wide);
        [at_most(unit, self.units - self.tall), at_most(tap, self.run - self.wide)]
    }

    /// Which sums belong to a tap of a unit.
    const fn slot(&self, unit: usize, tap: usize) -> usize {
        let tile = unit / self.tall * self.tiles()[0] + tap / self.wide;
        let [first_unit, first_tap] = self.first(tile);
        (tile * self.tall + unit - first_unit) * self.wide + tap - first_tap
    }

    /// How many sums there are of one vector and group.
    const fn slots(&self) -> usize {
        self.tiles()[1] * self.tall * self.wide
    }

    /// From the sums of one tap to those of the next.
    const fn stride(&self) -> usize {
        self.g.filters.div_ceil(self.lanes).next_multiple_of(self.vectors) * self.lanes
    }

    /// The first filter of a vector: the last vector may overlap the one before.
    const fn filter(&self, vector: usize) -> usize {
        at_most(vector * self.lanes, self.g.filters.saturating_sub(self.lanes))
    }

    /// Where a unit finds its inputs, from the first input of the window on.
    const fn offset(&self, unit: usize) -> usize {
        let g = &self.g;
        let in_row = self.units / g.kernel[0];
        let (row, column) = (unit / in_row * g.dilation[0], unit % in_row * self.step);
        (row * g.input[1] + column) * g.input[2]
    }

    /// Taps and vectors of a tile in one number, to match on.
    const fn code(&self) -> usize {
        code(self.tall * self.wide, self.vectors)
    }
}

/// The tiles that are compiled for sizes that are numbers, as taps and vectors: few, since all of them are.
const COMPILED: [[usize; 2]; 10] = [[1, 1], [3, 1], [9, 1], [12, 1], [24, 1], [1, 2], [6, 2], [12, 2], [3, 4], [6, 4]];

const fn code(taps: usize, vectors: usize) -> usize {
    taps * 8 + vectors
}

const fn at_most(value: usize, most: usize) -> usize {
    if value < most { value } else { most }
}

/// The constants of a layer on a machine.
pub(super) struct Known<S, L, T>(PhantomData<(S, L, T)>);

impl<S: Simd, L: Layer<T>, T: Element> Known<S, L, T> {
    /// The plan where rustc knows it.
    pub(super) const PLAN: Option<Plan> = match L::KNOWN {
        Some(layer) => Some(Plan::new(&layer, T::Vector::<S>::LEN, size_of::<T::Vector<S>>())),
        None => None,
    };

    /// Whether it may be a tile of so many taps and vectors: where it is not known, one of [`COMPILED`].
    const fn may_be(taps: usize, vectors: usize) -> bool {
        match Self::PLAN {
            Some(plan) => plan.code() == code(taps, vectors),
            None => {
                let mut index = 0;
                while index < COMPILED.len() {
                    if COMPILED[index][0] == taps && COMPILED[index][1] == vectors {
                        return true;
                    }
                    index += 1;
                }
                false
            }
        }
    }
}

/// How many elements the sums of a shard take.
#[inline(always)]
pub(super) fn sums_len<S: Simd, L: Layer<T>, T: Element>(_simd: S, shape: L) -> usize {
    let plan = shape.weights::<S>();
    plan.g.groups * plan.slots() * plan.stride()
}

macro_rules! tiles {
    ($($taps:literal x $vectors:literal,)*) => {
        /// Adds one sample to the sums. `x` has its border; `dy` starts with this sample's and may go on.
        #[inline(always)]
        pub(super) fn add<S: Simd, L: Layer<T>, T: Element>(simd: S, shape: L, x: &[T], dy: &[T], sums: &mut [T]) {
            $(if const { Known::<S, L, T>::may_be($taps, $vectors) }
                && (const { L::KNOWN.is_some() } || shape.weights::<S>().code() == code($taps, $vectors))
            {
                return shape.call(
                    simd,
                    #[inline(always)]
                    || tiles::<S, L, T, $taps, $vectors>(simd, shape, x, dy, sums),
                );
            })*
        }
    };
}

tiles! {
    1 x 1, 2 x 1, 3 x 1, 4 x 1, 5 x 1, 6 x 1, 7 x 1, 8 x 1, 9 x 1, 10 x 1, 11 x 1, 12 x 1,
    13 x 1, 14 x 1, 15 x 1, 16 x 1, 17 x 1, 18 x 1, 19 x 1, 20 x 1, 21 x 1, 22 x 1, 23 x 1, 24 x 1,
    1 x 2, 2 x 2, 3 x 2, 4 x 2, 5 x 2, 6 x 2, 7 x 2, 8 x 2, 9 x 2, 10 x 2, 11 x 2, 12 x 2,
    1 x 3, 2 x 3, 3 x 3, 4 x 3, 5 x 3, 6 x 3, 7 x 3, 8 x 3,
    1 x 4, 2 x 4, 3 x 4, 4 x 4, 5 x 4, 6 x 4,
}

/// All tiles, one after the other.
#[inline(always)]
fn tiles<S: Simd, L: Layer<T>, T: Element, const MR: usize, const NV: usize>(
    simd: S,
    shape: L,
    x: &[T],
    dy: &[T],
    sums: &mut [T],
) {
    let plan = shape.weights::<S>();
    for group in 0..plan.g.groups {
        for index in 0..plan.tiles()[1] {
            for vector in (0..plan.stride() / plan.lanes).step_by(NV) {
                let at = (group * plan.slots() + index * MR) * plan.stride() + vector * plan.lanes;
                let tile = Tile { group, first: plan.first(index), vector };
                tile.add::<S, L, T, MR, NV>(simd, shape, x, dy, &mut sums[at..]);
            }
        }
    }
}

/// One tile of the sums.
#[derive(Clone, Copy)]
struct Tile {
    group: usize,
    /// The first unit, and the first tap there.
    first: [usize; 2],
    vector: usize,
}

impl Tile {
    /// Adds all pixels.
    #[inline(always)]
    fn add<S: Simd, L: Layer<T>, T: Element, const MR: usize, const NV: usize>(
        self,
        simd: S,
        shape: L,
        x: &[T],
        dy: &[T],
        to: &mut [T],
    ) {
        let plan = shape.weights::<S>();
        let g = &plan.g;
        let mut units = [0; MR];
        for (unit, offset) in units.iter_mut().enumerate().take(plan.tall) {
            *offset = plan.offset(self.first[0] + unit) + self.first[1] + self.group * g.channels;
        }
        if const { L::KNOWN.is_none() } {
            // The place of each input of the units.
            for m in (0..MR).rev() {
                units[m] = units[m / plan.wide] + m % plan.wide;
            }
        }
        let mut sums = [[lanes::zeros::<S, T>(simd); NV]; MR];
        for m in 0..MR {
            for v in 0..NV {
                sums[m][v] = lanes::load(simd, to, m * plan.stride() + v * plan.lanes);
            }
        }
        let filters = core::array::from_fn(
            #[inline(always)]
            |v| self.group * g.filters + plan.filter(self.vector + v),
        );
        let whole = g.output[1] - g.output[1] % plan.pixels;
        for row in 0..g.output[0] {
            let dy = &dy[row * g.output[1] * g.all_filters()..];
            let x = &x[g.pixel(row, 0)..];
            for column in (0..whole).step_by(plan.pixels) {
                let dy = vectors::<S, T, NV>(simd, &dy[column * g.all_filters()..], filters);
                sums = multiply(simd, shape, &x[g.pixel(0, column)..], units, dy, sums);
            }
            if whole < g.output[1] {
                let column = g.output[1] - plan.pixels;
                let seen = (whole - column) * g.filters;
                let mut dy = vectors::<S, T, NV>(simd, &dy[column * g.all_filters()..], filters);
                for lane in dy[0].as_mut_slice().iter_mut().take(seen) {
                    *lane = T::zero();
                }
                sums = multiply(simd, shape, &x[g.pixel(0, column)..], units, dy, sums);
            }
        }
        for m in 0..MR {
            for v in 0..NV {
                lanes::store::<S, T>(sums[m][v], to, m * plan.stride() + v * plan.lanes);
            }
        }
    }
}

/// Vectors of `dy`; lanes after the end of the shard are zero.
#[inline(always)]
fn vectors<S: Simd, T: Element, const NV: usize>(simd: S, dy: &[T], filters: [usize; NV]) -> [T::Vector<S>; NV] {
    let mut vectors = [lanes::zeros::<S, T>(simd); NV];
    if let Some(dy) = dy.get(..filters[NV - 1] + T::Vector::<S>::LEN) {
        for v in 0..NV {
            vectors[v] = lanes::load(simd, dy, filters[v]);
        }
        return vectors;
    }
    for v in 0..NV {
        let count = dy.len().saturating_sub(filters[v]).min(T::Vector::<S>::LEN);
        vectors[v] = lanes::load_part(simd, dy, filters[v], count);
    }
    vectors
}

/// Adds the products of the inputs in these units and the vectors.
///
/// Every loop runs to a constant of the function's own: so the sums are in registers before anything is inlined.
#[inline(always)]
fn multiply<S: Simd, L: Layer<T>, T: Element, const MR: usize, const NV: usize>(
    simd: S,
    shape: L,
    x: &[T],
    units: [usize; MR],
    dy: [T::Vector<S>; NV],
    mut sums: [[T::Vector<S>; NV]; MR],
) -> [[T::Vector<S>; NV]; MR] {
    if const { L::KNOWN.is_none() } {
        return multiply_each(simd, x, units, dy, sums);
    }
    let wide = shape.weights::<S>().wide;
    let mut unit = x;
    for m in 0..MR {
        if m % wide == 0 {
            unit = &x[units[m / wide]..][..wide];
        }
        let input = lanes::splat(simd, unit, m % wide);
        for v in 0..NV {
            sums[m][v] = dy[v].mul_add(input, sums[m][v]);
        }
    }
    sums
}

/// The same from the place of each input: where it is not known how many belong to a unit, nothing is divided by that.
#[inline(always)]
fn multiply_each<S: Simd, T: Element, const MR: usize, const NV: usize>(
    simd: S,
    x: &[T],
    places: [usize; MR],
    dy: [T::Vector<S>; NV],
    mut sums: [[T::Vector<S>; NV]; MR],
) -> [[T::Vector<S>; NV]; MR] {
    for m in 0..MR {
        let input = lanes::splat(simd, x, places[m]);
        for v in 0..NV {
            sums[m][v] = dy[v].mul_add(input, sums[m][v]);
        }
    }
    sums
}

/// Adds the sums of a shard to the gradient of the kernel.
#[inline(always)]
pub(super) fn collect<S: Simd, L: Layer<T>, T: Element>(_simd: S, shape: L, sums: &[T], kernel: &mut [T]) {
    let plan = shape.weights::<S>();
    let g = &plan.g;
    for group in 0..g.groups {
        for (place, kernel) in kernel.chunks_exact_mut(g.channels * g.all_filters()).enumerate() {
            for pixel in 0..plan.pixels {
                let column = place % g.kernel[1] * g.dilation[1] / plan.step + pixel * g.strides[1];
                let first = (place / g.kernel[1] * plan.columns + column) * g.channels;
                for (channel, kernel) in kernel.chunks_exact_mut(g.all_filters()).enumerate() {
                    let tap = first + channel;
                    let slot = group * plan.slots() + plan.slot(tap / plan.run, tap % plan.run);
                    let sums = &sums[slot * plan.stride() + pixel * g.filters..];
                    add_row(&plan, sums, &mut kernel[group * g.filters..][..g.filters]);
                }
            }
        }
    }
}

/// Adds the sums of one tap, whose last vector may overlap the one before.
#[inline(always)]
fn add_row<T: Element>(plan: &Plan, sums: &[T], kernel: &mut [T]) {
    for vector in 0..plan.g.filters.div_ceil(plan.lanes) {
        let (first, seen) = (vector * plan.lanes, plan.filter(vector));
        let end = plan.g.filters.min(first + plan.lanes);
        let sums = &sums[first + first - seen..];
        for (kernel, sum) in kernel[first..end].iter_mut().zip(sums) {
            *kernel += *sum;
        }
    }
}
