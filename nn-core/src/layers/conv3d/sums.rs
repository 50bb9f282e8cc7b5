//! One side from the other: inference, and the gradient of the input.

use core::ops::Range;

use fearless_simd::prelude::*;

use super::line::Line;
use super::{Algorithm, Conv3DSizes, Side};
use crate::activations::Activation;
use crate::element::Element;
use crate::geometry::Geometry;
use crate::kernels::transpose::transpose;
use crate::kernels::{frame, lanes, slices};
use crate::layers::conv2d::Filters;
use crate::layers::epilogue::Epilogue;

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
///
/// // Each number becomes two steps, and where windows lie on each other their products are added.
/// let layer = Conv3DSizes::new([1, 1, 3, 1], 1, [1, 1, 3], [1, 1, 2], [1; 3]).transposed([[0; 2]; 3], [0; 3]);
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
    let packed = sizes.packed_len(to, T::Vector::<S>::LEN);
    let (Some(x), Some(y), Some(packed)) = (x.get(..lens[0]), y.get_mut(..lens[1]), scratch.get_mut(..packed)) else {
        debug_assert!(false, "{} inputs, {} outputs and {} of scratch for {sizes:?}", x.len(), y.len(), scratch.len());
        return;
    };
    frame::vectorize(
        simd,
        #[inline(always)]
        || {
            let layer = Layer { sizes, to, kernel, x, epilogue };
            match sizes.algorithm(to, T::Vector::<S>::LEN) {
                Algorithm::InPlace => by_outputs(simd, layer, None, y),
                Algorithm::Packed => by_outputs(simd, layer, Some(packed), y),
                Algorithm::Dots => by_inputs(simd, layer, y),
            }
        },
    );
}

/// What a layer reads.
#[derive(Clone, Copy)]
struct Layer<'a, T> {
    sizes: &'a Conv3DSizes,
    to: Side,
    kernel: &'a [T],
    x: &'a [T],
    epilogue: Epilogue<'a, T>,
}

/// With vectors of the channels of the output, whose weights are packed if there is a place for them.
#[inline(always)]
fn by_outputs<S: Simd, T: Element>(simd: S, layer: Layer<'_, T>, mut packed: Option<&mut [T]>, y: &mut [T]) {
    let Layer { sizes, to, .. } = layer;
    let (channels, lanes) = (sizes.channels(to), T::Vector::<S>::LEN);
    for group in 0..sizes.groups {
        let mut first = 0;
        while first < channels {
            let width = sizes.block(to, lanes, first);
            let block = match packed.as_deref_mut() {
                Some(packed) => {
                    pack(simd, &layer, [group, first, width], packed);
                    Rows::packed(layer, packed, [group, first, width])
                }
                None => Rows::in_place(layer, group, first),
            };
            if width > lanes {
                tiles(
                    sizes,
                    to,
                    [4, 2],
                    #[inline(always)]
                    |tile, pixels, y| match pixels {
                        4 => block.tile::<S, 4, 2>(simd, tile, y),
                        2 => block.tile::<S, 2, 2>(simd, tile, y),
                        _ => block.tile::<S, 1, 2>(simd, tile, y),
                    },
                    y,
                );
            } else {
                tiles(
                    sizes,
                    to,
                    [8, 4],
                    #[inline(always)]
                    |tile, pixels, y| match pixels {
                        8 => block.tile::<S, 8, 1>(simd, tile, y),
                        4 => block.tile::<S, 4, 1>(simd, tile, y),
                        _ => block.tile::<S, 1, 1>(simd, tile, y),
                    },
                    y,
                );
            }
            first += width;
        }
    }
}

/// Copies the weights of `width` channels of the output of a group, from the channel `first` on, to rows of so many, one for each
/// element of the window and each channel of the group's inputs. What there is no channel for is 0.
#[inline(always)]
fn pack<S: Simd, T: Element>(
    simd: S,
    Layer { sizes, to, kernel, .. }: &Layer<'_, T>,
    [group, first, width]: [usize; 3],
    packed: &mut [T],
) {
    let [large, small] = [Side::Large, Side::Small].map(|side| sizes.channels(side));
    let (all, count) = (sizes.small[3], width.min(sizes.channels(*to) - first));
    if count < width {
        packed.fill(T::zero());
    }
    let inputs = sizes.channels(to.other());
    for tap in 0..sizes.taps() {
        let from = tap * large * all + group * small;
        let Some(rows) = packed.get_mut(tap * inputs * width..(tap + 1) * inputs * width) else { return };
        match to {
            Side::Large => {
                let from = kernel.get(from + first * all..).unwrap_or_default();
                transpose(simd, [count, small], (from, all), (rows, width));
            }
            Side::Small => {
                for input in 0..inputs {
                    let from = from + first + input * all;
                    let row = slices::part_mut(rows, input * width, (input + 1) * width);
                    slices::copy(slices::part(kernel, from, from + count), row);
                }
            }
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
                [4, 1],
                #[inline(always)]
                |tile, pixels, y| match (pixels, two) {
                    (4, true) => block.tile::<S, 4, 2>(simd, tile, y),
                    (4, false) => block.tile::<S, 4, 1>(simd, tile, y),
                    (_, true) => block.tile::<S, 1, 2>(simd, tile, y),
                    (_, false) => block.tile::<S, 1, 1>(simd, tile, y),
                },
                y,
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

/// Calls `visit` with all tiles of an output, and with how many pixels they have: one of these numbers where they fit, or one.
#[inline(always)]
fn tiles<T>(sizes: &Conv3DSizes, to: Side, pixels: [usize; 2], visit: impl Fn(&Tile, usize, &mut [T]), y: &mut [T]) {
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
                        let room = whole.end.saturating_sub(whole.start);
                        let pixels = pixels.into_iter().find(|pixels| *pixels <= room).unwrap_or(1);
                        let mut column = 0;
                        while column < columns.outputs {
                            let pixels = if whole.contains(&column) { pixels } else { 1 };
                            // The last tile overlaps the one before.
                            let at = if pixels > 1 { column.min(whole.end - pixels) } else { column };
                            let tile = Tile {
                                pixel: first + columns.first + at * columns.step,
                                step: columns.step,
                                seen: [frame.clone(), row.clone(), Seen::new(columns, at)],
                                input_step: columns.input_step.unsigned_abs(),
                            };
                            visit(&tile, pixels, y);
                            column = at + pixels;
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
    /// The rows, one for each element of the window and each channel of the group's inputs.
    weights: &'a [T],
    stride: usize,
    /// The first channel of the group that a row has, and where that is; behind which channel no vector ends.
    before: usize,
    column: usize,
    last: usize,
    /// The inputs, from the first channel of the group on.
    x: &'a [T],
    /// The group's channels of the input.
    inputs: usize,
    /// The group's first channel of the output, and how many it has.
    outputs: [usize; 2],
    /// The first of the channels, in the group.
    first: usize,
}

impl<'a, T: Element> Rows<'a, T> {
    /// From a channel of a group on, in the filters as they are.
    #[inline(always)]
    fn in_place(layer: Layer<'a, T>, group: usize, first: usize) -> Self {
        let Layer { sizes, to, kernel, x, .. } = layer;
        let [inputs, outputs] = [to.other(), to].map(|side| sizes.channels(side));
        let x = x.get(group * inputs..).unwrap_or_default();
        let (column, outputs) = (group * outputs, [group * outputs, outputs]);
        let (stride, last) = (sizes.shape(to)[3], outputs[1]);
        Rows { layer, weights: kernel, stride, before: 0, column, last, x, inputs, outputs, first }
    }

    /// The same in packed filters, `width` of them, where the last vector may hang over.
    #[inline(always)]
    fn packed(layer: Layer<'a, T>, packed: &'a [T], [group, first, width]: [usize; 3]) -> Self {
        let block = Rows::in_place(layer, group, first);
        Rows { weights: packed, stride: width, before: first, column: 0, last: first + width, ..block }
    }

    /// `MR` pixels times `NV` vectors, from their inputs to their outputs.
    #[inline(always)]
    fn tile<S: Simd, const MR: usize, const NV: usize>(&self, simd: S, tile: &Tile, y: &mut [T]) {
        let Layer { sizes, to, epilogue, .. } = &self.layer;
        let (inputs, [group, outputs], lanes) = (self.inputs, self.outputs, T::Vector::<S>::LEN);
        let pixel = sizes.shape(to.other())[3];
        // For each vector, the first channel in the group, how many there are, and their place in a row.
        let (mut vectors, mut columns) = ([[0; 2]; NV], [0; NV]);
        let mut start = [lanes::zeros::<S, T>(simd); NV];
        for v in 0..NV {
            let channel = (self.first + v * lanes).min(self.last.saturating_sub(lanes));
            vectors[v] = [group + channel, outputs.saturating_sub(channel).min(lanes)];
            columns[v] = self.column + channel - self.before;
            start[v] = epilogue.start(simd, vectors[v][0], vectors[v][1]);
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
                        factor[v] = lanes::load(simd, row, columns[v]);
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
        for m in 0..MR {
            for v in 0..NV {
                let [channel, count] = vectors[v];
                let value = epilogue.finish(simd, channel, count, sums[m][v]);
                lanes::store_part::<S, T>(value, y, (tile.pixel + m * tile.step) * all + channel, count);
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
        for m in 0..MR {
            for n in 0..N {
                let channel = self.group * outputs + self.first + n;
                let sum = T::Vector::<S>::splat(simd, sums[m][n].reduce_sum());
                let sum = epilogue.start_one(simd, channel) + sum;
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
    for m in 0..MR {
        for n in 0..N {
            sums[m][n] = x[m].mul_add(w[n], sums[m][n]);
        }
    }
}
