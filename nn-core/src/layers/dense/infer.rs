//! Inference: one sample.
