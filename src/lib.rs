//! Neural networks that the Rust compiler checks and compiles.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

pub use nn_macros::network;

pub mod layers;

/// What the code that [`network!`] emits refers to. Not for use by hand.
#[doc(hidden)]
pub mod __rt {
    pub use crate::layers as markers;
    pub use nn_core::rt::*;
}
