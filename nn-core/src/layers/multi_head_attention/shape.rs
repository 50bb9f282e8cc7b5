//! The geometry of a layer.

use core::marker::PhantomData;

use fearless_simd::prelude::*;

use super::product::{ProductSizes, Tile};
use crate::element::Element;
use crate::geometry::{Geometry, geometry};

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
    /// Heads, queries and keys of the mask of pairs, if there is one; 1 where it is the same for all.
    const ATTENTION_MASK: [usize; 3] = [1; 3];
    /// Whether a query that sees nothing gets nothing: of layers with a dropout.
    const NOTHING_OF_NOTHING: bool = false;

    /// The same as numbers.
    const SIZES: MultiHeadAttentionSizes = MultiHeadAttentionSizes {
        query: Self::QUERY,
        value: Self::VALUE,
        key: Self::KEY,
        heads: Self::HEADS,
        key_dim: Self::KEY_DIM,
        value_dim: Self::VALUE_DIM,
        output: Self::OUTPUT,
        use_causal_mask: Self::USE_CAUSAL_MASK,
        attention_mask: Self::ATTENTION_MASK,
        nothing_of_nothing: Self::NOTHING_OF_NOTHING,
    };
}

/// The sizes of one `MultiHeadAttention` as numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MultiHeadAttentionSizes {
    /// Steps and features of the query.
    pub query: [usize; 2],
    /// Steps and features of the value.
    pub value: [usize; 2],
    /// Features of the key, whose steps are the value's.
    pub key: usize,
    /// The number of heads.
    pub heads: usize,
    /// The numbers of a head in the projections of query and key.
    pub key_dim: usize,
    /// The numbers of a head in the projection of the value.
    pub value_dim: usize,
    /// Features of the output.
    pub output: usize,
    /// Whether a step of the query sees no later steps of the value.
    pub use_causal_mask: bool,
    /// Heads, queries and keys of the mask of pairs, if there is one; 1 where it is the same for all.
    pub attention_mask: [usize; 3],
    /// Whether a query that sees nothing gets nothing: of layers with a dropout.
    pub nothing_of_nothing: bool,
}

geometry!(MultiHeadAttentionShape, MultiHeadAttentionSizes);

/// How many elements past a projection may be read, though not used: a vector.
pub(super) const SLACK: usize = 16;

impl MultiHeadAttentionSizes {
    /// How far apart the numbers of two heads, queries and keys lie in the mask of pairs.
    #[inline(always)]
    pub(super) const fn mask_strides(&self) -> [usize; 3] {
        let [heads, queries, keys] = self.attention_mask;
        [if heads > 1 { queries * keys } else { 0 }, if queries > 1 { keys } else { 0 }, if keys > 1 { 1 } else { 0 }]
    }

    /// Elements of the projections of one sample: query, key, value, and what the heads make of them.
    #[inline(always)]
    pub(super) const fn projections(&self) -> [usize; 4] {
        let (steps, seen) = (self.query[0] * self.heads, self.value[0] * self.heads);
        [steps * self.key_dim, seen * self.key_dim, seen * self.value_dim, steps * self.value_dim]
    }

    /// How many queries are worked through at a time, with vectors of `lanes` elements of `bytes` bytes.
    #[inline(always)]
    pub(super) const fn block(&self, lanes: usize, bytes: usize) -> usize {
        if self.query[0] <= lanes {
            return lanes;
        }
        Tile::new([self.value[0], self.query[0], self.key_dim], lanes, bytes).vectors * lanes
    }

    /// The length of a row of scores for all queries: in whole vectors, and no power of two of them where rows are long,
    /// so that the rows do not all compete for the same places of the cache.
    #[inline(always)]
    pub(super) const fn whole(&self, lanes: usize) -> usize {
        let vectors = self.query[0].div_ceil(lanes);
        if vectors < 8 { vectors * lanes } else { (vectors | 1) * lanes }
    }
}

/// Lengths of a layer: constants where rustc knows its sizes.
pub(super) struct Lens<G, T>(PhantomData<(G, T)>);

impl<G: Geometry<MultiHeadAttentionSizes>, T: Element> Lens<G, T> {
    const PROJECTIONS: Option<[usize; 4]> = match G::KNOWN {
        Some(sizes) => Some(sizes.projections()),
        None => None,
    };
    #[cfg(feature = "alloc")]
    const SAVED: Option<[usize; 5]> = match G::KNOWN {
        Some(sizes) => Some(sizes.saved_lens::<T>()),
        None => None,
    };

    #[cfg(feature = "alloc")]
    const PACKED: Option<usize> = match G::KNOWN {
        Some(sizes) => Some(sizes.packed_most::<T>()),
        None => None,
    };

    /// [`projections`](MultiHeadAttentionSizes::projections).
    #[inline(always)]
    pub(super) fn projections(shape: G) -> [usize; 4] {
        match Self::PROJECTIONS {
            Some(lens) => lens,
            None => shape.sizes().projections(),
        }
    }

    /// [`saved_lens`](MultiHeadAttentionSizes::saved_lens).
    #[cfg(feature = "alloc")]
    #[inline(always)]
    pub(super) fn saved(shape: G) -> [usize; 5] {
        match Self::SAVED {
            Some(lens) => lens,
            None => shape.sizes().saved_lens::<T>(),
        }
    }

    /// [`packed_most`](MultiHeadAttentionSizes::packed_most).
    #[cfg(feature = "alloc")]
    #[inline(always)]
    pub(super) fn packed_most(shape: G) -> usize {
        match Self::PACKED {
            Some(len) => len,
            None => shape.sizes().packed_most::<T>(),
        }
    }
}

/// The width of a row of scores on a machine: a block of queries, or all of them with `ALL`.
pub(super) struct Width<G, S, T, const ALL: bool>(PhantomData<(G, S, T)>);

impl<G: Geometry<MultiHeadAttentionSizes>, S: Simd, T: Element, const ALL: bool> Width<G, S, T, ALL> {
    /// Where rustc knows the sizes; else 0.
    pub(super) const LEN: usize = match G::KNOWN {
        Some(sizes) => Self::of(&sizes),
        None => 0,
    };

    const fn of(sizes: &MultiHeadAttentionSizes) -> usize {
        let lanes = T::Vector::<S>::LEN;
        if ALL { sizes.whole(lanes) } else { sizes.block(lanes, size_of::<T::Vector<S>>()) }
    }

    #[inline(always)]
    pub(super) fn len(shape: G) -> usize {
        match const { Self::LEN } {
            0 => Self::of(&shape.sizes()),
            len => len,
        }
    }
}

/// What the sizes of a product depend on beside those of the layer.
pub(super) struct Machine {
    /// Elements of a vector.
    pub(super) lanes: usize,
    /// The width of a row of scores.
    pub(super) width: usize,
}

/// Declares products of a layer, from its sizes `g` and the machine `m`; `ALL` says how long a row of scores is.
macro_rules! products {
    (
        [$g:ident, $m:ident]
        $(
            $(#[$doc:meta])*
            $name:ident: [$rows:expr, $columns:expr, $depth:expr], left $left:expr, right $right:expr, out $out:expr;
        )*
    ) => {
        $($(#[$doc])*
        #[derive(Clone, Copy)]
        pub(super) struct $name<G, S, T, const ALL: bool> {
            shape: G,
            width: usize,
            machine: PhantomData<(S, T)>,
        }

        impl<G, S: Simd, T: Element, const ALL: bool> $name<G, S, T, ALL> {
            /// For rows of scores of this width; 0 where it does not matter.
            #[inline(always)]
            pub(super) fn new(shape: G, width: usize) -> Self {
                $name { shape, width, machine: PhantomData }
            }

            const fn of($g: &MultiHeadAttentionSizes, width: usize) -> ProductSizes {
                let $m = Machine { lanes: T::Vector::<S>::LEN, width };
                ProductSizes { sizes: [$rows, $columns, $depth], left: $left, right: $right, out: $out }
            }
        }

        impl<G: Geometry<MultiHeadAttentionSizes>, S: Simd, T: Element, const ALL: bool> Geometry<ProductSizes>
            for $name<G, S, T, ALL>
        {
            const KNOWN: Option<ProductSizes> = match G::KNOWN {
                Some(sizes) => Some(Self::of(&sizes, Width::<G, S, T, ALL>::LEN)),
                None => None,
            };

            #[inline(always)]
            fn sizes(self) -> ProductSizes {
                match Self::KNOWN {
                    Some(sizes) => sizes,
                    None => Self::of(&self.shape.sizes(), self.width),
                }
            }
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
    [g, m]
    /// The projection of the query.
    Query: [g.query[0], g.heads * g.key_dim, g.query[1]], left [g.query[1], 1],
        right row(g.heads * g.key_dim, m.lanes), out g.heads * g.key_dim;
    /// The projection of the key.
    Key: [g.value[0], g.heads * g.key_dim, g.key], left [g.key, 1],
        right row(g.heads * g.key_dim, m.lanes), out g.heads * g.key_dim;
    /// The projection of the value.
    Value: [g.value[0], g.heads * g.value_dim, g.value[1]], left [g.value[1], 1],
        right row(g.heads * g.value_dim, m.lanes), out g.heads * g.value_dim;
    /// The projection of all heads to the output.
    Out: [g.query[0], g.output, g.heads * g.value_dim], left [g.heads * g.value_dim, 1],
        right row(g.output, m.lanes), out g.output;
    /// `k · qᵀ` of one head: a row for each key.
    Scores: [g.value[0], m.width, g.key_dim], left [g.heads * g.key_dim, 1], right m.width, out m.width;
    /// `p · v` of one head, with `p` transposed: a row for each query.
    Context: [less(g.query[0], m.width), g.value_dim, g.value[0]], left [1, m.width], right g.heads * g.value_dim,
        out g.heads * g.value_dim;
}

const fn less(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}
