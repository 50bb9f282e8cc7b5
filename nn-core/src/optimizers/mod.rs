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

mod adadelta;
mod adafactor;
mod adagrad;
mod adam;
mod adamax;
mod adamw;
mod boxed;
mod clip;
mod common;
mod ftrl;
mod lamb;
mod learning_rate;
mod lion;
mod muon;
mod nadam;
mod rmsprop;
mod rows;
pub mod schedules;
mod sgd;
mod update;

pub use adadelta::Adadelta;
pub use adafactor::Adafactor;
pub use adagrad::Adagrad;
pub use adam::Adam;
pub use adamax::Adamax;
pub use adamw::AdamW;
pub use common::State;
pub use ftrl::Ftrl;
pub use lamb::Lamb;
pub use learning_rate::LearningRate;
pub use lion::Lion;
pub use muon::Muon;
pub use nadam::Nadam;
pub use rmsprop::RMSprop;
pub use rows::RowGradients;
pub use sgd::SGD;

use common::Steps;

use crate::config::table;
use crate::element::Element;
use crate::error::FitError;
use crate::params::Param;

table! {
    OPTIMIZERS: "optimizer", Optimizer<T: Element>;
    SGD<T>, RMSprop<T>, Adam<T>, AdamW<T>, Adadelta<T>, Adagrad<T>, Adamax<T>, Nadam<T>, Ftrl<T>, Lion<T>,
    Lamb<T>, Adafactor<T>, Muon<T>
}

/// A type of elements that all optimizers here are compiled for.
pub trait Optimized:
    Steps<SGD<Self>>
    + Steps<RMSprop<Self>>
    + Steps<Adam<Self>>
    + Steps<AdamW<Self>>
    + Steps<Adadelta<Self>>
    + Steps<Adagrad<Self>>
    + Steps<Adamax<Self>>
    + Steps<Nadam<Self>>
    + Steps<Ftrl<Self>>
    + Steps<Lion<Self>>
    + Steps<Lamb<Self>>
    + Steps<Adafactor<Self>>
    + Steps<Muon<Self>>
{
}

impl Optimized for f32 {}
impl Optimized for f64 {}

/// An optimizer: moves weights along their gradients, and remembers what it needs from step to step.
pub trait Optimizer<T: Element>: Send {
    /// Keras' name: `adam`.
    fn name(&self) -> &'static str;

    /// The learning rate of the next step.
    fn learning_rate(&self) -> f64;

    /// Sets the learning rate of the next steps.
    ///
    /// # Errors
    ///
    /// For the optimizers here: if the learning rate is a [schedule](schedules).
    fn set_learning_rate(&mut self, rate: f64) -> Result<(), FitError>;

    /// The number of updates made so far: of steps, or of those that made one where several gather gradients for it.
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
        let gradients = common::whole_gradients(params, gradients, rows, &vec![rows::Clip::none(); rows.len()]);
        self.step(params, weights, &gradients);
    }

    /// What is left to do at the end of training, before callbacks see it: `fit` calls it once, after its last step. With
    /// `use_ema` the average of the weights takes their place. Nothing by default.
    fn finalize(&mut self, _params: &[Param], _weights: &mut [T]) {}

    /// What it remembers from step to step: Keras' name of each kind of slot (`momentum`, `velocity`), and its values for
    /// the flat weights, where its documentation does not say otherwise. Empty before the first step; without the kinds that its options leave unused.
    fn slots(&self) -> Vec<(&'static str, &[T])>;
}

#[cfg(test)]
mod tests;
