//! `PReLU`.

use super::options::Weight;

/// `PReLU<shared_axes = …>`: a slope for each element that is learned.
#[derive(Clone)]
pub struct PRelu {
    /// The axes, counted without the batch, along which one slope is shared.
    pub shared_axes: Vec<usize>,
    pub trainable: bool,
    pub alpha: Weight,
}
