//! `StringLookup`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Array, Data, leaves};
use crate::encode::OutputMode;
use crate::error::{self, Result};
use crate::hash::Salt;
use crate::json::{Saved, saved};
use crate::lookup::{Lookup, Rules};
use crate::number::{Number, sealed::Number as _};
use crate::vocabulary::{Counter, OovMethod, Single, Store, Texts};

/// The options of [`StringLookup`], with Keras' names and defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StringLookupOptions {
    /// The most terms of the vocabulary, its special tokens among them; `None` for as many as there are.
    pub max_tokens: Option<usize>,
    /// How many indices there are for tokens that are not in the vocabulary: 1. With several a token takes one by its
    /// hash; with 0 it is an error.
    pub num_oov_indices: usize,
    /// The token that stands for nothing: index 0 if `output_mode` is `int`, left out otherwise. `None` for no such
    /// token.
    pub mask_token: Option<String>,
    /// What stands for tokens that are not in the vocabulary: `[UNK]`.
    pub oov_token: String,
    /// The terms, if they are known, with or without the special ones before them.
    pub vocabulary: Option<Vec<String>>,
    /// For `tf_idf` with a known vocabulary: the weight of each of its terms.
    pub idf_weights: Option<Vec<f32>>,
    /// Whether the layer is for [`tokens`](StringLookup::tokens), from indices to strings.
    pub invert: bool,
    /// What becomes of indices: `int`.
    pub output_mode: OutputMode,
    /// Whether rows are `max_tokens` wide, however many terms there are.
    pub pad_to_max_tokens: bool,
    /// Hashes tokens by SipHash with this key, and not by FarmHash.
    pub salt: Option<Salt>,
}

impl Default for StringLookupOptions {
    fn default() -> Self {
        Self {
            max_tokens: None,
            num_oov_indices: 1,
            mask_token: None,
            oov_token: "[UNK]".to_string(),
            vocabulary: None,
            idf_weights: None,
            invert: false,
            output_mode: OutputMode::Int,
            pad_to_max_tokens: false,
            salt: None,
        }
    }
}

impl StringLookupOptions {
    fn rules(&self) -> Rules<Texts> {
        Rules {
            max_tokens: self.max_tokens,
            num_oov_indices: self.num_oov_indices,
            mask: self.mask_token.as_deref().map(Single::new),
            oov: Single::new(self.oov_token.as_str()),
            mode: self.output_mode,
            pad_to_max_tokens: self.pad_to_max_tokens,
            invert: self.invert,
            method: OovMethod::FarmHash,
            salt: self.salt,
        }
    }
}

/// Strings to indices: categories, or words that are split already.
/// [Keras' page](https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/).
///
/// The vocabulary is given, or learned by [`adapt`](Self::adapt): the most frequent tokens first, and of those that
/// are equally frequent the greater first, byte by byte. Index 0 is the mask token, if there is one; then come
/// `num_oov_indices` for strings that are not in the vocabulary, then its terms.
///
/// ```
/// use nn_preprocessing::{OutputMode, StringLookup, StringLookupOptions};
///
/// let mut animals = StringLookup::default();
/// animals.adapt(&["dog", "cat", "dog", "bird"])?;
/// assert_eq!(animals.vocabulary(), ["[UNK]", "dog", "cat", "bird"]);
/// assert_eq!(animals.transform::<u32>(&["cat", "lion", "dog"])?.as_slice(), [2, 0, 1]);
/// assert_eq!(animals.tokens(&[2, 1])?.as_slice(), ["cat", "dog"]);
///
/// let options = StringLookupOptions { output_mode: OutputMode::MultiHot, ..StringLookupOptions::default() };
/// let mut sets = StringLookup::new(options)?;
/// sets.adapt(&[["dog", "cat"], ["dog", "bird"]])?;
/// let rows = sets.transform(&[["cat", "dog"], ["lion", "bird"]])?;
/// let samples: Vec<[f32; 4]> = rows.samples()?;
/// assert_eq!(samples, [[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 1.0]]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
#[derive(Clone, Debug)]
pub struct StringLookup {
    options: StringLookupOptions,
    pub(crate) lookup: Lookup<Texts>,
}

impl StringLookup {
    /// A layer with these options.
    ///
    /// # Errors
    ///
    /// If options contradict each other, or the vocabulary cannot be one.
    pub fn new(options: StringLookupOptions) -> Result<Self> {
        Self::named("StringLookup", options)
    }

    pub(crate) fn named(layer: &'static str, options: StringLookupOptions) -> Result<Self> {
        let mut lookup = Lookup::new(layer, options.rules())?;
        match &options.vocabulary {
            Some(vocabulary) => {
                let terms: Vec<&str> = vocabulary.iter().map(String::as_str).collect();
                lookup.set_vocabulary(&terms, options.idf_weights.as_deref())?;
                lookup.given = true;
            }
            None if options.idf_weights.is_some() => {
                error::option(layer, "idf_weights", "left out without a `vocabulary`", "given")?
            }
            None => {}
        }
        // The terms are in the index now.
        Ok(Self { options: StringLookupOptions { vocabulary: None, idf_weights: None, ..options }, lookup })
    }

    /// A layer without a vocabulary, whose options are known to fit.
    pub(crate) fn unchecked(layer: &'static str, options: StringLookupOptions) -> Self {
        Self { lookup: Lookup::empty(layer, options.rules()), options }
    }

    /// A layer with the default options and these terms.
    ///
    /// # Errors
    ///
    /// If there are none, or one is there twice.
    pub fn with_vocabulary<S: AsRef<str>>(vocabulary: &[S]) -> Result<Self> {
        let vocabulary = Some(vocabulary.iter().map(|term| term.as_ref().to_string()).collect());
        Self::new(StringLookupOptions { vocabulary, ..StringLookupOptions::default() })
    }

    /// Learns the vocabulary: all strings of the data, the most frequent first.
    ///
    /// For `tf_idf` a list of strings is a list of documents of one token, and each inner list a document.
    ///
    /// # Errors
    ///
    /// If the vocabulary was given, or there are no tokens in the data. The layer is as it was.
    pub fn adapt<D: Data<Leaf = str> + ?Sized>(&mut self, data: &D) -> Result<()> {
        self.adapt_batches([data])
    }

    /// Learns the vocabulary of data that come one part after another.
    ///
    /// # Errors
    ///
    /// As [`adapt`](Self::adapt).
    pub fn adapt_batches<D: Data<Leaf = str>>(&mut self, batches: impl IntoIterator<Item = D>) -> Result<()> {
        self.lookup.adaptable()?;
        let mut counter = Counter::default();
        for batch in batches {
            counter = counter.merge(self.lookup.count(&batch, itself)?);
        }
        self.lookup.learn(&counter)
    }

    /// Takes these terms as the vocabulary, with or without the special ones before them; for `tf_idf` with a weight
    /// for each.
    ///
    /// # Errors
    ///
    /// If it cannot be a vocabulary, or has other than one weight for each term. The layer is as it was.
    pub fn set_vocabulary<S: AsRef<str>>(&mut self, vocabulary: &[S], idf_weights: Option<&[f32]>) -> Result<()> {
        let terms: Vec<&str> = vocabulary.iter().map(AsRef::as_ref).collect();
        self.lookup.set_vocabulary(&terms, idf_weights)
    }

    /// The term of each index: Keras' `get_vocabulary`.
    pub fn vocabulary(&self) -> Vec<&str> {
        self.lookup.vocabulary(true).collect()
    }

    /// The terms without the special ones: Keras' `get_vocabulary(include_special_tokens=False)`.
    pub fn terms(&self) -> Vec<&str> {
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

    /// The indices of strings, or what `output_mode` makes of them: Keras' call of the layer.
    ///
    /// `int` gives an array of the shape of the data. `one_hot` adds an axis of
    /// [`vocabulary_size`](Self::vocabulary_size) elements, `multi_hot`, `count` and
    /// `tf_idf` have one in place of the last axis; lists of different lengths will do for these.
    ///
    /// # Errors
    ///
    /// If there is no vocabulary yet, lists have different lengths, a string is not in the vocabulary and has no
    /// index, or an index does not fit into `T`.
    pub fn transform<T: Number>(&self, data: &(impl Data<Leaf = str> + ?Sized)) -> Result<Array<T>> {
        self.lookup.transform(data, itself)
    }

    /// The strings of indices: Keras' call of a layer with `invert`. What is no index of a term becomes `oov_token`.
    ///
    /// # Errors
    ///
    /// If there is no vocabulary yet, `output_mode` is not `int`, or the lists have different lengths.
    pub fn tokens<D: Data<Leaf: Number> + ?Sized>(&self, indices: &D) -> Result<Array<&str>> {
        inverse(&self.lookup, "StringLookup", indices)
    }
}

/// Every string is a token.
fn itself(text: &str) -> Option<&str> {
    Some(text)
}

/// The tokens of indices.
pub(crate) fn inverse<'a, S: Store, D: Data<Leaf: Number> + ?Sized>(
    lookup: &'a Lookup<S>,
    layer: &'static str,
    indices: &D,
) -> Result<Array<S::Token<'a>>> {
    lookup.ready()?;
    if lookup.mode() != OutputMode::Int {
        crate::encode::refuse(layer, lookup.mode(), "`int` to find tokens by index")?;
    }
    let shape = crate::data::Shape::of(indices).dense(layer)?;
    let index = |number: &D::Leaf| number.to_i64().and_then(|index| usize::try_from(index).ok());
    Ok(Array::of(shape, leaves(indices).into_iter().map(|number| lookup.token(index(number))).collect()))
}

impl Default for StringLookup {
    fn default() -> Self {
        Self::unchecked("StringLookup", StringLookupOptions::default())
    }
}

impl Saved for StringLookup {
    const CLASS: &'static str = "StringLookup";
    type Config = StringLookupOptions;
    const FIXED: &'static [(&'static str, Value)] = &[
        ("sparse", Value::Bool(false)),
        ("encoding", Value::Null),
        ("oov_method", Value::Null),
        ("vocabulary_size", Value::Null),
    ];

    fn config(&self) -> StringLookupOptions {
        let known = self.lookup.ready().is_ok();
        let vocabulary = known.then(|| self.vocabulary().into_iter().map(str::to_string).collect());
        let idf_weights = self.idf_weights().filter(|_| known).map(<[f32]>::to_vec);
        StringLookupOptions { vocabulary, idf_weights, ..self.options.clone() }
    }

    fn given(&self) -> Option<bool> {
        Some(self.lookup.given)
    }

    fn from_config(config: StringLookupOptions, given: bool) -> Result<Self> {
        let mut layer = Self::new(config)?;
        layer.lookup.given &= given;
        Ok(layer)
    }
}

saved!(StringLookup);
