//! What losses and metrics see of a batch.

use super::data::Data;
use super::network::SHARD;
use super::outputs::Output;
use crate::element::Element;
use crate::losses::{Each, Loss, factors, weight_of_row};

/// Samples of a batch.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a, T> {
    pub data: Data<'a, T>,
    pub samples: &'a [usize],
}

/// Targets and weights of a batch at one output, row by row. Memory that grows with the first batch and then stays.
pub(super) struct Rows<T> {
    output: Output,
    /// The targets, `width` numbers for each sample.
    y_true: Vec<T>,
    width: usize,
    /// The weight of each sample; empty where all weigh the same.
    weights: Vec<T>,
    /// Whether a row counts; empty where all do.
    mask: Vec<bool>,
    /// The same as numbers.
    mask_weights: Vec<T>,
    /// The same times the weight of the sample; empty where all weigh the same.
    row_weights: Vec<T>,
    /// What the value of each row counts in the loss of the output.
    factors: Vec<T>,
    /// The same times the weight of the output, where it is not 1.
    scaled: Vec<T>,
}

/// The value of a loss of whole batches, and its gradient.
pub(super) struct Whole<T> {
    /// All outputs of the batch, sample by sample.
    y_pred: Vec<T>,
    dy_pred: Vec<T>,
    pub value: T,
}

impl<T: Element> Whole<T> {
    pub fn new() -> Self {
        Self { y_pred: Vec::new(), dy_pred: Vec::new(), value: T::zero() }
    }

    /// Looks at the outputs of a batch, part by part.
    pub fn see<'a>(&mut self, rows: &Rows<T>, loss: &dyn Loss<T>, outputs: impl Iterator<Item = &'a [T]>)
    where
        T: 'a,
    {
        self.y_pred.clear();
        outputs.for_each(|part| self.y_pred.extend_from_slice(part));
        loss.rows(&rows.y_true, &self.y_pred, self.y_pred.len(), false, std::slice::from_mut(&mut self.value));
    }

    /// Computes the gradient of what it saw.
    pub fn differentiate(&mut self, rows: &Rows<T>, loss: &dyn Loss<T>) {
        let factors = if rows.scaled.is_empty() { &rows.factors } else { &rows.scaled };
        let factor = factors.iter().map(|&factor| factor.to_f64()).sum();
        self.dy_pred.resize(self.y_pred.len(), T::zero());
        let (y_pred, dy_pred) = (&self.y_pred, &mut self.dy_pred);
        loss.gradient(&rows.y_true, y_pred, y_pred.len(), false, &[T::from_f64(factor)], dy_pred);
    }

    /// The gradient from this element on.
    pub fn gradient(&self, first: usize) -> &[T] {
        self.dy_pred.get(first..).unwrap_or_default()
    }
}

/// The part of some samples.
pub(super) struct View<'a, T> {
    pub output: Output,
    pub y_true: &'a [T],
    /// What rows count in weighted metrics.
    pub weights: Option<&'a [T]>,
    /// What rows count in other metrics.
    pub mask: Option<&'a [T]>,
    /// What the values of rows count in the gradient.
    pub factors: &'a [T],
}

/// The rows of each output.
pub(super) fn rows_of<T: Element>(outputs: &[Output]) -> Vec<Rows<T>> {
    outputs.iter().map(|output| Rows::new(*output)).collect()
}

/// Takes the targets and weights of a batch; its masks are still missing.
pub(super) fn gather<T: Element>(rows: &mut [Rows<T>], losses: &Each<'_, T>, batch: &Batch<'_, T>) {
    let mut first = 0;
    for (rows, loss) in rows.iter_mut().zip(losses.iter().flatten()) {
        first += rows.gather(first, *loss, batch);
    }
}

impl<T: Element> Rows<T> {
    fn new(output: Output) -> Self {
        Self {
            output,
            y_true: Vec::new(),
            width: 0,
            weights: Vec::new(),
            mask: Vec::new(),
            mask_weights: Vec::new(),
            row_weights: Vec::new(),
            factors: Vec::new(),
            scaled: Vec::new(),
        }
    }

    /// Takes what begins at `first` of each target; returns how many numbers that are.
    fn gather(&mut self, first: usize, loss: &dyn Loss<T>, batch: &Batch<'_, T>) -> usize {
        let Batch { data, samples } = batch;
        self.width = self.output.width(loss);
        self.y_true.clear();
        for &sample in *samples {
            self.y_true.extend_from_slice(&data.target(sample)[first..][..self.width]);
        }
        self.weights.clear();
        if let Some(weights) = data.weights_of(&self.output) {
            self.weights.extend(samples.iter().map(|&sample| weights[sample]));
        }
        self.mask.clear();
        self.mask_weights.clear();
        self.row_weights.clear();
        self.scaled.clear();
        self.factors.resize(samples.len() * self.output.rows, T::zero());
        self.width
    }

    /// Adds the masks of the next samples: a number for each row, or for each of equal runs of rows.
    pub fn add_mask(&mut self, mask: &[T], samples: usize) {
        let (rows, each) = (self.output.rows, mask.len() / samples.max(1));
        for mask in mask.chunks_exact(each.max(1)) {
            self.mask.extend((0..rows).map(|row| mask[row * mask.len() / rows] != T::zero()));
        }
    }

    /// Computes what each row counts, from targets, weights and masks.
    pub fn weigh(&mut self, loss: &dyn Loss<T>, weight: f64) {
        let weights = (!self.weights.is_empty()).then_some(&self.weights[..]);
        let mask = (!self.mask.is_empty()).then_some(&self.mask[..]);
        factors(loss, &self.y_true, self.output.classes, weights, mask, &mut self.factors);
        if weight != 1.0 {
            let weight = T::from_f64(weight);
            self.scaled.extend(self.factors.iter().map(|&factor| factor * weight));
        }
        self.mask_weights();
    }

    /// In metrics a masked row weighs nothing, and any other what its sample weighs.
    fn mask_weights(&mut self) {
        let rows = self.mask.len();
        self.mask_weights.extend(self.mask.iter().map(|&keep| T::from_f64(f64::from(u8::from(keep)))));
        if !self.weights.is_empty() {
            let weight = |(row, &mask)| mask * T::from_f64(weight_of_row(&self.weights, row, rows));
            self.row_weights.extend(self.mask_weights.iter().enumerate().map(weight));
        }
    }

    /// The loss of the output: the values of its rows, each times its factor. `values` has [`SHARD`] samples in a chunk
    /// of `each` numbers.
    pub fn loss(&self, values: &[T], each: usize) -> f64 {
        let (rows, first) = (self.output.rows, SHARD * self.output.rows_before);
        let shards = self.factors.chunks(SHARD * rows).zip(values.chunks(each));
        let terms = shards.flat_map(|(factors, values)| factors.iter().zip(&values[first..]));
        terms.map(|(&factor, &value)| value.to_f64() * factor.to_f64()).sum()
    }

    /// The part of so many samples from `first` on.
    pub fn view(&self, first: usize, samples: usize) -> View<'_, T> {
        let (from, to, rows) = (first, first + samples, self.output.rows);
        let mask = self.mask_weights.get(from * rows..to * rows);
        let weights = match mask {
            Some(_) => self.row_weights.get(from * rows..to * rows),
            None => self.weights.get(from..to),
        };
        let factors = if self.scaled.is_empty() { &self.factors } else { &self.scaled };
        View {
            output: self.output,
            y_true: &self.y_true[from * self.width..to * self.width],
            weights: weights.or(mask),
            mask,
            factors: &factors[from * rows..to * rows],
        }
    }
}
