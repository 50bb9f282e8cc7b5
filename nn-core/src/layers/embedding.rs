//! `Embedding`: a row of numbers for each id, learned.
//!
//! The ids of a sample can have any shape; rows of `OUT` numbers follow each other in the same order.

use fearless_simd::Simd;

use crate::element::Element;
use crate::layers::merge::add_in_place;

/// A whole number that names a row: `u32` or `u8`.
pub trait Id: Copy + Send + Sync + 'static {
    /// The row.
    fn index(self) -> usize;
}

impl Id for u32 {
    #[inline(always)]
    fn index(self) -> usize {
        self as usize
    }
}

impl Id for u8 {
    #[inline(always)]
    fn index(self) -> usize {
        usize::from(self)
    }
}

/// The weights of an `Embedding` of `IN` ids in rows of `OUT`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Embedding<const IN: usize, const OUT: usize, T = f32> {
    /// A row for each id.
    pub embeddings: [[T; OUT]; IN],
}

/// `y = embeddings[id]` for each id, of one sample or of several. A row of zeros for an id that has none: training
/// refuses it before ([`check_ids`](crate::record::check_ids)), inference cannot.
///
/// ```
/// use nn_core::layers::embedding::{self, Embedding};
/// let table = Embedding { embeddings: [[1.0, 2.0], [3.0, 4.0]] };
/// let mut y = [0.0; 6];
/// embedding::infer(&table, &[1_u8, 0, 7], &mut y);
/// assert_eq!(y, [3.0, 4.0, 1.0, 2.0, 0.0, 0.0]);
/// ```
#[inline(always)]
pub fn infer<const IN: usize, const OUT: usize, T: Element, I: Id>(
    weights: &Embedding<IN, OUT, T>,
    ids: &[I],
    y: &mut [T],
) {
    let (rows, _) = y.as_chunks_mut::<OUT>();
    for (id, y) in ids.iter().zip(rows) {
        match weights.embeddings.get(id.index()) {
            Some(row) => *y = *row,
            None => y.fill(T::zero()),
        }
    }
}

/// Adds the gradient of each row to the gradients of its id, for all samples. Ids that have no row are left out.
///
/// - `ids`: what went into [`infer`]; `dy`: the gradient of its output.
#[inline(always)]
pub fn backward<S: Simd, const IN: usize, const OUT: usize, T: Element, I: Id>(
    simd: S,
    ids: &[I],
    dy: &[T],
    gradients: &mut Embedding<IN, OUT, T>,
) {
    let (rows, _) = dy.as_chunks::<OUT>();
    for (id, dy) in ids.iter().zip(rows) {
        if let Some(row) = gradients.embeddings.get_mut(id.index()) {
            add_in_place(simd, row, dy);
        }
    }
}

/// The same gradients as a list, an entry for each id: what [`Train::rows`](crate::train::Train::rows) gives.
#[cfg(feature = "alloc")]
pub fn rows<'a, T, I: Id>(ids: &[I], dy: &'a [T], list: &mut alloc::vec::Vec<(u32, &'a [T])>) {
    if let Some(width @ 1..) = dy.len().checked_div(ids.len()) {
        let ids = ids.iter().map(|id| u32::try_from(id.index()).unwrap_or(u32::MAX));
        list.extend(ids.zip(dy.chunks_exact(width)));
    }
}

#[cfg(test)]
mod tests;
