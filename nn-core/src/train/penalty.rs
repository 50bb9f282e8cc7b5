//! What regularizers add to the loss and to the gradient: only for weights that the optimizer changes, as in Keras.

use crate::network::Network;
use crate::params::Param;
use crate::regularizers::Regularizer;

fn regularized<N: Network>() -> impl Iterator<Item = (&'static Param, Regularizer)> {
    let trainable = N::PARAMS.iter().filter(|param| param.trainable);
    trainable.filter_map(|param| Some((param, param.regularizer?)))
}

/// The sum of all penalties.
pub(super) fn value<N: Network>(network: &N) -> f64 {
    regularized::<N>().map(|(param, regularizer)| regularizer.value(&network.as_flat()[param.range()])).sum()
}

/// Adds the gradient of [`value`].
pub(super) fn add_gradient<N: Network>(network: &N, gradient: &mut N) {
    for (param, regularizer) in regularized::<N>() {
        regularizer.add_gradient(&network.as_flat()[param.range()], &mut gradient.as_flat_mut()[param.range()]);
    }
}
