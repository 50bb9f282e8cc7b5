//! One side from the other: inference, and the gradient of the input.

use core::ops::Range;

use fearless_simd::prelude::*;

use super::line::Line;
use super::{Conv3DSizes, Side};
use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::transpose::transpose;
use crate::kernels::{frame, lanes, slices};
use crate::layers::conv2d::Filters;
use crate::layers::epilogue::Epilogue;

/// Outputs of a row that are computed together, where they see the same elements of a window.
const PIXELS: usize = 4;

/// Computes one sample, then applies the epilogue, which has nothing to do with another value.
///
/// - `shape`: a unit struct with a [`Conv3DShape`](super::Conv3DShape), or a reference to [`Conv3DSizes`].
/// - `x`, `y`: the input, without zeros around it, and the output.
/// - `scratch`: at least [`Conv3DSizes::scratch_len`] elements; what it holds does not matter.
///
/// A slice that is too short is a mistake of the caller's: a panic in debug builds, nothing at all in release.
///
/// ```
/// use fearless_simd::{Level, dispatch};
/// use nn_core::layers::conv3d::{self, Conv3DSizes};
/// use nn_core::layers::epilogue::Epilogue;
/// use nn_core::shape::Padding;
///
/// // Each number becomes two steps, and where windows lie on each other their products are added.
/// let layer = Conv3DSizes::new([1, 1, 3, 1], 1, [1, 1, 3], [1, 1, 2], [1; 3]).transposed(Padding::Valid, None);
/// let mut y = [0.0_f32; 7];
/// let mut scratch = vec![0.0; layer.scratch_len::<f32>()];
/// dispatch!(Level::new(), simd => {
///     let epilogue = Epilogue::bias(&[0.5]);
///     conv3d::infer_with(simd, &layer, &[1.0, 10.0, 100.0], &[1.0, 2.0, 3.0], &mut y, &mut scratch, epilogue);
/// });
/// assert_eq!(y, [1.5, 10.5, 102.5, 20.5, 203.5, 30.5, 300.5]);
/// ```
#[inline(always)]
pub fn infer_with<S: Simd, L: Geometry<Conv3DSizes>, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    kernel: &[T],
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
    epilogue: Epilogue<'_, T, A>,
) {
    let Epilogue { bias, affine, activation, .. } = epilogue;
    let sizes = shape.sizes();
    let to = if sizes.transposed { Side::Large } else { Side::Small };
    side(simd, &sizes, to, [kernel, x], y, scratch, Epilogue { affine, ..Epilogue::bias(bias) });
    slices::map_in_place(
        simd,
        y,
        #[inline(always)]
        |y| activation.apply(simd, y),
    );
}

/// [`infer_with`] for a layer's struct of weights.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one call is one fused step of the emitted code")]
pub fn infer<S: Simd, L: Geometry<Conv3DSizes>, W: Filters<T>, T: Element, A: Activation<T>>(
    simd: S,
    shape: L,
    weights: &W,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
    epilogue: Epilogue<'_, T, A>,
) {
    infer_with(simd, shape, weights.kernel(), x, y, scratch, epilogue);
}

/// Computes this side `y` from the other one, `x`, for one sample: compiled once for all layers.
#[inline(never)]
pub(super) fn side<S: Simd, T: Element>(
    simd: S,
    sizes: &Conv3DSizes,
    to: Side,
    [kernel, x]: [&[T]; 2],
    y: &mut [T],
    scratch: &mut [T],
    epilogue: Epilogue<'_, T>,
) {
    let lens = [to.other(), to].map(|side| sizes.shape(side).iter().product());
    let packed = sizes.packed_len::<T>(to, T::Vector::<S>::LEN);
    let (Some(x), Some(y), Some(packed)) = (x.get(..lens[0]), y.get_mut(..lens[1]), scratch.get_mut(..packed)) else {
        debug_assert!(false, "{} inputs, {} outputs and {} of scratch for {sizes:?}", x.len(), y.len(), scratch.len());
        return;
    };
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            if sizes.is_packed(to, T::Vector::<S>::LEN) {
                pack(simd, sizes, to, kernel, packed);
                return by_outputs(simd, Layer { sizes, to, kernel: packed, is_packed: true, x, epilogue }, y);
            }
            let layer = Layer { sizes, to, kernel, is_packed: false, x, epilogue };
            match to {
                Side::Small => by_outputs(simd, layer, y),
                Side::Large => by_inputs(simd, layer, y),
            }
        },
    );
}

/// Copies the filters to rows of the channels of this side, one for each channel of the other: `[group][tap][channel]`.
#[inline(always)]
fn pack<S: Simd, T: Element>(simd: S, sizes: &Conv3DSizes, to: Side, kernel: &[T], packed: &mut [T]) {
    let ([large, small], stride) =
        ([Side::Large, Side::Small].map(|side| sizes.channels(side)), sizes.packed_stride::<T>(to));
    let (taps, all) = (sizes.taps(), sizes.small[3]);
    packed.fill(T::zero());
    let mut rows = packed.chunks_exact_mut((sizes.channels(to.other()) * stride).max(1));
    for group in 0..sizes.groups {
        for tap in 0..taps {
            let (Some(rows), Some(from)) = (rows.next(), kernel.get(tap * large * all + group * small..)) else {
                return;
            };
            match to {
                Side::Large => transpose(simd, [large, small], (from, all), (rows, stride)),
                Side::Small => {
                    for (from, row) in from.chunks(all.max(1)).zip(rows.chunks_exact_mut(stride.max(1))) {
                        slices::copy(slices::part(from, 0, small), row);
                    }
                }
            }
        }
    }
}

/// What a layer reads.
#[derive(Clone, Copy)]
struct Layer<'a, T> {
    sizes: &'a Conv3DSizes,
    to: Side,
    kernel: &'a [T],
    is_packed: bool,
    x: &'a [T],
    epilogue: Epilogue<'a, T>,
}

/// With vectors of the channels of the output: the kernel has rows of them.
#[inline(always)]
fn by_outputs<S: Simd, T: Element>(simd: S, layer: Layer<'_, T>, y: &mut [T]) {
    let Layer { sizes, to, .. } = layer;
    let (channels, lanes) = (sizes.channels(to), T::Vector::<S>::LEN);
    for group in 0..sizes.groups {
        let mut first = 0;
        while first < channels {
            let two = channels - first > lanes;
            let block = Rows::new(layer, group, first);
            tiles(
                sizes,
                to,
                #[inline(always)]
                |tile, four| match (four, two) {
                    (true, true) => block.tile::<S, PIXELS, 2>(simd, tile, y),
                    (true, false) => block.tile::<S, PIXELS, 1>(simd, tile, y),
                    (false, true) => block.tile::<S, 1, 2>(simd, tile, y),
                    (false, false) => block.tile::<S, 1, 1>(simd, tile, y),
                },
            );
            first += if two { 2 * lanes } else { lanes };
        }
    }
}

/// With vectors of the channels of the input, of which there are at least one: the kernel has rows of them.
#[inline(always)]
fn by_inputs<S: Simd, T: Element>(simd: S, layer: Layer<'_, T>, y: &mut [T]) {
    let Layer { sizes, to, .. } = layer;
    let channels = sizes.channels(to);
    for group in 0..sizes.groups {
        for first in (0..channels).step_by(2) {
            let two = channels - first > 1;
            let block = Dots { layer, group, first };
            tiles(
                sizes,
                to,
                #[inline(always)]
                |tile, four| match (four, two) {
                    (true, true) => block.tile::<S, PIXELS, 2>(simd, tile, y),
                    (true, false) => block.tile::<S, PIXELS, 1>(simd, tile, y),
                    (false, true) => block.tile::<S, 1, 2>(simd, tile, y),
                    (false, false) => block.tile::<S, 1, 1>(simd, tile, y),
                },
            );
        }
    }
}

/// What an output sees along an axis: from the input under the first element of a line, those of some elements.
#[derive(Clone)]
struct Seen {
    line: Line,
    input: isize,
    taps: Range<usize>,
}

impl Seen {
    #[inline(always)]
    fn new(line: Line, output: usize) -> Self {
        Seen { line, input: line.input(output), taps: line.taps(output) }
    }

    /// An element of the window, and the input under it.
    #[inline(always)]
    fn pair(&self, tap: usize) -> [usize; 2] {
        let input = self.input.wrapping_add((tap as isize).wrapping_mul(self.line.input_per_tap));
        [self.line.tap + tap * self.line.tap_step, input.unsigned_abs()]
    }
}

/// Outputs that see the same elements of a window.
struct Tile {
    /// The first of the pixels, and the distance to the next.
    pixel: usize,
    step: usize,
    /// Along each axis, what the first of them sees.
    seen: [Seen; 3],
    /// From the inputs of one pixel to those of the next, in pixels.
    input_step: usize,
}

/// Calls `visit` with all tiles of an output, and with whether they are of [`PIXELS`] pixels and not of one.
#[inline(always)]
fn tiles(sizes: &Conv3DSizes, to: Side, mut visit: impl FnMut(&Tile, bool)) {
    let [_, height, width, _] = sizes.shape(to);
    for index in 0..Line::count(sizes, to, 0) {
        let frames = Line::new(sizes, to, 0, index);
        for frame in 0..frames.outputs {
            let (first, frame) = (frames.first + frame * frames.step, Seen::new(frames, frame));
            for index in 0..Line::count(sizes, to, 1) {
                let rows = Line::new(sizes, to, 1, index);
                for row in 0..rows.outputs {
                    let first = (first * height + rows.first + row * rows.step) * width;
                    let row = Seen::new(rows, row);
                    for index in 0..Line::count(sizes, to, 2) {
                        let columns = Line::new(sizes, to, 2, index);
                        let whole = columns.whole();
                        let mut column = 0;
                        while column < columns.outputs {
                            let four = whole.contains(&column) && whole.len() >= PIXELS;
                            // The last tile overlaps the one before.
                            let at = if four { column.min(whole.end - PIXELS) } else { column };
                            let tile = Tile {
                                pixel: first + columns.first + at * columns.step,
                                step: columns.step,
                                seen: [frame.clone(), row.clone(), Seen::new(columns, at)],
                                input_step: columns.input_step.unsigned_abs(),
                            };
                            visit(&tile, four);
                            column = if four { at + PIXELS } else { at + 1 };
                        }
                    }
                }
            }
        }
    }
}

impl Tile {
    /// Calls `visit` with each element of the window under which there are inputs, the first of these as a pixel, and how many
    /// elements with as many pixels lie side by side.
    #[inline(always)]
    fn runs(&self, sizes: &Conv3DSizes, to: Side, mut visit: impl FnMut(usize, usize, usize)) {
        let ([_, rows, columns], [_, height, width, _]) = (sizes.kernel_size, sizes.shape(to.other()));
        let [frame, row, column] = &self.seen;
        let beside = sizes.groups == 1 && column.line.input_per_tap == 1 && column.line.tap_step == 1;
        let run = if beside { column.taps.len().max(1) } else { 1 };
        for f in frame.taps.clone() {
            let [f, in_f] = frame.pair(f);
            for r in row.taps.clone() {
                let [r, in_r] = row.pair(r);
                for c in column.taps.clone().step_by(run) {
                    let [c, in_c] = column.pair(c);
                    visit((f * rows + r) * columns + c, (in_f * height + in_r) * width + in_c, run);
                }
            }
        }
    }
}

/// Some channels of the output, whose weights lie side by side.
struct Rows<'a, T> {
    layer: Layer<'a, T>,
    /// The rows, one for each channel of the group's inputs and each element of the window.
    weights: &'a [T],
    stride: usize,
    /// The inputs, from the first channel of the group on.
    x: &'a [T],
    /// The channels of the group: those of the input, and those of the output.
    channels: [usize; 2],
    /// The first channel of the group, in a row of weights and in the output.
    group: [usize; 2],
    /// The first of the channels, in the group.
    first: usize,
}

impl<'a, T: Element> Rows<'a, T> {
    #[inline(always)]
    fn new(layer: Layer<'a, T>, group: usize, first: usize) -> Self {
        let Layer { sizes, to, kernel, is_packed, x, .. } = layer;
        let channels = [sizes.channels(to.other()), sizes.channels(to)];
        let stride = if is_packed { sizes.packed_stride::<T>(to) } else { sizes.shape(to)[3] };
        let (before, column) = match is_packed {
            true => (group * sizes.taps() * channels[0] * stride, 0),
            false => (0, group * channels[1]),
        };
        Rows {
            layer,
            weights: kernel.get(before..).unwrap_or_default(),
            stride,
            x: x.get(group * channels[0]..).unwrap_or_default(),
            channels,
            group: [column, group * channels[1]],
            first,
        }
    }

    /// `MR` pixels times `NV` vectors, from their inputs to their outputs.
    #[inline(always)]
    fn tile<S: Simd, const MR: usize, const NV: usize>(&self, simd: S, tile: &Tile, y: &mut [T]) {
        let Layer { sizes, to, epilogue, .. } = &self.layer;
        let [inputs, outputs] = self.channels;
        let (lanes, count) = (T::Vector::<S>::LEN, outputs.min(T::Vector::<S>::LEN));
        let ([column, group], pixel) = (self.group, sizes.shape(to.other())[3]);
        let mut vectors = [0; NV];
        let mut start = [lanes::zeros::<S, T>(simd); NV];
        for v in 0..NV {
            vectors[v] = (self.first + v * lanes).min(outputs.saturating_sub(lanes));
            start[v] = epilogue.start(simd, group + vectors[v], count);
        }
        let mut sums = [start; MR];
        tile.runs(
            sizes,
            *to,
            #[inline(always)]
            |tap, at, run| {
                let (len, first) = (run * inputs, tap * inputs * self.stride);
                let mut pixels: [&[T]; MR] = [&[]; MR];
                for (m, x) in pixels.iter_mut().enumerate() {
                    let at = (at + m * tile.input_step) * pixel;
                    let Some(inputs) = self.x.get(at..at + len) else { return };
                    *x = inputs;
                }
                let Some(weights) = self.weights.get(first..first + len * self.stride) else { return };
                for (i, row) in weights.chunks_exact(self.stride.max(1)).enumerate() {
                    let mut factor = start;
                    for v in 0..NV {
                        factor[v] = lanes::load(simd, row, column + vectors[v]);
                    }
                    for m in 0..MR {
                        let input = lanes::splat::<S, T>(simd, pixels[m], i);
                        for v in 0..NV {
                            sums[m][v] = factor[v].mul_add(input, sums[m][v]);
                        }
                    }
                }
            },
        );
        let all = sizes.shape(*to)[3];
        for (m, sums) in sums.into_iter().enumerate() {
            for (vector, sum) in vectors.into_iter().zip(sums) {
                let value = epilogue.finish(simd, group + vector, count, sum);
                lanes::store_part::<S, T>(value, y, (tile.pixel + m * tile.step) * all + group + vector, count);
            }
        }
    }
}

/// Some channels of the output, each of whose weights lie side by side for the channels of the input.
struct Dots<'a, T> {
    layer: Layer<'a, T>,
    group: usize,
    /// The first of the channels, in the group.
    first: usize,
}

impl<T: Element> Dots<'_, T> {
    /// `MR` pixels times `N` channels, from their inputs to their outputs.
    #[inline(always)]
    fn tile<S: Simd, const MR: usize, const N: usize>(&self, simd: S, tile: &Tile, y: &mut [T]) {
        let Layer { sizes, to, kernel, x, epilogue, .. } = self.layer;
        let [inputs, outputs] = [to.other(), to].map(|side| sizes.channels(side));
        let (lanes, all) = (T::Vector::<S>::LEN, sizes.shape(to.other())[3]);
        let (whole, before) = (inputs - inputs % lanes, self.group * inputs);
        let mut sums = [[lanes::zeros::<S, T>(simd); N]; MR];
        tile.runs(
            sizes,
            to,
            #[inline(always)]
            |tap, at, _| {
                let mut pixels: [&[T]; MR] = [&[]; MR];
                for (m, pixel) in pixels.iter_mut().enumerate() {
                    *pixel = x.get((at + m * tile.input_step) * all + before..).unwrap_or_default();
                }
                let mut rows: [&[T]; N] = [&[]; N];
                for (n, row) in rows.iter_mut().enumerate() {
                    *row = kernel.get((tap * outputs + self.first + n) * all + before..).unwrap_or_default();
                }
                for from in (0..whole).step_by(lanes) {
                    add::<S, T, MR, N>(
                        &mut sums,
                        pixels.map(|x| lanes::load(simd, x, from)),
                        rows.map(|row| lanes::load(simd, row, from)),
                    );
                }
                if whole < inputs {
                    let part = |x| lanes::load_or(simd, x, whole, inputs - whole, T::zero());
                    add::<S, T, MR, N>(&mut sums, pixels.map(part), rows.map(part));
                }
            },
        );
        for (m, sums) in sums.into_iter().enumerate() {
            for (n, sum) in sums.into_iter().enumerate() {
                let channel = self.group * outputs + self.first + n;
                let sum = epilogue.start_one(simd, channel) + T::Vector::<S>::splat(simd, sum.reduce_sum());
                let value = epilogue.finish_one(simd, channel, sum);
                lanes::store_part::<S, T>(value, y, (tile.pixel + m * tile.step) * sizes.shape(to)[3] + channel, 1);
            }
        }
    }
}

/// `sums += x · w`, each with each.
#[inline(always)]
fn add<S: Simd, T: Element, const MR: usize, const N: usize>(
    sums: &mut [[T::Vector<S>; N]; MR],
    x: [T::Vector<S>; MR],
    w: [T::Vector<S>; N],
) {
    for (sums, x) in sums.iter_mut().zip(x) {
        for (sum, w) in sums.iter_mut().zip(w) {
            *sum = x.mul_add(w, *sum);
        }
    }
}
