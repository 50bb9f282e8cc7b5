//! What the categorical crossentropies have in common: softmax from logits, and Keras' clipping of probabilities.

use crate::element::Element;

/// Keras' `epsilon`: probabilities are clipped to `[1e-7, 1 - 1e-7]`.
pub(super) const EPSILON: f64 = 1e-7;

/// The clipping of numbers; its derivative is one inside the bounds and on them, as TensorFlow's.
#[derive(Clone, Copy)]
pub(super) struct Clip<T> {
    low: T,
    high: T,
}

impl<T: Element> Clip<T> {
    pub(super) fn new(low: f64, high: f64) -> Self {
        Clip { low: T::from_f64(low), high: T::from_f64(high) }
    }

    /// To `[1e-7, 1 - 1e-7]`.
    pub(super) fn probabilities() -> Self {
        Self::new(EPSILON, 1.0 - EPSILON)
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

/// What a target of so many classes becomes: `y_true · (1 - label_smoothing) + label_smoothing / classes`.
pub(super) fn smooth<T: Element>(label_smoothing: f64, classes: usize) -> impl Fn(T) -> T + use<T> {
    let keep = T::from_f64(1.0 - label_smoothing);
    let add = T::from_f64(label_smoothing / classes as f64);
    move |target| target * keep + add
}

/// The gradient of `factor · Σ value(clip(q))` with `q = p / Σ p`, from the derivative of each value; through the division goes
/// `(dq - Σ dq · q) / Σ p`.
pub(super) fn gradient_of_parts<T: Element>(
    row: &[T],
    factor: T,
    clip: &Clip<T>,
    dy: &mut [T],
    slope: impl Fn(usize, T) -> T,
) {
    let total = sum(row.iter().copied());
    let mut inner = 0.0;
    for (class, (dy, &p)) in dy.iter_mut().zip(row).enumerate() {
        let q = p / total;
        *dy = if clip.keeps(q) { slope(class, q) } else { T::zero() };
        inner += Element::to_f64(*dy * q);
    }
    let inner = T::from_f64(inner);
    for dy in dy {
        *dy = (*dy - inner) * factor / total;
    }
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
