//! `Ftrl`: follow the regularized leader.

use super::LearningRate;
use super::common::{Algorithm, State, optimizer};
use super::update::{Rule, Update};
use crate::element::Element;
use crate::params::Param;

optimizer! {
    /// Follow the regularized leader: McMahan et al.,
    /// [Ad Click Prediction: a View from the Trenches](https://research.google.com/pubs/archive/41159.pdf).
    ///
    /// With `p = -learning_rate_power`, `l1` and `l2` the two strengths and `s` that of the shrinkage:
    ///
    /// ```text
    /// n' = n + gradient²
    /// z += gradient + 2 · s · w - (n'ᵖ - nᵖ) / learning_rate · w
    /// w  = (clip(z, -l1, l1) - z) / (n'ᵖ / learning_rate + 2 · l2 + beta / learning_rate)
    /// ```
    ///
    /// A weight is made of its slots alone: what it was before the first step hardly counts, and a weight without a gradient
    /// becomes zero. This also holds for the rows of an embedding that a batch does not use.
    ///
    /// Slots: `accumulator`, which is `n`, and `linear`, which is `z`. At most one of the three ways to clip may be given.
    ///
    /// ```
    /// use nn_core::optimizers::{Ftrl, Optimizer};
    /// # use nn_core::{Param, initializers::Initializer};
    /// # let params = [Param::new("w", &[2], 0, Initializer::Zeros)];
    ///
    /// let mut weights = [0.0_f64, 0.0];
    /// let mut ftrl = Ftrl { l1_regularization_strength: 1.0, initial_accumulator_value: 0.0, ..Ftrl::new(0.5) };
    /// ftrl.step(&params, &mut weights, &[4.0, 0.5]);
    /// assert_eq!(weights, [-0.375, 0.0]);
    /// ```
    pub struct Ftrl, "ftrl" {
        /// The length of a step; 0.001 by default.
        pub learning_rate: LearningRate = rate(0.001),
        /// How steps get shorter, a power of `n`, 0 or below; -0.5 by default.
        pub learning_rate_power: f64 = number(-0.5, TO_ZERO),
        /// What `n` starts at; 0.1 by default.
        pub initial_accumulator_value: f64 = number(0.1, FROM_ZERO),
        /// The strength of the absolute values; 0 by default.
        pub l1_regularization_strength: f64 = number(0.0, FROM_ZERO),
        /// The strength of the squares; 0 by default.
        pub l2_regularization_strength: f64 = number(0.0, FROM_ZERO),
        /// The strength of the squares in the gradient only; 0 by default.
        pub l2_shrinkage_regularization_strength: f64 = number(0.0, FROM_ZERO),
        /// The paper's β, which holds back the first steps; 0 by default.
        pub beta: f64 = number(0.0, FROM_ZERO),
    }
}

impl<T: Element> Algorithm<T> for Ftrl<T> {
    const SKIPS_ROWS: bool = false;

    fn slot_names(&self) -> Vec<&'static str> {
        vec!["accumulator", "linear"]
    }

    fn update(&self, mut update: Update<'_, T>) {
        let rates = Rates {
            per_rate: T::from_f64(1.0 / update.rate),
            power: T::from_f64(-self.learning_rate_power),
            l1: T::from_f64(self.l1_regularization_strength),
            squares: T::from_f64(2.0 * self.l2_regularization_strength + self.beta / update.rate),
            shrinkage: T::from_f64(2.0 * self.l2_shrinkage_regularization_strength),
        };
        update.each_from([T::from_f64(self.initial_accumulator_value), T::zero()], rates);
    }
}

#[derive(Clone, Copy)]
struct Rates<T> {
    per_rate: T,
    power: T,
    l1: T,
    squares: T,
    shrinkage: T,
}

impl<T: Element> Rule<T, 2> for Rates<T> {
    #[inline(always)]
    fn apply(self, weight: &mut T, gradient: T, square: T, [n, z]: &mut [T; 2]) {
        let before = n.powf(self.power);
        *n += square;
        let after = n.powf(self.power);
        *z += gradient + self.shrinkage * *weight - (after - before) * self.per_rate * *weight;
        // Not `clamp`: it would hide a NaN.
        let clipped = if *z > self.l1 { self.l1 } else { *z };
        let clipped = if clipped < -self.l1 { -self.l1 } else { clipped };
        *weight = (clipped - *z) / (after * self.per_rate + self.squares);
    }
}
