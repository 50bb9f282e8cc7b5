//! Weight files: safetensors, with the field paths of the weights as names.
//!
//! A file holds exactly the weights of [`Network::PARAMS`](crate::Network::PARAMS), each once, in that order, which is
//! Keras' order of variables. Its `__metadata__` has `format` (`nn`), `network` (the struct's name) and `order`
//! (the names again, separated by spaces), because readers of safetensors may sort the names.
//!
//! The format: <https://github.com/huggingface/safetensors#format>.

mod header;
mod nearest;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use nearest::nearest;
pub use read::read_weights;
pub(crate) use read::{read_bytes, read_file};
pub use write::write_weights;
pub(crate) use write::{to_bytes, write_file};

use crate::element::Dtype;

/// The name of an element type in a file.
fn file_dtype(dtype: Dtype) -> safetensors::Dtype {
    match dtype {
        Dtype::F32 => safetensors::Dtype::F32,
        Dtype::F64 => safetensors::Dtype::F64,
        Dtype::U32 => safetensors::Dtype::U32,
        Dtype::I32 => safetensors::Dtype::I32,
        Dtype::U8 => safetensors::Dtype::U8,
    }
}

/// Turns elements from the machine's byte order to the file's, which is little-endian, and back.
fn swap_bytes(bytes: &mut [u8], size: usize) {
    if cfg!(target_endian = "big") {
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
}
