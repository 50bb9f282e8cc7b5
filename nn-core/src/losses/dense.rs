//! What the losses have in common whose targets are shaped as the output.

use super::{BadTarget, Expected};
use crate::element::Element;

/// Refuses targets that are not finite.
pub(super) fn check<T: Element>(y_true: &[T], classes: usize) -> Result<(), BadTarget> {
    match y_true.iter().position(|value| !value.is_finite()) {
        Some(at) => {
            Err(BadTarget { row: at / classes.max(1), value: Element::to_f64(y_true[at]), expected: Expected::Finite })
        }
        None => Ok(()),
    }
}

/// −1, 0 or 1: the derivative of the absolute value, zero at zero.
pub(crate) fn sign<T: Element>(x: T) -> T {
    if x == T::zero() { x } else { x.signum() }
}

/// The value of each row is the mean over the row of `value(y_true, y_pred)`.
pub(super) fn row_means<T: Element>(
    y_true: &[T],
    y_pred: &[T],
    classes: usize,
    values: &mut [T],
    value: impl Fn(T, T) -> T,
) {
    let rows = y_true.chunks_exact(classes.max(1)).zip(y_pred.chunks_exact(classes.max(1)));
    for (out, (t, p)) in values.iter_mut().zip(rows) {
        *out = T::from_f64(row_sum(t, p, &value) / classes as f64);
    }
}

/// In `f64`, since a row may be long, and in lanes, so that additions need not wait for one another.
fn row_sum<T: Element>(t: &[T], p: &[T], value: &impl Fn(T, T) -> T) -> f64 {
    let mut lanes = [0.0; 8];
    let ((ts, t), (ps, p)) = (t.as_chunks::<8>(), p.as_chunks::<8>());
    for (t, p) in ts.iter().zip(ps) {
        for (lane, (&t, &p)) in lanes.iter_mut().zip(t.iter().zip(p)) {
            *lane += value(t, p).to_f64();
        }
    }
    for (lane, (&t, &p)) in lanes.iter_mut().zip(t.iter().zip(p)) {
        *lane += value(t, p).to_f64();
    }
    lanes.iter().sum()
}

/// The gradient to [`row_means`], from the derivative of `value` with respect to `y_pred`.
pub(super) fn mean_gradients<T: Element>(
    y_true: &[T],
    y_pred: &[T],
    classes: usize,
    factor: &[T],
    dy_pred: &mut [T],
    derivative: impl Fn(T, T) -> T,
) {
    let share = T::one() / T::from_f64(classes as f64);
    let rows = y_true.chunks_exact(classes.max(1)).zip(y_pred.chunks_exact(classes.max(1)));
    for ((dy, &factor), (t, p)) in dy_pred.chunks_exact_mut(classes.max(1)).zip(factor).zip(rows) {
        for ((dy, &t), &p) in dy.iter_mut().zip(t).zip(p) {
            *dy = derivative(t, p) * factor * share;
        }
    }
}
