//! What regularizers add to the loss and to the gradient: only for weights that the optimizer changes, as in Keras.

use crate::element::Element;
use crate::params::Param;
use crate::regularizers::Regularizer;

fn regularized(params: &[Param]) -> impl Iterator<Item = (&Param, Regularizer)> {
    let trainable = params.iter().filter(|param| param.trainable);
    trainable.filter_map(|param| Some((param, param.regularizer?)))
}

/// The sum of all penalties.
pub(super) fn value<T: Element>(params: &[Param], weights: &[T]) -> f64 {
    regularized(params).map(|(param, regularizer)| regularizer.value(&weights[param.range()])).sum()
}

/// Adds the gradient of [`value`].
pub(super) fn add_gradient<T: Element>(params: &[Param], weights: &[T], gradient: &mut [T]) {
    for (param, regularizer) in regularized(params) {
        regularizer.add_gradient(&weights[param.range()], &mut gradient[param.range()]);
    }
}
