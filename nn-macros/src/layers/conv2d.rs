//! `Conv2D`.

pub mod emit;

use std::rc::Rc;

use super::activation::Function;
use super::args::Args;
use super::options::{BIAS, KERNEL, Padding, Pair, Param, Weight};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::shapes::Operand;
use crate::shapes::dim::{Dim, apply};
use crate::shapes::rule::{Problem, Site, Windows, rule};

/// `Conv2D<filters, kernel_size, …>` on `height × width × channels`.
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
}

pub const ENTRY: Entry = Entry {
    names: &["Conv2D"],
    positional: Positional::Named { names: &["filters", "kernel_size"], required: 2 },
    options: &[
        &["strides", "padding", "dilation_rate", "groups", "activation", "use_bias", "trainable", "data_format"],
        KERNEL,
        BIAS,
    ],
    read: |args| Rc::new(read(args)),
};

fn read(args: &mut Args) -> Conv2D {
    args.data_format();
    Conv2D {
        filters: args.size("filters"),
        kernel_size: args.pair("kernel_size"),
        strides: args.pair_or("strides", [Dim::Known(1), Dim::Known(1)]),
        padding: args.padding(),
        dilation_rate: args.pair_or("dilation_rate", [Dim::Known(1), Dim::Known(1)]),
        groups: args.size_or("groups", 1),
        activation: args.function("activation"),
        use_bias: args.bool_or("use_bias", true),
        trainable: args.bool_or("trainable", true),
        kernel: args.weight(KERNEL, "glorot_uniform"),
        bias: args.weight(BIAS, "zeros"),
    }
}

impl Layer for Conv2D {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        let image = site.image(input)?;
        let window = Windows {
            size: self.kernel_size.clone(),
            strides: self.strides.clone(),
            padding: self.padding,
            dilation: self.dilation_rate.clone(),
        };
        let (filters, groups) = (&self.filters, &self.groups);
        rule!(site, conv2d(image, filters, window, groups))?;
        let [height, width, channels] = &image;
        let output = vec![window.count(0, height), window.count(1, width), filters.clone()];
        let [kernel_height, kernel_width] = self.kernel_size.clone();
        let shape = vec![kernel_height, kernel_width, apply!(share(channels, groups)), filters.clone()];
        Ok(Placed {
            macs: Dim::product(output[..2].iter().chain(&shape)),
            params: self.params(shape),
            ..Placed::new(output, Op::Conv2D(Conv2D { activation: self.activation.on(3), ..self.clone() }))
        })
    }
}

impl Conv2D {
    fn params(&self, kernel: Vec<Dim>) -> Vec<Param> {
        let param = |name, shape, weight: &Weight| {
            let (trainable, weight) = (self.trainable, weight.clone());
            Param::new(name, shape, trainable, weight)
        };
        let kernel = param("kernel", kernel, &self.kernel);
        let bias = self.use_bias.then(|| param("bias", vec![self.filters.clone()], &self.bias));
        [Some(kernel), bias].into_iter().flatten().collect()
    }
}
