//! `AdamW`: Adam with weights that decay.

use super::LearningRate;
use super::adam::{Rates, slot_names};
use super::common::{Algorithm, State, optimizer};
use super::update::Update;
use crate::element::Element;
use crate::error::FitError;
use crate::params::Param;

optimizer! {
    /// Adam with decoupled weight decay: Loshchilov and Hutter, [Decoupled Weight Decay Regularization](https://arxiv.org/abs/1711.05101).
    ///
    /// `w -= learning_rate · weight_decay · w` and then a step of [`Adam`](super::Adam), which has the same options.
    ///
    /// Slots: `momentum`, `velocity`, and with `amsgrad` `velocity_hat`. At most one of the three ways to clip may be given.
    ///
    /// ```
    /// use nn_core::optimizers::AdamW;
    ///
    /// let adam: AdamW = AdamW { weight_decay: Some(0.01), ..AdamW::new(1e-3) }.exclude_from_weight_decay(["bias"]);
    /// assert_eq!(adam.exclude_from_weight_decay, ["bias"]);
    /// ```
    pub struct AdamW, "adamw" {
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
        ;
        /// What part of a weight is taken off before each step, times the learning rate; 0.004 by default. It must be given.
        pub weight_decay: Option<f64> = number(0.004, FROM_ZERO),
    }
}

impl<T: Element> Algorithm<T> for AdamW<T> {
    fn slot_names(&self) -> Vec<&'static str> {
        slot_names(self.amsgrad)
    }

    fn check(&self) -> Result<(), FitError> {
        match self.weight_decay {
            Some(_) => Ok(()),
            None => Err(FitError::option("weight_decay", "a finite number from 0 on", "none")),
        }
    }

    fn update(&self, update: Update<'_, T>) {
        let rates = Rates::new(&update, update.rate, self.beta_1, self.beta_2, self.epsilon);
        rates.run(update, self.amsgrad);
    }
}
