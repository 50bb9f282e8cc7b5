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
pub(crate) use layout::Layout;

/// What a layer is, as far as the compiler knows it.
pub(crate) trait Normalization {
    /// What is summed over.
    const LAYOUT: Layout;
    /// Whether a mean is subtracted; without, the mean is zero.
    const CENTERED: bool;
    /// What is added to the variance.
    const EPSILON: f64;
}

/// The learned numbers, both of them optional: empty where they are absent.
#[derive(Clone, Copy)]
pub(crate) struct Weights<'a, T> {
    pub(crate) gamma: &'a [T],
    pub(crate) beta: &'a [T],
}

/// A layer with its weights.
struct Layer<'a, T> {
    layout: &'static Layout,
    centered: bool,
    epsilon: f64,
    weights: Weights<'a, T>,
}

impl<'a, T> Layer<'a, T> {
    fn new<L: Normalization>(weights: Weights<'a, T>) -> Self {
        Layer { layout: &const { L::LAYOUT }, centered: L::CENTERED, epsilon: L::EPSILON, weights }
    }
}
