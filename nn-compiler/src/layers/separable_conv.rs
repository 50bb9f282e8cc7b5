//! `SeparableConv2D` and `SeparableConv1D`: filters for each channel of its own, then a mixture of all channels.

use std::rc::Rc;

use super::args::Args;
use super::conv2d::{self, Conv2D, Mixture};
use super::depthwise_conv::Depthwise;
use super::options::{BIAS, DEPTHWISE, POINTWISE, Padding, Pair};
use super::{Entry, Layer, Placed};
use crate::shapes::Operand;
use crate::shapes::dim::Dim;
use crate::shapes::rule::{Problem, Site, rule};

/// `SeparableConv2D<filters, kernel_size, …>` on `height × width × channels`.
struct Separable2D(Separable);
/// `SeparableConv1D<filters, kernel_size, …>` on `steps × channels`.
struct Separable1D(Separable);

/// The part by channel, which knows of the mixture behind it.
struct Separable {
    depthwise: Depthwise,
    filters: Dim,
}

const OPTIONS: &[&[&str]] = &[
    &["strides", "padding", "dilation_rate", "depth_multiplier", "activation", "use_bias", "trainable", "data_format"],
    DEPTHWISE,
    POINTWISE,
    BIAS,
];

pub const ENTRIES: &[Entry] = &[
    Entry {
        names: &["SeparableConv1D"],
        positional: conv2d::POSITIONAL,
        options: OPTIONS,
        read: |args| Rc::new(Separable1D(read(args, Args::steps_or))),
    },
    Entry {
        names: &["SeparableConv2D"],
        positional: conv2d::POSITIONAL,
        options: OPTIONS,
        read: |args| Rc::new(Separable2D(read(args, Args::pair_or))),
    },
];

fn read<'a>(args: &mut Args<'a>, pair: fn(&mut Args<'a>, &'static str, Pair) -> Pair) -> Separable {
    let filters = args.size("filters");
    let padding: fn(&mut Args<'a>) -> Padding = Args::padding;
    let layer = conv2d::read_one(args, pair, padding, DEPTHWISE);
    let mixture = Mixture { filters: filters.clone(), kernel: args.weight(POINTWISE, "glorot_uniform") };
    let layer = Conv2D { mixture: Some(Rc::new(mixture)), ..layer };
    Separable { depthwise: Depthwise { layer, multiplier: args.size_or("depth_multiplier", 1) }, filters }
}

impl Layer for Separable2D {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let Separable { depthwise, filters } = &self.0;
        let Depthwise { layer, multiplier } = depthwise;
        let image = site.image(site.only(inputs)?)?;
        let window = layer.window();
        rule!(site, separable_conv2d(image, filters, window, multiplier))?;
        let [height, width, channels] = &image;
        Ok(depthwise.placed(vec![window.count(0, height), window.count(1, width)], &window.size, channels))
    }
}

impl Layer for Separable1D {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let Separable { depthwise, filters } = &self.0;
        let Depthwise { layer, multiplier } = depthwise;
        let sequence = site.sequence(site.only(inputs)?)?;
        let window = layer.window().columns();
        rule!(site, separable_conv1d(sequence, filters, window, multiplier))?;
        let [steps, channels] = &sequence;
        Ok(depthwise.placed(vec![window.count(0, steps)], &window.size, channels))
    }
}
