//! Training: `compile`, `fit`, `evaluate`, `predict`.

pub mod network;

pub use network::{Activations, OutputActivation, Pass, SHARD, Shard, Train};
