//! `IntegerLookup`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Array, Data};
use crate::encode::OutputMode;
use crate::error::{self, Result};
use crate::hash::Salt;
use crate::json::{Saved, saved};
use crate::lookup::{Lookup, Rules};
use crate::number::{Number, sealed::Number as _};
use crate::string_lookup::inverse;
use crate::vocabulary::{Counter, Integers, OovMethod, Single};

/// The options of [`IntegerLookup`], with Keras' names and defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntegerLookupOptions {
    /// The most terms of the vocabulary, its special tokens among them; `None` for as many as there are.
    pub max_tokens: Option<usize>,
    /// How many indices there are for integers that are not in the vocabulary: 1. With several an integer takes one
    /// by `oov_method`; with 0 it is an error.
    pub num_oov_indices: usize,
    /// The integer that stands for nothing: index 0 if `output_mode` is `int`, left out otherwise. `None` for no such
    /// integer.
    pub mask_token: Option<i64>,
    /// What stands for integers that are not in the vocabulary: -1.
    pub oov_token: i64,
    /// The terms, if they are known, with or without the special ones before them.
    pub vocabulary: Option<Vec<i64>>,
    /// For `tf_idf` with a known vocabulary: the weight of each of its terms.
    pub idf_weights: Option<Vec<f32>>,
    /// Whether the layer is for [`tokens`](IntegerLookup::tokens), from indices to integers.
    pub invert: bool,
    /// What becomes of indices: `int`.
    pub output_mode: OutputMode,
    /// Whether rows are `max_tokens` wide, however many terms there are.
    pub pad_to_max_tokens: bool,
    /// How integers that are not in the vocabulary share `num_oov_indices`: `floormod`.
    pub oov_method: OovMethod,
    /// With `farmhash`: hashes by SipHash with this key, and not by FarmHash.
    pub salt: Option<Salt>,
}

impl Default for IntegerLookupOptions {
    fn default() -> Self {
        Self {
            max_tokens: None,
            num_oov_indices: 1,
            mask_token: None,
            oov_token: -1,
            vocabulary: None,
            idf_weights: None,
            invert: false,
            output_mode: OutputMode::Int,
            pad_to_max_tokens: false,
            oov_method: OovMethod::FloorMod,
            salt: None,
        }
    }
}

impl IntegerLookupOptions {
    fn rules(&self) -> Rules<Integers> {
        Rules {
            max_tokens: self.max_tokens,
            num_oov_indices: self.num_oov_indices,
            mask: self.mask_token.map(Single::new),
            oov: Single::new(self.oov_token),
            mode: self.output_mode,
            pad_to_max_tokens: self.pad_to_max_tokens,
            invert: self.invert,
            method: self.oov_method,
            salt: self.salt,
        }
    }
}

const LAYER: &str = "IntegerLookup";

/// Integers to indices: categories that are numbers.
/// [Keras' page](https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/).
///
/// As [`StringLookup`](crate::StringLookup), for integers that fit into `i64`; of two that are equally frequent the
/// greater is first.
///
/// ```
/// use nn_preprocessing::{IntegerLookup, IntegerLookupOptions};
///
/// let mut codes = IntegerLookup::default();
/// codes.adapt(&[[12, 1138, 42], [42, 1000, 36]])?;
/// assert_eq!(codes.vocabulary(), [-1, 42, 1138, 1000, 36, 12]);
/// assert_eq!(codes.transform::<u32>(&[42, 7])?.as_slice(), [1, 0]);
///
/// // 37 and 1000 are not in the vocabulary: they share two indices by their remainders.
/// let vocabulary = Some(vec![12, 36, 1138, 42]);
/// let codes = IntegerLookup::new(IntegerLookupOptions { vocabulary, num_oov_indices: 2, ..Default::default() })?;
/// assert_eq!(codes.transform::<u32>(&[[12, 1138, 42], [37, 1000, 36]])?.as_slice(), [2, 4, 5, 1, 0, 3]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
#[derive(Clone, Debug)]
pub struct IntegerLookup {
    options: IntegerLookupOptions,
    lookup: Lookup<Integers>,
}

impl IntegerLookup {
    /// A layer with these options.
    ///
    /// # Errors
    ///
    /// If options contradict each other, or the vocabulary cannot be one.
    pub fn new(options: IntegerLookupOptions) -> Result<Self> {
        if options.salt.is_some() && options.oov_method != OovMethod::FarmHash {
            error::option(LAYER, "salt", "left out unless `oov_method` is `farmhash`", "given")?;
        }
        let mut lookup = Lookup::new(LAYER, options.rules())?;
        match &options.vocabulary {
            Some(vocabulary) => {
                lookup.set_vocabulary(vocabulary, options.idf_weights.as_deref())?;
                lookup.given = true;
            }
            None if options.idf_weights.is_some() => {
                error::option(LAYER, "idf_weights", "left out without a `vocabulary`", "given")?
            }
            None => {}
        }
        // The terms are in the index now.
        Ok(Self { options: IntegerLookupOptions { vocabulary: None, idf_weights: None, ..options }, lookup })
    }

    /// A layer with the default options and these terms.
    ///
    /// # Errors
    ///
    /// If there are none, or one is there twice.
    pub fn with_vocabulary(vocabulary: &[i64]) -> Result<Self> {
        Self::new(IntegerLookupOptions { vocabulary: Some(vocabulary.to_vec()), ..IntegerLookupOptions::default() })
    }

    /// Learns the vocabulary: all integers of the data, the most frequent first.
    ///
    /// For `tf_idf` a list of integers is a list of documents of one token, and each inner list a document.
    ///
    /// # Errors
    ///
    /// If the vocabulary was given, or there are no tokens in the data. The layer is as it was.
    pub fn adapt<D: Data<Leaf: Number> + ?Sized>(&mut self, data: &D) -> Result<()> {
        self.adapt_batches([data])
    }

    /// Learns the vocabulary of data that come one part after another.
    ///
    /// # Errors
    ///
    /// As [`adapt`](Self::adapt).
    pub fn adapt_batches<D: Data<Leaf: Number>>(&mut self, batches: impl IntoIterator<Item = D>) -> Result<()> {
        self.lookup.adaptable()?;
        let mut counter = Counter::default();
        for batch in batches {
            counter = counter.merge(self.lookup.count(&batch, |&number| number.to_i64())?);
        }
        self.lookup.learn(&counter)
    }

    /// Takes these terms as the vocabulary, with or without the special ones before them; for `tf_idf` with a weight
    /// for each.
    ///
    /// # Errors
    ///
    /// If it cannot be a vocabulary, or has other than one weight for each term. The layer is as it was.
    pub fn set_vocabulary(&mut self, vocabulary: &[i64], idf_weights: Option<&[f32]>) -> Result<()> {
        self.lookup.set_vocabulary(vocabulary, idf_weights)
    }

    /// The term of each index: Keras' `get_vocabulary`.
    pub fn vocabulary(&self) -> Vec<i64> {
        self.lookup.vocabulary(true).collect()
    }

    /// The terms without the special ones: Keras' `get_vocabulary(include_special_tokens=False)`.
    pub fn terms(&self) -> Vec<i64> {
        self.lookup.vocabulary(false).collect()
    }

    /// How many indices there are: the `input_dim` of an `Embedding`.
    pub fn vocabulary_size(&self) -> usize {
        self.lookup.vocabulary_size()
    }

    /// The weight of each index, if `output_mode` is `tf_idf`.
    pub fn idf_weights(&self) -> Option<&[f32]> {
        self.lookup.idf_weights()
    }

    /// The indices of integers, or what `output_mode` makes of them, in the shapes of
    /// [`StringLookup::transform`](crate::StringLookup::transform).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn transform<T: Number>(&self, data: &(impl Data<Leaf: Number> + ?Sized)) -> Result<Array<T>> {
        self.lookup.transform(data, |&number| number.to_i64())
    }

    /// The integers of indices: Keras' call of a layer with `invert`. What is no index of a term becomes `oov_token`.
    ///
    /// # Errors
    ///
    /// If there is no vocabulary yet, `output_mode` is not `int`, or the lists have different lengths.
    pub fn tokens<D: Data<Leaf: Number> + ?Sized>(&self, indices: &D) -> Result<Array<i64>> {
        inverse(&self.lookup, LAYER, indices)
    }
}

impl Default for IntegerLookup {
    fn default() -> Self {
        let options = IntegerLookupOptions::default();
        Self { lookup: Lookup::empty(LAYER, options.rules()), options }
    }
}

impl Saved for IntegerLookup {
    const CLASS: &'static str = LAYER;
    type Config = IntegerLookupOptions;
    const FIXED: &'static [(&'static str, Value)] =
        &[("sparse", Value::Bool(false)), ("vocabulary_dtype", Value::Null), ("vocabulary_size", Value::Null)];

    fn config(&self) -> IntegerLookupOptions {
        let known = self.lookup.ready().is_ok();
        let idf_weights = self.idf_weights().filter(|_| known).map(<[f32]>::to_vec);
        IntegerLookupOptions { vocabulary: known.then(|| self.vocabulary()), idf_weights, ..self.options.clone() }
    }

    fn given(&self) -> Option<bool> {
        Some(self.lookup.given)
    }

    fn from_config(config: IntegerLookupOptions, given: bool) -> Result<Self> {
        let mut layer = Self::new(config)?;
        layer.lookup.given &= given;
        Ok(layer)
    }
}

saved!(IntegerLookup);
