//! Samples, targets and weights, checked and made flat.

use super::options::ClassWeights;
use crate::element::Element;
use crate::error::FitError;
use crate::losses::{Loss, Target};
use crate::network::Network;
use crate::tensor::Tensor;

/// The size of the last axis of the output: the numbers that a loss sees as one row.
pub(super) const fn classes<N: Network>() -> usize {
    match N::Output::SHAPE {
        [.., last] => *last,
        [] => 1,
    }
}

/// Rows of the loss in one sample: one, but for sequences and images that are classified in each place.
pub(super) const fn rows<N: Network>() -> usize {
    N::Output::LEN / classes::<N>()
}

/// What the arguments are called in messages.
#[derive(Clone, Copy)]
pub(super) struct Names {
    pub x: &'static str,
    pub y: &'static str,
    pub weight: &'static str,
}

/// Those of training.
pub(super) const TRAINING: Names = Names { x: "x", y: "y", weight: "sample_weight" };
/// Those of `validation_data`.
pub(super) const VALIDATION: Names =
    Names { x: "validation_data.0", y: "validation_data.1", weight: "validation_sample_weight" };

/// Samples with their targets, flat: `width` numbers for each.
pub(super) struct Data<'a, N: Network> {
    pub x: &'a [N::Input],
    pub y: &'a [N::Element],
    pub width: usize,
    pub weights: Option<&'a [N::Element]>,
}

impl<N: Network> Clone for Data<'_, N> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<N: Network> Copy for Data<'_, N> {}

impl<'a, N: Network> Data<'a, N> {
    /// The first `at` samples, and the others.
    pub fn split_at(self, at: usize) -> (Self, Self) {
        let (x0, x1) = self.x.split_at(at);
        let (y0, y1) = self.y.split_at(at * self.width);
        let (w0, w1) = self.weights.map(|weights| weights.split_at(at)).unzip();
        (Data { x: x0, y: y0, weights: w0, ..self }, Data { x: x1, y: y1, weights: w1, ..self })
    }

    /// The target of one sample.
    pub fn target(&self, sample: usize) -> &'a [N::Element] {
        &self.y[sample * self.width..][..self.width]
    }

    /// Checks what no type can: numbers of samples, targets, weights.
    pub fn check(&self, samples: usize, loss: &impl Loss<N::Element>, names: Names) -> Result<(), FitError> {
        if self.x.is_empty() {
            return Err(FitError::Empty { what: names.x });
        }
        let length = |what, found| match found == self.x.len() {
            true => Ok(()),
            false => Err(FitError::Length { what, of: names.x, expected: self.x.len(), found }),
        };
        length(names.y, samples)?;
        let width = rows::<N>() * loss.target_width(classes::<N>());
        if self.width != width {
            return Err(FitError::TargetSize { what: names.y, expected: width, found: self.width });
        }
        if let Some(weights) = self.weights {
            length(names.weight, weights.len())?;
            let found =
                weights.iter().map(|&weight| weight.to_f64()).enumerate().find(|(_, weight)| !weight.is_finite());
            if let Some((index, weight)) = found {
                return Err(FitError::Weight { what: names.weight, index, found: weight });
            }
        }
        loss.check(self.y, classes::<N>()).map_err(|source| FitError::Target { what: names.y, source })
    }
}

/// Writes the targets one behind another.
pub(super) fn flatten<T: Element, Y: Target<T>>(y: &[Y], flat: &mut Vec<T>) {
    flat.clear();
    flat.resize(y.len() * Y::WIDTH, T::zero());
    for (y, flat) in y.iter().zip(flat.chunks_exact_mut(Y::WIDTH.max(1))) {
        y.write(flat);
    }
}

/// The weight of each sample by its class: the index of the largest target, or the target itself if there is but one.
///
/// Classes that the table does not name weigh 1, as in Keras.
pub(super) fn class_weights<N: Network>(data: &Data<'_, N>, table: ClassWeights) -> Result<Vec<N::Element>, FitError> {
    if rows::<N>() != 1 {
        let expected = "a network with one class for each sample";
        return Err(FitError::option("class_weight", expected, format!("an output of shape {:?}", N::Output::SHAPE)));
    }
    let mut by_class = vec![num_traits::one(); classes::<N>().max(2)];
    let mut named = vec![false; by_class.len()];
    for (index, &(class, weight)) in table.iter().enumerate() {
        if class >= by_class.len() || named[class] {
            return Err(FitError::ClassWeight { class, classes: by_class.len() });
        }
        if !weight.is_finite() {
            return Err(FitError::Weight { what: "class_weight", index, found: weight });
        }
        named[class] = true;
        by_class[class] = N::Element::from_f64(weight);
    }
    let weight = |target: &[N::Element]| by_class.get(class(target)).copied().unwrap_or_else(num_traits::one);
    Ok(data.y.chunks_exact(data.width).map(weight).collect())
}

fn class<T: Element>(target: &[T]) -> usize {
    match target {
        [index] => index.round().to_usize().unwrap_or(usize::MAX),
        _ => {
            let largest = |best, index| if target[index] > target[best] { index } else { best };
            (0..target.len()).fold(0, largest)
        }
    }
}
