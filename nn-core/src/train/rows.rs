//! What the loss and the metrics see of a batch.

use super::data::{Data, classes, rows};
use crate::element::Element;
use crate::losses::{Loss, factors};
use crate::network::Network;

/// Samples of a batch.
pub(super) struct Batch<'a, N: Network> {
    pub data: Data<'a, N>,
    pub samples: &'a [usize],
}

/// Targets, weights and the values of the loss, row by row. Memory that grows with the first batch and then stays.
pub(super) struct Rows<T> {
    /// The targets, `width` numbers for each sample.
    y_true: Vec<T>,
    width: usize,
    /// The weight of each sample; empty where all weigh the same.
    weights: Vec<T>,
    /// What the value of each row counts in the loss of the batch.
    factors: Vec<T>,
    /// The value of each row.
    values: Vec<T>,
}

/// The part of some samples.
pub(super) struct Part<'a, T> {
    pub y_true: &'a [T],
    pub weights: Option<&'a [T]>,
    pub factors: &'a [T],
}

impl<T: Element> Rows<T> {
    pub fn new() -> Self {
        Self { y_true: Vec::new(), width: 0, weights: Vec::new(), factors: Vec::new(), values: Vec::new() }
    }

    /// Takes the targets and weights of a batch.
    pub fn gather<N: Network<Element = T>>(&mut self, loss: &impl Loss<T>, batch: &Batch<'_, N>) {
        let Batch { data, samples } = batch;
        self.width = data.width;
        self.y_true.clear();
        samples.iter().for_each(|&sample| self.y_true.extend_from_slice(data.target(sample)));
        self.weights.clear();
        if let Some(weights) = data.weights {
            self.weights.extend(samples.iter().map(|&sample| weights[sample]));
        }
        self.factors.resize(samples.len() * rows::<N>(), T::zero());
        self.values.resize(self.factors.len(), T::zero());
        let weights = data.weights.map(|_| &self.weights[..]);
        factors(loss, &self.y_true, classes::<N>(), weights, None, &mut self.factors);
    }

    /// The loss of the batch: the values of its rows, each times its factor.
    pub fn loss(&self) -> f64 {
        self.values.iter().zip(&self.factors).map(|(&value, &factor)| value.to_f64() * factor.to_f64()).sum()
    }

    /// The part of so many samples from `first` on.
    pub fn part<N: Network>(&self, first: usize, samples: usize) -> Part<'_, T> {
        let (from, to) = (first, first + samples);
        Part {
            y_true: &self.y_true[from * self.width..to * self.width],
            weights: self.weights.get(from..to),
            factors: &self.factors[from * rows::<N>()..to * rows::<N>()],
        }
    }

    /// Takes the values out, to be written while the rest is read; to be put back.
    pub fn take_values(&mut self) -> Vec<T> {
        std::mem::take(&mut self.values)
    }

    pub fn put_values(&mut self, values: Vec<T>) {
        self.values = values;
    }
}
