//! The io of training.
