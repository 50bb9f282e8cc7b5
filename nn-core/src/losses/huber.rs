//! `Huber`: squared differences while they are small, absolute ones beyond.

use super::dense::{Pointwise, pointwise, sign};
use super::{REDUCTION, Reduction};
use crate::config::row;
use crate::element::Element;

/// The mean over a row of `d² / 2` where `d = |y_true - y_pred|` is at most `delta`, and of `delta · d - delta² / 2` beyond: Huber,
/// [Robust Estimation of a Location Parameter](https://doi.org/10.1214/aoms/1177703732).
///
/// ```
/// use nn_core::losses::{Huber, evaluate};
///
/// let loss = Huber { delta: 2.0, ..Default::default() };
/// assert_eq!(evaluate(&loss, &[0.0, 0.0], &[1.0, 5.0], 2, None).value, 4.25);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    /// The difference from which on the loss is a straight line; 1 by default.
    pub delta: f64,
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    Huber, "huber_loss", ["huber"], Down;
    delta: number(1.0, FROM_ZERO),
    reduction: REDUCTION
}

pointwise!(Huber);

impl<T: Element> Pointwise<T> for Huber {
    fn value_and_slope(&self, _: &[T]) -> (impl Fn(T, T) -> T, impl Fn(T, T) -> T) {
        let (delta, half) = (T::from_f64(self.delta), T::from_f64(0.5));
        let value = move |t: T, p: T| {
            let distance = (p - t).abs();
            if distance > delta { delta * (distance - half * delta) } else { half * distance * distance }
        };
        let slope = move |t: T, p: T| {
            let difference = p - t;
            if difference.abs() > delta { delta * sign(difference) } else { difference }
        };
        (value, slope)
    }
}
