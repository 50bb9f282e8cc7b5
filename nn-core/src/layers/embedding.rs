//! `Embedding`: a row of numbers for each id, learned.
//!
//! The ids of a sample can have any shape; rows of `OUT` numbers follow each other in the same order.

use core::fmt::{self, Display, Formatter};

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

/// `y = embeddings[id]` for each id, of one sample or of several. A row of zeros for an id that has none: see [`check`].
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

/// The mask with `mask_zero`: 1 for each id, 0 for an id of 0, which fills up sequences.
#[inline(always)]
pub fn mask<T: Element, I: Id>(ids: &[I], out: &mut [T]) {
    for (id, out) in ids.iter().zip(out) {
        *out = if id.index() == 0 { T::zero() } else { T::one() };
    }
}

/// An id that has no row in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownId {
    /// Where it stands among the ids.
    pub position: usize,
    /// The id.
    pub id: usize,
    /// The number of rows: ids are below it.
    pub input_dim: usize,
}

impl Display for UnknownId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let UnknownId { position, id, input_dim } = self;
        write!(f, "the id at {position}: expected at most {}, found {id}", input_dim.saturating_sub(1))
    }
}

impl core::error::Error for UnknownId {}

/// Whether all ids have a row in a table of `input_dim` rows.
///
/// # Errors
///
/// With the first that has none.
///
/// ```
/// use nn_core::layers::embedding::check;
/// assert!(check(&[0_u32, 4, 2], 5).is_ok());
/// assert_eq!(check(&[0_u32, 5], 5).unwrap_err().to_string(), "the id at 1: expected at most 4, found 5");
/// ```
pub fn check<I: Id>(ids: &[I], input_dim: usize) -> Result<(), UnknownId> {
    match ids.iter().position(|id| id.index() >= input_dim) {
        Some(position) => Err(UnknownId { position, id: ids[position].index(), input_dim }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
