//! Weights: their names and shapes, how they start, what their size costs, what holds after each step.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::size::{Shape, Size};
use crate::source::SourceId;

/// One weight of a layer: a field of its struct.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// `kernel`; `forward.kernel` in a wrapper.
    pub name: String,
    /// Its shape in Keras' layout.
    pub shape: Shape,
    /// Whether the optimizer changes it.
    pub trainable: bool,
    /// Everything else.
    pub weight: Weight,
}

impl Param {
    /// A weight of this name.
    pub fn new(name: &str, shape: Shape, trainable: bool, weight: Weight) -> Self {
        Param { name: name.to_owned(), shape, trainable, weight }
    }

    /// What stands for all weights of a layer of the user's own, which only rustc knows: one without elements.
    pub fn unknown(trainable: bool) -> Self {
        Param::new("*", vec![Size::Known(0)], trainable, Weight::plain(Initializer::Zeros))
    }

    /// Whether it stands for weights that only rustc knows.
    pub fn is_unknown(&self) -> bool {
        self.name == "*"
    }
}

/// How a weight starts, what its size costs, what holds after each step.
#[derive(Clone, Debug, PartialEq)]
pub struct Weight {
    /// How it starts.
    pub initializer: Initializer,
    /// What its size costs.
    pub regularizer: Option<Regularizer>,
    /// The same by a function of the user's, by its path.
    pub penalty: Option<SourceId>,
    /// What holds after each step.
    pub constraint: Option<Constraint>,
}

impl Weight {
    /// A weight with nothing but an initializer.
    pub fn plain(initializer: Initializer) -> Self {
        Weight { initializer, regularizer: None, penalty: None, constraint: None }
    }
}

/// How a weight starts, as `nn_core::Initializer` has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Initializer {
    /// 0.
    Zeros,
    /// 1.
    Ones,
    /// One number.
    Constant(f64),
    /// Uniform between two numbers.
    Uniform(f64, f64),
    /// Normal with mean and standard deviation.
    Normal(f64, f64),
    /// The same, cut off at two standard deviations.
    TruncatedNormal(f64, f64),
    /// Uniform by the sum of both fans (Glorot and Bengio).
    GlorotUniform,
    /// Normal by the sum of both fans.
    GlorotNormal,
    /// Uniform by the inputs (He et al.).
    HeUniform,
    /// Normal by the inputs.
    HeNormal,
    /// Uniform by the inputs (LeCun et al.).
    LecunUniform,
    /// Normal by the inputs.
    LecunNormal,
    /// An orthogonal matrix times a number.
    Orthogonal(f64),
    /// The identity times a number.
    Identity(f64),
    /// One of the user's, by its path.
    Custom(SourceId),
    /// 1 for the forget gate of an LSTM, for the others what stands here.
    UnitForgetBias(Box<Initializer>),
    /// As for a matrix of this shape, whose fans count.
    Matrix(Box<Initializer>, [Size; 2]),
}

/// `l1 * sum |w| + l2 * sum w²`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regularizer {
    /// The factor of the absolute values.
    pub l1: f64,
    /// The factor of the squares.
    pub l2: f64,
}

/// What holds after each step, as `nn_core::Constraint` has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constraint {
    /// Not below 0.
    NonNeg,
    /// Norms up to this.
    MaxNorm(f64),
    /// Norms of 1.
    UnitNorm,
    /// Norms between two numbers, approached at a rate.
    MinMaxNorm(f64, f64, f64),
    /// One of the user's, by its path.
    Custom(SourceId),
}

/// The number of elements of some weights.
pub fn param_count(params: &[Param]) -> Size {
    let counts: Vec<Size> = params.iter().map(|param| Size::product(&param.shape)).collect();
    Size::sum(&counts)
}
