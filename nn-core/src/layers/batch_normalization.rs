//! `BatchNormalization`: mean zero and variance one along an axis, then a learned scale and shift.

/// The weights of a `BatchNormalization` over `N` channels.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct BatchNormalization<const N: usize, T = f32, G = [T; N], B = [T; N]> {
    /// The scale; `[T; 0]` with `scale = false`.
    pub gamma: G,
    /// The shift; `[T; 0]` with `center = false`.
    pub beta: B,
    /// The mean that inference subtracts.
    pub moving_mean: [T; N],
    /// The variance that inference divides by.
    pub moving_variance: [T; N],
}
