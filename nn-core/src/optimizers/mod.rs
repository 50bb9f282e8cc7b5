//! The optimizers of training: how weights follow their gradients.
//!
//! An optimizer is a struct of Keras' options with Keras' names, and a state that only it looks into:
//!
//! ```
//! use nn_core::optimizers::{Adam, Optimizer, SGD};
//!
//! let adam = Adam { beta_1: 0.8, ..Adam::new(1e-3) };
//! let sgd = SGD { momentum: 0.9, nesterov: true, ..SGD::new(0.1) };
//! # let _: [Box<dyn Optimizer<f32>>; 2] = [Box::new(adam), Box::new(sgd)];
//! ```

mod adam;
mod boxed;
mod clip;
mod common;
mod rmsprop;
mod rows;
mod sgd;
mod update;

pub use adam::Adam;
pub use common::State;
pub use rmsprop::RMSprop;
pub use rows::RowGradients;
pub use sgd::SGD;

use crate::config::table;
use crate::element::Element;
use crate::error::FitError;
use crate::params::Param;

table! { OPTIMIZERS: "optimizer", Optimizer<T: Element>; SGD<T>, RMSprop<T>, Adam<T> }

/// An optimizer: moves weights along their gradients, and remembers what it needs from step to step.
pub trait Optimizer<T: Element>: Send {
    /// Keras' name: `adam`.
    fn name(&self) -> &'static str;

    /// The learning rate of the next step.
    fn learning_rate(&self) -> f64;

    /// Sets the learning rate of the next steps.
    fn set_learning_rate(&mut self, rate: f64);

    /// The number of steps made so far.
    fn iterations(&self) -> u64;

    /// Refuses options that have a value that they cannot have, or contradict each other; training asks before its first step.
    ///
    /// # Errors
    ///
    /// For the optimizers here: if an option is not what the table in [`config`](crate::config) allows, or more than one of
    /// `clipnorm`, `global_clipnorm` and `clipvalue` is given.
    fn check(&self) -> Result<(), FitError> {
        Ok(())
    }

    /// One step on the flat weights of a network, `gradients` being complete (the penalties of regularizers included).
    /// Only what `params` calls trainable moves; constraints hold afterwards. The result has the same bits for any
    /// number of threads.
    fn step(&mut self, params: &[Param], weights: &mut [T], gradients: &[T]);

    /// The same where the gradients of some weights are lists of rows; what `gradients` has for these does not count.
    ///
    /// The optimizers here do as Keras with TensorFlow, where rows of the same number are squared or clipped each by itself,
    /// before they are added up. A row without a gradient now or before stays as it is, but for `weight_decay`. An
    /// optimizer that knows nothing of rows gets their sums.
    fn step_with_rows(&mut self, params: &[Param], weights: &mut [T], gradients: &[T], rows: &[RowGradients<'_, T>]) {
        let mut gradients = gradients.to_vec();
        for rows in rows {
            if let Some(gradients) = params.get(rows.param()).and_then(|param| gradients.get_mut(param.range())) {
                rows.write(gradients);
            }
        }
        self.step(params, weights, &gradients);
    }

    /// What it remembers from step to step: Keras' name of each kind of slot (`momentum`, `velocity`), and its values for
    /// the flat weights. Empty before the first step; without the kinds that its options leave unused.
    fn slots(&self) -> Vec<(&'static str, &[T])>;
}

#[cfg(test)]
mod tests;
