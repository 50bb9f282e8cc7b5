//! Plan → tokens.

pub mod skeleton;
