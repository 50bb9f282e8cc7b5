//! `Adam`: steps of a size that each weight's gradients decide.

use super::common::{State, by_row, common, optimizer_row};
use super::update::Rule;
use super::{Optimizer, RowGradients};
use crate::element::Element;
use crate::params::Param;

/// Adam: Kingma and Ba, [Adam: A Method for Stochastic Optimization](https://arxiv.org/abs/1412.6980).
///
/// `m` and `v` are moving averages of the gradient and of its square, and at step `t`
/// `w -= learning_rate · √(1 - beta_2ᵗ) / (1 - beta_1ᵗ) · m / (√v + epsilon)`: as in Keras, `epsilon` is the paper's `ε̂`,
/// which the correction does not scale. With `amsgrad`, `v` is the largest so far: Reddi et al.,
/// [On the Convergence of Adam and Beyond](https://arxiv.org/abs/1904.09237).
///
/// Slots: `momentum`, `velocity`, and with `amsgrad` `velocity_hat`. At most one of the three ways to clip may be given.
#[derive(Clone, Debug)]
pub struct Adam<T = f32> {
    /// The length of a step; 0.001 by default.
    pub learning_rate: f64,
    /// How slowly the average of the gradient moves; 0.9 by default.
    pub beta_1: f64,
    /// How slowly the average of its square moves; 0.999 by default.
    pub beta_2: f64,
    /// What keeps the division from zero; 1e-7 by default.
    pub epsilon: f64,
    /// Whether the largest average of the square so far is used.
    pub amsgrad: bool,
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
    Adam, "adam";
    learning_rate: number(0.001, FROM_ZERO),
    beta_1: number(0.9, BELOW_ONE),
    beta_2: number(0.999, BELOW_ONE),
    epsilon: number(1e-7, FROM_ZERO),
    amsgrad: flag(false)
}

impl<T> Adam<T> {
    /// Keras' defaults, but this learning rate.
    pub fn new(learning_rate: f64) -> Self {
        Self { learning_rate, ..Self::default() }
    }

    fn slot_names(&self) -> Vec<&'static str> {
        if self.amsgrad { vec!["momentum", "velocity", "velocity_hat"] } else { vec!["momentum", "velocity"] }
    }
}

impl<T: Element> Optimizer<T> for Adam<T> {
    by_row!();

    fn step_with_rows(&mut self, params: &[Param], weights: &mut [T], gradients: &[T], rows: &[RowGradients<'_, T>]) {
        let t = (self.state.iterations + 1) as f64;
        let correction = (1.0 - self.beta_2.powf(t)).sqrt() / (1.0 - self.beta_1.powf(t));
        let rule = Rates {
            alpha: T::from_f64(self.learning_rate * correction),
            new_gradient: T::from_f64(1.0 - self.beta_1),
            new_square: T::from_f64(1.0 - self.beta_2),
            epsilon: T::from_f64(self.epsilon),
        };
        if self.amsgrad {
            common!(self).step::<_, _, 3>(&mut self.state, params, weights, gradients, rows, rule);
        } else {
            common!(self).step::<_, _, 2>(&mut self.state, params, weights, gradients, rows, rule);
        }
    }
}

#[derive(Clone, Copy)]
struct Rates<T> {
    alpha: T,
    new_gradient: T,
    new_square: T,
    epsilon: T,
}

impl<T: Element> Rates<T> {
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
