//! `Lamb`: Adam with steps as long as each tensor of weights allows.

use super::LearningRate;
use super::clip::sum_of_squares;
use super::common::{Algorithm, State, optimizer};
use super::update::Update;
use crate::element::Element;
use crate::params::Param;

optimizer! {
    /// LAMB, for large batches: You et al., [Large Batch Optimization for Deep Learning](https://arxiv.org/abs/1904.00962).
    ///
    /// `m` and `v` are moving averages of the gradient and of its square, and at step `t` a step of Adam would be
    /// `u = m / (1 - beta_1ᵗ) / (√(v / (1 - beta_2ᵗ)) + epsilon)`. It is made as long as its tensor of weights is:
    /// `w -= learning_rate · ‖w‖ / ‖u‖ · u`, or as it is where one of the norms is zero.
    ///
    /// Slots: `momentum`, `velocity`. At most one of the three ways to clip may be given.
    ///
    /// ```
    /// use nn_core::optimizers::{Lamb, Optimizer};
    /// # use nn_core::{Param, initializers::Initializer};
    /// # let params = [Param::new("w", &[2], 0, Initializer::Zeros)];
    ///
    /// // The weights have the norm 5, and Adam's step is 1 in each.
    /// let mut weights = [3.0_f64, 4.0];
    /// Lamb { epsilon: 0.0, ..Lamb::new(0.1) }.step(&params, &mut weights, &[7.0, -7.0]);
    /// assert!((weights[0] - (3.0 - 0.5 / 2.0_f64.sqrt())).abs() < 1e-9);
    /// ```
    pub struct Lamb, "lamb" {
        /// The length of a step, in lengths of the weights; 0.001 by default.
        pub learning_rate: LearningRate = rate(0.001),
        /// How slowly the average of the gradient moves; 0.9 by default.
        pub beta_1: f64 = number(0.9, BELOW_ONE),
        /// How slowly the average of its square moves; 0.999 by default.
        pub beta_2: f64 = number(0.999, BELOW_ONE),
        /// What keeps the division from zero; 1e-7 by default.
        pub epsilon: f64 = number(1e-7, FROM_ZERO),
    }
}

impl<T: Element> Algorithm<T> for Lamb<T> {
    const SKIPS_ROWS: bool = false;

    fn slot_names(&self) -> Vec<&'static str> {
        vec!["momentum", "velocity"]
    }

    fn update(&self, update: Update<'_, T>) {
        let [new_gradient, new_square] = [self.beta_1, self.beta_2].map(|beta| T::from_f64(1.0 - beta));
        let corrections = [self.beta_1, self.beta_2].map(|beta| T::from_f64(1.0 / (1.0 - update.power(beta))));
        let (epsilon, rate) = (T::from_f64(self.epsilon), update.rate);
        let step = |m: T, v: T| m * corrections[0] / ((v * corrections[1]).sqrt() + epsilon);
        update.tensors(
            |param| [param.len(); 2],
            |tensor| {
                let [m, v] = tensor.slots;
                let mut squares = 0.0;
                for ((m, v), &gradient) in m.iter_mut().zip(v.iter_mut()).zip(tensor.gradients) {
                    *m += (gradient - *m) * new_gradient;
                    *v += (gradient * gradient - *v) * new_square;
                    squares += Element::to_f64(step(*m, *v)).powi(2);
                }
                let norms = [sum_of_squares(tensor.weights), squares].map(f64::sqrt);
                // A norm that is not a number goes on.
                let ratio = if norms.contains(&0.0) { 1.0 } else { norms[0] / norms[1] };
                let rate = T::from_f64(rate * ratio);
                for ((weight, m), v) in tensor.weights.iter_mut().zip(m).zip(v) {
                    *weight -= rate * step(*m, *v);
                }
            },
        );
    }
}
