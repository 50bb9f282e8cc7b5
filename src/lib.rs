//! Neural networks that the Rust compiler checks and compiles.
