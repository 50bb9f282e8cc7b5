//! The layers: one file each, named as in the macro.

pub mod activation;
pub mod batch_normalization;
pub mod conv2d;
pub mod dense;
pub mod dropout;
pub mod global_pool2d;
pub mod pool2d;
pub mod prelu;
pub mod softmax;
