//! Convolutions: of all channels, of each channel by itself, and of both in turn.
//!
//! A sequence is an image of one row. Where every channel has filters of its own, a convolution is one of as many groups as
//! channels, and is computed and fused as that: Keras' kernel, channel by channel and filter by filter of it, lies in memory as
//! that of the groups does.

use nn_graph::graph::Operand;
use nn_graph::op::{Convolution, Convolution3D, Kernel, Op, Pads, Triple};
use nn_graph::size::{Rule, image};
use nn_graph::weight::{Initializer, Param};
use nn_graph::{Shape, Size};
use nn_shape::Padding;

use super::space::Space;
use crate::rule::{Problem, Site, Windows, rule};
use crate::spec::{
    ACTIVATION, ACTIVITY_REGULARIZER, BIAS, DATA_FORMAT, KERNEL, Kind, Lower, Opt, Placed, Positional, Spec, TRAINABLE,
    USE_BIAS, Values, WeightSpec, size, size_or, sizes, weight, word,
};

const PADDING: Opt = word("padding", &["valid", "same"]);
const CAUSAL_PADDING: Opt = word("padding", &["valid", "same", "causal"]);
const GROUPS: Opt = size_or("groups", 1);
const MULTIPLIER: Opt = size_or("depth_multiplier", 1);
const DEPTHWISE: WeightSpec = weight!("depthwise", Initializer::GlorotUniform);
const POINTWISE: WeightSpec = weight!("pointwise", Initializer::GlorotUniform);

const fn output_padding(axes: usize) -> Opt {
    Opt { name: "output_padding", kind: Kind::Amounts { axes } }
}

/// The row of a convolution, given what it has beside all others.
const fn spec(
    names: &'static [&'static str],
    positional: &'static [Opt],
    options: &'static [&'static [Opt]],
    weights: &'static [WeightSpec],
    lower: Lower,
) -> Spec {
    let positional = Positional::required(positional);
    Spec { positional, options, weights, ..Spec::new(names, lower) }
}

pub const SPECS: &[Spec] = &[
    spec(
        &["Conv1D"],
        &[size("filters"), sizes("kernel_size", 1, Some(1))],
        &[
            &[sizes("strides", 1, Some(1)), CAUSAL_PADDING, sizes("dilation_rate", 1, Some(1)), GROUPS],
            &[ACTIVATION, USE_BIAS, TRAINABLE, DATA_FORMAT, ACTIVITY_REGULARIZER],
        ],
        &[KERNEL, BIAS],
        conv1d,
    ),
    spec(
        &["Conv2D"],
        &[size("filters"), sizes("kernel_size", 2, Some(1))],
        &[
            &[sizes("strides", 2, Some(1)), PADDING, sizes("dilation_rate", 2, Some(1)), GROUPS],
            &[ACTIVATION, USE_BIAS, TRAINABLE, DATA_FORMAT, ACTIVITY_REGULARIZER],
        ],
        &[KERNEL, BIAS],
        conv2d,
    ),
    spec(
        &["Conv3D"],
        &[size("filters"), sizes("kernel_size", 3, Some(1))],
        &[
            &[sizes("strides", 3, Some(1)), PADDING, sizes("dilation_rate", 3, Some(1)), GROUPS],
            &[ACTIVATION, USE_BIAS, TRAINABLE, DATA_FORMAT, ACTIVITY_REGULARIZER],
        ],
        &[KERNEL, BIAS],
        conv3d,
    ),
    spec(
        &["DepthwiseConv1D"],
        &[sizes("kernel_size", 1, Some(1))],
        &[
            &[sizes("strides", 1, Some(1)), PADDING, MULTIPLIER, sizes("dilation_rate", 1, Some(1))],
            &[ACTIVATION, USE_BIAS, TRAINABLE, DATA_FORMAT, ACTIVITY_REGULARIZER],
        ],
        &[DEPTHWISE, BIAS],
        depthwise_conv1d,
    ),
    spec(
        &["DepthwiseConv2D"],
        &[sizes("kernel_size", 2, Some(1))],
        &[
            &[sizes("strides", 2, Some(1)), PADDING, MULTIPLIER, sizes("dilation_rate", 2, Some(1))],
            &[ACTIVATION, USE_BIAS, TRAINABLE, DATA_FORMAT, ACTIVITY_REGULARIZER],
        ],
        &[DEPTHWISE, BIAS],
        depthwise_conv2d,
    ),
    spec(
        &["SeparableConv1D"],
        &[size("filters"), sizes("kernel_size", 1, Some(1))],
        &[
            &[sizes("strides", 1, Some(1)), PADDING, sizes("dilation_rate", 1, Some(1)), MULTIPLIER],
            &[ACTIVATION, USE_BIAS, TRAINABLE, DATA_FORMAT, ACTIVITY_REGULARIZER],
        ],
        &[DEPTHWISE, POINTWISE, BIAS],
        separable_conv1d,
    ),
    spec(
        &["SeparableConv2D"],
        &[size("filters"), sizes("kernel_size", 2, Some(1))],
        &[
            &[sizes("strides", 2, Some(1)), PADDING, sizes("dilation_rate", 2, Some(1)), MULTIPLIER],
            &[ACTIVATION, USE_BIAS, TRAINABLE, DATA_FORMAT, ACTIVITY_REGULARIZER],
        ],
        &[DEPTHWISE, POINTWISE, BIAS],
        separable_conv2d,
    ),
    spec(
        &["Conv1DTranspose"],
        &[size("filters"), sizes("kernel_size", 1, Some(1))],
        &[
            &[sizes("strides", 1, Some(1)), PADDING, output_padding(1), sizes("dilation_rate", 1, Some(1))],
            &[ACTIVATION, USE_BIAS, TRAINABLE, DATA_FORMAT, ACTIVITY_REGULARIZER],
        ],
        &[KERNEL, BIAS],
        conv1d_transpose,
    ),
    spec(
        &["Conv2DTranspose"],
        &[size("filters"), sizes("kernel_size", 2, Some(1))],
        &[
            &[sizes("strides", 2, Some(1)), PADDING, output_padding(2), sizes("dilation_rate", 2, Some(1))],
            &[ACTIVATION, USE_BIAS, TRAINABLE, DATA_FORMAT, ACTIVITY_REGULARIZER],
        ],
        &[KERNEL, BIAS],
        conv2d_transpose,
    ),
    spec(
        &["Conv3DTranspose"],
        &[size("filters"), sizes("kernel_size", 3, Some(1))],
        &[
            &[sizes("strides", 3, Some(1)), PADDING, output_padding(3), sizes("dilation_rate", 3, Some(1))],
            &[ACTIVATION, USE_BIAS, TRAINABLE, DATA_FORMAT, ACTIVITY_REGULARIZER],
        ],
        &[KERNEL, BIAS],
        conv3d_transpose,
    ),
];

fn conv1d(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = in_space(1, values, site, inputs)?;
    let sequence = site.sequence(&input)?;
    let (window, filters, groups) = (window(values).columns(), values.size("filters"), values.size("groups"));
    rule!(site, conv1d(sequence, filters, window, groups))?;
    let layer = grouped(values, &input, vec![window.count(0, &sequence[0])], &window.size);
    Ok(space.place(input, layer))
}

fn conv2d(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = in_space(2, values, site, inputs)?;
    let image = site.image(&input)?;
    let (window, filters, groups) = (window(values), values.size("filters"), values.size("groups"));
    rule!(site, conv2d(image, filters, window, groups))?;
    let windows = vec![window.count(0, &image[0]), window.count(1, &image[1])];
    let layer = grouped(values, &input, windows, &window.size);
    Ok(space.place(input, layer))
}

fn conv3d(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = in_space(3, values, site, inputs)?;
    let volume = along::<4>(&input);
    let (window, filters, groups) = (windows::<3>(values), values.size("filters"), values.size("groups"));
    rule!(site, conv3d(volume, filters, window, groups))?;
    let kernel = [&window.size[..], &[Rule::Share.of([&volume[3], &groups]), filters.clone()]].concat();
    let counts = volume.iter().take(3).enumerate().map(|(axis, size)| window.count(axis, size));
    let output: Shape = counts.chain([filters]).collect();
    let macs = Size::product(output.iter().take(3).chain(&kernel));
    let around = Around { pads: window.pads(&input), output_padding: none(), groups: Some(groups) };
    let layer = on_volumes(values, output, kernel, macs, around);
    Ok(space.place(input, layer))
}

fn conv1d_transpose(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = in_space(1, values, site, inputs)?;
    let (window, more, filters, sequence) = (windows::<1>(values), more(values), values.size("filters"), along(&input));
    rule!(site, conv1d_transpose(sequence, filters, window, more))?;
    Ok(space.place(input.clone(), transposed(values, &window, &input)))
}

fn conv2d_transpose(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = in_space(2, values, site, inputs)?;
    let (window, more, filters, image) = (windows::<2>(values), more(values), values.size("filters"), along(&input));
    rule!(site, conv2d_transpose(image, filters, window, more))?;
    Ok(space.place(input.clone(), transposed(values, &window, &input)))
}

fn conv3d_transpose(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = in_space(3, values, site, inputs)?;
    let (window, more, filters, volume) = (windows::<3>(values), more(values), values.size("filters"), along(&input));
    rule!(site, conv3d_transpose(volume, filters, window, more))?;
    Ok(space.place(input.clone(), transposed(values, &window, &input)))
}

fn depthwise_conv1d(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = in_space(1, values, site, inputs)?;
    let sequence = site.sequence(&input)?;
    let (window, multiplier) = (window(values).columns(), values.size("depth_multiplier"));
    rule!(site, depthwise_conv1d(sequence, window, multiplier))?;
    let layer = by_channel(values, &input, vec![window.count(0, &sequence[0])], &window.size, None);
    Ok(space.place(input, layer))
}

fn depthwise_conv2d(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = in_space(2, values, site, inputs)?;
    let image = site.image(&input)?;
    let (window, multiplier) = (window(values), values.size("depth_multiplier"));
    rule!(site, depthwise_conv2d(image, window, multiplier))?;
    let windows = vec![window.count(0, &image[0]), window.count(1, &image[1])];
    let layer = by_channel(values, &input, windows, &window.size, None);
    Ok(space.place(input, layer))
}

fn separable_conv1d(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = in_space(1, values, site, inputs)?;
    let sequence = site.sequence(&input)?;
    let (window, filters) = (window(values).columns(), values.size("filters"));
    let multiplier = values.size("depth_multiplier");
    rule!(site, separable_conv1d(sequence, filters, window, multiplier))?;
    let layer = by_channel(values, &input, vec![window.count(0, &sequence[0])], &window.size, Some(filters));
    Ok(space.place(input, layer))
}

fn separable_conv2d(values: &Values, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
    let (space, input) = in_space(2, values, site, inputs)?;
    let image = site.image(&input)?;
    let (window, filters) = (window(values), values.size("filters"));
    let multiplier = values.size("depth_multiplier");
    rule!(site, separable_conv2d(image, filters, window, multiplier))?;
    let windows = vec![window.count(0, &image[0]), window.count(1, &image[1])];
    let layer = by_channel(values, &input, windows, &window.size, Some(filters));
    Ok(space.place(input, layer))
}

/// Where the axes of space are, and the shape of the input with its channels last.
fn in_space(axes: usize, values: &Values, site: &Site, inputs: &[Operand]) -> Result<(Space, Shape), Problem> {
    let space = Space::of(axes, values);
    Ok((space, space.last(site, inputs)?))
}

/// The windows that a kernel sees.
fn window(values: &Values) -> Windows<2> {
    Windows {
        size: values.pair("kernel_size"),
        strides: values.pair("strides"),
        padding: values.padding(),
        dilation: values.pair("dilation_rate"),
    }
}

/// The same over any number of axes.
fn windows<const AXES: usize>(values: &Values) -> Windows<AXES> {
    Windows {
        size: along(&values.sizes("kernel_size")),
        strides: along(&values.sizes("strides")),
        padding: values.padding(),
        dilation: along(&values.sizes("dilation_rate")),
    }
}

/// As many sizes as there are axes.
fn along<const AXES: usize>(sizes: &[Size]) -> [Size; AXES] {
    std::array::from_fn(|axis| sizes.get(axis).cloned().unwrap_or(Size::Known(1)))
}

/// `output_padding`, as the rules take it where it is left out.
fn more<const AXES: usize>(values: &Values) -> [Size; AXES] {
    match values.maybe_sizes("output_padding") {
        Some(sizes) => along(&sizes),
        None => std::array::from_fn(|_| Size::Known(nn_shape::INFER)),
    }
}

/// A transposed convolution with these windows, on an input with its channels last.
fn transposed<const AXES: usize>(values: &Values, window: &Windows<AXES>, input: &[Size]) -> Placed {
    let (filters, more) = (values.size("filters"), values.maybe_sizes("output_padding"));
    let mut output: Shape = Vec::new();
    for (axis, size) in input.iter().take(AXES).enumerate() {
        let more = more.as_ref().and_then(|more| more.get(axis));
        output.push(match (window.padding, more) {
            (Padding::Same, None) => Size::product([size, &window.strides[axis]]),
            (padding, more) => {
                let sizes = [size, &window.size[axis], &window.strides[axis], &window.dilation[axis]];
                Rule::Transposed(padding).of(sizes.into_iter().chain(more))
            }
        });
    }
    output.push(filters.clone());
    let channels = input.last().cloned().unwrap_or(Size::Known(1));
    let kernel = [&window.size[..], &[filters, channels]].concat();
    let macs = Size::product(input.iter().take(AXES).chain(&kernel));
    let end = |axis: usize, end: usize| match axis.checked_sub(3 - AXES) {
        None => Size::Known(0),
        Some(axis) => {
            let sizes = [&window.size[axis], &window.strides[axis], &window.dilation[axis]];
            let more = more.as_ref().and_then(|more| more.get(axis));
            Rule::TransposedEnd(window.padding, end).of(sizes.into_iter().chain(more))
        }
    };
    let pads = [0, 1, 2].map(|axis| [end(axis, 0), end(axis, 1)]);
    let around = Around { pads, output_padding: [0, 1, 2].map(|axis| end(axis, 2)), groups: None };
    on_volumes(values, output, kernel, macs, around)
}

/// What there is to know of a convolution of volumes that no option says as it is.
struct Around {
    pads: Pads<3>,
    output_padding: Triple,
    /// `None` for a transposed convolution.
    groups: Option<Size>,
}

/// No elements along any axis.
fn none() -> Triple {
    [Size::Known(0), Size::Known(0), Size::Known(0)]
}

/// A convolution of volumes in these groups, or a transposed convolution.
fn on_volumes(values: &Values, output: Shape, kernel: Shape, macs: Size, around: Around) -> Placed {
    let Around { pads, output_padding, groups } = around;
    let (filters, use_bias) = (values.size("filters"), values.flag("use_bias"));
    let bias = use_bias.then(|| values.param("bias", vec![filters.clone()]));
    let transposed = groups.is_none();
    let op = Convolution3D {
        filters,
        kernel_size: values.triple("kernel_size"),
        strides: values.triple("strides"),
        pads,
        dilation_rate: values.triple("dilation_rate"),
        groups: groups.unwrap_or(Size::Known(1)),
        use_bias,
        transposed,
        output_padding,
    };
    let params = [values.param("kernel", kernel)].into_iter().chain(bias).collect();
    Placed { macs, params, ..Placed::new(output, Op::Convolution3D(op)) }.then(&values.function("activation"))
}

/// Filters over the channels of a group.
fn grouped(values: &Values, input: &[Size], windows: Shape, size: &[Size]) -> Placed {
    let (filters, groups) = (values.size("filters"), values.size("groups"));
    let share = Rule::Share.of([&input[size.len()], &groups]);
    let kernel: Shape = size.iter().chain([&share, &filters]).cloned().collect();
    let macs = Size::product(windows.iter().chain(&kernel));
    let op = convolution(values, input, [filters, groups], Kernel::Own);
    placed(values, windows, macs, vec![values.param("kernel", kernel)], op)
}

/// Filters for each channel of its own, and then so many over all of theirs, if there are some.
fn by_channel(values: &Values, input: &[Size], windows: Shape, size: &[Size], pointwise: Option<Size>) -> Placed {
    let (channels, multiplier) = (&input[size.len()], values.size("depth_multiplier"));
    let sums = Size::product([channels, &multiplier]);
    let kernel: Shape = size.iter().chain([channels, &multiplier]).cloned().collect();
    let macs = Size::product(windows.iter().chain(&kernel));
    let Some(filters) = pointwise else {
        let op = convolution(values, input, [sums, channels.clone()], Kernel::Own);
        return placed(values, windows, macs, vec![values.param_of("kernel", "depthwise", kernel)], op);
    };
    let mixed = size.iter().map(|_| &Size::Known(1)).chain([&sums, &filters]).cloned().collect();
    let mixing = Size::product(windows.iter().chain([&sums, &filters]));
    let kernels = vec![
        values.param_of("depthwise_kernel", "depthwise", kernel),
        values.param_of("pointwise_kernel", "pointwise", mixed),
    ];
    let between: Shape = windows.iter().chain([&sums]).cloned().collect();
    let depthwise = convolution(values, input, [sums, channels.clone()], Kernel::Depthwise);
    let depthwise = Op::Convolution(Convolution { use_bias: false, ..depthwise });
    let one = || [Size::Known(1), Size::Known(1)];
    let none = || [Size::Known(0), Size::Known(0)];
    let pointwise = Convolution {
        filters,
        kernel_size: one(),
        strides: one(),
        pads: [none(), none()],
        dilation_rate: one(),
        groups: Size::Known(1),
        use_bias: values.flag("use_bias"),
        kernel: Kernel::Pointwise,
    };
    let mut placed = placed(values, windows, Size::sum([&macs, &mixing]), kernels, pointwise);
    placed.before.push((depthwise, between));
    placed
}

/// What the options say of a convolution of this input, with these filters and groups.
fn convolution(values: &Values, input: &[Size], [filters, groups]: [Size; 2], kernel: Kernel) -> Convolution {
    Convolution {
        filters,
        kernel_size: values.pair("kernel_size"),
        strides: values.pair("strides"),
        pads: window(values).pads(&image(input)),
        dilation_rate: values.pair("dilation_rate"),
        groups,
        use_bias: values.flag("use_bias"),
        kernel,
    }
}

/// The layer of a convolution, with so many windows along each axis of space.
fn placed(values: &Values, windows: Shape, macs: Size, kernels: Vec<Param>, op: Convolution) -> Placed {
    let bias = op.use_bias.then(|| values.param("bias", vec![op.filters.clone()]));
    let output: Shape = windows.into_iter().chain([op.filters.clone()]).collect();
    let params = kernels.into_iter().chain(bias).collect();
    Placed { macs, params, ..Placed::new(output, Op::Convolution(op)) }.then(&values.function("activation"))
}
