//! `Softmax` and `LogSoftmax`.

/// `softmax` or `log_softmax` along one axis.
#[derive(Clone)]
pub struct Softmax {
    /// The axis, counted without the batch.
    pub axis: usize,
    pub log: bool,
}
