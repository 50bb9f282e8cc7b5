//! `Mean`, `Sum`: weighted means and sums that grow batch by batch.

use crate::element::Element;
use crate::losses::weight_of_row;

/// A weighted mean, gathered over batches in `f64` and in the order of the rows: what most metrics are made of.
///
/// ```
/// use nn_core::metrics::Mean;
///
/// let mut mean = Mean::default();
/// mean.update(&[1.0_f32, 3.0], None);
/// mean.update(&[8.0], Some(&[2.0]));
/// assert_eq!(mean.result(), 5.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
    /// The sum of the weighted values.
    pub total: f64,
    /// The sum of the weights.
    pub count: f64,
}

impl Mean {
    /// Adds a value.
    pub fn add(&mut self, value: f64, weight: f64) {
        self.total += value * weight;
        self.count += weight;
    }

    /// Adds values; `weights` has one number for each value, or for each of equal runs of values.
    pub fn update<T: Element>(&mut self, values: &[T], weights: Option<&[T]>) {
        self.add_rows(values.iter().map(|&value| Element::to_f64(value)), weights);
    }

    /// Adds the values of rows, see [`update`](Self::update).
    pub(super) fn add_rows<T: Element>(&mut self, values: impl ExactSizeIterator<Item = f64>, weights: Option<&[T]>) {
        let rows = values.len();
        for (row, value) in values.enumerate() {
            self.add(value, weights.map_or(1.0, |weights| weight_of_row(weights, row, rows)));
        }
    }

    /// The mean so far; 0 where there is none.
    pub fn result(&self) -> f64 {
        if self.count == 0.0 { 0.0 } else { self.total / self.count }
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

/// A weighted sum, gathered over batches in `f64` and in the order of the rows.
///
/// ```
/// use nn_core::metrics::Sum;
///
/// let mut sum = Sum::default();
/// sum.update(&[1.0_f32, 3.0], None);
/// sum.update(&[8.0], Some(&[2.0]));
/// assert_eq!(sum.result(), 20.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    /// The sum of the weighted values.
    pub total: f64,
}

impl Sum {
    /// Adds values; `weights` has one number for each value, or for each of equal runs of values.
    pub fn update<T: Element>(&mut self, values: &[T], weights: Option<&[T]>) {
        let mut mean = Mean { total: self.total, count: 0.0 };
        mean.update(values, weights);
        self.total = mean.total;
    }

    /// The sum so far.
    pub fn result(&self) -> f64 {
        self.total
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}
