//! `Dense`.

use super::activation::Function;
use super::options::Weight;
use crate::shapes::dim::Dim;

/// `Dense<units, …>` on the last axis.
#[derive(Clone)]
pub struct Dense {
    pub units: Dim,
    pub activation: Function,
    pub use_bias: bool,
    pub trainable: bool,
    pub kernel: Weight,
    pub bias: Weight,
}
