//! What can be wrong with a shape, in numbers; the words are put together on demand.

use crate::message::Message;
use crate::window::{largest_kernel, reach};

/// Why a layer has no output for its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem<'a> {
    pub(crate) layer: &'a str,
    pub(crate) kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    NotPositive { what: &'a str },
    TooLarge { what: &'a str, shape: Sizes },
    Kernel { input: Sizes, size: Sizes, dilation: Sizes, strided: bool },
    Pool { input: Sizes, size: Sizes },
    Groups { channels: usize, filters: usize, groups: usize },
    StridesAndDilation,
    Reshape { input: Sizes, target: Sizes },
}

/// Up to five sizes, by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    sizes: [usize; Sizes::MOST],
    len: usize,
}

impl Sizes {
    const MOST: usize = 5;

    /// The first of these sizes, as many as there is room for.
    pub const fn new(sizes: &[usize]) -> Self {
        let mut all = Sizes { sizes: [0; Sizes::MOST], len: 0 };
        while all.len < sizes.len() && all.len < Sizes::MOST {
            all.sizes[all.len] = sizes[all.len];
            all.len += 1;
        }
        all
    }

    /// The same with one more at the end, if there is room for it.
    pub(crate) const fn and(mut self, size: usize) -> Self {
        if self.len < Sizes::MOST {
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
            Kind::Kernel { input, size, dilation, .. } => too_small(layer, reaches(size, dilation), input),
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
            Kind::Reshape { input, target } => reshape_problem(layer, input.as_slice(), target.as_slice()),
        }
    }

    /// A way out; empty where there is none to name.
    pub const fn help(&self) -> Message {
        match &self.kind {
            Kind::NotPositive { .. } | Kind::TooLarge { .. } => Message::new(),
            Kind::Kernel { input, size, dilation, strided } => fitting("kernel", input, size, dilation)
                .text(if *strided { ", or surround the input with zeros: " } else { ", or keep the size with " })
                .text(if size.len == 1 { "`padding = same` or `causal`" } else { "`padding = same`" }),
            Kind::Pool { input, size } => fitting("window", input, size, &Sizes::new(&[1; Sizes::MOST]))
                .text(", or let the last windows hang over the edge with `padding = same`"),
            Kind::Groups { channels, filters, .. } => groups_help(*channels, *filters),
            Kind::StridesAndDilation => Message::new().text("leave one of the two at 1"),
            Kind::Reshape { target, .. } if crate::rules::known(target.as_slice()).0 => Message::new(),
            Kind::Reshape { .. } => Message::new().text("one size may be `-1`: it is worked out from the others"),
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
        sizes => layer.shape(sizes).text(" of height and width"),
    };
    layer.text(", but its input is ").shape(input.as_slice())
}

/// What windows of these sizes span, axis by axis.
const fn reaches(size: &Sizes, dilation: &Sizes) -> Sizes {
    let mut reaches = *size;
    let mut axis = 0;
    while axis < reaches.len {
        reaches.sizes[axis] = reach(size.sizes[axis], dilation.sizes[axis]);
        axis += 1;
    }
    reaches
}

/// "a 3×3 kernel fits", "a kernel of 3 fits".
const fn fitting(what: &str, input: &Sizes, size: &Sizes, dilation: &Sizes) -> Message {
    let mut fits = *size;
    let mut axis = 0;
    while axis < fits.len {
        fits.sizes[axis] = largest_kernel(input.sizes[axis], size.sizes[axis], dilation.sizes[axis]);
        axis += 1;
    }
    let text = Message::new().text("a ");
    match fits.as_slice() {
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
