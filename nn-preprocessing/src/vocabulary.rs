//! Tokens by number and numbers by token, and how often each occurs.

use std::hash::{BuildHasher, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};
use serde::{Deserialize, Serialize};

use crate::hash::{self, Salt};

/// Where the tokens of a kind lie: texts one after another in one string, integers in a list.
pub(crate) trait Store: Default + Clone + Send + Sync {
    /// A token.
    type Token<'a>: Copy + Hash + Ord + Send
    where
        Self: 'a;

    fn len(&self) -> usize;

    /// Token number `index`, or an empty one where there is none.
    fn get(&self, index: usize) -> Self::Token<'_>;

    fn push(&mut self, token: Self::Token<'_>);

    /// Whether two tokens are the same, wherever they lie.
    fn same(a: Self::Token<'_>, b: Self::Token<'_>) -> bool;

    /// The bucket of a token that is in no vocabulary.
    fn bucket(token: Self::Token<'_>, buckets: usize, method: OovMethod, salt: Option<Salt>) -> usize;

    /// The token for a message.
    fn show(token: Self::Token<'_>) -> String;

    /// A store with this token alone.
    fn single(token: Self::Token<'_>) -> Self {
        let mut store = Self::default();
        store.push(token);
        store
    }
}

/// How [`IntegerLookup`](crate::IntegerLookup) puts tokens that are not in its vocabulary into buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OovMethod {
    /// By the remainder of the division by `num_oov_indices`, which is never negative.
    #[default]
    FloorMod,
    /// By the hash of the number as a decimal text: FarmHash, or SipHash with a salt.
    FarmHash,
}

#[derive(Clone, Default, Debug)]
pub(crate) struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Store for Texts {
    type Token<'a> = &'a str;

    fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or_default());
        self.ends.get(index).and_then(|&end| self.text.get(start..end)).unwrap_or_default()
    }

    fn push(&mut self, token: &str) {
        self.text.push_str(token);
        self.ends.push(self.text.len());
    }

    #[inline]
    fn same(a: &str, b: &str) -> bool {
        a == b
    }

    fn bucket(token: &str, buckets: usize, _: OovMethod, salt: Option<Salt>) -> usize {
        hash::bucket(token.as_bytes(), buckets, salt)
    }

    fn show(token: &str) -> String {
        token.to_string()
    }
}

#[derive(Clone, Default, Debug)]
pub(crate) struct Integers(Vec<i64>);

impl Store for Integers {
    type Token<'a> = i64;

    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn get(&self, index: usize) -> i64 {
        self.0.get(index).copied().unwrap_or_default()
    }

    fn push(&mut self, token: i64) {
        self.0.push(token);
    }

    #[inline]
    fn same(a: i64, b: i64) -> bool {
        a == b
    }

    fn bucket(token: i64, buckets: usize, method: OovMethod, salt: Option<Salt>) -> usize {
        match method {
            OovMethod::FloorMod => {
                i64::try_from(buckets).map_or(0, |buckets| token.rem_euclid(buckets.max(1)) as usize)
            }
            OovMethod::FarmHash => hash::bucket(token.to_string().as_bytes(), buckets, salt),
        }
    }

    fn show(token: i64) -> String {
        token.to_string()
    }
}

/// Distinct tokens, numbered in the order in which they came.
#[derive(Clone, Default, Debug)]
pub(crate) struct Index<S> {
    tokens: S,
    numbers: HashTable<usize>,
    hasher: DefaultHashBuilder,
}

impl<S: Store> Index<S> {
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    pub fn get(&self, number: usize) -> S::Token<'_> {
        self.tokens.get(number)
    }

    pub fn iter(&self) -> impl Iterator<Item = S::Token<'_>> {
        (0..self.len()).map(|number| self.tokens.get(number))
    }

    #[inline]
    pub fn find(&self, token: S::Token<'_>) -> Option<usize> {
        let hash = self.hasher.hash_one(token);
        self.numbers.find(hash, |&number| S::same(self.tokens.get(number), token)).copied()
    }

    /// The number of a token, which is a new one if it was not there.
    #[inline]
    pub fn insert(&mut self, token: S::Token<'_>) -> usize {
        let hash = self.hasher.hash_one(token);
        let (tokens, hasher) = (&mut self.tokens, &self.hasher);
        if let Some(&number) = self.numbers.find(hash, |&number| S::same(tokens.get(number), token)) {
            return number;
        }
        let number = tokens.len();
        tokens.push(token);
        self.numbers.insert_unique(hash, number, |&number| hasher.hash_one(tokens.get(number)));
        number
    }
}

/// How often each token occurs, and in how many documents.
#[derive(Clone, Default, Debug)]
pub(crate) struct Counter<S> {
    pub index: Index<S>,
    counts: Vec<Count>,
    /// Documents so far.
    pub documents: u64,
}

#[derive(Clone, Copy, Default, Debug)]
struct Count {
    times: u64,
    documents: u64,
    /// The document that it was last in, counted from 1.
    last: u64,
}

impl<S: Store> Counter<S> {
    /// Starts a document.
    pub fn document(&mut self) {
        self.documents += 1;
    }

    /// Counts a token of the document that was started last.
    #[inline]
    pub fn add(&mut self, token: S::Token<'_>) {
        let number = self.index.insert(token);
        if number == self.counts.len() {
            self.counts.push(Count::default());
        }
        if let Some(count) = self.counts.get_mut(number) {
            count.times += 1;
            if count.last != self.documents {
                count.last = self.documents;
                count.documents += 1;
            }
        }
    }

    /// The counts of both. What comes of it counts no further documents.
    pub fn merge(mut self, other: Self) -> Self {
        if self.index.len() < other.index.len() {
            return other.merge(self);
        }
        for (token, count) in other.index.iter().zip(&other.counts) {
            let number = self.index.insert(token);
            if number == self.counts.len() {
                self.counts.push(Count::default());
            }
            if let Some(sum) = self.counts.get_mut(number) {
                sum.times += count.times;
                sum.documents += count.documents;
            }
        }
        self.documents += other.documents;
        self
    }

    /// The `most` tokens that occur most, the most frequent first; of two that occur equally often, the greater first.
    pub fn most_frequent(&self, most: usize, keep: impl Fn(S::Token<'_>) -> bool) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.index.len()).filter(|&number| keep(self.index.get(number))).collect();
        let times = |number: usize| self.counts.get(number).map_or(0, |count| count.times);
        order.sort_unstable_by(|&a, &b| {
            times(b).cmp(&times(a)).then_with(|| S::Token::cmp(&self.index.get(b), &self.index.get(a)))
        });
        order.truncate(most);
        order
    }

    /// In how many documents a token is.
    pub fn documents_with(&self, number: usize) -> u64 {
        self.counts.get(number).map_or(0, |count| count.documents)
    }
}
