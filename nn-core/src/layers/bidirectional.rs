//! `Bidirectional`: a recurrent layer from both ends of a sequence, and how the two outputs become one.
//!
//! With `merge_mode = concat` the two layers write side by side, and nothing is left to do; the other modes are here.
//!
//! Schuster, Paliwal: [Bidirectional recurrent neural networks](https://doi.org/10.1109/78.650093), 1997.

use fearless_simd::Simd;

use crate::element::Element;

/// The weights of a `Bidirectional`: twice those of the layer inside of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Bidirectional<L> {
    /// From the first step to the last.
    pub forward: L,
    /// From the last step to the first.
    pub backward: L,
}

/// `merge_mode`, where the outputs do not lie side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// `f + b`
    Sum,
    /// `f · b`
    Mul,
    /// `(f + b) / 2`
    Ave,
}

/// Merges the output of the backward layer into that of the forward layer: `y` holds the latter before.
#[inline(always)]
pub fn merge_into<S: Simd, T: Element>(_simd: S, mode: Merge, backward: &[T], y: &mut [T]) {
    let half = T::from_f64(0.5);
    for (y, b) in y.iter_mut().zip(backward) {
        *y = match mode {
            Merge::Sum => *y + *b,
            Merge::Mul => *y * *b,
            Merge::Ave => (*y + *b) * half,
        };
    }
}

/// The same with a place of its own for the result.
#[inline(always)]
pub fn merge<S: Simd, T: Element>(simd: S, mode: Merge, forward: &[T], backward: &[T], y: &mut [T]) {
    y.copy_from_slice(forward);
    merge_into(simd, mode, backward, y);
}

/// The gradients of both outputs, overwritten.
#[inline(always)]
pub fn merge_backward<S: Simd, T: Element>(
    _simd: S,
    mode: Merge,
    forward: &[T],
    backward: &[T],
    dy: &[T],
    d_forward: &mut [T],
    d_backward: &mut [T],
) {
    let half = T::from_f64(0.5);
    let values = forward.iter().zip(backward).zip(dy);
    for (((f, b), dy), (df, db)) in values.zip(d_forward.iter_mut().zip(d_backward)) {
        (*df, *db) = match mode {
            Merge::Sum => (*dy, *dy),
            Merge::Mul => (*dy * *b, *dy * *f),
            Merge::Ave => (*dy * half, *dy * half),
        };
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    /// The modes against their formulas, and the gradients against differences.
    #[test]
    fn modes_and_their_gradients() {
        let simd = fearless_simd::Fallback::new();
        let (f, b, dy) = ([0.5_f64, -2.0, 3.0], [1.5, 0.25, -1.0], [1.0, -0.5, 2.0]);
        for (mode, formula) in [
            (Merge::Sum, (|f, b| f + b) as fn(f64, f64) -> f64),
            (Merge::Mul, |f, b| f * b),
            (Merge::Ave, |f, b| (f + b) / 2.0),
        ] {
            let (mut y, mut df, mut db) = ([0.0; 3], [0.0; 3], [0.0; 3]);
            merge(simd, mode, &f, &b, &mut y);
            merge_backward(simd, mode, &f, &b, &dy, &mut df, &mut db);
            for i in 0..3 {
                assert_eq!(y[i], formula(f[i], b[i]), "{mode:?}");
                let slope = |high: f64, low: f64| (high - low) / 2e-6 * dy[i];
                let of_f = slope(formula(f[i] + 1e-6, b[i]), formula(f[i] - 1e-6, b[i]));
                let of_b = slope(formula(f[i], b[i] + 1e-6), formula(f[i], b[i] - 1e-6));
                assert!((df[i] - of_f).abs() < 1e-8 && (db[i] - of_b).abs() < 1e-8, "{mode:?}");
            }
        }
    }
}
