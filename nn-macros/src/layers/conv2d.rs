//! `Conv2D`.

use super::activation::Function;
use super::options::{Padding, Pair, Weight};
use crate::shapes::dim::Dim;

/// `Conv2D<filters, kernel_size, …>` on `height × width × channels`.
#[derive(Clone)]
pub struct Conv2D {
    pub filters: Dim,
    pub kernel_size: Pair,
    pub strides: Pair,
    pub padding: Padding,
    pub dilation_rate: Pair,
    pub groups: Dim,
    pub activation: Function,
    pub use_bias: bool,
    pub trainable: bool,
    pub kernel: Weight,
    pub bias: Weight,
}
