//! Tokens by number and numbers by token, and how often each occurs.

use std::fmt;
use std::hash::{BuildHasher, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};
use serde::{Deserialize, Serialize};

use crate::hash::{self, Salt};

/// Where the tokens of a kind lie: texts one after another in one string, integers in a list.
pub(crate) trait Store: Default + Clone + Send + Sync + fmt::Debug {
    /// A token.
    type Token<'a>: Copy + Hash + Ord + Send
    where
        Self: 'a;

    /// Where a token lies.
    type Place: Copy + Default + Send + Sync + fmt::Debug;

    /// The token at this place, or an empty one where there is none.
    fn get(&self, place: Self::Place) -> Self::Token<'_>;

    fn push(&mut self, token: Self::Token<'_>) -> Self::Place;

    /// Whether two tokens are the same, wherever they lie.
    fn same(a: Self::Token<'_>, b: Self::Token<'_>) -> bool;

    /// The bucket of a token that is in no vocabulary.
    fn bucket(token: Self::Token<'_>, buckets: usize, method: OovMethod, salt: Option<Salt>) -> usize;

    /// The token for a message.
    fn show(token: Self::Token<'_>) -> String;
}

/// A token of its own.
#[derive(Clone, Debug)]
pub(crate) struct Single<S: Store> {
    store: S,
    place: S::Place,
}

impl<S: Store> Single<S> {
    pub fn new(token: S::Token<'_>) -> Self {
        let mut store = S::default();
        let place = store.push(token);
        Self { store, place }
    }

    #[inline]
    pub fn get(&self) -> S::Token<'_> {
        self.store.get(self.place)
    }

    #[inline]
    pub fn is(&self, token: S::Token<'_>) -> bool {
        S::same(self.get(), token)
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
pub(crate) struct Texts(String);

impl Store for Texts {
    type Token<'a> = &'a str;
    /// Its first byte, and its length.
    type Place = (usize, usize);

    #[inline]
    fn get(&self, (start, len): (usize, usize)) -> &str {
        self.0.get(start..start + len).unwrap_or_default()
    }

    fn push(&mut self, token: &str) -> (usize, usize) {
        let start = self.0.len();
        self.0.push_str(token);
        (start, token.len())
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

/// Integers need no other place than that where they are looked for.
#[derive(Clone, Default, Debug)]
pub(crate) struct Integers;

impl Store for Integers {
    type Token<'a> = i64;
    type Place = i64;

    #[inline]
    fn get(&self, place: i64) -> i64 {
        place
    }

    fn push(&mut self, token: i64) -> i64 {
        token
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
#[derive(Clone, Debug)]
pub(crate) struct Index<S: Store> {
    store: S,
    /// The place of each number.
    places: Vec<S::Place>,
    /// Numbers, with their places so that a comparison needs no other table.
    numbers: HashTable<(S::Place, usize)>,
    hasher: DefaultHashBuilder,
}

impl<S: Store> Default for Index<S> {
    fn default() -> Self {
        Self {
            store: S::default(),
            places: Vec::new(),
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl<S: Store> Index<S> {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn get(&self, number: usize) -> S::Token<'_> {
        self.store.get(self.places.get(number).copied().unwrap_or_default())
    }

    pub fn iter(&self) -> impl Iterator<Item = S::Token<'_>> {
        self.places.iter().map(|&place| self.store.get(place))
    }

    #[inline]
    pub fn find(&self, token: S::Token<'_>) -> Option<usize> {
        let hash = self.hasher.hash_one(token);
        self.numbers.find(hash, |&(place, _)| S::same(self.store.get(place), token)).map(|found| found.1)
    }

    /// The number of a token, which is a new one if it was not there.
    #[inline]
    pub fn insert(&mut self, token: S::Token<'_>) -> usize {
        let hash = self.hasher.hash_one(token);
        let (store, hasher) = (&mut self.store, &self.hasher);
        if let Some(&(_, number)) = self.numbers.find(hash, |&(place, _)| S::same(store.get(place), token)) {
            return number;
        }
        let (place, number) = (store.push(token), self.places.len());
        self.places.push(place);
        self.numbers.insert_unique(hash, (place, number), |&(place, _)| hasher.hash_one(store.get(place)));
        number
    }
}

/// How often each token occurs, and in how many documents.
#[derive(Clone, Debug)]
pub(crate) struct Counter<S: Store> {
    pub index: Index<S>,
    counts: Vec<Count>,
    /// Documents so far.
    pub documents: u64,
}

impl<S: Store> Default for Counter<S> {
    fn default() -> Self {
        Self { index: Index::default(), counts: Vec::new(), documents: 0 }
    }
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

    /// The `most` tokens that occur most, the most frequent first; of two that occur equally often, the greater
    /// first.
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
