//! `KLDivergence`: how far one distribution is from another.

use super::dense::{Pointwise, pointwise};
use super::softmax::{Clip, EPSILON};
use super::{REDUCTION, Reduction};
use crate::config::row;
use crate::element::Element;

/// `Σ y_true · ln(y_true / y_pred)` over a row: the divergence of Kullback and Leibler.
///
/// Targets and outputs are probabilities, clipped to `[1e-7, 1]`; outputs outside have no gradient.
///
/// ```
/// use nn_core::losses::{KLDivergence, evaluate};
///
/// let batch = evaluate(&KLDivergence::default(), &[0.5, 0.5], &[0.25, 0.75], 2, None);
/// assert!((batch.value - (4.0_f64 / 3.0).ln() / 2.0).abs() < 1e-12);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KLDivergence {
    /// How the values of the rows become one number.
    pub reduction: Reduction,
}

row! {
    KLDivergence, "kl_divergence", ["kld", "KLD"], Down;
    reduction: REDUCTION
}

pointwise!(KLDivergence);

impl<T: Element> Pointwise<T> for KLDivergence {
    const MEAN: bool = false;

    fn value_and_slope(&self, _: &[T]) -> (impl Fn(T, T) -> T, impl Fn(T, T) -> T) {
        let clip = Clip::new(EPSILON, 1.0);
        let value = move |t: T, p: T| clip.apply(t) * (clip.apply(t) / clip.apply(p)).ln();
        (value, move |t, p| if clip.keeps(p) { -clip.apply(t) / p } else { T::zero() })
    }
}
