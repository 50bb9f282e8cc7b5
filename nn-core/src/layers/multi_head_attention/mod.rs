//! `MultiHeadAttention`: every step of a query looks at all steps of a value, through several heads at once.
//!
//! For each head, with `q`, `k` and `v` the projections of query, key and value:
//! `softmax(q · kᵀ / √key_dim) · v`; a last projection takes the heads together.
//!
//! In memory a query, key or value is `steps × features`, and its projection `steps × heads × dim`.
//!
//! Vaswani et al.: *Attention Is All You Need*, 2017, <https://arxiv.org/abs/1706.03762>.

#[cfg(feature = "alloc")]
mod backward;
#[cfg(feature = "alloc")]
mod forward;
mod infer;
mod masks;
#[cfg(all(test, feature = "std"))]
mod oracle;
mod product;
mod shape;
mod softmax;
#[cfg(all(test, feature = "std"))]
mod tests;
mod transpose;
mod weights;

#[cfg(feature = "alloc")]
pub use backward::{backward, backward_with};
#[cfg(feature = "alloc")]
pub use forward::{Dropout, forward, forward_with, saved_len};
pub use infer::{infer, infer_with, scratch_len};
pub use masks::Masks;
pub use shape::{MultiHeadAttentionShape, MultiHeadAttentionSizes};
pub use weights::{Heads, MultiHeadAttention, Output, Part, Weights};
