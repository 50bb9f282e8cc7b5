//! The optimizers of training: how weights follow their gradients.

use crate::element::Element;
use crate::params::Param;

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

    /// One step on the flat weights of a network, `gradients` being complete (the penalties of regularizers included).
    /// Only what `params` calls trainable moves; constraints hold afterwards.
    fn step(&mut self, params: &[Param], weights: &mut [T], gradients: &[T]);

    /// What it remembers from step to step: Keras' name of each kind of slot (`momentum`, `velocity`), and its values for the
    /// flat weights. Empty before the first step, and where a value is not needed.
    fn slots(&self) -> Vec<(&'static str, &[T])>;
}
