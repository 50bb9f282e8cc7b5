//! `BatchNormalization`.

use super::options::Weight;

/// `BatchNormalization<…>` along one axis.
#[derive(Clone)]
pub struct BatchNormalization {
    /// The normalized axis, counted without the batch.
    pub axis: usize,
    pub momentum: f64,
    pub epsilon: f64,
    pub center: bool,
    pub scale: bool,
    pub trainable: bool,
    pub gamma: Weight,
    pub beta: Weight,
    pub moving_mean: Weight,
    pub moving_variance: Weight,
}
