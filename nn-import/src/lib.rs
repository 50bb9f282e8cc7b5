//! Model files of other tools as networks of the `nnc` crate.
//!
//! A file becomes a [`Model`]: the text of a network, as `network!` and nn-run read it, and the weights in Keras' layouts and order.

mod compiled;
mod error;
pub mod keras;
mod model;
mod options;
mod script;

pub use error::{ImportError, Unsupported};
pub use model::{Model, Tensor};
pub use options::Options;
