//! What the tests of this package call: one check for each kind of case, and the comparison with Keras' results.
//!
//! The tests themselves are made by `build/` from `fixtures/cases.json`, or from the folder that the
//! environment variable `NN_GOLDEN` names when the package is built.

pub mod case;
pub mod compare;
pub mod definition;
pub mod fit;
pub mod initial;
pub mod interpreted;
pub mod loss;
pub mod metric;
pub mod network;
pub mod optimizer;
pub mod preprocess;
pub mod sample;
pub mod simd;
pub mod stateful;
pub mod training;
pub mod twin;
pub mod weights;
pub mod workspace;

pub use case::Case;
