//! Optimizers that are known only when the program runs.

use super::{Optimizer, RowGradients};
use crate::element::Element;
use crate::error::FitError;
use crate::params::Param;

impl<T: Element, O: Optimizer<T> + ?Sized> Optimizer<T> for Box<O> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn learning_rate(&self) -> f64 {
        (**self).learning_rate()
    }

    fn set_learning_rate(&mut self, rate: f64) -> Result<(), FitError> {
        (**self).set_learning_rate(rate)
    }

    fn iterations(&self) -> u64 {
        (**self).iterations()
    }

    fn check(&self) -> Result<(), FitError> {
        (**self).check()
    }

    fn step(&mut self, params: &[Param], weights: &mut [T], gradients: &[T]) {
        (**self).step(params, weights, gradients);
    }

    fn step_with_rows(&mut self, params: &[Param], weights: &mut [T], gradients: &[T], rows: &[RowGradients<'_, T>]) {
        (**self).step_with_rows(params, weights, gradients, rows);
    }

    fn finalize(&mut self, params: &[Param], weights: &mut [T]) {
        (**self).finalize(params, weights);
    }

    fn slots(&self) -> Vec<(&'static str, &[T])> {
        (**self).slots()
    }
}
