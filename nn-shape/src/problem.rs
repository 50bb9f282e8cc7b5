//! What can be wrong with a shape, in numbers; the words are put together on demand.

use crate::message::Message;
use crate::rules::Bound;
use crate::window::{largest_kernel, reach};

/// Why a layer has no output for its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem<'a> {
    pub(crate) layer: &'a str,
    pub(crate) kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    NotPositive {
        what: &'a str,
    },
    TooLarge {
        what: &'a str,
        shape: Sizes,
    },
    /// Sizes and dilations as [`axes`] makes them, of as many axes as the input has beside its channels.
    Kernel {
        input: Sizes,
        size: Axes,
        dilation: Axes,
        strided: bool,
        causal: bool,
    },
    Pool {
        input: Sizes,
        size: Sizes,
    },
    Groups {
        channels: usize,
        filters: usize,
        groups: usize,
    },
    StridesAndDilation,
    OutputPadding {
        given: usize,
        least: usize,
        most: usize,
    },
    Reshape {
        input: Sizes,
        target: Sizes,
    },
    Merge {
        inputs: [Sizes; 2],
    },
    Concatenate {
        inputs: [Sizes; 2],
        axis: usize,
    },
    Dot {
        inputs: [Sizes; 2],
        axes: [usize; 2],
    },
    Matmul {
        inputs: [Sizes; 2],
        axes: [usize; 2],
    },
    TooManyAxes {
        axes: usize,
    },
    Ids {
        dtype: &'a str,
    },
    Permute {
        input: Sizes,
        count: usize,
    },
    Cropping {
        input: Sizes,
        axis: usize,
        cropping: [usize; 2],
    },
    /// An index that is none, or a bound that lies outside.
    Outside {
        input: Sizes,
        axis: usize,
        bound: Bound,
        index: bool,
    },
    Split {
        input: Sizes,
        axis: usize,
        parts: usize,
    },
    Stack {
        inputs: [Sizes; 2],
    },
    Mirror {
        input: Sizes,
        axis: usize,
        most: usize,
        there: usize,
    },
    /// A range in which nothing lies.
    Nothing {
        input: Sizes,
        axis: usize,
        ends: [usize; 2],
    },
}

/// The axes that a tensor can have, the batch left out.
pub const MOST_AXES: usize = 6;

/// Up to [`MOST_AXES`] sizes, by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    sizes: [usize; MOST_AXES],
    len: usize,
}

impl Sizes {
    /// The first of these sizes, as many as there is room for.
    pub const fn new(sizes: &[usize]) -> Self {
        let mut all = Sizes { sizes: [0; MOST_AXES], len: 0 };
        while all.len < sizes.len() && all.len < MOST_AXES {
            all.sizes[all.len] = sizes[all.len];
            all.len += 1;
        }
        all
    }

    /// The same with one more at the end, if there is room for it.
    pub(crate) const fn and(mut self, size: usize) -> Self {
        if self.len < MOST_AXES {
            self.sizes[self.len] = size;
            self.len += 1;
        }
        self
    }

    /// The sizes as a slice.
    pub const fn as_slice(&self) -> &[usize] {
        self.sizes.split_at(self.len).0
    }
}

impl Problem<'_> {
    /// What the layer needs and what it got: one sentence.
    pub const fn problem(&self) -> Message {
        let layer = Message::new().text("`").text(self.layer).text("`");
        match &self.kind {
            Kind::NotPositive { what } if what.is_empty() => layer.text(" has a size of 0, but sizes are at least 1"),
            Kind::NotPositive { what } => Message::new()
                .text("`")
                .text(what)
                .text("` of ")
                .text(layer.as_str())
                .text(" is 0, but must be at least 1"),
            Kind::TooLarge { what, shape } => layer
                .text(" has ")
                .text(what)
                .text(" of ")
                .shape(shape.as_slice())
                .text(", which is more than memory can address"),
            Kind::Kernel { input, size, dilation, .. } => too_small(layer, reaches(input, size, dilation), input),
            Kind::Pool { input, size } => too_small(layer, *size, input),
            Kind::Groups { channels, filters, groups } => {
                let (share, count, noun) = if *channels % *groups != 0 {
                    ("input", *channels, "channel")
                } else {
                    ("output", *filters, "filter")
                };
                let text = layer.text(" splits its ").text(share).text(" into ").count(*groups, "group");
                text.text(", but ")
                    .count(count, noun)
                    .text(if count == 1 { " does" } else { " do" })
                    .text(" not divide by ")
                    .number(*groups)
            }
            Kind::StridesAndDilation => {
                layer.text(" has both `strides` and `dilation_rate` above 1, which do not go together")
            }
            Kind::OutputPadding { given, least, most } => {
                let text = layer.text(" has an `output_padding` of ").number(*given);
                let text = text.text(", but with its strides it can ");
                if *least == *most {
                    text.text("only be ").number(*least)
                } else {
                    text.text("be ").number(*least).text(" to ").number(*most)
                }
            }
            Kind::Reshape { input, target } => reshape_problem(layer, input.as_slice(), target.as_slice()),
            Kind::Merge { inputs } => layer.text(" needs inputs of one shape, but got ").both(inputs),
            Kind::Concatenate { inputs, axis } => concatenate_problem(layer, inputs, *axis),
            Kind::Dot { inputs, axes } | Kind::Matmul { inputs, axes } => {
                let text = layer.text(" needs two axes of one size, but ").axis(&inputs[0], axes[0]);
                text.text(" and ").axis(&inputs[1], axes[1])
            }
            Kind::TooManyAxes { axes } => layer
                .text(" would have an output of ")
                .number(*axes)
                .text(" axes, but a tensor has at most ")
                .number(MOST_AXES),
            Kind::Ids { dtype } => {
                layer.text(" needs ids, which are whole numbers, but its input has dtype `").text(dtype).text("`")
            }
            Kind::Permute { input, .. } => {
                layer.text(" needs each axis of its input ").shape(input.as_slice()).text(" once, counted from 1")
            }
            Kind::Cropping { input, axis, cropping } => layer
                .text(" takes ")
                .number(cropping[0])
                .text(" and ")
                .number(cropping[1])
                .text(" off the ends of an axis of ")
                .number(input.as_slice()[*axis])
                .text(", but of its input ")
                .shape(input.as_slice())
                .text(" something must be left"),
            Kind::Outside { input, axis, bound, index } => {
                let text = layer.text(if *index { " takes element " } else { " reaches " });
                let text = text.text(if bound.from_end { "-" } else { "" }).number(bound.n).text(if *index {
                    " of axis "
                } else {
                    " on axis "
                });
                let text = text.number(*axis + 1).text(", but its input ").shape(input.as_slice());
                text.text(" has ").count(input.as_slice()[*axis], "element").text(" there")
            }
            Kind::Split { input, axis, parts } => layer
                .text(" needs an axis that divides by ")
                .number(*parts)
                .text(", but axis ")
                .number(*axis + 1)
                .text(" of its input ")
                .shape(input.as_slice())
                .text(" is ")
                .number(input.as_slice()[*axis]),
            Kind::Stack { inputs } => layer.text(" needs inputs of one shape, but got ").both(inputs),
            Kind::Mirror { input, axis, most, there } => layer
                .text(" mirrors ")
                .count(*most, "element")
                .text(" of axis ")
                .number(*axis + 1)
                .text(" of its input ")
                .shape(input.as_slice())
                .text(", which has ")
                .number(*there)
                .text(" to mirror"),
            Kind::Nothing { input, axis, ends } => layer
                .text(" takes nothing of axis ")
                .number(*axis + 1)
                .text(" of its input ")
                .shape(input.as_slice())
                .text(": it goes from ")
                .number(ends[0])
                .text(" to ")
                .number(ends[1]),
        }
    }

    /// A way out; empty where there is none to name.
    pub const fn help(&self) -> Message {
        match &self.kind {
            Kind::NotPositive { .. } | Kind::TooLarge { .. } => Message::new(),
            Kind::Kernel { input, size, dilation, strided, causal } => fitting("kernel", input, size, dilation)
                .text(if *strided { ", or surround the input with zeros: " } else { ", or keep the size with " })
                .text(if *causal { "`padding = same` or `causal`" } else { "`padding = same`" }),
            Kind::Pool { input, size } => fitting("window", input, &axes(size.as_slice()), &[1; 3])
                .text(", or let the last windows hang over the edge with `padding = same`"),
            Kind::Groups { channels, filters, .. } => groups_help(*channels, *filters),
            Kind::StridesAndDilation => Message::new().text("leave one of the two at 1"),
            Kind::OutputPadding { .. } => {
                Message::new().text("leave it out: then the strides alone say how large the output is")
            }
            Kind::Reshape { target, .. } if crate::rules::known(target.as_slice()).0 => Message::new(),
            Kind::Reshape { .. } => Message::new().text("one size may be `-1`: it is worked out from the others"),
            Kind::Merge { .. } => Message::new()
                .text("two sizes also fit if one of them is 1, and fewer axes are matched from the last one on"),
            Kind::Concatenate { inputs, .. } => concatenate_help(inputs),
            Kind::Dot { inputs, .. } => dot_help(inputs),
            Kind::Matmul { .. } => Message::new().text(
                "rows of the first meet columns of the second; `Permute<2, 1>` turns a matrix round, `Dot<axes = …>` names the axes",
            ),
            Kind::TooManyAxes { .. } => Message::new().text("put a `Reshape` with fewer axes before it"),
            Kind::Ids { .. } => Message::new().text("`Input<…, dtype = u32>` takes ids, `dtype = u8` bytes"),
            Kind::Permute { count, .. } => permute_help(*count),
            Kind::Cropping { input, axis, .. } => Message::new()
                .text("at most ")
                .number(input.as_slice()[*axis].saturating_sub(1))
                .text(" can go, both ends together"),
            Kind::Outside { input, axis, index: true, .. } => Message::new()
                .text("the last one is ")
                .number(input.as_slice()[*axis].saturating_sub(1))
                .text(", or -1: a negative index counts from the end"),
            Kind::Outside { input, axis, .. } => Message::new()
                .text("the end of the axis is ")
                .number(input.as_slice()[*axis])
                .text(", or nothing: `1..`; a negative number counts from there"),
            Kind::Split { .. } => Message::new().text("parts of other sizes are slices: `x[..2]`, `x[2..]`"),
            Kind::Stack { .. } => Message::new().text("`Concatenate` joins values along an axis in which they may differ"),
            Kind::Mirror { .. } => Message::new().text("`mode = edge` repeats the last element as often as you like"),
            Kind::Nothing { .. } => Message::new().text("a range ends behind where it starts"),
        }
    }

    /// The problem and the way out as one text.
    pub const fn message(&self) -> Message {
        let help = self.help();
        if help.is_empty() { self.problem() } else { self.problem().text("\n= help: ").text(help.as_str()) }
    }
}

const fn too_small(layer: Message, needs: Sizes, input: &Sizes) -> Message {
    let layer = layer.text(" needs at least ");
    let layer = match needs.as_slice() {
        [steps] => layer.count(*steps, "step"),
        sizes @ [_, _] => layer.shape(sizes).text(" of height and width"),
        sizes => layer.shape(sizes).text(" of depth, height and width"),
    };
    layer.text(", but its input is ").shape(input.as_slice())
}

/// One number for each axis that a window slides over; a plain array keeps the problem small.
pub(crate) type Axes = [usize; 3];

/// The sizes of as many axes as there are, 1 for the others.
pub(crate) const fn axes(sizes: &[usize]) -> Axes {
    let mut axes = [1; 3];
    let mut axis = 0;
    while axis < sizes.len() && axis < axes.len() {
        axes[axis] = sizes[axis];
        axis += 1;
    }
    axes
}

/// What windows of these sizes span, axis by axis.
const fn reaches(input: &Sizes, size: &Axes, dilation: &Axes) -> Sizes {
    let mut reaches = *size;
    let mut axis = 0;
    while axis < reaches.len() {
        reaches[axis] = reach(size[axis], dilation[axis]);
        axis += 1;
    }
    without_channels(input, &reaches)
}

/// As many of these numbers as the input has axes beside its channels.
const fn without_channels(input: &Sizes, axes: &Axes) -> Sizes {
    let mut sizes = Sizes::new(axes);
    sizes.len = input.len.saturating_sub(1);
    sizes
}

/// "a 3×3 kernel fits", "a kernel of 3 fits".
const fn fitting(what: &str, input: &Sizes, size: &Axes, dilation: &Axes) -> Message {
    let mut fits = *size;
    let mut axis = 0;
    while axis < fits.len() {
        fits[axis] = largest_kernel(input.sizes[axis], size[axis], dilation[axis]);
        axis += 1;
    }
    let text = Message::new().text("a ");
    match without_channels(input, &fits).as_slice() {
        [steps] => text.text(what).text(" of ").number(*steps).text(" fits"),
        sizes => text.shape(sizes).text(" ").text(what).text(" fits"),
    }
}

const fn groups_help(channels: usize, filters: usize) -> Message {
    let mut text = Message::new()
        .text("groups that divide both ")
        .count(channels, "channel")
        .text(" and ")
        .count(filters, "filter")
        .text(": 1");
    let mut groups = 2;
    let mut listed = 1;
    while groups <= channels && groups <= filters && groups <= 1024 && listed < 8 {
        if channels.is_multiple_of(groups) && filters.is_multiple_of(groups) {
            text = text.text(", ").number(groups);
            listed += 1;
        }
        groups += 1;
    }
    text
}

const fn reshape_problem(layer: Message, input: &[usize], target: &[usize]) -> Message {
    let (open, product) = crate::rules::known(target);
    let elements = crate::rules::product(input);
    let input = Message::new().text("its input ").shape(input).text(" has ").number(elements);
    if open {
        layer.text(" needs a multiple of ").number(product).text(" elements, but ").text(input.as_str())
    } else {
        layer.text(" has ").number(product).text(" elements, but ").text(input.as_str())
    }
}

impl Message {
    /// Two shapes.
    const fn both(self, inputs: &[Sizes; 2]) -> Self {
        self.shape(inputs[0].as_slice()).text(" and ").shape(inputs[1].as_slice())
    }

    /// The size of an axis, which is counted from 0 here and from 1 in the text: there 0 is the batch.
    const fn axis(self, input: &Sizes, axis: usize) -> Self {
        self.text("axis ")
            .number(axis + 1)
            .text(" of ")
            .shape(input.as_slice())
            .text(" is ")
            .number(input.as_slice()[axis])
    }
}

const fn concatenate_problem(layer: Message, inputs: &[Sizes; 2], axis: usize) -> Message {
    if inputs[0].len != inputs[1].len {
        return layer.text(" needs inputs with the same number of axes, but got ").both(inputs);
    }
    layer.text(" needs inputs that differ in axis ").number(axis + 1).text(" only, but got ").both(inputs)
}

/// The axis in which alone the inputs differ, if there is one.
const fn concatenate_help(inputs: &[Sizes; 2]) -> Message {
    let (a, b) = (inputs[0].as_slice(), inputs[1].as_slice());
    if a.len() != b.len() {
        return Message::new().text("give them the same number of axes with `Flatten` or `Reshape`");
    }
    let (mut differing, mut count, mut axis) = (0, 0, 0);
    while axis < a.len() {
        if a[axis] != b[axis] {
            differing = axis;
            count += 1;
        }
        axis += 1;
    }
    if count != 1 {
        return Message::new();
    }
    Message::new().text("they fit along axis ").number(differing + 1).text(": `axis = ").number(differing + 1).text("`")
}

/// The first two axes that do fit.
const fn dot_help(inputs: &[Sizes; 2]) -> Message {
    let (a, b) = (inputs[0].as_slice(), inputs[1].as_slice());
    let mut i = 0;
    while i < a.len() {
        let mut j = 0;
        while j < b.len() {
            if a[i] == b[j] {
                let text = Message::new().text("`axes = (").number(i + 1).text(", ").number(j + 1);
                return text.text(")` would fit: both are ").number(a[i]);
            }
            j += 1;
        }
        i += 1;
    }
    Message::new()
}

/// The axes in the other order, as an example.
const fn permute_help(axes: usize) -> Message {
    let mut text = Message::new().text("`Permute<");
    let mut axis = axes;
    while axis > 0 {
        text = text.number(axis);
        axis -= 1;
        text = text.text(if axis > 0 { ", " } else { ">` turns their order around; the batch is left out" });
    }
    text
}

/// The shape, or the problem as a panic: a compile error where the compiler evaluates it as a constant.
///
/// # Panics
///
/// With the words of [`Problem::message`], if there is a problem.
#[track_caller]
pub const fn expect<const N: usize>(result: Result<[usize; N], Problem<'_>>) -> [usize; N] {
    match result {
        Ok(shape) => shape,
        Err(problem) => panic!("{}", problem.message().as_str()),
    }
}
