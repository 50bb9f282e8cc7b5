//! The shape rules of `nn`.
