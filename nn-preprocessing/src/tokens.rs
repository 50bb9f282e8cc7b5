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
    /// A text, standardized.
    text: Vec<u8>,
    /// The tokens of all texts of a list, one after another, and where each lies.
    all: String,
    tokens: Vec<Range<usize>>,
    /// An n-gram.
    joined: String,
}

/// TensorFlow's white space, that of C.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0b' | b'\x0c' | b'\r')
}

/// What becomes of each byte of a text: the byte, and 1 if it stays.
type Bytes = [(u8, u8); 256];

const fn bytes(lower: bool, strip: bool) -> Bytes {
    let mut bytes = [(0, 1); 256];
    let mut byte = 0;
    while byte < 256 {
        let own = byte as u8;
        bytes[byte].0 = if lower { own.to_ascii_lowercase() } else { own };
        bytes[byte].1 = !(strip && own.is_ascii_punctuation()) as u8;
        byte += 1;
    }
    bytes
}

static LOWER: Bytes = bytes(true, false);
static STRIP: Bytes = bytes(false, true);
static LOWER_AND_STRIP: Bytes = bytes(true, true);

/// Appends what becomes of a text. Bytes of other characters than ASCII stay what they are, so it is a text as well.
fn convert(text: &str, table: &Bytes, into: &mut Vec<u8>) {
    let mut len = into.len();
    into.resize(len + text.len(), 0);
    for &byte in text.as_bytes() {
        let (byte, stays) = table[usize::from(byte)];
        if let Some(place) = into.get_mut(len) {
            *place = byte;
        }
        len += usize::from(stays);
    }
    into.truncate(len);
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
        let Scratch { text: memory, all, tokens, joined } = scratch;
        all.clear();
        tokens.clear();
        for text in texts {
            memory.clear();
            let text = self.standardized(text, memory);
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
    fn standardized<'a>(&self, text: &'a str, memory: &'a mut Vec<u8>) -> &'a str {
        let table = match self.standardize {
            None => return text,
            Some(Standardize::Lower) => &LOWER,
            Some(Standardize::StripPunctuation) => &STRIP,
            Some(Standardize::LowerAndStripPunctuation) => &LOWER_AND_STRIP,
        };
        convert(text, table, memory);
        str::from_utf8(memory).unwrap_or_default()
    }

    #[inline]
    fn split(&self, text: &str, mut f: impl FnMut(&str)) {
        match self.split {
            None => f(text),
            Some(Split::Whitespace) => {
                let mut start = 0;
                for (at, &byte) in text.as_bytes().iter().enumerate() {
                    if is_space(byte) {
                        if start < at {
                            f(text.get(start..at).unwrap_or_default());
                        }
                        start = at + 1;
                    }
                }
                if start < text.len() {
                    f(text.get(start..).unwrap_or_default());
                }
            }
            Some(Split::Character) => {
                let mut bytes = [0; 4];
                text.chars().for_each(|c| f(c.encode_utf8(&mut bytes)));
            }
        }
    }
}
