//! `Embedding`: a row of numbers for each id, learned.
//!
//! The ids of a sample can have any shape; rows of `OUT` numbers follow each other in the same order.

use fearless_simd::Simd;

use crate::element::Element;
use crate::geometry::Geometry;
use crate::layers::merge::add_in_place;

/// A whole number that names a row: `u32`, `i32` or `u8`.
pub trait Id: Copy + Send + Sync + 'static {
    /// The row; that of no table, if it is negative.
    fn index(self) -> usize;

    /// The id itself.
    fn number(self) -> i64;
}

impl Id for i32 {
    #[inline(always)]
    fn index(self) -> usize {
        usize::try_from(self).unwrap_or(usize::MAX)
    }

    #[inline(always)]
    fn number(self) -> i64 {
        self.into()
    }
}

impl Id for u32 {
    #[inline(always)]
    fn index(self) -> usize {
        self as usize
    }

    #[inline(always)]
    fn number(self) -> i64 {
        self.into()
    }
}

impl Id for u8 {
    #[inline(always)]
    fn index(self) -> usize {
        usize::from(self)
    }

    #[inline(always)]
    fn number(self) -> i64 {
        self.into()
    }
}

/// The weights of an `Embedding` of `IN` ids in rows of `OUT`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Embedding<const IN: usize, const OUT: usize, T = f32> {
    /// A row for each id.
    pub embeddings: [[T; OUT]; IN],
}

/// The sizes of an [`Embedding`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EmbeddingSizes {
    /// The numbers of a row.
    pub output_dim: usize,
}

/// The sizes of an [`Embedding`] of such a type.
#[derive(Clone, Copy)]
struct Typed<const OUT: usize>;

impl<const OUT: usize> Geometry<EmbeddingSizes> for Typed<OUT> {
    const KNOWN: Option<EmbeddingSizes> = Some(EmbeddingSizes { output_dim: OUT });

    #[inline(always)]
    fn sizes(self) -> EmbeddingSizes {
        EmbeddingSizes { output_dim: OUT }
    }
}

impl Geometry<EmbeddingSizes> for &EmbeddingSizes {
    const KNOWN: Option<EmbeddingSizes> = None;

    #[inline(always)]
    fn sizes(self) -> EmbeddingSizes {
        *self
    }
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
    infer_with(Typed::<OUT>, weights.embeddings.as_flattened(), ids, y);
}

/// [`infer`] with the rows as one slice, for sizes that may be known only when the program runs.
///
/// ```
/// use nn_core::layers::embedding::{self, EmbeddingSizes};
/// let mut y = [0.0; 4];
/// embedding::infer_with(&EmbeddingSizes { output_dim: 2 }, &[1.0, 2.0, 3.0, 4.0], &[1_u8, 7], &mut y);
/// assert_eq!(y, [3.0, 4.0, 0.0, 0.0]);
/// ```
#[inline(always)]
pub fn infer_with<L: Geometry<EmbeddingSizes>, T: Element, I: Id>(shape: L, embeddings: &[T], ids: &[I], y: &mut [T]) {
    // No row is empty.
    let width = shape.sizes().output_dim.max(1);
    for (id, y) in ids.iter().zip(y.chunks_exact_mut(width)) {
        match embeddings.chunks_exact(width).nth(id.index()) {
            Some(row) => y.copy_from_slice(row),
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
    backward_with(simd, Typed::<OUT>, ids, dy, gradients.embeddings.as_flattened_mut());
}

/// [`backward`] with the gradients of the rows as one slice, for sizes that may be known only when the program runs.
#[inline(always)]
pub fn backward_with<S: Simd, L: Geometry<EmbeddingSizes>, T: Element, I: Id>(
    simd: S,
    shape: L,
    ids: &[I],
    dy: &[T],
    gradients: &mut [T],
) {
    let width = shape.sizes().output_dim.max(1);
    for (id, dy) in ids.iter().zip(dy.chunks_exact(width)) {
        if let Some(row) = gradients.chunks_exact_mut(width).nth(id.index()) {
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
