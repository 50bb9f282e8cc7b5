//! `MaxPooling2D` and `AveragePooling2D`.

use super::options::{Padding, Pair};

/// `MaxPool2D<pool_size, …>` or `AvgPool2D<pool_size, …>` on `height × width × channels`.
#[derive(Clone)]
pub struct Pool2D {
    pub kind: Kind,
    pub pool_size: Pair,
    pub strides: Pair,
    pub padding: Padding,
}

/// Which value stands for a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Max,
    Average,
}
