//! The gradient of the input with a sample in every lane.
//!
//! Where channels are few, or strides leave gaps, vectors of channels would be mostly zeros. A vector of one
//! element of every sample is full, whatever the geometry; so `dy` is transposed, and the result back.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::super::geometry::geometry;
use super::super::plan::machine;
use super::super::{Border, Conv2DSizes, DestinationSizes};
use super::input;
use super::layer::Layer;
use crate::element::Element;
use crate::kernels::transpose::transpose;
use crate::kernels::{lanes, tile};
use crate::shape::tiles::{Geometry, Tile};

/// How the work of a layer is cut up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plan {
    /// The geometry of the forward pass.
    g: Geometry,
    border: Border,
    /// Height and width of the input, without its border.
    input: [usize; 2],
    /// Channels and pixels of the input in a tile.
    channels: usize,
    pixels: usize,
    /// From how many samples on this is faster than one after the other.
    least: usize,
}

impl Plan {
    pub(super) const fn new<T>(layer: &Conv2DSizes, lanes: usize, bytes: usize) -> Plan {
        let g = geometry(layer, &DestinationSizes::PLAIN);
        let most = tile::sums(bytes);
        let channels = g.channels.div_ceil(g.channels.div_ceil(most / 3));
        let input = [layer.input[0], layer.input[1]];
        let mut plan = Plan { g, border: layer.border(), input, channels, pixels: 1, least: 0 };
        let reverse = geometry(&input::reverse(layer), &DestinationSizes::PLAIN);
        plan.least = plan.cost(lanes).div_ceil(Tile::new(&reverse, &machine::<T>(bytes)).cost);
        let mut best = plan.row_cost();
        let mut pixels = 2;
        while pixels <= 8 && pixels * channels <= most {
            plan.pixels = pixels;
            let cost = plan.row_cost();
            if cost < best {
                best = cost;
            } else {
                pixels += 8;
            }
            pixels += 1;
        }
        if plan.row_cost() > best {
            plan.pixels -= 1;
        }
        plan
    }

    /// The plan for sizes that are numbers, with a tile that is compiled for these: of [`COMPILED`]. No result depends on it.
    pub(super) fn of_numbers<T>(layer: &Conv2DSizes, lanes: usize, bytes: usize) -> Plan {
        let plan = Plan::new::<T>(layer, lanes, bytes);
        let tiles = COMPILED.iter().filter(|tile| tile[0] <= plan.g.channels && tile[0] * tile[1] <= tile::sums(bytes));
        let plans = tiles.map(|&[channels, pixels]| Plan { channels, pixels, ..plan });
        let cost = |plan: &Plan| plan.g.channels.div_ceil(plan.channels) * plan.row_cost();
        plans.min_by_key(cost).unwrap_or(Plan { channels: 1, pixels: 1, ..plan })
    }

    /// Steps of a row of the input, where all its inner pixels can be taken together.
    const fn row_cost(&self) -> usize {
        let edges = (self.g.kernel[1] - 1) * self.g.dilation[1];
        let inner = self.input[1].saturating_sub(2 * edges);
        let alone = self.input[1] - inner / self.pixels * self.pixels;
        inner / self.pixels * cost(self.channels, self.pixels) + alone * cost(self.channels, 1)
    }

    const fn is(&self, channels: usize, pixels: usize) -> bool {
        self.channels == channels && self.pixels == pixels
    }

    /// Half cycles for as many samples as there are lanes, as in the cost of a tile of the forward pass.
    const fn cost(&self, lanes: usize) -> usize {
        let g = &self.g;
        let sums = g.output[0] * g.output[1] * g.taps() * g.all_filters();
        let elements = self.input[0] * self.input[1] * g.input[2] + g.output[0] * g.output[1] * g.all_filters();
        sums + sums / 8 + elements * lanes
    }

    /// Which output a tap `k` of the input at `at` belongs to, along an axis; it may be beyond either end.
    #[inline(always)]
    const fn output(&self, axis: usize, at: usize, k: usize) -> Option<isize> {
        let before = [self.border.top, self.border.left][axis];
        let distance = (at + before) as isize - (k * self.g.dilation[axis]) as isize;
        let stride = self.g.strides[axis] as isize;
        if distance % stride == 0 { Some(distance / stride) } else { None }
    }

    /// The same, where there is such an output.
    #[inline(always)]
    fn inside(&self, axis: usize, at: usize, k: usize) -> Option<usize> {
        self.output(axis, at, k).and_then(|output| usize::try_from(output).ok()).filter(|at| *at < self.g.output[axis])
    }

    /// Whether every tap has the outputs of all `pixels` of a tile that starts at this column, or of none.
    #[inline(always)]
    const fn even(&self, column: usize) -> bool {
        let (count, width) = (self.pixels as isize, self.g.output[1] as isize);
        if column + (self.pixels - 1) * self.g.strides[1] >= self.input[1] {
            return false;
        }
        let mut k = 0;
        while k < self.g.kernel[1] {
            if let Some(first) = self.output(1, column, k) {
                let (all, none) = (first >= 0 && first + count <= width, first + count <= 0 || first >= width);
                if !all && !none {
                    return false;
                }
            }
            k += 1;
        }
        true
    }
}

/// Multiply-adds or loads of one step.
const fn cost(channels: usize, pixels: usize) -> usize {
    let (sums, loads) = (channels * pixels, channels + pixels);
    let most = if sums > loads { sums } else { loads };
    if most > 8 { most } else { 8 }
}

/// The tiles that are compiled for sizes that are numbers, as channels and pixels: few, since all of them are.
const COMPILED: [[usize; 2]; 6] = [[1, 1], [1, 6], [3, 4], [4, 1], [4, 3], [8, 3]];

/// The constants of a layer on a machine.
pub(super) struct Known<S, L, T>(PhantomData<(S, L, T)>);

impl<S: Simd, L: Layer<T>, T: Element> Known<S, L, T> {
    /// The plan where rustc knows it.
    pub(super) const PLAN: Option<Plan> = match L::KNOWN {
        Some(layer) => Some(Plan::new::<T>(&layer, T::Vector::<S>::LEN, size_of::<T::Vector<S>>())),
        None => None,
    };

    /// Whether samples are never taken together.
    const fn is_never() -> bool {
        matches!(Self::PLAN, Some(plan) if plan.least > T::Vector::<S>::LEN)
    }

    /// Whether it may be a tile of so many channels and pixels: where it is not known, one of [`COMPILED`].
    const fn may_be(channels: usize, pixels: usize) -> bool {
        match Self::PLAN {
            Some(plan) => plan.is(channels, pixels),
            None => {
                let mut index = 0;
                while index < COMPILED.len() {
                    if COMPILED[index][0] == channels && COMPILED[index][1] == pixels {
                        return true;
                    }
                    index += 1;
                }
                false
            }
        }
    }
}

/// How many of the samples are to be taken together, in the lanes.
#[inline(always)]
pub(super) fn lanes_for<S: Simd, L: Layer<T>, T: Element>(_simd: S, shape: L, samples: usize) -> usize {
    let lanes = T::Vector::<S>::LEN;
    let least = shape.samples::<S>().least;
    let whole = samples - samples % lanes;
    if least > lanes {
        0
    } else if samples % lanes >= least {
        samples
    } else {
        whole
    }
}

/// How many elements of scratch [`gradient`] needs.
#[inline(always)]
pub(super) fn scratch_len<S: Simd, L: Layer<T>, T: Element>(_simd: S, shape: L) -> usize {
    (shape.sizes().input.iter().product::<usize>() + shape.output().iter().product::<usize>()) * T::Vector::<S>::LEN
}

macro_rules! tiles {
    ($($channels:literal x $pixels:literal,)*) => {
        /// Writes the gradient of the input of some samples, at most as many as lanes.
        #[inline(always)]
        pub(super) fn gradient<S: Simd, L: Layer<T>, T: Element>(
            simd: S,
            shape: L,
            kernel: &[T],
            dy: &[T],
            dx: &mut [T],
            scratch: &mut [T],
        ) {
            if const { Known::<S, L, T>::is_never() } {
                return;
            }
            let (input, output) = (shape.sizes().input.iter().product(), shape.output().iter().product());
            let (lanes, samples) = (T::Vector::<S>::LEN, dy.len() / output);
            let (transposed, result) = scratch.split_at_mut(output * lanes);
            if samples < lanes {
                transposed.fill(T::zero());
            }
            transpose(simd, [samples, output], (dy, output), (transposed, lanes));
            $(if const { Known::<S, L, T>::may_be($channels, $pixels) }
                && (const { L::KNOWN.is_some() } || shape.samples::<S>().is($channels, $pixels))
            {
                shape.call(
                    simd,
                    #[inline(always)]
                    || rows::<S, L, T, $channels, $pixels>(simd, shape, kernel, transposed, result),
                );
            })*
            transpose(simd, [input, samples], (result, lanes), (dx, input));
        }
    };
}

tiles! {
    1 x 1, 2 x 1, 3 x 1, 4 x 1, 5 x 1, 6 x 1, 7 x 1, 8 x 1,
    1 x 2, 2 x 2, 3 x 2, 4 x 2, 5 x 2, 6 x 2, 7 x 2, 8 x 2,
    1 x 3, 2 x 3, 3 x 3, 4 x 3, 5 x 3, 6 x 3, 7 x 3, 8 x 3,
    1 x 4, 2 x 4, 3 x 4, 4 x 4, 5 x 4, 6 x 4,
    1 x 5, 2 x 5, 3 x 5, 4 x 5, 1 x 6, 2 x 6, 3 x 6, 4 x 6,
    1 x 7, 2 x 7, 3 x 7, 1 x 8, 2 x 8, 3 x 8,
}

/// All rows of the input: tiles of pixels a stride apart, so that the same taps have outputs.
#[inline(always)]
fn rows<S: Simd, L: Layer<T>, T: Element, const MC: usize, const MP: usize>(
    simd: S,
    shape: L,
    kernel: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    let plan = shape.samples::<S>();
    let g = &plan.g;
    for group in 0..g.groups {
        for channel in (0..g.channels).step_by(MC) {
            let channel = channel.min(g.channels - MC);
            for row in 0..plan.input[0] {
                for phase in 0..g.strides[1].min(plan.input[1]) {
                    let mut column = phase;
                    while column < plan.input[1] {
                        let place = Place { plan, group, channel, row, column };
                        if MP > 1 && plan.even(column) {
                            place.tile::<S, T, MC, MP>(simd, kernel, dy, dx);
                            column += MP * g.strides[1];
                        } else {
                            place.tile::<S, T, MC, 1>(simd, kernel, dy, dx);
                            column += g.strides[1];
                        }
                    }
                }
            }
        }
    }
}

/// Where a tile is.
#[derive(Clone, Copy)]
struct Place {
    plan: Plan,
    group: usize,
    channel: usize,
    row: usize,
    column: usize,
}

impl Place {
    /// One tile, from the outputs to the inputs.
    #[inline(always)]
    fn tile<S: Simd, T: Element, const MC: usize, const MP: usize>(
        self,
        simd: S,
        kernel: &[T],
        dy: &[T],
        dx: &mut [T],
    ) {
        let (g, lanes) = (&self.plan.g, T::Vector::<S>::LEN);
        let mut sums = [[lanes::zeros::<S, T>(simd); MP]; MC];
        for r in 0..g.kernel[0] {
            let Some(row) = self.plan.inside(0, self.row, r) else { continue };
            for s in 0..g.kernel[1] {
                let Some(column) = self.plan.inside(1, self.column, s) else { continue };
                let first = (row * g.output[1] + column) * g.all_filters() + self.group * g.filters;
                let tap = (r * g.kernel[1] + s) * g.channels + self.channel;
                let kernel = &kernel[tap * g.all_filters() + self.group * g.filters..];
                sums = multiply::<S, T, MC, MP>(simd, g, kernel, &dy[first * lanes..], sums);
            }
        }
        for p in 0..MP {
            let pixel = self.row * self.plan.input[1] + self.column + p * g.strides[1];
            let first = pixel * g.input[2] + self.group * g.channels + self.channel;
            for (c, sums) in sums.iter().enumerate() {
                lanes::store::<S, T>(sums[p], dx, (first + c) * lanes);
            }
        }
    }
}

/// Adds the products of the weights of one tap and the outputs it belongs to.
#[inline(always)]
fn multiply<S: Simd, T: Element, const MC: usize, const MP: usize>(
    simd: S,
    g: &Geometry,
    kernel: &[T],
    dy: &[T],
    mut sums: [[T::Vector<S>; MP]; MC],
) -> [[T::Vector<S>; MP]; MC] {
    let (lanes, filters) = (T::Vector::<S>::LEN, g.filters);
    let mut weights = [kernel; MC];
    for c in 0..MC {
        weights[c] = &kernel[c * g.all_filters()..][..filters];
    }
    let mut pixels = [dy; MP];
    for p in 0..MP {
        pixels[p] = &dy[p * g.all_filters() * lanes..][..filters * lanes];
    }
    for filter in 0..filters {
        let mut dy = [lanes::zeros::<S, T>(simd); MP];
        for p in 0..MP {
            dy[p] = lanes::load(simd, pixels[p], filter * lanes);
        }
        for c in 0..MC {
            let weight = lanes::splat(simd, weights[c], filter);
            for p in 0..MP {
                sums[c][p] = dy[p].mul_add(weight, sums[c][p]);
            }
        }
    }
    sums
}
