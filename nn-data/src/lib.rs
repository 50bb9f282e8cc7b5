//! Data files as samples of a network.
//!
//! | file | read by | gives |
//! | --- | --- | --- |
//! | CSV | [`Table::read`] | columns of texts and numbers |
//! | NumPy's `.npy`, `.npz` | [`npy::read`], [`npy::read_npz`] | [`Numbers`] |
//! | IDX, as of MNIST | [`idx::read`] | [`Numbers`] |
//! | CIFAR-10, CIFAR-100 | [`cifar::read`] | pictures of bytes, and their classes |
//! | WAV | [`wav::read`] | frames from -1 to 1 |
//! | a folder of PNG and JPEG images for each class | `images::read`, with the feature `images` | pictures, their classes and files |
//!
//! All but images may be packed by gzip. [`Numbers::samples`] makes the samples of a network: bytes stay bytes where it takes those, and a number that it cannot take
//! is an error. [`Numbers::labels`] makes targets.
//!
//! A file that is not what it should be is a [`DataError`], which names the file, the place, what was expected there and what was found. No bytes make a reader
//! panic, and none makes it take memory for more elements than there are.

#![forbid(unsafe_code)]

pub mod cifar;
mod error;
pub mod idx;
#[cfg(feature = "images")]
pub mod images;
pub mod npy;
mod numbers;
mod source;
mod table;
pub mod wav;

pub use error::{DataError, Result};
pub use numbers::{Label, Numbers, Values};
pub use table::{CsvOptions, Table};
