//! `Lion`: steps of one length, in the direction of the momentum.

use super::LearningRate;
use super::common::{Algorithm, State, optimizer};
use super::update::{Rule, Update};
use crate::element::Element;
use crate::losses::sign;
use crate::params::Param;

optimizer! {
    /// Lion: Chen et al., [Symbolic Discovery of Optimization Algorithms](https://arxiv.org/abs/2302.06675).
    ///
    /// `w -= learning_rate · sign(beta_1 · m + (1 - beta_1) · gradient)` and then
    /// `m = beta_2 · m + (1 - beta_2) · gradient`. Its learning rate should be three to ten times smaller than Adam's.
    ///
    /// Slots: `momentum`. At most one of the three ways to clip may be given.
    ///
    /// ```
    /// use nn_core::optimizers::{Lion, Optimizer};
    /// # use nn_core::{Param, initializers::Initializer};
    /// # let params = [Param::new("w", &[3], 0, Initializer::Zeros)];
    ///
    /// let mut weights = [0.0_f64; 3];
    /// Lion::new(0.5).step(&params, &mut weights, &[3.0, -0.1, 0.0]);
    /// assert_eq!(weights, [-0.5, 0.5, 0.0]);
    /// ```
    pub struct Lion, "lion" {
        /// The length of a step; 0.001 by default.
        pub learning_rate: LearningRate = rate(0.001),
        /// How much of the momentum there is in a step, above 0; 0.9 by default.
        pub beta_1: f64 = number(0.9, ABOVE_ZERO_TO_ONE),
        /// How slowly the momentum moves; 0.99 by default.
        pub beta_2: f64 = number(0.99, UNIT),
    }
}

impl<T: Element> Algorithm<T> for Lion<T> {
    fn slot_names(&self) -> Vec<&'static str> {
        vec!["momentum"]
    }

    fn update(&self, mut update: Update<'_, T>) {
        update.each(Rates {
            rate: T::from_f64(update.rate),
            old: [self.beta_1, self.beta_2].map(T::from_f64),
            new: [self.beta_1, self.beta_2].map(|beta| T::from_f64(1.0 - beta)),
        });
    }
}

#[derive(Clone, Copy)]
struct Rates<T> {
    rate: T,
    /// What momentum and gradient count in a step, and in the next momentum.
    old: [T; 2],
    new: [T; 2],
}

impl<T: Element> Rule<T, 1> for Rates<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, _: T, [m]: &mut [T; 1]) {
        *weight -= self.rate * sign(self.old[0] * *m + self.new[0] * gradient);
        *m = self.old[1] * *m + self.new[1] * gradient;
    }
}
