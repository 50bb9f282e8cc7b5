//! What the code that `network!` emits refers to. Not for use by hand.

pub use bytemuck;
pub use fearless_simd;

pub use crate::layers;
pub use crate::shape;
