//! `SGD`: along the gradient, with momentum.

use super::LearningRate;
use super::common::{Algorithm, State, optimizer};
use super::update::{Rule, Update};
use crate::element::Element;
use crate::params::Param;

optimizer! {
    /// Gradient descent: `w -= learning_rate · gradient`.
    ///
    /// With `momentum`, `m = momentum · m - learning_rate · gradient` and `w += m`; with `nesterov` on top,
    /// `w += momentum · m - learning_rate · gradient`: Sutskever et al.,
    /// [On the importance of initialization and momentum in deep learning](https://proceedings.mlr.press/v28/sutskever13.html).
    ///
    /// Slots: `momentum`, where it is not zero. At most one of the three ways to clip may be given.
    pub struct SGD, "sgd" {
        /// The length of a step; 0.01 by default.
        pub learning_rate: LearningRate = rate(0.01),
        /// How much of the last step is made again; 0 by default.
        pub momentum: f64 = number(0.0, UNIT),
        /// Whether the gradient counts as taken after the momentum.
        pub nesterov: bool = flag(false),
    }
}

impl<T: Element> Algorithm<T> for SGD<T> {
    fn slot_names(&self) -> Vec<&'static str> {
        if self.momentum == 0.0 { vec![] } else { vec!["momentum"] }
    }

    fn update(&self, mut update: Update<'_, T>) {
        let rate = T::from_f64(update.rate);
        let momentum = T::from_f64(self.momentum);
        if self.momentum == 0.0 {
            update.each(Plain { rate });
        } else if self.nesterov {
            update.each(Nesterov { rate, momentum });
        } else {
            update.each(Momentum { rate, momentum });
        }
    }
}

#[derive(Clone, Copy)]
struct Plain<T> {
    rate: T,
}

impl<T: Element> Rule<T, 0> for Plain<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, _: T, _: &mut [T; 0]) {
        *weight -= self.rate * gradient;
    }
}

#[derive(Clone, Copy)]
struct Momentum<T> {
    rate: T,
    momentum: T,
}

impl<T: Element> Rule<T, 1> for Momentum<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, _: T, [m]: &mut [T; 1]) {
        *m = self.momentum * *m - self.rate * gradient;
        *weight += *m;
    }
}

#[derive(Clone, Copy)]
struct Nesterov<T> {
    rate: T,
    momentum: T,
}

impl<T: Element> Rule<T, 1> for Nesterov<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, _: T, [m]: &mut [T; 1]) {
        let along = self.rate * gradient;
        *m = self.momentum * *m - along;
        *weight += self.momentum * *m - along;
    }
}
