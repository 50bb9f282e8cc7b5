//! From the values of the rows to the loss of a batch.

use super::{Block, Loss};
use crate::config::row::text;
use crate::config::{Opt, words};
use crate::element::Element;

/// How the values of the rows become the loss of a batch, as in Keras.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// The sum of the weighted values, divided by the number of rows (not by the sum of the weights).
    #[default]
    SumOverBatchSize,
    /// The same as [`SumOverBatchSize`](Self::SumOverBatchSize).
    Mean,
    /// The sum of the weighted values, divided by the sum of the weights.
    MeanWithSampleWeight,
    /// The sum of the weighted values.
    Sum,
    /// The weighted values themselves, one for each row.
    None,
}

words!(Reduction {
    SumOverBatchSize = "sum_over_batch_size",
    Mean = "mean",
    MeanWithSampleWeight = "mean_with_sample_weight",
    Sum = "sum",
    None = "none",
});

/// The option of all losses.
pub(super) const REDUCTION: Opt =
    text("sum_over_batch_size", "`sum_over_batch_size`, `mean`, `mean_with_sample_weight`, `sum` or `none`");

/// Writes what each row counts, so that the loss is the sum of `factor · value` over the rows of the batch.
///
/// `weights` has one number for each sample or for each row: the weight of a sample holds for all its rows.
/// `mask` has one `bool` for each row; a masked row counts nothing and, where the reduction is a mean, the others count
/// more. `factors` has one element for each row of the batch. Of a loss of whole batches, all rows have the value of the batch, each
/// with an equal share, and masks play no part.
///
/// ```
/// use nn_core::losses::{MeanSquaredError, factors};
///
/// let mut rows = [0.0_f32; 2];
/// factors(&MeanSquaredError::default(), &[0.0, 0.0], 1, Some(&[1.0, 3.0]), None, &mut rows);
/// assert_eq!(rows, [0.5, 1.5]);
/// ```
pub fn factors<T: Element, L: Loss<T> + ?Sized>(
    loss: &L,
    y_true: &[T],
    classes: usize,
    weights: Option<&[T]>,
    mask: Option<&[bool]>,
    factors: &mut [T],
) {
    if loss.block() == Block::Batch {
        let share = factor_of_batch(loss.reduction(), weights) / factors.len().max(1) as f64;
        return factors.fill(T::from_f64(share));
    }
    let rows = factors.len();
    let width = loss.target_width(classes);
    let valid = |row: usize| {
        let target = y_true.get(row * width..(row + 1) * width).unwrap_or(&[]);
        mask.is_none_or(|mask| mask.get(row).copied().unwrap_or(true)) && !loss.ignores(target)
    };
    let count = (0..rows).filter(|&row| valid(row)).count();
    let masked = mask.is_some() || count < rows;
    let weight = |row: usize| weights.map_or(1.0, |weights| weight_of_row(weights, row, rows));
    let divisor = match loss.reduction() {
        Reduction::Sum | Reduction::None => 1.0,
        Reduction::SumOverBatchSize | Reduction::Mean => count as f64,
        Reduction::MeanWithSampleWeight => match weights {
            // Keras divides by the weights as they were given: once for a sample, however many rows it has.
            Some(weights) if !masked => weights.iter().map(|&weight| weight.to_f64()).sum(),
            _ => (0..rows).filter(|&row| valid(row)).map(weight).sum(),
        },
    };
    let scale = if divisor == 0.0 { 0.0 } else { 1.0 / divisor };
    for (row, factor) in factors.iter_mut().enumerate() {
        *factor = if valid(row) { T::from_f64(weight(row) * scale) } else { T::zero() };
    }
}

/// What the value of a whole batch counts. As in Keras, it is as if each weight had a value of its own.
fn factor_of_batch<T: Element>(reduction: Reduction, weights: Option<&[T]>) -> f64 {
    let Some(weights) = weights else { return 1.0 };
    let sum = weights.iter().map(|&weight| weight.to_f64()).sum::<f64>();
    match reduction {
        Reduction::Sum | Reduction::None => sum,
        Reduction::SumOverBatchSize | Reduction::Mean => sum / weights.len().max(1) as f64,
        Reduction::MeanWithSampleWeight => f64::from(u8::from(sum != 0.0)),
    }
}

/// The weight of a row, from weights of samples or of rows.
pub(crate) fn weight_of_row<T: Element>(weights: &[T], row: usize, rows: usize) -> f64 {
    let rows_per_weight = (rows / weights.len().max(1)).max(1);
    weights.get(row / rows_per_weight).map_or(1.0, |&weight| weight.to_f64())
}

/// What [`evaluate`] finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation<T> {
    /// The loss of the batch: the sum of [`values`](Self::values).
    pub value: f64,
    /// The weighted value of each row: what [`Reduction::None`] gives.
    pub values: Vec<T>,
    /// What each row counts, see [`factors`].
    pub factors: Vec<T>,
}

/// Evaluates a loss on a batch: the number Keras' losses return when they are called.
///
/// ```
/// use nn_core::losses::{BinaryCrossentropy, evaluate};
///
/// let loss = BinaryCrossentropy { label_smoothing: 0.1, ..Default::default() };
/// let batch = evaluate(&loss, &[1.0_f64, 0.0], &[0.9, 0.2], 1, None);
/// assert!((batch.value - 0.25384).abs() < 1e-5);
/// ```
pub fn evaluate<T: Element, L: Loss<T> + ?Sized>(
    loss: &L,
    y_true: &[T],
    y_pred: &[T],
    classes: usize,
    weights: Option<&[T]>,
) -> Evaluation<T> {
    let classes = if loss.block() == Block::Batch { y_pred.len() } else { classes };
    let rows = y_pred.len() / classes.max(1);
    let mut values = vec![T::zero(); rows];
    let mut row_factors = vec![T::zero(); rows];
    factors(loss, y_true, classes, weights, None, &mut row_factors);
    loss.rows(y_true, y_pred, classes, false, &mut values);
    let mut value = 0.0;
    for (row, &factor) in values.iter_mut().zip(&row_factors) {
        value += factor.to_f64() * row.to_f64();
        *row *= factor;
    }
    Evaluation { value, values, factors: row_factors }
}
