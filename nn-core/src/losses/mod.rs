//! The losses of training.
