//! `DepthwiseConv2D` and `DepthwiseConv1D`: every channel has filters of its own.
//!
//! This is a convolution of as many groups as channels, and so it is computed and fused as one. Keras' kernel, channel by
//! channel and filter by filter of it, lies in memory as that of the groups does.

use std::rc::Rc;

use super::args::Args;
use super::conv2d::{self, Conv2D};
use super::options::{BIAS, DEPTHWISE};
use super::{Entry, Layer, Placed, Positional};
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::rule::{Problem, Site, rule};

/// `DepthwiseConv2D<kernel_size, …>` on `height × width × channels`, or `DepthwiseConv1D` on `steps × channels`.
pub struct Depthwise {
    /// Filters and groups are known only with the channels.
    pub layer: Conv2D,
    pub multiplier: Dim,
}

struct Depthwise2D(Depthwise);
struct Depthwise1D(Depthwise);

const POSITIONAL: Positional = Positional::Named { names: &["kernel_size"], required: 1 };
const OPTIONS: &[&[&str]] = &[
    &["strides", "padding", "depth_multiplier", "dilation_rate", "activation", "use_bias", "trainable", "data_format"],
    DEPTHWISE,
    BIAS,
];

pub const ENTRIES: &[Entry] = &[
    Entry {
        names: &["DepthwiseConv1D"],
        positional: POSITIONAL,
        options: OPTIONS,
        read: |args| {
            let layer = conv2d::read_one(args, Args::steps_or, Args::padding, DEPTHWISE);
            Rc::new(Depthwise1D(Depthwise { layer, multiplier: args.size_or("depth_multiplier", 1) }))
        },
    },
    Entry {
        names: &["DepthwiseConv2D"],
        positional: POSITIONAL,
        options: OPTIONS,
        read: |args| {
            let layer = conv2d::read_one(args, Args::pair_or, Args::padding, DEPTHWISE);
            Rc::new(Depthwise2D(Depthwise { layer, multiplier: args.size_or("depth_multiplier", 1) }))
        },
    },
];

impl Layer for Depthwise2D {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let Depthwise { layer, multiplier } = &self.0;
        let image = site.image(site.only(inputs)?)?;
        let window = layer.window();
        rule!(site, depthwise_conv2d(image, window, multiplier))?;
        let [height, width, channels] = &image;
        Ok(self.0.placed(vec![window.count(0, height), window.count(1, width)], &window.size, channels))
    }
}

impl Layer for Depthwise1D {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let Depthwise { layer, multiplier } = &self.0;
        let sequence = site.sequence(site.only(inputs)?)?;
        let window = layer.window().columns();
        rule!(site, depthwise_conv1d(sequence, window, multiplier))?;
        let [steps, channels] = &sequence;
        Ok(self.0.placed(vec![window.count(0, steps)], &window.size, channels))
    }
}

impl Depthwise {
    /// In its place, with so many windows of this size.
    pub fn placed(&self, windows: Vec<Dim>, size: &[Dim], channels: &Dim) -> Placed {
        let filters = Dim::product([channels, &self.multiplier]);
        let kernel = size.iter().chain([channels, &self.multiplier]).cloned().collect();
        Conv2D { filters, groups: channels.clone(), ..self.layer.clone() }.placed(windows, kernel)
    }
}
