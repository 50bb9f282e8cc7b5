//! Words and numbers made into inputs of networks: Keras' preprocessing layers, and its utilities for data in
//! [`utils`].
//!
//! | layer | from | to |
//! | --- | --- | --- |
//! | [`TextVectorization`] | texts | ids of their words, or counts, or TF-IDF |
//! | [`StringLookup`], [`IntegerLookup`] | categories that are strings or integers | ids, or rows with a place for each; and back |
//! | [`CategoryEncoding`] | integers below a known number | rows with a place for each |
//! | [`Hashing`] | strings or integers without a vocabulary | bins |
//! | [`Discretization`] | numbers | bins |
//! | [`Normalization`] | numbers | numbers with mean 0 and variance 1 |
//!
//! Options, defaults and results are those of Keras 3.15 with TensorFlow, and tested against it; so are the ids that
//! words get, and the bins. A layer learns by `adapt`, or is given what it would learn; `transform` is Keras' call of
//! the layer, for one sample or many, and `save` and `load` keep it as JSON in Keras' form. Data are nested lists,
//! [`Array`]s or tensors of samples ([`Data`]); results are an [`Array`], from which
//! [`samples`](Array::samples) makes the inputs of a network.
//! They are of any type of [`Number`]: `u32` for an `Embedding`, `f32` for most other layers.
//!
//! What is wrong is a [`PreprocessingError`] that names the layer, what it takes and what it found, and a layer is
//! then what it was.

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
pub use json::read_vocabulary;
pub use normalization::{Normalization, NormalizationOptions};
pub use number::Number;
pub use string_lookup::{StringLookup, StringLookupOptions};
pub use text_vectorization::{Ngrams, Split, Standardize, TextVectorization, TextVectorizationOptions};
pub use vocabulary::OovMethod;
