//! The graph of a network: operations on values, what is known of them, and the passes that plan a program.
//!
//! Nothing here knows tokens, files or the user's source: a name is a string, a place in the source is a [`SourceId`], and a
//! constant that only the user's compiler can see is a [`size::Symbol`]. So whoever can build a [`Graph`] can plan it.
//!
//! ```text
//! size, source, function, weight, mask   the data that nodes are made of
//! op/                                    the operations, and one file for each fact about all of them
//! graph                                  nodes and values
//! layout                                 Graph → Graph: changes of the axes' order move, meet and cancel
//! fold                                   Graph → Graph: padding becomes the pads of who reads it
//! stream                                 Graph → the graph of one time step
//! block                                  that → the graph of a block of steps
//! plan/                                  Graph → Program: fused steps, regions of memory, steps of training
//! ```

#![no_std]

extern crate alloc;

pub mod block;
pub mod fold;
pub mod function;
pub mod graph;
pub mod layout;
pub mod mask;
pub mod op;
pub mod plan;
pub mod size;
pub mod source;
pub mod stream;
pub mod weight;

pub use graph::Graph;
pub use op::Op;
pub use plan::Program;
pub use size::{Shape, Size};
pub use source::{Name, SourceId};
