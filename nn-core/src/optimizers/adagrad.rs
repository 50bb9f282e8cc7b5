//! `Adagrad`: steps that get shorter the more a weight has been moved.

use super::LearningRate;
use super::common::{Algorithm, State, optimizer};
use super::update::{Rule, Update};
use crate::element::Element;
use crate::params::Param;

optimizer! {
    /// Adagrad: Duchi et al., [Adaptive Subgradient Methods for Online Learning and Stochastic Optimization](https://jmlr.org/papers/v12/duchi11a.html).
    ///
    /// `a += gradient²` and `w -= learning_rate · gradient / √(a + epsilon)`.
    ///
    /// Slots: `accumulator`. At most one of the three ways to clip may be given.
    ///
    /// ```
    /// use nn_core::optimizers::{Adagrad, Optimizer};
    /// # use nn_core::{Param, initializers::Initializer};
    /// # let params = [Param::new("w", &[1], 0, Initializer::Zeros)];
    ///
    /// let mut weights = [0.0_f64];
    /// let mut adagrad = Adagrad { initial_accumulator_value: 7.0, epsilon: 0.0, ..Adagrad::new(0.5) };
    /// adagrad.step(&params, &mut weights, &[3.0]);
    /// assert_eq!(weights, [-0.375]);
    /// ```
    pub struct Adagrad, "adagrad" {
        /// The length of a step; 0.001 by default.
        pub learning_rate: LearningRate = rate(0.001),
        /// What the sum of the squares starts at; 0.1 by default.
        pub initial_accumulator_value: f64 = number(0.1, FROM_ZERO),
        /// What keeps the division from zero; 1e-7 by default.
        pub epsilon: f64 = number(1e-7, FROM_ZERO),
    }
}

impl<T: Element> Algorithm<T> for Adagrad<T> {
    fn slot_names(&self) -> Vec<&'static str> {
        vec!["accumulator"]
    }

    fn update(&self, mut update: Update<'_, T>) {
        let rates = Rates { rate: T::from_f64(update.rate), epsilon: T::from_f64(self.epsilon) };
        update.each_from([T::from_f64(self.initial_accumulator_value)], rates);
    }
}

#[derive(Clone, Copy)]
struct Rates<T> {
    rate: T,
    epsilon: T,
}

impl<T: Element> Rule<T, 1> for Rates<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, square: T, [sum]: &mut [T; 1]) {
        *sum += square;
        *weight -= self.rate * gradient / (*sum + self.epsilon).sqrt();
    }
}
