//! Runs the networks of the `nnc` crate without compiling them.
//!
//! The same compiler reads the text of a network, the same planner makes a program of it, and the same kernels run it: the results
//! have the bits of the compiled network. What is missing is the type: sizes are numbers, samples are slices, and a wrong length is
//! an error of the call instead of one of the compiler.
//!
//! ```
//! use nn_run::{Data, Network};
//!
//! let text = "Input<28, 28, 1> => Conv2D<6, 3, activation = relu> => MaxPool2D<2> => Flatten => Dense<10>";
//! let network: Network = Network::from_text(text).unwrap();
//! assert_eq!(network.outputs()[0].shape, [10]);
//!
//! let mistakes = Network::<f32>::from_text("Input<28, 28, 1> => Conv2D<6, 33>").unwrap_err();
//! assert!(mistakes.to_string().starts_with("1:21: "), "{mistakes}");
//! ```
//!
//! [`Network::compile`] makes a [`Model`] of a network, which trains by the driver that trains the compiled ones.

mod data;
mod description;
mod engine;
mod error;
mod memory;
mod model;
mod network;
mod ops;
mod sizes;
mod stage;
mod step;
mod stream;
mod training;

pub use data::Data;
pub use description::{Kind, Part};
pub use engine::Real;
#[cfg(feature = "import")]
pub use error::FromFileError;
pub use error::{BadCall, Mistakes};
pub use model::{Evaluate, Fit, Model, TrainError};
pub use network::{Network, Workspace};
pub use nn_compiler::Mistake;
pub use nn_core::Param;
/// Which vectors a network runs on.
pub use nn_core::rt::fearless_simd::Level;
pub use step::{Gradients, SHARD, Step};
pub use stream::State;
