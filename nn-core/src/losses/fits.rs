//! Which targets fit which outputs, checked at compile time.
//!
//! The impls name each number type, rather than all at once: with a single impl to choose, the compiler would take it for granted
//! and complain about mismatched types instead of showing the messages below.

use super::LossFor;
use super::{
    BinaryCrossentropy, BinaryFocalCrossentropy, CategoricalCrossentropy, CategoricalFocalCrossentropy,
    CategoricalHinge, CosineSimilarity, Dice, Hinge, Huber, KLDivergence, LogCosh, MeanAbsoluteError,
    MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, Poisson, SparseCategoricalCrossentropy,
    SquaredHinge, Tversky,
};
use crate::element::Element;
use crate::tensor::{Tensor1, Tensor2, Tensor3, Tensor4, Tensor5, Tensor6};

/// Targets of the output's own shape: what most losses take.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a target for the output `{O}` under this loss",
    label = "these targets do not fit the network's output",
    note = "this loss takes a tensor of the output's own shape; for the output `Tensor1<1>` also a bare number; an array becomes a tensor with `Tensor1(array)`",
    note = "for targets that are class indices there is SparseCategoricalCrossentropy"
)]
pub trait DenseTarget<O, T: Element> {}

/// Targets with the index of a class for each row of the output: what sparse losses take.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a target for the output `{O}` under this loss",
    label = "these targets do not fit the network's output",
    note = "this loss takes the index of a class for each row of the output: an integer for `Tensor1<CLASSES>`, `Tensor1<STEPS, integer>` for `Tensor2<STEPS, CLASSES>`",
    note = "for targets that are one-hot or probabilities there is CategoricalCrossentropy"
)]
pub trait ClassTarget<O, T: Element> {}

macro_rules! dense_targets {
    ($($number:ty),+) => {$(
        impl<T: Element> DenseTarget<Tensor1<1, T>, T> for $number {}
        dense_targets!($number; Tensor1 [A]);
        dense_targets!($number; Tensor2 [A B]);
        dense_targets!($number; Tensor3 [A B C]);
        dense_targets!($number; Tensor4 [A B C D]);
        dense_targets!($number; Tensor5 [A B C D E]);
        dense_targets!($number; Tensor6 [A B C D E F]);
    )+};
    ($number:ty; $tensor:ident [$($dim:ident)+]) => {
        impl<$(const $dim: usize,)+ T: Element> DenseTarget<$tensor<$($dim,)+ T>, T> for $tensor<$($dim,)+ $number> {}
    };
}

macro_rules! class_targets {
    ($($number:ty),+) => {$(
        impl<const C: usize, T: Element> ClassTarget<Tensor1<C, T>, T> for $number {}
        class_targets!($number; Tensor1 [A], Tensor2);
        class_targets!($number; Tensor2 [A B], Tensor3);
        class_targets!($number; Tensor3 [A B D], Tensor4);
        class_targets!($number; Tensor4 [A B D E], Tensor5);
        class_targets!($number; Tensor5 [A B D E F], Tensor6);
    )+};
    ($number:ty; $tensor:ident [$($dim:ident)+], $output:ident) => {
        impl<$(const $dim: usize,)+ const C: usize, T: Element> ClassTarget<$output<$($dim,)+ C, T>, T>
            for $tensor<$($dim,)+ $number>
        {
        }
    };
}

dense_targets!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, bool, f32, f64);
class_targets!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, bool);

macro_rules! dense_losses {
    ($($loss:ty),+) => {$(
        impl<O, Y: DenseTarget<O, T>, T: Element> LossFor<O, Y, T> for $loss {}
    )+};
}

dense_losses!(BinaryCrossentropy, BinaryFocalCrossentropy, CategoricalCrossentropy, CategoricalFocalCrossentropy);
dense_losses!(CategoricalHinge, CosineSimilarity, Hinge, Huber, KLDivergence, LogCosh, MeanAbsoluteError);
dense_losses!(
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SquaredHinge,
    Dice,
    Tversky
);

impl<O, Y: ClassTarget<O, T>, T: Element> LossFor<O, Y, T> for SparseCategoricalCrossentropy {}
