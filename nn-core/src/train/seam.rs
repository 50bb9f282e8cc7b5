//! What another kind of network than those of the macro needs to be trained by the same driver: `nn-run` does.
//!
//! A network says what it consists of ([`Facts`]), is a [`Learner`], and makes memory that runs a part of a batch forward and backward
//! ([`TrainingShard`], [`TestShard`]). [`Driven::driver`] makes the driver, which `fit`, `evaluate` and the rest are methods of ([`Drive`]).

pub use super::data::{Given, Names, TRAINING, VALIDATION, Weights};
pub use super::driver::{Drive, Driven, Parts};
pub use super::learner::{Facts, Hook, Learner, Samples, TestShard, TrainingShard, call};
pub use super::options::{FitSettings, TestSettings};
pub use super::outputs::{Output, outputs};
pub use super::session::State;
pub use crate::io::{read_weights, write_weights};
