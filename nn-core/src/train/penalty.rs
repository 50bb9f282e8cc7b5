//! What regularizers add to the loss and to the gradient: only for weights that the optimizer changes, as in Keras.

use crate::element::Element;
use crate::network::Network;
use crate::params::Param;
use crate::regularizers::Regularizer;

fn regularized<N: Network>() -> impl Iterator<Item = (&'static Param, Regularizer)> {
    let trainable = N::PARAMS.iter().filter(|param| param.trainable);
    trainable.filter_map(|param| Some((param, param.regularizer?)))
}

/// The sum of all penalties.
pub(super) fn value<N: Network>(network: &N) -> f64 {
    let penalty = |(param, regularizer): (&Param, Regularizer)| {
        let weights = network.as_flat()[param.range()].iter().map(|&weight| weight.to_f64());
        weights.map(|weight| regularizer.l1 * weight.abs() + regularizer.l2 * weight * weight).sum::<f64>()
    };
    regularized::<N>().map(penalty).sum()
}

/// Adds the gradient of [`value`].
pub(super) fn add_gradient<N: Network>(network: &N, gradient: &mut N) {
    for (param, Regularizer { l1, l2 }) in regularized::<N>() {
        let weights = &network.as_flat()[param.range()];
        for (gradient, &weight) in gradient.as_flat_mut()[param.range()].iter_mut().zip(weights) {
            let weight = weight.to_f64();
            let sign = if weight == 0.0 { 0.0 } else { weight.signum() };
            *gradient += N::Element::from_f64(l1 * sign + 2.0 * l2 * weight);
        }
    }
}
