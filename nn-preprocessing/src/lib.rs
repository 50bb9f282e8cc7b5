//! Words and numbers made into inputs of networks: Keras' preprocessing layers and utilities.

mod category_encoding;
mod data;
mod discretization;
mod encode;
mod error;
mod hash;
mod hashing;
mod integer_lookup;
mod json;
mod lookup;
mod normalization;
mod number;
mod string_lookup;
mod text_vectorization;
mod tokens;
pub mod utils;
mod vocabulary;

pub use category_encoding::{CategoryEncoding, CategoryEncodingOptions};
pub use data::{Array, Data, DataMut};
pub use discretization::{Discretization, DiscretizationOptions};
pub use encode::OutputMode;
pub use error::{PreprocessingError, Result};
pub use hash::Salt;
pub use hashing::{Category, Hashing, HashingOptions, MaskValue};
pub use integer_lookup::{IntegerLookup, IntegerLookupOptions};
pub use normalization::{Normalization, NormalizationOptions};
pub use number::Number;
pub use string_lookup::{StringLookup, StringLookupOptions};
pub use text_vectorization::{Ngrams, Split, Standardize, TextVectorization, TextVectorizationOptions};
pub use vocabulary::OovMethod;
