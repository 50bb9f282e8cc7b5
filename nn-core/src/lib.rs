//! Tensors, layers, kernels and training of the `nn` crate.
//!
//! This crate holds the mathematics; the macro in `nn-macros` emits structs and calls that use it.
//! Users depend on `nn`, which re-exports what is meant for them.
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code)]
#![allow(
    clippy::needless_range_loop,
    reason = "the sums of a register tile stay in registers where they are indexed; walked by iterators, they are spilled"
)]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod activations;
#[cfg(feature = "std")]
pub mod callbacks;
#[cfg(feature = "std")]
pub mod config;
pub mod constraints;
pub mod element;
mod embedded;
#[cfg(feature = "std")]
pub mod error;
mod geometry;
pub mod initializers;
#[cfg(feature = "std")]
pub mod io;
pub mod kernels;
pub mod layers;
#[cfg(feature = "std")]
pub mod losses;
#[cfg(feature = "std")]
pub mod metrics;
pub mod network;
#[cfg(feature = "std")]
pub mod optimizers;
pub mod params;
mod plain;
#[cfg(feature = "alloc")]
pub mod predictions;
pub mod record;
pub mod regularizers;
#[cfg(feature = "std")]
mod rng;
pub mod rt;
pub mod stream;
#[cfg(feature = "alloc")]
pub mod summary;
#[cfg(feature = "std")]
mod swap;
pub mod tensor;
#[cfg(feature = "std")]
pub mod testing;
#[cfg(feature = "std")]
pub mod train;

pub use element::{Dtype, Element};
pub use geometry::Geometry;
pub use layers::custom;
pub use network::Network;
pub use nn_shape as shape;
pub use params::{LayerInfo, Param};
#[cfg(feature = "alloc")]
pub use predictions::{BadSample, Predictions};
pub use record::{Part, Record};
#[cfg(feature = "std")]
pub use rng::rng;
pub use stream::{Stateful, Stream};
#[cfg(feature = "std")]
pub use swap::Swap;
pub use tensor::{Tensor, Tensor1, Tensor2, Tensor3, Tensor4, Tensor5, Tensor6};
