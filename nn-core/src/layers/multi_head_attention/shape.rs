//! The geometry of a layer.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::product::{self, Product};
use crate::element::Element;

/// The geometry of one `MultiHeadAttention` in a network: a unit struct that the macro emits.
pub trait MultiHeadAttentionShape: Copy + Send + Sync + 'static {
    /// Steps and features of the query.
    const QUERY: [usize; 2];
    /// Steps and features of the value.
    const VALUE: [usize; 2];
    /// Features of the key, whose steps are the value's.
    const KEY: usize = Self::VALUE[1];
    /// The number of heads.
    const HEADS: usize;
    /// The numbers of a head in the projections of query and key.
    const KEY_DIM: usize;
    /// The numbers of a head in the projection of the value.
    const VALUE_DIM: usize = Self::KEY_DIM;
    /// Features of the output.
    const OUTPUT: usize = Self::QUERY[1];
    /// Whether a step of the query sees no later steps of the value.
    const USE_CAUSAL_MASK: bool = false;
}

/// How many elements past a projection may be read, though not used: a vector.
pub(super) const SLACK: usize = 16;

/// Elements of the projections of one sample: query, key, value, and what the heads make of them.
pub(super) const fn projections<G: MultiHeadAttentionShape>() -> [usize; 4] {
    let (steps, seen) = (G::QUERY[0] * G::HEADS, G::VALUE[0] * G::HEADS);
    [steps * G::KEY_DIM, seen * G::KEY_DIM, seen * G::VALUE_DIM, steps * G::VALUE_DIM]
}

/// How many vectors of queries are worked through at a time, with vectors of `lanes` elements of `bytes` bytes.
pub(super) const fn block<G: MultiHeadAttentionShape>(lanes: usize, bytes: usize) -> usize {
    product::Tile::new([G::VALUE[0], G::QUERY[0], G::KEY_DIM], lanes, bytes).vectors * lanes
}

/// The length of a row of scores for all queries: in whole vectors, and no power of two of them where rows are long,
/// so that the rows do not all compete for the same places of the cache.
pub(super) const fn whole<G: MultiHeadAttentionShape>(lanes: usize) -> usize {
    let vectors = G::QUERY[0].div_ceil(lanes);
    if vectors < 8 { vectors * lanes } else { (vectors | 1) * lanes }
}

/// The width of a row of scores on a machine: a block of queries, or all of them with `ALL`.
pub(super) struct Width<G, S, T, const ALL: bool>(PhantomData<(G, S, T)>);

impl<G: MultiHeadAttentionShape, S: Simd, T: Element, const ALL: bool> Width<G, S, T, ALL> {
    pub(super) const LEN: usize =
        if ALL { whole::<G>(T::Vector::<S>::LEN) } else { block::<G>(T::Vector::<S>::LEN, size_of::<T::Vector<S>>()) };
}

/// Declares products of a layer; `ALL` says how long a row of scores is.
macro_rules! products {
    ($($(#[$doc:meta])* $name:ident: [$rows:expr, $columns:expr, $depth:expr], left $left:expr, right $right:expr, out $out:expr;)*) => {
        $($(#[$doc])*
        pub(super) struct $name<G, S, T, const ALL: bool>(PhantomData<(G, S, T)>);

        impl<G: MultiHeadAttentionShape, S: Simd, T: Element, const ALL: bool> Product for $name<G, S, T, ALL> {
            const SIZES: [usize; 3] = [$rows, $columns, $depth];
            const LEFT: [usize; 2] = $left;
            const RIGHT: usize = $right;
            const OUT: usize = $out;
        })*
    };
}

#[cfg(feature = "alloc")]
pub(super) use products;

/// The rows of weights that do not fill a vector are widened to one.
const fn row(columns: usize, lanes: usize) -> usize {
    if columns < lanes { lanes } else { columns }
}

products! {
    /// The projection of the query.
    Query: [G::QUERY[0], G::HEADS * G::KEY_DIM, G::QUERY[1]], left [G::QUERY[1], 1],
        right row(G::HEADS * G::KEY_DIM, T::Vector::<S>::LEN), out G::HEADS * G::KEY_DIM;
    /// The projection of the key.
    Key: [G::VALUE[0], G::HEADS * G::KEY_DIM, G::KEY], left [G::KEY, 1],
        right row(G::HEADS * G::KEY_DIM, T::Vector::<S>::LEN), out G::HEADS * G::KEY_DIM;
    /// The projection of the value.
    Value: [G::VALUE[0], G::HEADS * G::VALUE_DIM, G::VALUE[1]], left [G::VALUE[1], 1],
        right row(G::HEADS * G::VALUE_DIM, T::Vector::<S>::LEN), out G::HEADS * G::VALUE_DIM;
    /// The projection of all heads to the output.
    Out: [G::QUERY[0], G::OUTPUT, G::HEADS * G::VALUE_DIM], left [G::HEADS * G::VALUE_DIM, 1],
        right row(G::OUTPUT, T::Vector::<S>::LEN), out G::OUTPUT;
    /// `k · qᵀ` of one head: a row for each key.
    Scores: [G::VALUE[0], Width::<G, S, T, ALL>::LEN, G::KEY_DIM], left [G::HEADS * G::KEY_DIM, 1],
        right Width::<G, S, T, ALL>::LEN, out Width::<G, S, T, ALL>::LEN;
    /// `p · v` of one head, with `p` transposed: a row for each query.
    Context: [less(G::QUERY[0], Width::<G, S, T, ALL>::LEN), G::VALUE_DIM, G::VALUE[0]],
        left [1, Width::<G, S, T, ALL>::LEN], right G::HEADS * G::VALUE_DIM, out G::HEADS * G::VALUE_DIM;
}

const fn less(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}
