//! `RMSprop`: steps scaled by the root of the mean square of the gradient.

use super::LearningRate;
use super::common::{Algorithm, State, optimizer};
use super::update::{Rule, Update};
use crate::element::Element;
use crate::params::Param;

optimizer! {
    /// RMSprop: Hinton, [Neural Networks for Machine Learning, lecture 6](https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf).
    ///
    /// `v = rho · v + (1 - rho) · gradient²` and `w -= learning_rate · gradient / √(v + epsilon)`. With `centered`, the square of
    /// the average gradient is taken off `v`; with `momentum`, a step is `m = momentum · m + …` and `w -= m`.
    ///
    /// Slots: `velocity`, with `momentum` that, with `centered` `average_gradient`. At most one of the three ways to clip may be given.
    pub struct RMSprop, "rmsprop" {
        /// The length of a step; 0.001 by default.
        pub learning_rate: LearningRate = rate(0.001),
        /// How slowly the averages move; 0.9 by default.
        pub rho: f64 = number(0.9, UNIT),
        /// How much of the last step is made again; 0 by default.
        pub momentum: f64 = number(0.0, UNIT),
        /// What keeps the division from zero; 1e-7 by default.
        pub epsilon: f64 = number(1e-7, FROM_ZERO),
        /// Whether gradients are scaled by their variance instead of their mean square. Under a gradient that does not change, the variance
        /// comes to zero and, by rounding, below it: as in Keras, weights can become NaN then. A larger `epsilon` keeps them from it.
        pub centered: bool = flag(false),
    }
}

impl<T: Element> Algorithm<T> for RMSprop<T> {
    fn slot_names(&self) -> Vec<&'static str> {
        let momentum = (self.momentum > 0.0).then_some("momentum");
        let average = self.centered.then_some("average_gradient");
        [Some("velocity"), momentum, average].into_iter().flatten().collect()
    }

    fn update(&self, mut update: Update<'_, T>) {
        let rates = Rates {
            rate: T::from_f64(update.rate),
            rho: T::from_f64(self.rho),
            new: T::from_f64(1.0 - self.rho),
            momentum: T::from_f64(self.momentum),
            epsilon: T::from_f64(self.epsilon),
        };
        match (self.momentum > 0.0, self.centered) {
            (false, false) => update.each(Plain(rates)),
            (true, false) => update.each(Momentum(rates)),
            (false, true) => update.each(Centered(rates)),
            (true, true) => update.each(CenteredMomentum(rates)),
        }
    }
}

#[derive(Clone, Copy)]
struct Rates<T> {
    rate: T,
    rho: T,
    new: T,
    momentum: T,
    epsilon: T,
}

impl<T: Element> Rates<T> {
    #[inline(always)]
    fn increment(self, gradient: T, square: T, v: &mut T) -> T {
        *v = self.rho * *v + self.new * square;
        self.rate * gradient / (*v + self.epsilon).sqrt()
    }

    #[inline(always)]
    fn centered_increment(self, gradient: T, square: T, v: &mut T, average: &mut T) -> T {
        *v = self.rho * *v + self.new * square;
        *average = self.rho * *average + self.new * gradient;
        self.rate * gradient / (*v - *average * *average + self.epsilon).sqrt()
    }
}

#[derive(Clone, Copy)]
struct Plain<T>(Rates<T>);

impl<T: Element> Rule<T, 1> for Plain<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, square: T, [v]: &mut [T; 1]) {
        *weight -= self.0.increment(gradient, square, v);
    }
}

#[derive(Clone, Copy)]
struct Momentum<T>(Rates<T>);

impl<T: Element> Rule<T, 2> for Momentum<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, square: T, [v, m]: &mut [T; 2]) {
        *m = self.0.momentum * *m + self.0.increment(gradient, square, v);
        *weight -= *m;
    }
}

#[derive(Clone, Copy)]
struct Centered<T>(Rates<T>);

impl<T: Element> Rule<T, 2> for Centered<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, square: T, [v, average]: &mut [T; 2]) {
        *weight -= self.0.centered_increment(gradient, square, v, average);
    }
}

#[derive(Clone, Copy)]
struct CenteredMomentum<T>(Rates<T>);

impl<T: Element> Rule<T, 3> for CenteredMomentum<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, square: T, [v, m, average]: &mut [T; 3]) {
        *m = self.0.momentum * *m + self.0.centered_increment(gradient, square, v, average);
        *weight -= *m;
    }
}
