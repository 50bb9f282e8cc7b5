//! What the categorical crossentropies have in common: softmax from logits, and Keras' clipping of probabilities.

use crate::element::Element;

/// Keras' `epsilon`: probabilities are clipped to `[1e-7, 1 - 1e-7]`.
pub(super) const EPSILON: f64 = 1e-7;

/// The clipping of probabilities; its derivative is one inside the bounds and on them, as TensorFlow's.
pub(super) struct Clip<T> {
    low: T,
    high: T,
}

impl<T: Element> Clip<T> {
    pub(super) fn new() -> Self {
        Clip { low: T::from_f64(EPSILON), high: T::from_f64(1.0 - EPSILON) }
    }

    #[inline]
    pub(super) fn apply(&self, p: T) -> T {
        // Not `max` and `min`: they would hide a NaN.
        if p < self.low {
            self.low
        } else if p > self.high {
            self.high
        } else {
            p
        }
    }

    #[inline]
    pub(super) fn keeps(&self, p: T) -> bool {
        !(p < self.low || p > self.high)
    }
}

/// `ln Σ exp(x)`, without overflow.
pub(super) fn log_sum_exp<T: Element>(row: &[T]) -> T {
    let top = largest(row);
    top + sum(row.iter().map(|&x| (x - top).exp())).ln()
}

/// The sum of the terms of a row, which may be long: in `f64`.
pub(super) fn sum<T: Element>(terms: impl Iterator<Item = T>) -> T {
    T::from_f64(terms.map(|term| Element::to_f64(term)).sum())
}

/// Writes `factor · softmax(row)`.
pub(super) fn scaled<T: Element>(row: &[T], factor: T, out: &mut [T]) {
    let top = largest(row);
    for (out, &x) in out.iter_mut().zip(row) {
        *out = (x - top).exp();
    }
    let scale = factor / sum(out.iter().copied());
    for out in out {
        *out *= scale;
    }
}

fn largest<T: Element>(row: &[T]) -> T {
    row.iter().copied().fold(T::neg_infinity(), T::max)
}
