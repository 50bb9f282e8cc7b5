//! `TextVectorization`.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Array, Data, Shape, filled, leaves};
use crate::encode::{self, OutputMode, convert};
use crate::error::{self, Result};
use crate::json::{Saved, saved};
use crate::number::Number;
use crate::string_lookup::{StringLookup, StringLookupOptions};
use crate::tokens::{Scratch, Tokens};
use crate::vocabulary::{Counter, Texts};

pub use crate::tokens::{Ngrams, Split, Standardize};

/// The options of [`TextVectorization`], with Keras' names and defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextVectorizationOptions {
    /// The most terms of the vocabulary, its special tokens among them; `None` for as many as there are.
    pub max_tokens: Option<usize>,
    /// What is done to a text first: `lower_and_strip_punctuation`. `None` for nothing.
    pub standardize: Option<Standardize>,
    /// Where a text is split into tokens: at white space. `None` if it is a token already.
    pub split: Option<Split>,
    /// Which sequences of tokens become tokens; `None` for the tokens themselves.
    pub ngrams: Option<Ngrams>,
    /// What becomes of indices: `int`.
    pub output_mode: OutputMode,
    /// With `int`: how many indices each text gets. Longer ones are cut off, shorter ones end in zeros. `None` for as
    /// many as the longest has.
    pub output_sequence_length: Option<usize>,
    /// Whether rows are `max_tokens` wide, however many terms there are.
    pub pad_to_max_tokens: bool,
    /// The terms, if they are known, with or without the special ones before them.
    pub vocabulary: Option<Vec<String>>,
    /// For `tf_idf` with a known vocabulary: the weight of each of its terms.
    pub idf_weights: Option<Vec<f32>>,
    /// Whether each text keeps its own length: [`lists`](TextVectorization::lists), and no array.
    pub ragged: bool,
}

impl Default for TextVectorizationOptions {
    fn default() -> Self {
        Self {
            max_tokens: None,
            standardize: Some(Standardize::LowerAndStripPunctuation),
            split: Some(Split::Whitespace),
            ngrams: None,
            output_mode: OutputMode::Int,
            output_sequence_length: None,
            pad_to_max_tokens: false,
            vocabulary: None,
            idf_weights: None,
            ragged: false,
        }
    }
}

impl TextVectorizationOptions {
    fn lookup(&self) -> StringLookupOptions {
        StringLookupOptions {
            max_tokens: self.max_tokens,
            mask_token: Some(String::new()),
            vocabulary: self.vocabulary.clone(),
            idf_weights: self.idf_weights.clone(),
            output_mode: self.output_mode,
            pad_to_max_tokens: self.pad_to_max_tokens,
            ..StringLookupOptions::default()
        }
    }

    fn tokens(&self) -> Tokens {
        Tokens { standardize: self.standardize, split: self.split, ngrams: self.ngrams.as_ref().map(Ngrams::widths) }
    }
}

const LAYER: &str = "TextVectorization";

/// The most tokens of an n-gram, where all up to it are made.
const WIDEST: usize = 1000;

/// Texts to the indices of their words.
/// [Keras' page](https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/).
///
/// A text is standardized, split into tokens, its tokens are put together to n-grams, and each is looked up. With
/// `int` index 0 is padding and 1 stands for words that are not in the vocabulary; otherwise 0 does, and there is no
/// padding.
///
/// Where Keras takes functions of one's own for `standardize` and `split`, apply them to the texts before, with
/// `None` for the option.
///
/// As in Keras, only ASCII letters are lowered, only ASCII punctuation is stripped, and white space is that of ASCII.
///
/// ```
/// use nn_preprocessing::{TextVectorization, TextVectorizationOptions};
///
/// let options = TextVectorizationOptions { output_sequence_length: Some(4), ..Default::default() };
/// let mut words = TextVectorization::new(options)?;
/// words.adapt(&["The cat sat on the mat.", "A dog sat!"])?;
/// assert_eq!(words.vocabulary(), ["", "[UNK]", "the", "sat", "on", "mat", "dog", "cat", "a"]);
///
/// let x: Vec<[u32; 4]> = words.samples(&["The dog, the cat", "an elephant"])?;
/// assert_eq!(x, [[2, 6, 2, 7], [1, 1, 0, 0]]);
/// # Ok::<(), nn_preprocessing::PreprocessingError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TextVectorization {
    options: TextVectorizationOptions,
    tokens: Tokens,
    lookup: StringLookup,
}

impl TextVectorization {
    /// A layer with these options.
    ///
    /// # Errors
    ///
    /// If options contradict each other, or the vocabulary cannot be one.
    pub fn new(options: TextVectorizationOptions) -> Result<Self> {
        match &options.ngrams {
            Some(Ngrams::UpTo(most)) if !(1..=WIDEST).contains(most) => {
                error::option(LAYER, "ngrams", format!("from 1 to {WIDEST}"), most.to_string())?
            }
            Some(Ngrams::Of(widths)) if widths.is_empty() || widths.contains(&0) => {
                error::option(LAYER, "ngrams", "a list of numbers from 1 on", format!("{widths:?}"))?
            }
            _ => {}
        }
        if options.output_mode != OutputMode::Int {
            let mode = options.output_mode.name();
            if options.output_sequence_length.is_some() {
                error::option(
                    LAYER,
                    "output_sequence_length",
                    "left out unless `output_mode` is `int`",
                    format!("given for `{mode}`"),
                )?;
            }
            if options.ragged {
                error::option(LAYER, "ragged", "false unless `output_mode` is `int`", format!("true for `{mode}`"))?;
            }
        }
        let (tokens, lookup) = (options.tokens(), StringLookup::named(LAYER, options.lookup())?);
        // The terms are in the index now.
        Ok(Self {
            options: TextVectorizationOptions { vocabulary: None, idf_weights: None, ..options },
            tokens,
            lookup,
        })
    }

    /// Learns the vocabulary: all tokens of the texts, the most frequent first, and of those that are equally
    /// frequent the greater first, byte by byte.
    ///
    /// Each text is a document for `tf_idf`; without `split`, so is each list of tokens.
    ///
    /// # Errors
    ///
    /// If the vocabulary was given, there are no tokens in the texts, or they are lists of several texts that are to
    /// be split. The layer is as it was.
    pub fn adapt<D: Data<Leaf = str> + ?Sized>(&mut self, texts: &D) -> Result<()> {
        self.adapt_batches([texts])
    }

    /// Learns the vocabulary of texts that come one part after another.
    ///
    /// # Errors
    ///
    /// As [`adapt`](Self::adapt).
    pub fn adapt_batches<D: Data<Leaf = str>>(&mut self, batches: impl IntoIterator<Item = D>) -> Result<()> {
        self.lookup.lookup.adaptable()?;
        let mut counter = Counter::default();
        for batch in batches {
            counter = counter.merge(self.count(&batch)?);
        }
        self.lookup.lookup.learn(&counter)
    }

    fn count<D: Data<Leaf = str> + ?Sized>(&self, texts: &D) -> Result<Counter<Texts>> {
        let rows = self.rows(texts, true)?;
        let count = |rows: &[&[&str]]| {
            let (mut counter, mut scratch) = (Counter::<Texts>::default(), Scratch::default());
            for row in rows {
                counter.document();
                self.tokens.each(row, &mut scratch, |token| counter.add(token));
            }
            counter
        };
        let lists = rows.lists();
        let part = lists.len().div_ceil(rayon::current_num_threads()).max(1024);
        Ok(lists.par_chunks(part).map(count).reduce(Counter::default, Counter::merge))
    }

    /// Takes these terms as the vocabulary, with or without the special ones before them; for `tf_idf` with a weight
    /// for each.
    ///
    /// # Errors
    ///
    /// If it cannot be a vocabulary, or has other than one weight for each term. The layer is as it was.
    pub fn set_vocabulary<S: AsRef<str>>(&mut self, vocabulary: &[S], idf_weights: Option<&[f32]>) -> Result<()> {
        self.lookup.set_vocabulary(vocabulary, idf_weights)
    }

    /// The term of each index: Keras' `get_vocabulary`.
    pub fn vocabulary(&self) -> Vec<&str> {
        self.lookup.vocabulary()
    }

    /// The terms without the special ones: Keras' `get_vocabulary(include_special_tokens=False)`.
    pub fn terms(&self) -> Vec<&str> {
        self.lookup.terms()
    }

    /// How many indices there are: the `input_dim` of an `Embedding`.
    pub fn vocabulary_size(&self) -> usize {
        self.lookup.vocabulary_size()
    }

    /// The weight of each index, if `output_mode` is `tf_idf`.
    pub fn idf_weights(&self) -> Option<&[f32]> {
        self.lookup.idf_weights()
    }

    /// The words of indices, as `["the", "[UNK]", ""]`: what was read by [`transform`](Self::transform), without what
    /// standardizing and splitting took.
    ///
    /// # Errors
    ///
    /// If there is no vocabulary yet, `output_mode` is not `int`, or the lists have different lengths.
    pub fn tokens<D: Data<Leaf: Number> + ?Sized>(&self, indices: &D) -> Result<Array<&str>> {
        self.lookup.tokens(indices)
    }

    /// The tokens of a text, before they are looked up.
    pub fn split(&self, text: &str) -> Vec<String> {
        let mut tokens = Vec::new();
        self.tokens.each(&[text], &mut Scratch::default(), |token| tokens.push(token.to_string()));
        tokens
    }

    /// The indices of texts, or what `output_mode` makes of them: Keras' call of the layer.
    ///
    /// With `int` the shape is that of the texts and a last axis of `output_sequence_length` or as many as the
    /// longest text has; one text gives one axis. The other modes give a row of
    /// [`vocabulary_size`](Self::vocabulary_size) or `max_tokens` elements for each text. Without `split` the last
    /// axis of the data is the list of tokens.
    ///
    /// # Errors
    ///
    /// If there is no vocabulary yet, `ragged` is true, the texts are lists of several that are to be split, or an
    /// index does not fit into `T`.
    pub fn transform<T: Number>(&self, texts: &(impl Data<Leaf = str> + ?Sized)) -> Result<Array<T>> {
        if self.options.ragged {
            return error::option(
                LAYER,
                "ragged",
                "false for an array; `lists` is for lists of different lengths",
                "true",
            );
        }
        self.lookup.lookup.ready()?;
        let (lookup, limit) = (&self.lookup.lookup, self.options.output_sequence_length);
        let rows = self.rows(texts, false)?;
        let row = lookup.row();
        row.check::<T>()?;
        let mut shape = rows.shape.clone();
        match self.options.output_mode {
            OutputMode::Int => {
                let parts = self.indices::<T>(&rows, limit)?;
                let longest = parts.iter().flat_map(|part| &part.lengths).copied().max().unwrap_or(0);
                shape.push(limit.unwrap_or(longest));
                pad(&parts, shape)
            }
            OutputMode::OneHot => {
                let parts = self.indices::<usize>(&rows, None)?;
                let mut lengths = parts.iter().flat_map(|part| &part.lengths).copied();
                let first = lengths.next().unwrap_or(0);
                if let Some(other) = lengths.find(|&len| len != first) {
                    return error::shape(
                        LAYER,
                        "texts of equally many tokens for `one_hot`",
                        format!("some have {first}, some {other}"),
                    );
                }
                shape.push(first);
                let indices = pad(&parts, shape)?;
                encode::encode(row, indices.as_slice(), indices.shape(), lookup.depth())
            }
            _ => {
                let depth = lookup.depth();
                shape.push(depth);
                let (mut data, lists) = (filled::<T>(LAYER, &shape)?, rows.lists());
                let part = part(lists.len());
                data.par_chunks_mut(depth.saturating_mul(part)).zip(lists.par_chunks(part)).try_for_each(
                    |(data, lists)| {
                        let mut scratch = Scratch::default();
                        for (places, list) in data.chunks_exact_mut(depth).zip(lists) {
                            let mut outcome = Ok(());
                            self.tokens.each(list, &mut scratch, |token| {
                                if outcome.is_ok() {
                                    outcome = row.add(places, lookup.index(token));
                                }
                            });
                            outcome?;
                            row.finish(places);
                        }
                        Ok(())
                    },
                )?;
                Ok(Array::of(shape, data))
            }
        }
    }

    /// The indices of each text, as many as it has, but at most `output_sequence_length`: Keras' call of a layer with
    /// `ragged`.
    ///
    /// # Errors
    ///
    /// If there is no vocabulary yet, `output_mode` is not `int`, the texts are lists of several that are to be
    /// split, or an index does not fit into `T`.
    pub fn lists<T: Number>(&self, texts: &(impl Data<Leaf = str> + ?Sized)) -> Result<Vec<Vec<T>>> {
        self.lookup.lookup.ready()?;
        if self.options.output_mode != OutputMode::Int {
            encode::refuse(LAYER, self.options.output_mode, "`int` for lists of indices")?;
        }
        let parts = self.indices(&self.rows(texts, false)?, self.options.output_sequence_length)?;
        let mut lists = Vec::new();
        for part in &parts {
            part.each(|list| lists.push(list.to_vec()));
        }
        Ok(lists)
    }

    /// The samples of a network, one for each text: `X` is a network's `…Input`, a `Tensor1<N, T>`, or `[T; N]`.
    ///
    /// With `int` and no `output_sequence_length`, texts are cut off or filled up to `N` indices.
    ///
    /// # Errors
    ///
    /// If rows of the mode are not `N` elements wide, and as [`transform`](Self::transform).
    pub fn samples<X, T, const N: usize>(&self, texts: &[impl AsRef<str> + Sync]) -> Result<Vec<X>>
    where
        X: From<[T; N]>,
        T: Number,
    {
        let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        if self.options.output_mode != OutputMode::Int || self.options.output_sequence_length.is_some() {
            return self.transform::<T>(&texts)?.samples();
        }
        self.lookup.lookup.ready()?;
        let rows = Rows { shape: vec![texts.len()], lengths: vec![1; texts.len()], leaves: texts };
        let parts = self.indices::<T>(&rows, Some(N))?;
        let mut samples = Vec::with_capacity(rows.leaves.len());
        for part in &parts {
            part.each(|list| {
                let mut sample = [T::default(); N];
                sample.iter_mut().zip(list).for_each(|(place, &index)| *place = index);
                samples.push(sample.into());
            });
        }
        Ok(samples)
    }

    /// The sample of one text.
    ///
    /// # Errors
    ///
    /// As [`samples`](Self::samples).
    pub fn sample<X, T, const N: usize>(&self, text: &str) -> Result<X>
    where
        X: From<[T; N]>,
        T: Number,
    {
        match self.samples(&[text])?.pop() {
            Some(sample) => Ok(sample),
            None => error::shape(LAYER, "a text", "there is none"),
        }
    }

    /// The texts or tokens of each row.
    fn rows<'a, D: Data<Leaf = str> + ?Sized>(&self, texts: &'a D, learning: bool) -> Result<Rows<'a>> {
        let (shape, leaves) = (Shape::of(texts), leaves(texts));
        let axes = shape.sizes.len();
        if self.options.split.is_some() {
            let mut shape = shape.dense(LAYER)?;
            if axes > 1 && shape.pop() != Some(1) {
                let found = format!("there are lists of several along the last of {axes} axes");
                return error::shape(LAYER, "a text, or lists of texts, to split", found);
            }
            return Ok(Rows { shape, lengths: vec![1; leaves.len()], leaves });
        }
        let mut lengths = Vec::new();
        match (axes, learning) {
            (0, _) => lengths.push(1),
            (1, true) => lengths.resize(leaves.len(), 1),
            _ => texts.lengths(&mut lengths),
        }
        let outer = match shape.ragged {
            Some((axis, _, _)) if axis + 1 == axes => shape.sizes,
            _ => shape.dense(LAYER)?,
        };
        let outer = outer.get(..axes.saturating_sub(1)).unwrap_or_default().to_vec();
        Ok(Rows { shape: outer, lengths, leaves })
    }

    /// The indices of each row, at most `limit` of them, computed on all cores.
    fn indices<T: Number>(&self, rows: &Rows, limit: Option<usize>) -> Result<Vec<Part<T>>> {
        let lists = rows.lists();
        let of_part = |lists: &[&[&str]]| {
            let mut part =
                Part { indices: Vec::with_capacity(lists.len() * limit.unwrap_or(8).min(64)), lengths: Vec::new() };
            let mut scratch = Scratch::default();
            for list in lists {
                let start = part.indices.len();
                let mut outcome = Ok(());
                self.tokens.each(list, &mut scratch, |token| {
                    if limit.is_none_or(|limit| part.indices.len() - start < limit) {
                        match convert(LAYER, self.lookup.lookup.index(token)) {
                            Ok(index) => part.indices.push(index),
                            Err(error) => outcome = Err(error),
                        }
                    }
                });
                outcome?;
                part.lengths.push(part.indices.len() - start);
            }
            Ok(part)
        };
        lists.par_chunks(part(lists.len())).map(of_part).collect()
    }
}

impl Default for TextVectorization {
    fn default() -> Self {
        let options = TextVectorizationOptions::default();
        Self { tokens: options.tokens(), lookup: StringLookup::unchecked(LAYER, options.lookup()), options }
    }
}

/// How many texts are worth a task of their own.
fn part(count: usize) -> usize {
    count.div_ceil(4 * rayon::current_num_threads()).max(256)
}

/// Texts or tokens, and which of them belong together.
struct Rows<'a> {
    /// The axes of the data before the lists.
    shape: Vec<usize>,
    leaves: Vec<&'a str>,
    lengths: Vec<usize>,
}

impl<'a> Rows<'a> {
    fn lists(&self) -> Vec<&[&'a str]> {
        let mut rest = &self.leaves[..];
        let mut list = |&len: &usize| {
            let (list, behind) = rest.split_at(len.min(rest.len()));
            rest = behind;
            list
        };
        self.lengths.iter().map(&mut list).collect()
    }
}

/// The indices of some rows.
struct Part<T> {
    indices: Vec<T>,
    lengths: Vec<usize>,
}

impl<T> Part<T> {
    fn each(&self, mut f: impl FnMut(&[T])) {
        let mut rest = &self.indices[..];
        for &len in &self.lengths {
            let (list, behind) = rest.split_at(len.min(rest.len()));
            f(list);
            rest = behind;
        }
    }
}

/// Lists filled up with zeros.
fn pad<T: Number>(parts: &[Part<T>], shape: Vec<usize>) -> Result<Array<T>> {
    let mut data = filled::<T>(LAYER, &shape)?;
    let width = shape.last().copied().unwrap_or(0);
    let mut rest = &mut data[..];
    for part in parts {
        part.each(|list| {
            let Some((row, behind)) = std::mem::take(&mut rest).split_at_mut_checked(width) else { return };
            row.iter_mut().zip(list).for_each(|(place, &index)| *place = index);
            rest = behind;
        });
    }
    Ok(Array::of(shape, data))
}

impl Saved for TextVectorization {
    const CLASS: &'static str = LAYER;
    type Config = TextVectorizationOptions;
    const FIXED: &'static [(&'static str, Value)] =
        &[("sparse", Value::Bool(false)), ("encoding", Value::Null), ("vocabulary_size", Value::Null)];

    fn config(&self) -> TextVectorizationOptions {
        let StringLookupOptions { vocabulary, idf_weights, .. } = self.lookup.config();
        TextVectorizationOptions { vocabulary, idf_weights, ..self.options.clone() }
    }

    fn given(&self) -> Option<bool> {
        self.lookup.given()
    }

    fn from_config(config: TextVectorizationOptions, given: bool) -> Result<Self> {
        let mut layer = Self::new(config)?;
        layer.lookup.lookup.given &= given;
        Ok(layer)
    }
}

saved!(TextVectorization);
