//! Losses that are known only when the program runs.

use super::{BadTarget, Block, Loss, LossFor, Reduction};
use crate::element::Element;
use crate::error::FitError;
use crate::train::OutputActivation;

impl<T: Element, L: Loss<T> + ?Sized> Loss<T> for Box<L> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn reduction(&self) -> Reduction {
        (**self).reduction()
    }

    fn target_width(&self, classes: usize) -> usize {
        (**self).target_width(classes)
    }

    fn axis(&self) -> i64 {
        (**self).axis()
    }

    fn block(&self) -> Block {
        (**self).block()
    }

    fn prefers_logits_of(&self) -> OutputActivation {
        (**self).prefers_logits_of()
    }

    fn ignores(&self, target: &[T]) -> bool {
        (**self).ignores(target)
    }

    fn check(&self, y_true: &[T], classes: usize) -> Result<(), BadTarget> {
        (**self).check(y_true, classes)
    }

    fn check_options(&self) -> Result<(), FitError> {
        (**self).check_options()
    }

    fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, values: &mut [T]) {
        (**self).rows(y_true, y_pred, classes, logits, values);
    }

    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, factor: &[T], dy_pred: &mut [T]) {
        (**self).gradient(y_true, y_pred, classes, logits, factor, dy_pred);
    }
}

/// Whether targets fit is found out by `fit`, which gives an error where they do not.
impl<O, Y, T: Element> LossFor<O, Y, T> for Box<dyn Loss<T>> {}
