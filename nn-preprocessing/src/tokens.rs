//! From a text to its tokens.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// What is done to a text before it is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standardize {
    /// ASCII letters are lowered and ASCII punctuation is taken out.
    LowerAndStripPunctuation,
    /// ASCII letters are lowered.
    Lower,
    /// ASCII punctuation is taken out.
    StripPunctuation,
}

/// Where a text is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// At ASCII white space, however much of it there is.
    Whitespace,
    /// Between any two characters (Unicode scalar values).
    Character,
}

/// Which sequences of tokens, joined by spaces, become tokens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Ngrams {
    /// Those of one token up to this many, the shortest first.
    UpTo(usize),
    /// Those of these lengths, in this order.
    Of(Vec<usize>),
}

impl Ngrams {
    pub(crate) fn widths(&self) -> Vec<usize> {
        match self {
            Self::UpTo(most) => (1..=*most).collect(),
            Self::Of(widths) => widths.clone(),
        }
    }
}

impl From<usize> for Ngrams {
    fn from(most: usize) -> Self {
        Self::UpTo(most)
    }
}

/// How tokens are made.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub standardize: Option<Standardize>,
    pub split: Option<Split>,
    pub ngrams: Option<Vec<usize>>,
}

/// Memory that one text after another uses.
#[derive(Default)]
pub(crate) struct Scratch {
    text: String,
    /// Where the tokens lie in `text`.
    tokens: Vec<Range<usize>>,
    joined: String,
}

/// TensorFlow's white space, that of C.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

fn strip(text: &str, into: &mut String) {
    text.split(|c: char| c.is_ascii_punctuation()).for_each(|piece| into.push_str(piece));
}

impl Tokens {
    /// Calls `f` with each token of a list of texts.
    #[inline]
    pub fn each(&self, texts: &[&str], scratch: &mut Scratch, mut f: impl FnMut(&str)) {
        match &self.ngrams {
            None => texts.iter().for_each(|text| {
                scratch.text.clear();
                let text = self.standardized(text, &mut scratch.text);
                self.split(text, |token| f(token));
            }),
            Some(widths) => self.each_ngram(texts, widths, scratch, f),
        }
    }

    fn each_ngram(&self, texts: &[&str], widths: &[usize], scratch: &mut Scratch, mut f: impl FnMut(&str)) {
        let Scratch { text: all, tokens, joined } = scratch;
        (all.clear(), tokens.clear());
        for text in texts {
            joined.clear();
            let text = self.standardized(text, joined);
            self.split(text, |token| {
                let start = all.len();
                all.push_str(token);
                tokens.push(start..all.len());
            });
        }
        for &width in widths {
            for window in tokens.windows(width.max(1)) {
                let mut pieces = window.iter().map(|range| all.get(range.clone()).unwrap_or_default());
                joined.clear();
                joined.push_str(pieces.next().unwrap_or_default());
                for piece in pieces {
                    joined.push(' ');
                    joined.push_str(piece);
                }
                f(joined);
            }
        }
    }

    /// The text as it is, or changed in the memory given.
    fn standardized<'a>(&self, text: &'a str, memory: &'a mut String) -> &'a str {
        match self.standardize {
            None => return text,
            Some(Standardize::Lower) => memory.push_str(text),
            Some(Standardize::StripPunctuation | Standardize::LowerAndStripPunctuation) => strip(text, memory),
        }
        if self.standardize != Some(Standardize::StripPunctuation) {
            memory.make_ascii_lowercase();
        }
        memory
    }

    #[inline]
    fn split(&self, text: &str, mut f: impl FnMut(&str)) {
        match self.split {
            None => f(text),
            Some(Split::Whitespace) => text.split(is_space).filter(|token| !token.is_empty()).for_each(f),
            Some(Split::Character) => {
                let mut bytes = [0; 4];
                text.chars().for_each(|c| f(c.encode_utf8(&mut bytes)));
            }
        }
    }
}
