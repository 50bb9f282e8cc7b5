//! What holds for a weight after each step of the optimizer.

/// A projection of a weight after each step of the optimizer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constraint {
    /// No element below zero.
    NonNeg,
    /// The norm along axis 0 is at most this.
    MaxNorm(f64),
    /// The norm along axis 0 is one.
    UnitNorm,
    /// The norm along axis 0 lies between the first two, approached at the rate of the third.
    MinMaxNorm(f64, f64, f64),
}
