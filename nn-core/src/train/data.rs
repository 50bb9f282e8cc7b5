//! Samples, targets and weights, checked and made flat.

use super::network::Train;
use super::options::{ClassWeights, OutputWeights};
use super::outputs::{Output, outputs};
use crate::element::Element;
use crate::error::FitError;
use crate::losses::{Each, Target};
use crate::network::Network;

/// What the arguments are called in messages.
#[derive(Clone, Copy)]
pub(super) struct Names {
    pub x: &'static str,
    pub y: &'static str,
    pub weight: &'static str,
    pub weights: &'static str,
}

/// Those of training.
pub(super) const TRAINING: Names = Names { x: "x", y: "y", weight: "sample_weight", weights: "sample_weights" };
/// Those of `validation_data`.
pub(super) const VALIDATION: Names = Names {
    x: "validation_data.0",
    y: "validation_data.1",
    weight: "validation_sample_weight",
    weights: "validation_sample_weights",
};

/// The weights of samples: for all outputs, or by the names of outputs.
#[derive(Clone, Copy)]
pub(super) struct Weights<'a, T> {
    pub all: Option<&'a [T]>,
    pub by_output: OutputWeights<'a, T>,
    /// The index of the first sample in the slices.
    pub first: usize,
}

impl<'a, T> Weights<'a, T> {
    pub fn new(all: Option<&'a [T]>, by_output: Option<OutputWeights<'a, T>>) -> Self {
        Self { all, by_output: by_output.unwrap_or_default(), first: 0 }
    }

    /// The weights of the samples at an output.
    pub fn of(&self, output: &Output) -> Option<&'a [T]> {
        let own = self.by_output.iter().find(|(name, _)| *name == output.name).map(|(_, weights)| *weights);
        own.or(self.all).map(|weights| &weights[self.first..])
    }
}

/// Samples with their targets, flat: `width` numbers for each, those of one output behind those of another.
pub(super) struct Data<'a, N: Network> {
    pub x: &'a [N::Input],
    pub y: &'a [N::Element],
    pub width: usize,
    pub weights: Weights<'a, N::Element>,
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
        let later = Weights { first: self.weights.first + at, ..self.weights };
        (Data { x: x0, y: y0, ..self }, Data { x: x1, y: y1, weights: later, ..self })
    }

    /// The target of one sample.
    pub fn target(&self, sample: usize) -> &'a [N::Element] {
        &self.y[sample * self.width..][..self.width]
    }
}

impl<N: Train> Data<'_, N> {
    /// Checks what no type can: numbers of samples, ids, targets, weights.
    pub fn check(&self, samples: usize, losses: &Each<'_, N::Element>, names: Names) -> Result<(), FitError> {
        if self.x.is_empty() {
            return Err(FitError::Empty { what: names.x });
        }
        self.check_length(names.y, samples, names)?;
        for (sample, x) in self.x.iter().enumerate() {
            N::check_input(x).map_err(|source| FitError::Input { what: names.x, sample, source })?;
        }
        self.check_targets(losses, names)?;
        self.check_weights(names)
    }

    fn check_length(&self, what: &'static str, found: usize, names: Names) -> Result<(), FitError> {
        match found == self.x.len() {
            true => Ok(()),
            false => Err(FitError::Length { what, of: names.x, expected: self.x.len(), found }),
        }
    }

    fn check_targets(&self, losses: &Each<'_, N::Element>, names: Names) -> Result<(), FitError> {
        let pairs = || outputs::<N>().zip(losses.iter().flatten());
        let expected = pairs().map(|(output, loss)| output.width(*loss)).sum();
        if self.width != expected {
            return Err(FitError::TargetSize { what: names.y, expected, found: self.width });
        }
        for sample in 0..self.x.len() {
            let mut rest = self.target(sample);
            for (output, loss) in pairs() {
                let (target, others) = rest.split_at(output.width(*loss));
                rest = others;
                loss.check(target, output.classes).map_err(|mut source| {
                    source.row += sample * output.rows;
                    FitError::Target { what: names.y, output: output.name, source }
                })?;
            }
        }
        Ok(())
    }

    fn check_weights(&self, names: Names) -> Result<(), FitError> {
        let check = |what, weights: &[N::Element]| {
            self.check_length(what, weights.len(), names)?;
            let mut weights = weights.iter().map(|&weight| weight.to_f64()).enumerate();
            match weights.find(|(_, weight)| !weight.is_finite()) {
                Some((index, found)) => Err(FitError::Weight { what, index, found }),
                None => Ok(()),
            }
        };
        self.weights.all.map_or(Ok(()), |weights| check(names.weight, weights))?;
        let named = self.weights.by_output;
        super::outputs::check_names::<N>(names.weights, named.iter().map(|(name, _)| *name))?;
        named.iter().try_for_each(|(_, weights)| check(names.weights, weights))
    }
}

/// Writes the targets one after another.
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
    let refused = |found| Err(FitError::option("class_weight", "a network with one class for each sample", found));
    let classes = match outputs::<N>().collect::<Vec<_>>()[..] {
        [Output { rows: 1, classes, .. }] => classes,
        [Output { shape, .. }] => return refused(format!("an output of shape {shape:?}")),
        ref several => return refused(format!("{} outputs", several.len())),
    };
    let mut by_class = vec![num_traits::one(); classes.max(2)];
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
