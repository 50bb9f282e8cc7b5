//! `PReLU`: a slope below zero that is learned.

/// The weights of a `PReLU` with `N` slopes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct PReLU<const N: usize, T = f32> {
    /// The slopes, in memory order of Keras' shape (shared axes have size 1).
    pub alpha: [T; N],
}
