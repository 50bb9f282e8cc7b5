//! Penalties on the size of weights.

/// A penalty that a weight adds to the loss: `l1 · Σ|w| + l2 · Σw²`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regularizer {
    /// The factor of the sum of absolute values.
    pub l1: f64,
    /// The factor of the sum of squares.
    pub l2: f64,
}
