//! Words and numbers made into inputs of networks: Keras' preprocessing layers and utilities.

mod data;
mod encode;
mod error;
mod hash;
mod integer_lookup;
mod json;
mod lookup;
mod number;
mod string_lookup;
mod text_vectorization;
mod tokens;
mod vocabulary;

pub use data::{Array, Data, DataMut};
pub use encode::OutputMode;
pub use error::{PreprocessingError, Result};
pub use hash::Salt;
pub use integer_lookup::{IntegerLookup, IntegerLookupOptions};
pub use number::Number;
pub use string_lookup::{StringLookup, StringLookupOptions};
pub use text_vectorization::{Ngrams, Split, Standardize, TextVectorization, TextVectorizationOptions};
pub use vocabulary::OovMethod;
