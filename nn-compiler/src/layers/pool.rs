//! Pooling, over windows and over all of space.

use nn_graph::graph::Operand;
use nn_graph::mask::Masked;
use nn_graph::op::{GlobalPool, Op, Pool, Pool3D, PoolKind, PoolWindows, Reduction};
use nn_graph::size;
use nn_graph::{Shape, Size};

use super::space::Space;
use crate::rule::{Problem, Site, Windows, ranked, rule};
use crate::spec::{DATA_FORMAT, Lower, Masks, Opt, Placed, Positional, Spec, Values, flag, number, sizes, word};

const PADDING: Opt = word("padding", &["valid", "same"]);

const WINDOWS_1D: &[Opt] = &[sizes("pool_size", 1, Some(2)), sizes("strides", 1, None)];
const WINDOWS_2D: &[Opt] = &[sizes("pool_size", 2, Some(2)), sizes("strides", 2, None)];
const WINDOWS_3D: &[Opt] = &[sizes("pool_size", 3, Some(2)), sizes("strides", 3, None)];
const OVER_WINDOWS: &[Opt] = &[PADDING, DATA_FORMAT];
const OVER_ALL: &[&[Opt]] = &[&[flag("keepdims", false), DATA_FORMAT]];

const fn over_windows_1d(names: &'static [&'static str], lower: Lower) -> Spec {
    Spec { positional: Positional::optional(WINDOWS_1D), options: &[OVER_WINDOWS], ..Spec::new(names, lower) }
}

const fn over_windows_2d(names: &'static [&'static str], lower: Lower) -> Spec {
    Spec { positional: Positional::optional(WINDOWS_2D), options: &[OVER_WINDOWS], ..Spec::new(names, lower) }
}

const fn over_windows_3d(names: &'static [&'static str], lower: Lower) -> Spec {
    Spec { positional: Positional::optional(WINDOWS_3D), options: &[OVER_WINDOWS], ..Spec::new(names, lower) }
}

const fn over_all(names: &'static [&'static str], lower: Lower) -> Spec {
    Spec { options: OVER_ALL, ..Spec::new(names, lower) }
}

const fn adaptive(names: &'static [&'static str], output_size: &'static [Opt], lower: Lower) -> Spec {
    Spec { positional: Positional::required(output_size), options: &[&[DATA_FORMAT]], ..Spec::new(names, lower) }
}

const OF_SHIFTS: &[Opt] = &[
    number("bandwidth", 1.0, "a number above 0", |x| x > 0.0 && x.is_finite()),
    number("iterations", 5.0, "a whole number from 1 to 32", |x| (1.0..=32.0).contains(&x) && x.fract() == 0.0),
];

const OUTPUT_1D: &[Opt] = &[sizes("output_size", 1, Some(1))];
const OUTPUT_2D: &[Opt] = &[sizes("output_size", 2, Some(1))];
const OUTPUT_3D: &[Opt] = &[sizes("output_size", 3, Some(1))];

pub const SPECS: &[Spec] = &[
    over_windows_1d(&["MaxPooling1D", "MaxPool1D"], |values, site, inputs| pool1d(PoolKind::Max, values, site, inputs)),
    over_windows_1d(&["AveragePooling1D", "AvgPool1D"], |values, site, inputs| {
        pool1d(PoolKind::Average, values, site, inputs)
    }),
    over_windows_2d(&["MaxPooling2D", "MaxPool2D"], |values, site, inputs| pool2d(PoolKind::Max, values, site, inputs)),
    over_windows_2d(&["AveragePooling2D", "AvgPool2D"], |values, site, inputs| {
        pool2d(PoolKind::Average, values, site, inputs)
    }),
    over_windows_3d(&["MaxPooling3D", "MaxPool3D"], |values, site, inputs| pool3d(PoolKind::Max, values, site, inputs)),
    over_windows_3d(&["AveragePooling3D", "AvgPool3D"], |values, site, inputs| {
        pool3d(PoolKind::Average, values, site, inputs)
    }),
    Spec {
        options: &[OVER_WINDOWS, OF_SHIFTS],
        ..over_windows_1d(&["MeanShiftPool1D"], |values, site, inputs| shifted(1, values, site, inputs))
    },
    Spec {
        options: &[OVER_WINDOWS, OF_SHIFTS],
        ..over_windows_2d(&["MeanShiftPool2D"], |values, site, inputs| shifted(2, values, site, inputs))
    },
    over_windows_1d(&["L2Pool1D"], |values, site, inputs| by(Reduction::L2, 1, values, site, inputs)),
    over_windows_2d(&["L2Pool2D"], |values, site, inputs| by(Reduction::L2, 2, values, site, inputs)),
    over_windows_3d(&["L2Pool3D"], |values, site, inputs| by(Reduction::L2, 3, values, site, inputs)),
    adaptive(&["AdaptiveAveragePooling1D", "AdaptiveAvgPool1D"], OUTPUT_1D, |values, site, inputs| {
        adapted(1, Reduction::Average, values, site, inputs)
    }),
    adaptive(&["AdaptiveAveragePooling2D", "AdaptiveAvgPool2D"], OUTPUT_2D, |values, site, inputs| {
        adapted(2, Reduction::Average, values, site, inputs)
    }),
    adaptive(&["AdaptiveAveragePooling3D", "AdaptiveAvgPool3D"], OUTPUT_3D, |values, site, inputs| {
        adapted(3, Reduction::Average, values, site, inputs)
    }),
    adaptive(&["AdaptiveMaxPooling1D", "AdaptiveMaxPool1D"], OUTPUT_1D, |values, site, inputs| {
        adapted(1, Reduction::Max, values, site, inputs)
    }),
    adaptive(&["AdaptiveMaxPooling2D", "AdaptiveMaxPool2D"], OUTPUT_2D, |values, site, inputs| {
        adapted(2, Reduction::Max, values, site, inputs)
    }),
    adaptive(&["AdaptiveMaxPooling3D", "AdaptiveMaxPool3D"], OUTPUT_3D, |values, site, inputs| {
        adapted(3, Reduction::Max, values, site, inputs)
    }),
    over_all(&["GlobalMaxPooling1D", "GlobalMaxPool1D"], |values, site, inputs| {
        global1d(PoolKind::Max, values, site, inputs)
    }),
    Spec {
        // The mean is over the steps that count; a maximum does not look at masks, as in Keras.
        named: &["mask"],
        masks: Masks::By(|_, _, masks| Masked { reads: masks.to_vec(), gives: Vec::new() }),
        ..over_all(&["GlobalAveragePooling1D", "GlobalAvgPool1D"], |values, site, inputs| {
            global1d(PoolKind::Average, values, site, inputs)
        })
    },
    over_all(&["GlobalMaxPooling2D", "GlobalMaxPool2D"], |values, site, inputs| {
        global2d(PoolKind::Max, values, site, inputs)
    }),
    over_all(&["GlobalAveragePooling2D", "GlobalAvgPool2D"], |values, site, inputs| {
        global2d(PoolKind::Average, values, site, inputs)
    }),
    over_all(&["GlobalMaxPooling3D", "GlobalMaxPool3D"], |values, site, inputs| {
        global3d(PoolKind::Max, values, site, inputs)
    }),
    over_all(&["GlobalAveragePooling3D", "GlobalAvgPool3D"], |values, site, inputs| {
        global3d(PoolKind::Average, values, site, inputs)
    }),
];

/// The windows, which move by their size unless something else is said.
fn window(values: &Values) -> Windows<2> {
    let size = values.pair("pool_size");
    Windows::plain(&size, &values.maybe_pair("strides").unwrap_or_else(|| size.clone()), values.padding())
}

fn op(kind: PoolKind, values: &Values, input: &[Size]) -> Op {
    let window = window(values);
    let pads = window.pads(&size::image(input));
    Op::Pool(Pool { kind, pool_size: window.size, strides: window.strides, pads })
}

/// The same over depth, height and width.
fn windows(values: &Values) -> Windows<3> {
    let size = values.triple("pool_size");
    Windows::plain(&size, &values.maybe_triple("strides").unwrap_or_else(|| size.clone()), values.padding())
}

fn op3d(kind: Reduction, values: &Values, input: &[Size]) -> Op {
    let window = windows(values);
    let pads = window.pads(&size::volume(input));
    let windows = PoolWindows::Sliding { pool_size: window.size, strides: window.strides, pads };
    Op::Pool3D(Pool3D { kind, windows })
}

fn pool1d(kind: PoolKind, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let space = Space::of(1, values);
    let input = space.last(site, inputs)?;
    let sequence = site.sequence(&input)?;
    let window = window(values).columns();
    rule!(site, pool1d(sequence, window))?;
    let [steps, channels] = &sequence;
    let output = vec![window.count(0, steps), channels.clone()];
    let op = op(kind, values, &input);
    Ok(space.place(input, Placed::new(output, op)))
}

fn pool2d(kind: PoolKind, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let space = Space::of(2, values);
    let input = space.last(site, inputs)?;
    let image = site.image(&input)?;
    let window = window(values);
    rule!(site, pool2d(image, window))?;
    let [height, width, channels] = &image;
    let output = vec![window.count(0, height), window.count(1, width), channels.clone()];
    let op = op(kind, values, &input);
    Ok(space.place(input, Placed::new(output, op)))
}

fn pool3d(kind: PoolKind, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = volume(values, site, inputs)?;
    let window = windows(values);
    rule!(site, pool3d(input, window))?;
    let [depth, height, width, channels] = &input;
    let windows = [depth, height, width].into_iter().enumerate().map(|(axis, size)| window.count(axis, size));
    let output = windows.chain([channels.clone()]).collect();
    let op = op3d(kind.into(), values, &input);
    Ok(space.place(input.to_vec(), Placed::new(output, op)))
}

/// The mean of each window, shifted towards a mode.
fn shifted(axes: usize, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (bandwidth, iterations) = (values.number("bandwidth"), values.number("iterations") as usize);
    by(Reduction::MeanShift { bandwidth, iterations }, axes, values, site, inputs)
}

/// Windows as those of other poolings, by kernels of volumes.
fn by(kind: Reduction, axes: usize, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let mut placed = match axes {
        1 => pool1d(PoolKind::Average, values, site, inputs)?,
        2 => pool2d(PoolKind::Average, values, site, inputs)?,
        _ => pool3d(PoolKind::Average, values, site, inputs)?,
    };
    placed.op = op3d(kind, values, &Space::of(axes, values).last(site, inputs)?);
    Ok(placed)
}

/// So many windows, whatever the input.
fn adapted(
    axes: usize,
    kind: Reduction,
    values: &Values,
    site: &mut Site,
    inputs: &[Operand],
) -> Result<Placed, Problem> {
    let space = Space::of(axes, values);
    let input = space.last(site, inputs)?;
    let output: Shape = values.sizes("output_size").iter().chain(input.last()).cloned().collect();
    ranked!(site, &output, |output| rule!(site, adaptive_pool(output)))?;
    let op = Op::Pool3D(Pool3D { kind, windows: PoolWindows::Adaptive });
    Ok(space.place(input, Placed::new(output, op)))
}

/// Depth, height, width and channels, in this order.
fn volume(values: &Values, site: &Site, inputs: &[Operand]) -> Result<(Space, [Size; 4]), Problem> {
    let space = Space::of(3, values);
    let input = space.last(site, inputs)?;
    match <[Size; 4]>::try_from(input) {
        Ok(input) => Ok((space, input)),
        Err(input) => Err(site.axes(&input)),
    }
}

fn global1d(kind: PoolKind, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let space = Space::of(1, values);
    let input = space.last(site, inputs)?;
    let [_, channels] = site.sequence(&input)?;
    let output = if values.flag("keepdims") { vec![Size::Known(1), channels] } else { vec![channels] };
    Ok(space.place(input, Placed::new(output, Op::GlobalPool(GlobalPool { kind, sequence: true }))))
}

fn global2d(kind: PoolKind, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let space = Space::of(2, values);
    let input = space.last(site, inputs)?;
    let [_, _, channels] = site.image(&input)?;
    let output = if values.flag("keepdims") { vec![Size::Known(1), Size::Known(1), channels] } else { vec![channels] };
    Ok(space.place(input, Placed::new(output, Op::GlobalPool(GlobalPool { kind, sequence: false }))))
}

fn global3d(kind: PoolKind, values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = volume(values, site, inputs)?;
    let (keep, channels) = (if values.flag("keepdims") { 3 } else { 0 }, input[3].clone());
    let output = std::iter::repeat_n(Size::Known(1), keep).chain([channels]).collect();
    let op = Op::GlobalPool(GlobalPool { kind, sequence: false });
    Ok(space.place(input.to_vec(), Placed::new(output, op)))
}
