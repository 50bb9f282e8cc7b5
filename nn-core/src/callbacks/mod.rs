//! The callbacks of training.
