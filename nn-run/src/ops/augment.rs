//! Pictures that are changed in training: moved, or given another contrast or brightness.

use nn_core::Element;
use nn_core::layers::tone::{self, Tint};
use nn_core::layers::warp::{self, Fill, Motion};
use nn_core::rt::Simd;
use nn_graph::graph::Node;
use nn_graph::op;
use nn_graph::size::Length;

use super::{Backward, Forward, Infer, Random, Run};
use crate::sizes;

/// Height, width and channels.
fn image(node: &Node, channels_first: bool) -> [usize; 3] {
    let mut image: [usize; 3] = sizes::array(&node.input);
    if channels_first {
        image.rotate_left(1);
    }
    image
}

/// What the numbers of a picture are a function of.
fn drawn(random: Random, seed: u64, first: usize) -> warp::Random {
    warp::Random { key: random.key, stream: random.stream(0, seed), first }
}

/// Pictures are moved.
#[derive(Debug)]
pub(crate) struct Warp {
    warp: warp::Warp,
    seed: u64,
}

impl Warp {
    pub(crate) fn new(node: &Node, op: &op::Warp) -> Self {
        let motion = match op.motion {
            op::Motion::Flip { horizontal, vertical } => Motion::Flip { horizontal, vertical },
            op::Motion::Translate { height, width } => Motion::Translate { height, width },
            op::Motion::Rotate(turns) => Motion::Rotate(turns),
            op::Motion::Zoom { height, width } => Motion::Zoom { height, width },
        };
        let fill = match op.fill {
            op::Fill::Reflect => Fill::Reflect,
            op::Fill::Wrap => Fill::Wrap,
            op::Fill::Nearest => Fill::Nearest,
            op::Fill::Constant(number) => Fill::Constant(number),
        };
        let channels_first = op.channels_first;
        let image = image(node, channels_first);
        Warp { warp: warp::Warp { image, channels_first, motion, fill, bilinear: op.bilinear }, seed: op.seed }
    }
}

impl<T: Element> Run<T> for Warp {
    fn measure(&self, _: Length) -> usize {
        0
    }

    /// At inference it is a view.
    fn infer<S: Simd>(&self, _: S, _: Infer<'_, '_, T>) {}

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let (y, random) = (call.y(), drawn(call.random, self.seed, call.first));
        warp::forward(&self.warp, random, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let (dx, random) = (call.dx(), drawn(call.random, self.seed, call.first));
        warp::backward(&self.warp, random, call.dy(), dx);
    }
}

/// Pictures get another contrast or brightness.
#[derive(Debug)]
pub(crate) struct Tone {
    tone: tone::Tone,
    seed: u64,
}

impl Tone {
    pub(crate) fn new(node: &Node, op: &op::Tone) -> Self {
        let tint = match op.tint {
            op::Tint::Contrast => Tint::Contrast,
            op::Tint::Brightness => Tint::Brightness,
        };
        let op::Tone { factor, value_range, channels_first, seed, .. } = *op;
        let image = image(node, channels_first);
        Tone { tone: tone::Tone { image, channels_first, tint, factor, value_range }, seed }
    }
}

impl<T: Element> Run<T> for Tone {
    fn measure(&self, _: Length) -> usize {
        0
    }

    /// At inference it is a view.
    fn infer<S: Simd>(&self, _: S, _: Infer<'_, '_, T>) {}

    #[inline(always)]
    fn forward<S: Simd>(&self, _: S, mut call: Forward<'_, '_, T>) {
        let (y, random) = (call.y(), drawn(call.random, self.seed, call.first));
        tone::forward(&self.tone, random, call.x(), y);
    }

    #[inline(always)]
    fn backward<S: Simd>(&self, _: S, mut call: Backward<'_, '_, T>) {
        let (dx, random) = (call.dx(), drawn(call.random, self.seed, call.first));
        tone::backward(&self.tone, random, call.x(), call.dy(), dx);
    }
}
