//! The shape rules of the `nn` crate, as `const fn`s without dependencies.
//!
//! The macro calls them with the sizes it sees; where a size is a `const` of the user's, the
//! compiler calls them while it evaluates constants. So both speak the same sentences.
//!
//! A rule takes the layer as the user wrote it and the sizes, and gives the shape of the output or a
//! [`Problem`]. [`expect`] turns a problem into a compile error:
//!
//! ```
//! use nn_shape::{expect, reshape};
//! const OUTPUT: [usize; 2] = expect(reshape("Reshape<4, 6>", [3, 4, 2], [4, 6]));
//! assert_eq!(OUTPUT, [4, 6]);
//! ```
//!
//! ```compile_fail
//! use nn_shape::{expect, reshape};
//! const OUTPUT: [usize; 2] = expect(reshape("Reshape<4, 5>", [3, 4, 2], [4, 5]));
//! # println!("{OUTPUT:?}");
//! ```
//!
//! So it is with what the kernels go by: where activations lie ([`memory`]), and how a convolution is cut up ([`tiles`]).
#![no_std]
#![forbid(unsafe_code)]
#![expect(
    clippy::result_large_err,
    reason = "a `const fn` has no heap for two shapes, and the rules run while compiling only"
)]

mod budget;
pub mod memory;
mod message;
mod operation;
mod own;
mod problem;
mod rules;
pub mod tiles;
mod together;
mod weights;
mod window;

pub use budget::within_budget;
pub use message::Message;
pub use operation::Operation;
pub use own::{other_output, own_output};
pub use problem::{MOST_AXES, Problem, Sizes, expect};
pub use rules::{Bound, element, slice, span, weight};
pub use rules::{INFER, conv1d, conv2d, count, dense, fits, inferred, input, pool1d, pool2d, positive, reshape, share};
pub use rules::{adaptive_pool, conv1d_transpose, conv2d_transpose, conv3d, conv3d_transpose, pool3d};
pub use rules::{broadcast, concatenate, dot, group_normalization, merge};
pub use rules::{cropped, cropping, embedding, ids, permute, repeat_vector, up_sampling, zero_padding};
pub use rules::{depthwise_conv1d, depthwise_conv2d, separable_conv1d, separable_conv2d};
pub use rules::{matmul, pad, split, stack};
pub use together::{MOST_TOGETHER, is_wide, together};
pub use weights::{other_shape, same_shape};
pub use window::{
    Padding, Windows, largest_kernel, padded_transposed, padded_window, padding, pads, reach, transposed,
    transposed_ends, window,
};
