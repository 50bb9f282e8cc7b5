//! The optimizers of training.
