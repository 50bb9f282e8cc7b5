//! What regularizers add to the loss and to the gradient: only for weights that the optimizer changes, as in Keras.

use crate::element::Element;
use crate::params::Param;
use crate::regularizers::{Penalty, Regularizer};

fn regularized(params: &[Param]) -> impl Iterator<Item = (&Param, Regularizer)> {
    let trainable = params.iter().filter(|param| param.trainable);
    trainable.filter_map(|param| Some((param, param.regularizer?)))
}

/// Those of functions of the user's, which see weights in `f64`.
fn own(params: &[Param]) -> impl Iterator<Item = (&Param, Penalty)> {
    let trainable = params.iter().filter(|param| param.trainable);
    trainable.filter_map(|param| Some((param, param.penalty?)))
}

/// What such a function says of a weight: the cost, and its gradient.
fn ask<T: Element>(param: &Param, penalty: Penalty, weights: &[T]) -> (f64, Vec<f64>) {
    let weight: Vec<f64> = weights[param.range()].iter().map(|weight| Element::to_f64(*weight)).collect();
    let mut gradient = vec![0.0; weight.len()];
    (penalty(param.shape, &weight, &mut gradient), gradient)
}

/// The sum of all penalties.
pub(super) fn value<T: Element>(params: &[Param], weights: &[T]) -> f64 {
    let norms: f64 = regularized(params).map(|(param, regularizer)| regularizer.value(&weights[param.range()])).sum();
    norms + own(params).map(|(param, penalty)| ask(param, penalty, weights).0).sum::<f64>()
}

/// Adds the gradient of [`value`].
pub(super) fn add_gradient<T: Element>(params: &[Param], weights: &[T], gradient: &mut [T]) {
    for (param, regularizer) in regularized(params) {
        regularizer.add_gradient(&weights[param.range()], &mut gradient[param.range()]);
    }
    for (param, penalty) in own(params) {
        let (_, slopes) = ask(param, penalty, weights);
        gradient[param.range()].iter_mut().zip(slopes).for_each(|(to, slope)| *to += T::from_f64(slope));
    }
}
