//! Penalties on the size of weights.

use crate::element::Element;

/// A penalty that a weight adds to the loss: `l1 · Σ|w| + l2 · Σw²`.
///
/// ```
/// let penalty = nn_core::regularizers::Regularizer { l1: 0.0, l2: 0.1 };
/// assert!((penalty.value(&[1.0_f32, -2.0]) - 0.5).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regularizer {
    /// The factor of the sum of absolute values.
    pub l1: f64,
    /// The factor of the sum of squares.
    pub l2: f64,
}

impl Regularizer {
    /// The penalty for a weight.
    pub fn value<T: Element>(self, weights: &[T]) -> f64 {
        // Sums in lanes, so that additions need not wait for one another.
        let mut absolute = [0.0; 8];
        let mut square = [0.0; 8];
        for part in weights.chunks(8) {
            for ((absolute, square), &weight) in absolute.iter_mut().zip(&mut square).zip(part) {
                let weight = Element::to_f64(weight);
                *absolute += weight.abs();
                *square += weight * weight;
            }
        }
        self.l1 * absolute.iter().sum::<f64>() + self.l2 * square.iter().sum::<f64>()
    }

    /// Adds the gradient of the penalty: `l1 · sign(w) + 2 · l2 · w`; the sign of zero is zero.
    pub fn add_gradient<T: Element>(self, weights: &[T], gradients: &mut [T]) {
        let (l1, l2) = (T::from_f64(self.l1), T::from_f64(2.0 * self.l2));
        for (gradient, &weight) in gradients.iter_mut().zip(weights) {
            let sign = if weight > T::zero() {
                l1
            } else if weight < T::zero() {
                -l1
            } else {
                T::zero()
            };
            *gradient += sign + l2 * weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_adds_up_both_penalties() {
        let weights = [1.0, -2.0, 0.0, 3.0, -1.0, 0.5, 0.25, -0.25, 4.0, -5.0, 2.0];
        let value = Regularizer { l1: 0.5, l2: 0.25 }.value(&weights);
        let want: f64 = weights.iter().map(|w: &f64| 0.5 * w.abs() + 0.25 * w * w).sum();
        assert!((value - want).abs() < 1e-12);
    }

    #[test]
    fn gradient_is_the_slope_of_the_value() {
        let penalty = Regularizer { l1: 0.3, l2: 0.7 };
        let weights = [1.5, -0.75, 2.0];
        let mut gradients = [10.0; 3];
        penalty.add_gradient(&weights, &mut gradients);
        for at in 0..3 {
            let moved = |by: f64| {
                let mut weights = weights;
                weights[at] += by;
                penalty.value(&weights)
            };
            let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((gradients[at] - 10.0 - slope).abs() < 1e-7);
        }
        let mut gradient = [0.0];
        penalty.add_gradient(&[0.0], &mut gradient);
        assert_eq!(gradient, [0.0]);
    }
}
