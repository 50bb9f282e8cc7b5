//! The metrics of training.
