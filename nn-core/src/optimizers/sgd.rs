//! `SGD`: along the gradient, with momentum.

use super::common::{State, by_row, common, optimizer_row};
use super::update::Rule;
use super::{Optimizer, RowGradients};
use crate::element::Element;
use crate::params::Param;

/// Gradient descent: `w -= learning_rate · gradient`.
///
/// With `momentum`, `m = momentum · m - learning_rate · gradient` and `w += m`; with `nesterov` on top,
/// `w += momentum · m - learning_rate · gradient`: Sutskever et al.,
/// [On the importance of initialization and momentum in deep learning](https://proceedings.mlr.press/v28/sutskever13.html).
///
/// Slots: `momentum`, where it is not zero. At most one of the three ways to clip may be given.
#[derive(Clone, Debug)]
pub struct SGD<T = f32> {
    /// The length of a step; 0.01 by default.
    pub learning_rate: f64,
    /// How much of the last step is made again; 0 by default.
    pub momentum: f64,
    /// Whether the gradient counts as taken after the momentum.
    pub nesterov: bool,
    /// What part of a weight is taken off before each step, times the learning rate.
    pub weight_decay: Option<f64>,
    /// The largest norm of the gradient of each weight tensor.
    pub clipnorm: Option<f64>,
    /// The largest norm of all gradients together.
    pub global_clipnorm: Option<f64>,
    /// The largest absolute value of each element of the gradients.
    pub clipvalue: Option<f64>,
    /// What it remembers.
    pub state: State<T>,
}

optimizer_row! {
    SGD, "sgd";
    learning_rate: number(0.01, FROM_ZERO),
    momentum: number(0.0, UNIT),
    nesterov: flag(false)
}

impl<T> SGD<T> {
    /// Keras' defaults, but this learning rate.
    pub fn new(learning_rate: f64) -> Self {
        Self { learning_rate, ..Self::default() }
    }

    fn slot_names(&self) -> Vec<&'static str> {
        if self.momentum == 0.0 { vec![] } else { vec!["momentum"] }
    }
}

impl<T: Element> Optimizer<T> for SGD<T> {
    by_row!();

    fn step_with_rows(&mut self, params: &[Param], weights: &mut [T], gradients: &[T], rows: &[RowGradients<'_, T>]) {
        let rate = T::from_f64(self.learning_rate);
        let momentum = T::from_f64(self.momentum);
        let common = common!(self);
        let state = &mut self.state;
        if self.momentum == 0.0 {
            common.step(state, params, weights, gradients, rows, Plain { rate });
        } else if self.nesterov {
            common.step(state, params, weights, gradients, rows, Nesterov { rate, momentum });
        } else {
            common.step(state, params, weights, gradients, rows, Momentum { rate, momentum });
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
