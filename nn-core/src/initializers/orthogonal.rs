//! Random orthonormal vectors.

use alloc::vec;

use num_traits::Float;
use rand::{Rng, RngExt};
use rand_distr::StandardNormal;

use crate::element::Element;

/// Fills a matrix with orthonormal columns, or rows where these are fewer, times `gain`.
///
/// Gram–Schmidt on normal vectors is the QR decomposition whose R has a positive diagonal, so no signs are to be fixed
/// and the matrix is uniform among the orthogonal ones. Each vector is reduced twice: once leaves rounding errors
/// that grow with the size, twice does not (Giraud, Langou, Rozložník: The loss of orthogonality in the Gram–Schmidt process).
pub(super) fn fill<T: Element, R: Rng + ?Sized>(gain: f64, columns: usize, rng: &mut R, out: &mut [T]) {
    let rows = out.len() / columns;
    let (count, length) = (rows.min(columns), rows.max(columns));
    let mut vectors = vec![0.0; count * length];
    for index in 0..count {
        let (done, rest) = vectors.split_at_mut(index * length);
        let vector = &mut rest[..length];
        while !orthonormalize(done, vector, rng) {}
    }
    for (row, out) in out.chunks_exact_mut(columns).enumerate() {
        for (column, out) in out.iter_mut().enumerate() {
            let at = if rows < columns { row * length + column } else { column * length + row };
            *out = T::from_f64(gain * vectors[at]);
        }
    }
}

/// Draws a vector and makes it a unit vector orthogonal to those that are done; `false` in the unlikely case that it depends on them.
fn orthonormalize<R: Rng + ?Sized>(done: &[f64], vector: &mut [f64], rng: &mut R) -> bool {
    vector.fill_with(|| rng.sample(StandardNormal));
    let drawn = Float::sqrt(dot(vector, vector));
    for _ in 0..2 {
        for other in done.chunks_exact(vector.len()) {
            let along = dot(other, vector);
            vector.iter_mut().zip(other).for_each(|(x, &other)| *x -= along * other);
        }
    }
    let left = Float::sqrt(dot(vector, vector));
    vector.iter_mut().for_each(|x| *x /= left);
    left > 1e-8 * drawn
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (a_parts, a_rest) = a.as_chunks::<8>();
    let (b_parts, b_rest) = b.as_chunks::<8>();
    for (a, b) in a_parts.iter().zip(b_parts) {
        for ((lane, &a), &b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
}
