//! `Adam`: steps of a size that each weight's gradients decide.

use super::LearningRate;
use super::common::{Algorithm, State, optimizer};
use super::update::{Rule, Update};
use crate::element::Element;
use crate::params::Param;

optimizer! {
    /// Adam: Kingma and Ba, [Adam: A Method for Stochastic Optimization](https://arxiv.org/abs/1412.6980).
    ///
    /// `m` and `v` are moving averages of the gradient and of its square, and at step `t`
    /// `w -= learning_rate · √(1 - beta_2ᵗ) / (1 - beta_1ᵗ) · m / (√v + epsilon)`: as in Keras, `epsilon` is the paper's `ε̂`,
    /// which the correction does not scale. With `amsgrad`, `v` is the largest so far: Reddi et al.,
    /// [On the Convergence of Adam and Beyond](https://arxiv.org/abs/1904.09237).
    ///
    /// Slots: `momentum`, `velocity`, and with `amsgrad` `velocity_hat`. At most one of the three ways to clip may be given.
    pub struct Adam, "adam" {
        /// The length of a step; 0.001 by default.
        pub learning_rate: LearningRate = rate(0.001),
        /// How slowly the average of the gradient moves; 0.9 by default.
        pub beta_1: f64 = number(0.9, BELOW_ONE),
        /// How slowly the average of its square moves; 0.999 by default.
        pub beta_2: f64 = number(0.999, BELOW_ONE),
        /// What keeps the division from zero; 1e-7 by default.
        pub epsilon: f64 = number(1e-7, FROM_ZERO),
        /// Whether the largest average of the square so far is used.
        pub amsgrad: bool = flag(false),
    }
}

impl<T: Element> Algorithm<T> for Adam<T> {
    fn slot_names(&self) -> Vec<&'static str> {
        slot_names(self.amsgrad)
    }

    fn update(&self, update: Update<'_, T>) {
        let rates = Rates::new(&update, update.rate, self.beta_1, self.beta_2, self.epsilon);
        rates.run(update, self.amsgrad);
    }
}

/// The slots with `amsgrad` or without.
pub(super) fn slot_names(amsgrad: bool) -> Vec<&'static str> {
    if amsgrad { vec!["momentum", "velocity", "velocity_hat"] } else { vec!["momentum", "velocity"] }
}

/// What a step of Adam is made of.
#[derive(Clone, Copy)]
pub(super) struct Rates<T> {
    alpha: T,
    new_gradient: T,
    new_square: T,
    epsilon: T,
}

impl<T: Element> Rates<T> {
    pub fn new(update: &Update<'_, T>, rate: f64, beta_1: f64, beta_2: f64, epsilon: f64) -> Self {
        let correction = (1.0 - update.power(beta_2)).sqrt() / (1.0 - update.power(beta_1));
        Self {
            alpha: T::from_f64(rate * correction),
            new_gradient: T::from_f64(1.0 - beta_1),
            new_square: T::from_f64(1.0 - beta_2),
            epsilon: T::from_f64(epsilon),
        }
    }

    pub fn run(self, mut update: Update<'_, T>, amsgrad: bool) {
        if amsgrad { update.each::<_, 3>(self) } else { update.each::<_, 2>(self) }
    }

    #[inline(always)]
    fn averages(self, gradient: T, square: T, m: &mut T, v: &mut T) {
        *m += (gradient - *m) * self.new_gradient;
        *v += (square - *v) * self.new_square;
    }
}

impl<T: Element> Rule<T, 2> for Rates<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, square: T, [m, v]: &mut [T; 2]) {
        self.averages(gradient, square, m, v);
        *weight -= *m * self.alpha / (v.sqrt() + self.epsilon);
    }
}

impl<T: Element> Rule<T, 3> for Rates<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, square: T, [m, v, largest]: &mut [T; 3]) {
        self.averages(gradient, square, m, v);
        *largest = if *v > *largest { *v } else { *largest };
        *weight -= *m * self.alpha / (largest.sqrt() + self.epsilon);
    }
}
