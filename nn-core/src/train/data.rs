//! Samples, targets and weights, checked and made flat.

use super::learner::{Facts, Samples};
use super::options::{ClassWeights, OutputWeights};
use super::outputs::Output;
use crate::element::Element;
use crate::error::FitError;
use crate::losses::{Each, Target};

/// What the arguments are called in messages.
#[derive(Clone, Copy)]
pub struct Names {
    /// The samples.
    pub x: &'static str,
    /// The targets.
    pub y: &'static str,
    /// The weights of samples for all outputs.
    pub weight: &'static str,
    /// Those by the names of outputs.
    pub weights: &'static str,
}

/// Those of training.
pub const TRAINING: Names = Names { x: "x", y: "y", weight: "sample_weight", weights: "sample_weights" };
/// Those of `validation_data`.
pub const VALIDATION: Names = Names {
    x: "validation_data.0",
    y: "validation_data.1",
    weight: "validation_sample_weight",
    weights: "validation_sample_weights",
};

/// The weights of samples: for all outputs, or by the names of outputs.
pub struct Weights<'a, T> {
    /// For all outputs.
    pub all: Option<&'a [T]>,
    /// By the names of outputs, which go first.
    pub by_output: OutputWeights<'a, T>,
}

impl<'a, T> Weights<'a, T> {
    /// Those that are given.
    pub fn new(all: Option<&'a [T]>, by_output: Option<OutputWeights<'a, T>>) -> Self {
        Self { all, by_output: by_output.unwrap_or_default() }
    }
}

impl<T> Clone for Weights<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Weights<'_, T> {}

/// Samples with their targets, flat: `width` numbers for each, those of one output behind those of another.
pub(super) struct Data<'a, T> {
    pub x: &'a dyn Samples,
    /// The index of the first sample that is meant, in all that is here.
    pub first: usize,
    /// How many are meant.
    pub len: usize,
    pub y: &'a [T],
    pub width: usize,
    pub weights: Weights<'a, T>,
}

impl<T> Clone for Data<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Data<'_, T> {}

impl<'a, T> Data<'a, T> {
    /// The first `at` samples, and the others.
    pub fn split_at(self, at: usize) -> (Self, Self) {
        (Data { len: at, ..self }, Data { first: self.first + at, len: self.len - at, ..self })
    }

    /// The target of one sample.
    pub fn target(&self, sample: usize) -> &'a [T] {
        &self.y[(self.first + sample) * self.width..][..self.width]
    }

    /// The weights of the samples at an output.
    pub fn weights_of(&self, output: &Output) -> Option<&'a [T]> {
        let named = self.weights.by_output;
        let own = named.iter().find(|(name, _)| *name == output.name).map(|(_, weights)| *weights);
        own.or(self.weights.all).map(|weights| &weights[self.first..])
    }
}

/// Samples, targets and weights as they were given.
pub struct Given<'a, T> {
    /// The samples.
    pub x: &'a dyn Samples,
    /// How many targets there are.
    pub targets: usize,
    /// How many numbers each has.
    pub width: usize,
    /// All numbers of the targets, one target after another, those of one output behind those of another.
    pub y: &'a [T],
    /// The weights of the samples.
    pub weights: Weights<'a, T>,
    /// What messages call all of this.
    pub names: Names,
}

impl<'a, T: Element> Given<'a, T> {
    /// Checks what no type can: numbers of samples, ids, targets, weights.
    pub(super) fn check(self, facts: &Facts<T>, losses: &Each<'_, T>) -> Result<Data<'a, T>, FitError> {
        let len = self.x.count();
        if len == 0 {
            return Err(FitError::Empty { what: self.names.x });
        }
        self.check_length(self.names.y, self.targets)?;
        for sample in 0..len {
            self.x.check(sample).map_err(|source| FitError::Input { what: self.names.x, sample, source })?;
        }
        self.check_targets(facts, losses)?;
        self.check_weights(facts)?;
        Ok(Data { x: self.x, first: 0, len, y: self.y, width: self.width, weights: self.weights })
    }

    fn check_length(&self, what: &'static str, found: usize) -> Result<(), FitError> {
        let expected = self.x.count();
        match found == expected {
            true => Ok(()),
            false => Err(FitError::Length { what, of: self.names.x, expected, found }),
        }
    }

    fn check_targets(&self, facts: &Facts<T>, losses: &Each<'_, T>) -> Result<(), FitError> {
        let pairs = || facts.outputs.iter().zip(losses.iter().flatten());
        let expected = pairs().map(|(output, loss)| output.width(*loss)).sum();
        if self.width != expected {
            return Err(FitError::TargetSize { what: self.names.y, expected, found: self.width });
        }
        for (sample, mut rest) in self.y.chunks_exact(self.width.max(1)).enumerate() {
            for (output, loss) in pairs() {
                let (target, others) = rest.split_at(output.width(*loss));
                rest = others;
                loss.check(target, output.classes).map_err(|mut source| {
                    source.row += sample * output.rows;
                    FitError::Target { what: self.names.y, output: output.name, source }
                })?;
            }
        }
        Ok(())
    }

    fn check_weights(&self, facts: &Facts<T>) -> Result<(), FitError> {
        let check = |what, weights: &[T]| {
            self.check_length(what, weights.len())?;
            let mut weights = weights.iter().map(|&weight| weight.to_f64()).enumerate();
            match weights.find(|(_, weight)| !weight.is_finite()) {
                Some((index, found)) => Err(FitError::Weight { what, index, found }),
                None => Ok(()),
            }
        };
        self.weights.all.map_or(Ok(()), |weights| check(self.names.weight, weights))?;
        let named = self.weights.by_output;
        facts.check_names(self.names.weights, named.iter().map(|(name, _)| *name))?;
        named.iter().try_for_each(|(_, weights)| check(self.names.weights, weights))
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
pub(super) fn class_weights<T: Element>(
    facts: &Facts<T>,
    data: &Data<'_, T>,
    table: ClassWeights,
) -> Result<Vec<T>, FitError> {
    let refused = |found| Err(FitError::option("class_weight", "a network with one class for each sample", found));
    let classes = match facts.outputs[..] {
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
        by_class[class] = T::from_f64(weight);
    }
    let weight = |target: &[T]| by_class.get(class(target)).copied().unwrap_or_else(num_traits::one);
    Ok(data.y.chunks_exact(data.width.max(1)).map(weight).collect())
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
