//! Training: `compile`, `fit`, `evaluate`, `predict`.

#[cfg(test)]
pub(crate) mod nets;
pub mod network;

pub use network::{Activations, OutputActivation, Pass, SHARD, Shard, Train};
