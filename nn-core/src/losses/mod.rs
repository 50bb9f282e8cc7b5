//! The losses of training: what they make of targets and outputs, and their gradients.
//!
//! A loss sees rows: the output of a network is rows of `classes` elements, one row for `Tensor1`,
//! one for each step of `Tensor2`, one for each pixel of `Tensor3`. Each row has one value; weights
//! and [`Reduction`] make one number of the values of a batch. A loss of whole batches ([`Block`]) has one value to begin with.

mod along_axis;
mod binary_crossentropy;
mod binary_focal_crossentropy;
mod boxed;
mod categorical_crossentropy;
mod categorical_focal_crossentropy;
mod categorical_hinge;
mod cosine_similarity;
mod dense;
mod fits;
mod hinge;
mod huber;
mod kl_divergence;
mod log_cosh;
mod mean_absolute_error;
mod mean_absolute_percentage_error;
mod mean_squared_error;
mod mean_squared_logarithmic_error;
mod overlap;
mod poisson;
mod reduction;
mod several;
mod softmax;
mod sparse_categorical_crossentropy;
mod squared_hinge;
mod target;

pub(crate) use along_axis::{AlongAxis, replaced};
pub use binary_crossentropy::BinaryCrossentropy;
pub use binary_focal_crossentropy::BinaryFocalCrossentropy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use categorical_focal_crossentropy::CategoricalFocalCrossentropy;
pub use categorical_hinge::CategoricalHinge;
pub use cosine_similarity::CosineSimilarity;
pub(crate) use cosine_similarity::cosine;
pub(crate) use dense::sign;
pub use fits::{ClassTarget, DenseTarget};
pub use hinge::Hinge;
pub use huber::Huber;
pub use kl_divergence::KLDivergence;
pub use log_cosh::LogCosh;
pub(crate) use log_cosh::log_cosh;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_absolute_percentage_error::MeanAbsolutePercentageError;
pub use mean_squared_error::MeanSquaredError;
pub use mean_squared_logarithmic_error::MeanSquaredLogarithmicError;
pub use overlap::{Dice, Tversky};
pub use poisson::Poisson;
use reduction::REDUCTION;
pub(crate) use reduction::weight_of_row;
pub use reduction::{Evaluation, Reduction, evaluate, factors};
pub use several::{Each, Losses, LossesFor, MAX_OUTPUTS};
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use squared_hinge::SquaredHinge;
pub use target::{Number, Target};

use crate::config::table;
use crate::element::Element;
use crate::error::FitError;
use crate::train::OutputActivation;

/// A loss: a number for each row of outputs, and its gradient.
///
/// One of your own is a type that implements this and [`LossFor`], and is given to `compile` as any other is:
///
/// ```
/// use nn_core::Element;
/// use nn_core::losses::{BadTarget, DenseTarget, Loss, LossFor, Reduction, evaluate};
///
/// /// The fourth powers of the differences, summed over a row.
/// struct Quartic;
///
/// impl<T: Element> Loss<T> for Quartic {
///     fn name(&self) -> &'static str {
///         "quartic"
///     }
///
///     fn reduction(&self) -> Reduction {
///         Reduction::SumOverBatchSize
///     }
///
///     fn target_width(&self, classes: usize) -> usize {
///         classes
///     }
///
///     fn check(&self, _y_true: &[T], _classes: usize) -> Result<(), BadTarget> {
///         Ok(())
///     }
///
///     fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, _logits: bool, values: &mut [T]) {
///         for (row, value) in values.iter_mut().enumerate() {
///             let row = row * classes..(row + 1) * classes;
///             *value = y_pred[row.clone()].iter().zip(&y_true[row]).map(|(p, t)| (*p - *t).powi(4)).sum();
///         }
///     }
///
///     fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, _: bool, factor: &[T], dy_pred: &mut [T]) {
///         for (index, dy) in dy_pred.iter_mut().enumerate() {
///             *dy = factor[index / classes] * T::from_f64(4.0) * (y_pred[index] - y_true[index]).powi(3);
///         }
///     }
/// }
///
/// /// It takes targets of the output's own shape.
/// impl<O, T: Element, Y: DenseTarget<O, T>> LossFor<O, Y, T> for Quartic {}
///
/// assert_eq!(evaluate(&Quartic, &[0.0_f32, 1.0, 0.0, 0.0], &[1.0, 3.0, 0.0, 1.0], 2, None).value, 9.0);
/// ```
///
/// In all methods `classes` is the length of a row of outputs; `y_pred` and `dy_pred` hold
/// `rows × classes` elements, `y_true` holds `rows × target_width(classes)`, `values` and `factor` hold `rows`.
pub trait Loss<T: Element>: Send + Sync {
    /// Keras' name: `sparse_categorical_crossentropy`.
    fn name(&self) -> &'static str;

    /// How the values of the rows become one number.
    fn reduction(&self) -> Reduction;

    /// The elements of one row of targets, for rows of `classes` outputs: 1 for sparse targets, else `classes`.
    fn target_width(&self, classes: usize) -> usize;

    /// The axis along which a row lies, as Keras counts: the batch is axis 0, and -1 the last one, which it is by default. Training gives
    /// the other methods rows along it.
    fn axis(&self) -> i64 {
        -1
    }

    /// What one value is made of: by default a row. A loss of whole batches sees the outputs of a batch as a single row.
    fn block(&self) -> Block {
        Block::Row
    }

    /// The output activation whose logits this loss takes instead of the output, as Keras does with softmax and
    /// sigmoid; [`OutputActivation::Other`] for none, or because the output is logits already.
    fn prefers_logits_of(&self) -> OutputActivation {
        OutputActivation::Other
    }

    /// Whether a row of this target counts as masked.
    fn ignores(&self, _target: &[T]) -> bool {
        false
    }

    /// Refuses a target that no row can have: a class that is out of range, or no number at all.
    fn check(&self, y_true: &[T], classes: usize) -> Result<(), BadTarget>;

    /// Refuses options that have a value that they cannot have; training asks before its first step.
    fn check_options(&self) -> Result<(), FitError> {
        Ok(())
    }

    /// Writes the loss of each row into `values`. With `logits`, `y_pred` are logits although the loss
    /// was not asked for `from_logits` (see [`prefers_logits_of`](Self::prefers_logits_of)).
    fn rows(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, values: &mut [T]);

    /// Writes the gradient: `dy_pred[row] = factor[row] · d value[row] / d y_pred[row]`.
    fn gradient(&self, y_true: &[T], y_pred: &[T], classes: usize, logits: bool, factor: &[T], dy_pred: &mut [T]);
}

table! {
    LOSSES: "loss", Loss<T: Element>;
    BinaryCrossentropy, BinaryFocalCrossentropy, CategoricalCrossentropy, CategoricalFocalCrossentropy, CategoricalHinge,
    CosineSimilarity, Dice, Hinge, Huber, KLDivergence, LogCosh, MeanAbsoluteError, MeanAbsolutePercentageError,
    MeanSquaredError, MeanSquaredLogarithmicError, Poisson, SparseCategoricalCrossentropy, SquaredHinge, Tversky
}

/// What one value of a loss is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// A row of outputs.
    Row,
    /// All outputs of a batch.
    Batch,
}

/// States at compile time that targets `Y` fit a network's output `O` under this loss.
///
/// A loss of one's own declares with it what it takes: `impl<O, Y: DenseTarget<O, f32>> LossFor<O, Y, f32> for MyLoss {}`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes no target `{Y}` for the output `{O}`",
    label = "these targets do not fit the network's output"
)]
pub trait LossFor<O, Y, T: Element>: Loss<T> {}

/// A target that no row can have.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the target {value} of row {row} is not {expected}")]
pub struct BadTarget {
    /// The row in the targets that were given, from 0.
    pub row: usize,
    /// The value found there.
    pub value: f64,
    /// What it should have been.
    pub expected: Expected,
}

/// What a target should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The index of one of so many classes.
    Class(usize),
    /// Any finite number.
    Finite,
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Expected::Class(1) => write!(f, "the index of the only class, 0"),
            Expected::Class(classes) => write!(f, "the index of a class, 0 to {}", classes.saturating_sub(1)),
            Expected::Finite => write!(f, "a finite number"),
        }
    }
}

/// Writes what follows from the row of a loss.
macro_rules! by_row {
    () => {
        fn name(&self) -> &'static str {
            <Self as crate::config::Config>::ROW.name
        }

        fn reduction(&self) -> Reduction {
            self.reduction
        }

        fn check_options(&self) -> Result<(), crate::error::FitError> {
            crate::config::check(self)
        }
    };
}

use by_row;

/// The axis of a loss that has it as an option.
macro_rules! along_its_axis {
    () => {
        fn axis(&self) -> i64 {
            self.axis
        }
    };
}

use along_its_axis;

#[cfg(test)]
mod tests;
