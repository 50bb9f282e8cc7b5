//! `use nn::prelude::*;`: what a program that trains or runs a network names.

pub use crate::{Network, Record, Stateful, Stream, Tensor, Tensor1, Tensor2, Tensor3, Tensor4, Tensor5, Tensor6};

#[cfg(feature = "std")]
pub use crate::{
    callbacks::*,
    losses::{
        BinaryCrossentropy, BinaryFocalCrossentropy, CategoricalCrossentropy, CategoricalFocalCrossentropy,
        CategoricalHinge, CosineSimilarity, Dice, Hinge, Huber, KLDivergence, LogCosh, MeanAbsoluteError,
        MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, Poisson,
        SparseCategoricalCrossentropy, SquaredHinge, Tversky,
    },
    metrics,
    optimizers::{
        Adadelta, Adafactor, Adagrad, Adam, AdamW, Adamax, Ftrl, Lamb, LearningRate, Lion, Muon, Nadam, RMSprop, SGD,
        schedules::{
            CosineDecay, CosineDecayRestarts, ExponentialDecay, InverseTimeDecay, LearningRateSchedule,
            PiecewiseConstantDecay, PolynomialDecay,
        },
    },
    train::{Evaluate, Fit, History, Logs, Model, Train},
};
