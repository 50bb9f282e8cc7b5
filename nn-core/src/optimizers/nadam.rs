//! `Nadam`: Adam with Nesterov's momentum.

use super::LearningRate;
use super::common::{Algorithm, State, optimizer};
use super::update::{Rule, Update};
use crate::element::Element;
use crate::params::Param;

optimizer! {
    /// Nadam: Dozat, [Incorporating Nesterov Momentum into Adam](https://openreview.net/pdf?id=OM0jvwB8jIp57ZJjtNEZ).
    ///
    /// `m` and `v` are moving averages of the gradient and of its square. With `uₜ = beta_1 · (1 - 0.96ᵗ / 2)` and `pₜ` the product
    /// of all `u` up to step `t`, it is
    /// `m̂ = uₜ₊₁ · m / (1 - pₜ₊₁) + (1 - uₜ) · gradient / (1 - pₜ)`, `v̂ = v / (1 - beta_2ᵗ)` and
    /// `w -= learning_rate · m̂ / (√v̂ + epsilon)`.
    ///
    /// Slots: `momentum`, `velocity`, and `momentum_product`, which is the one number `pₜ`. At most one of the three ways to clip may be given.
    ///
    /// ```
    /// use nn_core::optimizers::{Nadam, Optimizer};
    /// # use nn_core::{Param, initializers::Initializer};
    /// # let params = [Param::new("w", &[1], 0, Initializer::Zeros)];
    ///
    /// let mut weights = [0.0_f64];
    /// Nadam::new(0.1).step(&params, &mut weights, &[8.0]);
    /// assert!((-0.11..-0.09).contains(&weights[0]));
    /// ```
    pub struct Nadam, "nadam" {
        /// The length of a step; 0.001 by default.
        pub learning_rate: LearningRate = rate(0.001),
        /// How slowly the average of the gradient moves; 0.9 by default.
        pub beta_1: f64 = number(0.9, BELOW_ONE),
        /// How slowly the average of its square moves; 0.999 by default.
        pub beta_2: f64 = number(0.999, BELOW_ONE),
        /// What keeps the division from zero; 1e-7 by default.
        pub epsilon: f64 = number(1e-7, FROM_ZERO),
    }
}

impl<T: Element> Algorithm<T> for Nadam<T> {
    fn slot_names(&self) -> Vec<&'static str> {
        vec!["momentum", "velocity"]
    }

    fn update(&self, mut update: Update<'_, T>) {
        let momentum = |step: u64| self.beta_1 * (1.0 - 0.5 * 0.96_f64.powf(step as f64));
        let [now, next] = [update.number, update.number + 1].map(momentum);
        let product = update.momenta.first().map_or(1.0, |&product| Element::to_f64(product)) * now;
        *update.momenta = vec![T::from_f64(product)];
        update.each(Rates {
            of_momentum: T::from_f64(update.rate * next / (1.0 - product * next)),
            of_gradient: T::from_f64(update.rate * (1.0 - now) / (1.0 - product)),
            correction: T::from_f64(1.0 / (1.0 - update.power(self.beta_2))),
            new_gradient: T::from_f64(1.0 - self.beta_1),
            new_square: T::from_f64(1.0 - self.beta_2),
            epsilon: T::from_f64(self.epsilon),
        });
    }
}

#[derive(Clone, Copy)]
struct Rates<T> {
    of_momentum: T,
    of_gradient: T,
    correction: T,
    new_gradient: T,
    new_square: T,
    epsilon: T,
}

impl<T: Element> Rule<T, 2> for Rates<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, square: T, [m, v]: &mut [T; 2]) {
        *m += (gradient - *m) * self.new_gradient;
        *v += (square - *v) * self.new_square;
        let step = self.of_momentum * *m + self.of_gradient * gradient;
        *weight -= step / ((*v * self.correction).sqrt() + self.epsilon);
    }
}
