//! Training: `compile`, `fit`, `evaluate`, `predict`.
//!
//! [`Network::compile`](crate::Network::compile) joins a network with an optimizer, a loss and metrics to a [`Model`]; [`Model::fit`] trains it.
//! A step cuts its batch into shards, which all cores share (see [`network`]); everything that is random follows from
//! the seed and the place in the run, so that a run can be repeated and taken up again to the last bit.

mod aligned;
mod data;
mod driver;
mod fit;
mod key;
mod learner;
mod logs;
mod meters;
mod model;
#[cfg(test)]
pub(crate) mod nets;
pub mod network;
mod options;
mod outputs;
mod penalty;
mod probe;
mod progress;
mod rows;
pub mod seam;
pub(crate) mod session;
mod states;
mod step;
mod tape;
#[cfg(test)]
pub(crate) mod tests;
mod typed;
mod watched;

pub use logs::{History, Logs, Params};
pub use model::Model;
pub use tape::GradientTape;
pub use watched::Watched;

pub use network::{Activations, OutputActivation, Pass, SHARD, Shard, Train};
pub use options::{ClassWeights, Evaluate, Fit, OutputWeights};

pub(crate) use driver::Driven;

pub use crate::network::Outputs;
