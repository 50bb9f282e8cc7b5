//! Masks: which steps of a sequence count.

use alloc::vec::Vec;

use crate::graph::ValueId;
use crate::size::Size;

/// Where a mask comes from: it is computed only if a layer reads it.
#[derive(Clone, Debug, PartialEq)]
pub enum Mask {
    /// Ids other than 0: `Embedding<…, mask_zero = true>`.
    NonZero(ValueId),
    /// Steps in which any feature is another number than this: `Masking`.
    Other(ValueId, f64),
    /// A value of the network's: 1 for what counts, 0 for what does not.
    Value(ValueId),
    /// Every step counts: what has no mask beside others that have one.
    Ones(Size),
    /// Where any of them counts.
    Any(Vec<Mask>),
    /// One after another, row by row: the number of rows.
    Chain(Size, Vec<Mask>),
}

/// What a layer does with masks.
#[derive(Clone, Debug, Default)]
pub struct Masked {
    /// Those that it reads, for each input; empty if none.
    pub reads: Vec<Option<Mask>>,
    /// Those of its results; what is missing has none.
    pub gives: Vec<Option<Mask>>,
}

impl Masked {
    /// The first input's mask is that of the result.
    pub fn passed(masks: &[Option<Mask>]) -> Self {
        Masked { reads: Vec::new(), gives: masks.iter().take(1).cloned().collect() }
    }
}
