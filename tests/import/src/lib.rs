//! Tests of model files: see `tests/`.
