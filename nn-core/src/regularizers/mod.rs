//! Penalties on the size of weights, and of what layers compute.

use crate::element::Element;

/// A penalty that a weight, or the output of a layer, adds to the loss: `l1 · Σ|w| + l2 · Σw²`.
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

/// A regularizer of one's own: what a weight of a shape costs. It adds the gradient of that to `gradient`.
///
/// The weight is given as one flat slice, whose last axis varies fastest. In a network it stands by its path, as a function:
/// `Dense<8, kernel_regularizer = crate::smooth>`.
///
/// ```
/// use nn_core::regularizers::Penalty;
///
/// /// The squares of the differences between neighbours in a row.
/// fn smooth(shape: &[usize], weight: &[f64], gradient: &mut [f64]) -> f64 {
///     let mut cost = 0.0;
///     for (row, gradient) in weight.chunks(shape[1]).zip(gradient.chunks_mut(shape[1])) {
///         for at in 1..row.len() {
///             let difference = row[at] - row[at - 1];
///             cost += 0.1 * difference * difference;
///             gradient[at] += 0.2 * difference;
///             gradient[at - 1] -= 0.2 * difference;
///         }
///     }
///     cost
/// }
///
/// let smooth: Penalty = smooth;
/// assert!((smooth(&[1, 3], &[0.0, 2.0, 1.0], &mut [0.0; 3]) - 0.5).abs() < 1e-12);
/// ```
pub type Penalty = fn(shape: &[usize], weight: &[f64], gradient: &mut [f64]) -> f64;

impl Regularizer {
    /// The penalty for a weight.
    pub fn value<T: Element>(self, weights: &[T]) -> f64 {
        // Sums in lanes, so that additions need not wait for one another.
        let (mut absolute, mut square) = ([0.0; 8], [0.0; 8]);
        let mut add = |part: &[T]| {
            for ((absolute, square), &weight) in absolute.iter_mut().zip(&mut square).zip(part) {
                let weight = Element::to_f64(weight);
                *absolute += weight.abs();
                *square += weight * weight;
            }
        };
        let (parts, rest) = weights.as_chunks::<8>();
        parts.iter().for_each(|part| add(part));
        add(rest);
        self.l1 * absolute.iter().sum::<f64>() + self.l2 * square.iter().sum::<f64>()
    }

    /// Adds the gradient of the penalty: `l1 · sign(w) + 2 · l2 · w`; the sign of zero is zero.
    pub fn add_gradient<T: Element>(self, weights: &[T], gradients: &mut [T]) {
        let slope = self.slope(1.0);
        gradients.iter_mut().zip(weights).for_each(|(gradient, &weight)| *gradient += slope(weight));
    }

    /// Writes the gradient of the penalty of a layer's results, which is a mean over the `samples` samples of a batch.
    #[inline(always)]
    pub fn gradient<T: Element>(self, samples: usize, values: &[T], gradients: &mut [T]) {
        let slope = self.slope(1.0 / samples.max(1) as f64);
        gradients.iter_mut().zip(values).for_each(
            #[inline(always)]
            |(gradient, &value)| *gradient = slope(value),
        );
    }

    /// The slope of so much of the penalty at a number.
    #[inline(always)]
    fn slope<T: Element>(self, share: f64) -> impl Fn(T) -> T {
        let (l1, l2) = (T::from_f64(share * self.l1), T::from_f64(share * 2.0 * self.l2));
        #[inline(always)]
        move |x| {
            let sign = if x > T::zero() {
                l1
            } else if x < T::zero() {
                -l1
            } else {
                T::zero()
            };
            sign + l2 * x
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
        let mut mean = [f64::NAN; 3];
        penalty.gradient(4, &weights, &mut mean);
        assert!(mean.iter().zip(gradients).all(|(mean, sum)| (4.0 * mean - (sum - 10.0)).abs() < 1e-12));
    }
}
