//! What `StringLookup`, `IntegerLookup` and `TextVectorization` have in common: Keras' `IndexLookup`.

use rayon::prelude::*;

use crate::data::{Array, Data, Shape, leaves};
use crate::encode::{self, DROPPED, OutputMode, Row};
use crate::error::{self, PreprocessingError, Result};
use crate::hash::Salt;
use crate::number::Number;
use crate::vocabulary::{Counter, Index, OovMethod, Single, Store};

/// The index of what is in no vocabulary, where there is none for such tokens.
const MISSING: usize = usize::MAX - 1;

/// The most indices for what is in no vocabulary: each is a place in the vocabulary, too.
const MOST_OOV: usize = 1 << 24;

/// How many missing tokens a message shows.
const SHOWN: usize = 5;

/// The options.
#[derive(Clone, Debug)]
pub(crate) struct Rules<S: Store> {
    pub max_tokens: Option<usize>,
    pub num_oov_indices: usize,
    pub mask: Option<Single<S>>,
    pub oov: Single<S>,
    pub mode: OutputMode,
    pub pad_to_max_tokens: bool,
    pub invert: bool,
    pub method: OovMethod,
    pub salt: Option<Salt>,
}

#[derive(Clone, Debug)]
pub(crate) struct Lookup<S: Store> {
    layer: &'static str,
    rules: Rules<S>,
    /// The tokens, without the special ones.
    tokens: Index<S>,
    /// For `tf_idf`: the weight of each index of the vocabulary.
    idf: Vec<f32>,
    /// Whether the vocabulary was given when the layer was made.
    pub given: bool,
}

impl<S: Store> Lookup<S> {
    /// A layer without a vocabulary, whose rules are known to fit.
    pub fn empty(layer: &'static str, rules: Rules<S>) -> Self {
        Self { layer, rules, tokens: Index::default(), idf: Vec::new(), given: false }
    }

    pub fn new(layer: &'static str, rules: Rules<S>) -> Result<Self> {
        if rules.num_oov_indices > MOST_OOV {
            let found = rules.num_oov_indices.to_string();
            error::option(layer, "num_oov_indices", format!("at most {MOST_OOV}"), found)?;
        }
        let lookup = Self::empty(layer, rules);
        let Rules { max_tokens, mode, invert, pad_to_max_tokens, .. } = lookup.rules;
        let least = lookup.token_start() + 1;
        match max_tokens {
            Some(most) if most < least.max(2) => error::option(
                layer,
                "max_tokens",
                format!("at least {}, with {} special tokens", least.max(2), least - 1),
                most.to_string(),
            )?,
            None if pad_to_max_tokens => {
                error::option(layer, "max_tokens", "given if `pad_to_max_tokens` is true", "not given")?
            }
            _ => {}
        }
        if invert && mode != OutputMode::Int {
            encode::refuse(layer, mode, "`int` if `invert` is true")?;
        }
        Ok(lookup)
    }

    fn oov_start(&self) -> usize {
        usize::from(self.rules.mask.is_some() && self.rules.mode == OutputMode::Int)
    }

    pub fn token_start(&self) -> usize {
        self.oov_start() + self.rules.num_oov_indices
    }

    pub fn vocabulary_size(&self) -> usize {
        self.token_start() + self.tokens.len()
    }

    /// The token of each index, or of each that is not special.
    pub fn vocabulary(&self, include_special_tokens: bool) -> impl Iterator<Item = S::Token<'_>> {
        let special = if include_special_tokens { self.token_start() } else { 0 };
        let masks = if include_special_tokens { self.oov_start() } else { 0 };
        let mask = self.rules.mask.as_ref();
        let special = (0..special).map(move |index| match mask {
            Some(mask) if index < masks => mask.get(),
            _ => self.rules.oov.get(),
        });
        special.chain(self.tokens.iter())
    }

    /// The weight of each index, if the mode is `tf_idf`.
    pub fn idf_weights(&self) -> Option<&[f32]> {
        (self.rules.mode == OutputMode::TfIdf).then_some(&self.idf)
    }

    /// The width of rows.
    pub fn depth(&self) -> usize {
        match self.rules.max_tokens {
            Some(most) if self.rules.pad_to_max_tokens => most,
            _ => self.vocabulary_size(),
        }
    }

    pub fn mode(&self) -> OutputMode {
        self.rules.mode
    }

    pub fn row(&self) -> Row<'_> {
        Row { layer: self.layer, mode: self.rules.mode, idf: &self.idf, weights: &[] }
    }

    /// Says so if there is no vocabulary yet.
    pub fn ready(&self) -> Result<()> {
        match self.tokens.len() {
            0 => Err(PreprocessingError::NotAdapted { layer: self.layer, what: "vocabulary" }),
            _ => Ok(()),
        }
    }

    /// Says so if the vocabulary was given.
    pub fn adaptable(&self) -> Result<()> {
        match self.given {
            true => Err(PreprocessingError::Given { layer: self.layer, what: "vocabulary" }),
            false => Ok(()),
        }
    }

    /// Counts the tokens of texts that are tokens, on all cores.
    pub fn count<D: Data + ?Sized>(
        &self,
        data: &D,
        token: impl Fn(&D::Leaf) -> Option<S::Token<'_>> + Sync,
    ) -> Result<Counter<S>> {
        let shape = Shape::of(data);
        let leaves = leaves(data);
        let lengths = match shape.sizes.len() {
            // A list of tokens is a list of documents.
            0 | 1 => vec![1; leaves.len()],
            2 => lengths(data),
            _ if self.rules.mode == OutputMode::TfIdf => {
                error::shape(self.layer, "lists of documents here", format!("the data has {} axes", shape.sizes.len()))?
            }
            _ => lengths(data),
        };
        let mut counter = Counter::default();
        let mut leaves = leaves.into_iter();
        for len in lengths {
            counter.document();
            for leaf in leaves.by_ref().take(len) {
                match token(leaf) {
                    Some(token) => counter.add(token),
                    None => error::value(self.layer, "numbers that fit into `i64`", "one that does not")?,
                }
            }
        }
        Ok(counter)
    }

    /// Takes the most frequent tokens as the vocabulary.
    pub fn learn(&mut self, counter: &Counter<S>) -> Result<()> {
        let Rules { mask, oov, max_tokens, mode, .. } = &self.rules;
        let start = self.token_start();
        let special = |token: S::Token<'_>| oov.is(token) || mask.as_ref().is_some_and(|mask| mask.is(token));
        let most = max_tokens.map_or(usize::MAX, |most| most.saturating_sub(start));
        let order = counter.most_frequent(most, |token| !special(token));
        if order.is_empty() {
            let found = if counter.documents == 0 { "there are no data" } else { "there are no tokens in the data" };
            return self.vocabulary_error("have at least one token", found);
        }
        let mut tokens = Index::default();
        for &number in &order {
            tokens.insert(counter.index.get(number));
        }
        let mut idf = Vec::new();
        if *mode == OutputMode::TfIdf {
            let documents = counter.documents as f64;
            let weight =
                |&number: &usize| (1.0 + documents / (1.0 + counter.documents_with(number) as f64)).ln() as f32;
            let weights: Vec<f32> = order.iter().map(weight).collect();
            idf = vec![mean(&weights); start];
            idf.extend(weights);
        }
        (self.tokens, self.idf) = (tokens, idf);
        Ok(())
    }

    /// Takes a vocabulary, with or without the special tokens at its start.
    pub fn set_vocabulary(&mut self, vocabulary: &[S::Token<'_>], idf_weights: Option<&[f32]>) -> Result<()> {
        match (self.rules.mode, idf_weights) {
            (OutputMode::TfIdf, None) => {
                error::option(self.layer, "idf_weights", "given with the vocabulary for `tf_idf`", "not given")?
            }
            (OutputMode::TfIdf, Some(weights)) if weights.len() != vocabulary.len() => error::option(
                self.layer,
                "idf_weights",
                format!("one weight for each of the {} terms of the vocabulary", vocabulary.len()),
                format!("{} weights", weights.len()),
            )?,
            (OutputMode::TfIdf, Some(_)) | (_, None) => {}
            (mode, Some(_)) => error::option(
                self.layer,
                "idf_weights",
                "left out unless `output_mode` is `tf_idf`",
                format!("given for `{}`", mode.name()),
            )?,
        }
        let start = self.token_start();
        let starts_special = vocabulary.len() >= start
            && vocabulary.iter().zip(self.vocabulary(true)).take(start).all(|(&a, b)| S::same(a, b));
        let terms = vocabulary.get(if starts_special { start } else { 0 }..).unwrap_or_default();
        if terms.is_empty() {
            return self.vocabulary_error("have at least one term", "it has none");
        }
        let Rules { mask, oov, max_tokens, invert, .. } = &self.rules;
        let mut tokens = Index::<S>::default();
        for (at, &term) in terms.iter().enumerate() {
            if mask.as_ref().is_some_and(|mask| mask.is(term)) {
                return self.vocabulary_error(
                    "have its special tokens at its start, all of them, or none at all",
                    format!("the mask token `{}` is term {at}", S::show(term)),
                );
            }
            if *invert && oov.is(term) {
                return self.vocabulary_error(
                    "have its special tokens at its start, all of them, or none at all",
                    format!("the token `{}` of what is not in it is term {at}", S::show(term)),
                );
            }
            if tokens.insert(term) != at {
                return self.vocabulary_error("have each term once", format!("`{}` is there twice", S::show(term)));
            }
        }
        match *max_tokens {
            Some(most) if start + tokens.len() > most => {
                return self.vocabulary_error(
                    format!("have at most `max_tokens` of {most} terms"),
                    format!("it has {}, with {start} special ones", start + tokens.len()),
                );
            }
            _ => {}
        }
        let mut idf = Vec::new();
        if let Some(weights) = idf_weights {
            if !starts_special {
                idf = vec![mean(weights); start];
            }
            idf.extend(weights);
        }
        (self.tokens, self.idf) = (tokens, idf);
        Ok(())
    }

    fn vocabulary_error<T>(&self, expected: impl Into<String>, found: impl Into<String>) -> Result<T> {
        Err(PreprocessingError::Vocabulary { layer: self.layer, expected: expected.into(), found: found.into() })
    }

    /// The index of a token: [`DROPPED`] if it is masked and rows have no place for it, [`MISSING`] if none is.
    #[inline]
    pub fn index(&self, token: S::Token<'_>) -> usize {
        let Rules { mask, mode, num_oov_indices, method, salt, .. } = &self.rules;
        if mask.as_ref().is_some_and(|mask| mask.is(token)) {
            return if *mode == OutputMode::Int { 0 } else { DROPPED };
        }
        match (self.tokens.find(token), *num_oov_indices) {
            (Some(number), _) => self.token_start() + number,
            (None, 0) => MISSING,
            (None, 1) => self.oov_start(),
            (None, buckets) => self.oov_start() + S::bucket(token, buckets, *method, *salt),
        }
    }

    /// The token of an index; that of what is not in the vocabulary where there is none.
    pub fn token(&self, index: Option<usize>) -> S::Token<'_> {
        match (index, &self.rules.mask) {
            (Some(0), Some(mask)) => mask.get(),
            (Some(index), _) if (self.token_start()..self.vocabulary_size()).contains(&index) => {
                self.tokens.get(index - self.token_start())
            }
            _ => self.rules.oov.get(),
        }
    }

    /// Indices of tokens, as the mode wants them.
    pub fn transform<D: Data + ?Sized, T: Number>(
        &self,
        data: &D,
        token: impl Fn(&D::Leaf) -> Option<S::Token<'_>> + Sync,
    ) -> Result<Array<T>> {
        self.ready()?;
        if self.rules.invert {
            return error::option(self.layer, "invert", "false to look tokens up; `tokens` is for indices", "true");
        }
        let leaves = leaves(data);
        let index = |leaf: &&D::Leaf| token(leaf).map_or(MISSING, |token| self.index(token));
        let indices: Vec<usize> = match leaves.len() {
            0..4096 => leaves.iter().map(index).collect(),
            _ => leaves.par_iter().map(index).collect(),
        };
        self.all_found(&leaves, &indices, &token)?;
        encode::encode_data(self.row(), &indices, data, self.depth())
    }

    fn all_found<'a, L: ?Sized>(
        &self,
        leaves: &[&'a L],
        indices: &[usize],
        token: impl Fn(&'a L) -> Option<S::Token<'a>>,
    ) -> Result<()>
    where
        S: 'a,
    {
        let mut missing =
            leaves.iter().zip(indices).filter(|(_, index)| **index == MISSING).map(|(leaf, _)| *leaf).peekable();
        if missing.peek().is_none() {
            return Ok(());
        }
        let show = |leaf| token(leaf).map_or_else(|| "a number that does not fit into `i64`".to_string(), S::show);
        let found = missing.by_ref().take(SHOWN).map(show).collect();
        Err(PreprocessingError::OutOfVocabulary { layer: self.layer, found, more: missing.count() })
    }
}

fn lengths<D: Data + ?Sized>(data: &D) -> Vec<usize> {
    let mut lengths = Vec::new();
    data.lengths(&mut lengths);
    lengths
}

fn mean(weights: &[f32]) -> f32 {
    (weights.iter().map(|&weight| f64::from(weight)).sum::<f64>() / weights.len().max(1) as f64) as f32
}
