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

/// A loss whose value for each row is the mean, or the sum, of a function of target and output.
pub(super) trait Pointwise<T: Element> {
    /// Whether it is the mean.
    const MEAN: bool = true;

    /// The function, and its derivative with respect to the output.
    fn value_and_slope(&self, y_true: &[T]) -> (impl Fn(T, T) -> T, impl Fn(T, T) -> T);
}

/// Writes [`Loss`](super::Loss) for a [`Pointwise`].
macro_rules! pointwise {
    ($loss:ident) => {
        impl<T: Element> $crate::losses::Loss<T> for $loss {
            $crate::losses::by_row!();

            fn target_width(&self, classes: usize) -> usize {
                classes
            }

            fn check(&self, y_true: &[T], classes: usize) -> Result<(), $crate::losses::BadTarget> {
                $crate::losses::dense::check(y_true, classes)
            }

            fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, values: &mut [T]) {
                let (value, _) = self.value_and_slope(y_true);
                $crate::losses::dense::row_means(y_true, y_pred, classes, values, value);
                if !<Self as Pointwise<T>>::MEAN {
                    values.iter_mut().for_each(|value| *value *= T::from_f64(classes as f64));
                }
            }

            fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, factor: &[T], dy_pred: &mut [T]) {
                let (_, slope) = self.value_and_slope(y_true);
                $crate::losses::dense::mean_gradients(y_true, y_pred, classes, factor, dy_pred, slope);
                if !<Self as Pointwise<T>>::MEAN {
                    dy_pred.iter_mut().for_each(|dy| *dy *= T::from_f64(classes as f64));
                }
            }
        }
    };
}

pub(super) use pointwise;

/// What makes −1 of a target that is 0, if all targets are 0 or 1.
pub(super) fn sides<T: Element>(y_true: &[T]) -> impl Fn(T) -> T + Copy + use<T> {
    let binary = y_true.iter().all(|&t| t == T::zero() || t == T::one());
    move |t| if binary { t + t - T::one() } else { t }
}

/// Writes the value of each row.
pub(super) fn each_row<T: Element>(
    y_true: &[T],
    y_pred: &[T],
    classes: usize,
    values: &mut [T],
    mut value: impl FnMut(&[T], &[T]) -> T,
) {
    let rows = y_true.chunks_exact(classes.max(1)).zip(y_pred.chunks_exact(classes.max(1)));
    for (out, (t, p)) in values.iter_mut().zip(rows) {
        *out = value(t, p);
    }
}

/// Lets `gradient` write the gradient of each row, which it gets with the factor of the row.
pub(super) fn each_gradient<T: Element>(
    y_true: &[T],
    y_pred: &[T],
    classes: usize,
    factor: &[T],
    dy_pred: &mut [T],
    mut gradient: impl FnMut(&[T], &[T], T, &mut [T]),
) {
    let rows = y_true.chunks_exact(classes.max(1)).zip(y_pred.chunks_exact(classes.max(1)));
    for ((dy, &factor), (t, p)) in dy_pred.chunks_exact_mut(classes.max(1)).zip(factor).zip(rows) {
        gradient(t, p, factor, dy);
    }
}

/// The value of each row is the mean over the row of `value(y_true, y_pred)`.
pub(super) fn row_means<T: Element>(
    y_true: &[T],
    y_pred: &[T],
    classes: usize,
    values: &mut [T],
    value: impl Fn(T, T) -> T,
) {
    each_row(y_true, y_pred, classes, values, |t, p| T::from_f64(row_sum(t, p, &value) / classes as f64));
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
    each_gradient(y_true, y_pred, classes, factor, dy_pred, |t, p, factor, dy| {
        for ((dy, &t), &p) in dy.iter_mut().zip(t).zip(p) {
            *dy = derivative(t, p) * factor * share;
        }
    });
}
