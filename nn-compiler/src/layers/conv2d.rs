//! `Conv2D`.

pub mod emit;
mod step;
pub mod tiles;

use std::rc::Rc;

use super::activation::Function;
use super::args::Args;
use super::options::{BIAS, KERNEL, Padding, Pair, Param, Weight};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::Operand;
use crate::shapes::dim::{Dim, apply};
use crate::shapes::rule::{Problem, Site, Windows, rule};

/// `Conv2D<filters, kernel_size, …>` on `height × width × channels`; a `Conv1D` is one of a single row, and where every
/// channel has filters of its own, there are as many groups as channels.
#[derive(Clone)]
pub struct Conv2D {
    pub filters: Dim,
    pub kernel_size: Pair,
    pub strides: Pair,
    pub padding: Padding,
    pub dilation_rate: Pair,
    pub groups: Dim,
    pub activation: Function,
    pub use_bias: bool,
    pub trainable: bool,
    pub kernel: Weight,
    pub bias: Weight,
    /// What a separable convolution does with the sums; bias and activation are then those of the mixture.
    pub mixture: Option<Rc<Mixture>>,
}

/// A convolution of a single pixel, behind one by channel.
#[derive(Clone)]
pub struct Mixture {
    pub filters: Dim,
    pub kernel: Weight,
}

pub const ENTRY: Entry = Entry {
    names: &["Conv2D"],
    positional: POSITIONAL,
    options: OPTIONS,
    read: |args| Rc::new(read(args, Args::pair_or, Args::padding)),
};

/// What all convolutions take.
pub const POSITIONAL: Positional = Positional::Named { names: &["filters", "kernel_size"], required: 2 };
pub const OPTIONS: &[&[&str]] = &[
    &["strides", "padding", "dilation_rate", "groups", "activation", "use_bias", "trainable", "data_format"],
    KERNEL,
    BIAS,
];

/// Reads a convolution, given how to read a size of its window and its padding.
pub fn read<'a>(
    args: &mut Args<'a>,
    pair: fn(&mut Args<'a>, &'static str, Pair) -> Pair,
    padding: fn(&mut Args<'a>) -> Padding,
) -> Conv2D {
    Conv2D { filters: args.size("filters"), groups: args.size_or("groups", 1), ..read_one(args, pair, padding, KERNEL) }
}

/// The same for a layer without these two; `kernel` are the names of its kernel's options.
pub fn read_one<'a>(
    args: &mut Args<'a>,
    pair: fn(&mut Args<'a>, &'static str, Pair) -> Pair,
    padding: fn(&mut Args<'a>) -> Padding,
    kernel: &'static [&'static str],
) -> Conv2D {
    let one = || [Dim::Known(1), Dim::Known(1)];
    args.data_format();
    Conv2D {
        filters: Dim::Known(1),
        kernel_size: pair(args, "kernel_size", one()),
        strides: pair(args, "strides", one()),
        padding: padding(args),
        dilation_rate: pair(args, "dilation_rate", one()),
        groups: Dim::Known(1),
        activation: args.function("activation"),
        use_bias: args.bool_or("use_bias", true),
        trainable: args.bool_or("trainable", true),
        kernel: args.weight(kernel, "glorot_uniform"),
        bias: args.weight(BIAS, "zeros"),
        mixture: None,
    }
}

impl Layer for Conv2D {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let image = site.image(site.only(inputs)?)?;
        let (window, filters, groups) = (self.window(), &self.filters, &self.groups);
        rule!(site, conv2d(image, filters, window, groups))?;
        let [height, width, channels] = &image;
        let output = vec![window.count(0, height), window.count(1, width)];
        Ok(self.placed(output, self.kernel(&self.kernel_size, channels)))
    }
}

impl Conv2D {
    /// The windows that its kernel sees.
    pub fn window(&self) -> Windows<2> {
        Windows {
            size: self.kernel_size.clone(),
            strides: self.strides.clone(),
            padding: self.padding,
            dilation: self.dilation_rate.clone(),
        }
    }

    /// The shape of its kernel, over the channels of one group.
    pub fn kernel(&self, size: &[Dim], channels: &Dim) -> Vec<Dim> {
        let groups = &self.groups;
        let share = apply!(share(channels, groups));
        size.iter().cloned().chain([share, self.filters.clone()]).collect()
    }

    /// In its place, with so many windows and a kernel of this shape.
    pub fn placed(&self, windows: Vec<Dim>, kernel: Vec<Dim>) -> Placed {
        let output: Vec<Dim> = windows.iter().cloned().chain([self.channels().clone()]).collect();
        let activation = self.activation.on(output.len());
        let sums = Dim::product(windows.iter().chain(&kernel));
        let mixed = self.mixture.as_deref().map(|mixture| {
            let weights = [&self.filters, &mixture.filters];
            Dim::product(windows.iter().chain(weights))
        });
        Placed {
            macs: mixed.map_or_else(|| sums.clone(), |mixed| Dim::sum([&sums, &mixed])),
            params: self.params(kernel),
            ..Placed::new(output, Op::Conv2D(Conv2D { activation, ..self.clone() }))
        }
    }

    /// The channels of its output.
    pub fn channels(&self) -> &Dim {
        self.mixture.as_deref().map_or(&self.filters, |mixture| &mixture.filters)
    }

    fn params(&self, kernel: Vec<Dim>) -> Vec<Param> {
        let param = |name, shape, weight: &Weight| Param::new(name, shape, self.trainable, weight.clone());
        let mut params = match &self.mixture {
            None => vec![param("kernel", kernel, &self.kernel)],
            Some(mixture) => {
                let pixel = vec![Dim::Known(1); kernel.len() - 2];
                let mixed = pixel.into_iter().chain([self.filters.clone(), mixture.filters.clone()]).collect();
                vec![param("depthwise_kernel", kernel, &self.kernel), param("pointwise_kernel", mixed, &mixture.kernel)]
            }
        };
        if self.use_bias {
            params.push(param("bias", vec![self.channels().clone()], &self.bias));
        }
        params
    }
}
