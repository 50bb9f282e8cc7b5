//! `Adadelta`: steps as long as the last ones were.

use super::LearningRate;
use super::common::{Algorithm, State, optimizer};
use super::update::{Rule, Update};
use crate::element::Element;
use crate::params::Param;

optimizer! {
    /// Adadelta: Zeiler, [ADADELTA: An Adaptive Learning Rate Method](https://arxiv.org/abs/1212.5701).
    ///
    /// `v` is the moving average of the gradient's square, `d` that of the steps' squares:
    /// `step = -√(d + epsilon) / √(v + epsilon) · gradient` and `w += learning_rate · step`. The paper's learning rate is 1.
    ///
    /// Slots: `accumulated_grad`, `accumulated_delta_var`. At most one of the three ways to clip may be given.
    ///
    /// ```
    /// use nn_core::optimizers::{Adadelta, Optimizer};
    /// # use nn_core::{Param, initializers::Initializer};
    /// # let params = [Param::new("w", &[1], 0, Initializer::Zeros)];
    ///
    /// let mut weights = [0.0_f64];
    /// Adadelta { rho: 0.0, epsilon: 1.0, ..Adadelta::new(1.0) }.step(&params, &mut weights, &[0.75]);
    /// assert!((weights[0] + 0.6).abs() < 1e-12);
    /// ```
    pub struct Adadelta, "adadelta" {
        /// What steps are scaled with; 0.001 by default.
        pub learning_rate: LearningRate = rate(0.001),
        /// How slowly the averages move; 0.95 by default.
        pub rho: f64 = number(0.95, UNIT),
        /// What keeps the division from zero, and lets the first step be made; 1e-7 by default.
        pub epsilon: f64 = number(1e-7, FROM_ZERO),
    }
}

impl<T: Element> Algorithm<T> for Adadelta<T> {
    fn slot_names(&self) -> Vec<&'static str> {
        vec!["accumulated_grad", "accumulated_delta_var"]
    }

    fn update(&self, mut update: Update<'_, T>) {
        update.each(Rates {
            rate: T::from_f64(update.rate),
            rho: T::from_f64(self.rho),
            new: T::from_f64(1.0 - self.rho),
            epsilon: T::from_f64(self.epsilon),
        });
    }
}

#[derive(Clone, Copy)]
struct Rates<T> {
    rate: T,
    rho: T,
    new: T,
    epsilon: T,
}

impl<T: Element> Rule<T, 2> for Rates<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, square: T, [v, d]: &mut [T; 2]) {
        *v = self.rho * *v + self.new * square;
        let ratio = (*d + self.epsilon) / (*v + self.epsilon);
        *d = self.rho * *d + self.new * ratio * square;
        *weight -= self.rate * ratio.sqrt() * gradient;
    }
}
