//! `Adamax`: Adam with the largest gradient in place of the mean square.

use super::LearningRate;
use super::common::{Algorithm, State, optimizer};
use super::update::{Rule, Update};
use crate::element::Element;
use crate::params::Param;

optimizer! {
    /// Adamax, a variant of Adam: Kingma and Ba,
    /// [Adam: A Method for Stochastic Optimization](https://arxiv.org/abs/1412.6980), section 7.1.
    ///
    /// `m` is the moving average of the gradient, `u = max(beta_2 · u, |gradient|)`, and at step `t`
    /// `w -= learning_rate / (1 - beta_1ᵗ) · m / (u + epsilon)`.
    ///
    /// Slots: `momentum`, `norm`. At most one of the three ways to clip may be given.
    ///
    /// ```
    /// use nn_core::optimizers::{Adamax, Optimizer};
    /// # use nn_core::{Param, initializers::Initializer};
    /// # let params = [Param::new("w", &[1], 0, Initializer::Zeros)];
    ///
    /// let mut weights = [0.0_f64];
    /// Adamax::new(0.25).step(&params, &mut weights, &[8.0]);
    /// assert!((weights[0] + 0.25).abs() < 1e-6);
    /// ```
    pub struct Adamax, "adamax" {
        /// The length of a step; 0.001 by default.
        pub learning_rate: LearningRate = rate(0.001),
        /// How slowly the average of the gradient moves; 0.9 by default.
        pub beta_1: f64 = number(0.9, BELOW_ONE),
        /// How slowly the largest gradient is forgotten; 0.999 by default.
        pub beta_2: f64 = number(0.999, BELOW_ONE),
        /// What keeps the division from zero; 1e-7 by default.
        pub epsilon: f64 = number(1e-7, FROM_ZERO),
    }
}

impl<T: Element> Algorithm<T> for Adamax<T> {
    fn slot_names(&self) -> Vec<&'static str> {
        vec!["momentum", "norm"]
    }

    fn update(&self, mut update: Update<'_, T>) {
        update.each(Rates {
            alpha: T::from_f64(update.rate / (1.0 - update.power(self.beta_1))),
            new: T::from_f64(1.0 - self.beta_1),
            old_norm: T::from_f64(self.beta_2),
            epsilon: T::from_f64(self.epsilon),
        });
    }
}

#[derive(Clone, Copy)]
struct Rates<T> {
    alpha: T,
    new: T,
    old_norm: T,
    epsilon: T,
}

impl<T: Element> Rule<T, 2> for Rates<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, norm: T, [m, u]: &mut [T; 2]) {
        *m += (gradient - *m) * self.new;
        *u *= self.old_norm;
        // Not `max`: it would hide a NaN.
        *u = if *u > norm { *u } else { norm };
        *weight -= *m * self.alpha / (*u + self.epsilon);
    }

    #[inline(always)]
    fn size(self, gradient: T) -> T {
        gradient.abs()
    }
}
