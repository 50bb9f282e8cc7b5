//! What the layers share that normalize each sample by itself.
//!
//! Some axes of a sample are summed over; along the others every position has a mean and a scale of its own:
//! `y = (x − mean) · scale · gamma + beta` with `scale = 1 / √(variance + epsilon)`. The sums run in two passes, the
//! second over the distances from the mean, so that a mean far from zero costs no digits of the variance.
//!
//! The code is not generic over a shape but over how it lies in memory: one piece of it serves all layers that are alike in that.

#[cfg(feature = "alloc")]
mod backward;
mod forward;
mod layout;
#[cfg(all(test, feature = "std"))]
pub(crate) mod oracle;
mod run;

#[cfg(feature = "alloc")]
pub(crate) use backward::backward;
pub(crate) use forward::forward;
pub use layout::Layout;
use layout::Sums;

/// The learned numbers, both of them optional: empty where they are absent.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, T> {
    /// The scale.
    pub gamma: &'a [T],
    /// The shift.
    pub beta: &'a [T],
}

#[cfg(feature = "alloc")]
/// The gradients of the [`Weights`], as long as these.
#[derive(Debug)]
pub struct Gradients<'a, T> {
    /// That of the scale.
    pub gamma: &'a mut [T],
    /// That of the shift.
    pub beta: &'a mut [T],
}

/// What rustc knows of a layer.
pub(crate) trait Known {
    /// What is summed over, if it is a constant.
    const LAYOUT: Option<Layout>;
}

/// A layer with its weights.
pub(crate) struct Layer<'a, T> {
    layout: &'a Layout,
    centered: bool,
    epsilon: f64,
    weights: Weights<'a, T>,
}

impl<'a, T> Layer<'a, T> {
    /// - `centered`: whether a mean is subtracted; without, the mean is zero.
    /// - `epsilon`: what is added to the variance.
    #[inline(always)]
    pub(crate) fn new<L: Known>(layout: &'a Layout, centered: bool, epsilon: f64, weights: Weights<'a, T>) -> Self {
        // Where it is a constant, there is a static of it, and nothing is copied.
        let layout = match const { &L::LAYOUT } {
            Some(known) => known,
            None => layout,
        };
        Layer { layout, centered, epsilon, weights }
    }
}

/// Whether a layer may be of these kinds, as far as rustc knows.
const fn could_be<L: Known>(sums: Sums, own_weights: bool) -> bool {
    match &L::LAYOUT {
        Some(layout) => layout.is(sums, own_weights),
        None => true,
    }
}
