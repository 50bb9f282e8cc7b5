//! `GlobalMaxPooling2D` and `GlobalAveragePooling2D`.

use super::pool2d::Kind;

/// `GlobalAvgPool2D` or `GlobalMaxPool2D` on `height × width × channels`.
#[derive(Clone)]
pub struct GlobalPool2D {
    pub kind: Kind,
    /// `1 × 1 × channels` instead of `channels`.
    pub keepdims: bool,
}
