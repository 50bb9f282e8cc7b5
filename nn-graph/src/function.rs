//! Activation functions.

pub use nn_shape::Operation;

use crate::source::SourceId;

/// An activation function.
#[derive(Clone, Debug, PartialEq)]
pub enum Function {
    /// `linear`: nothing to do.
    Linear,
    /// Element by element.
    Elementwise(Elementwise),
    /// `softmax` or `log_softmax` along an axis, counted without the batch.
    Softmax {
        /// The axis.
        axis: usize,
        /// Whether its logarithm is meant.
        log: bool,
    },
}

/// A function of single elements, as `nn_core::activations` has them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Elementwise {
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
    /// `x`, or `x` times the slope below 0.
    LeakyRelu(f64),
    /// All options of Keras' layer `ReLU`.
    ReluOptions {
        /// The slope below the threshold.
        negative_slope: f64,
        /// Where it is cut off.
        max_value: Option<f64>,
        /// From where on it is `x`.
        threshold: f64,
    },
    /// `x`, or `alpha * (exp(x) - 1)` below 0.
    Elu(f64),
    /// ELU with the two constants that keep mean and variance.
    Selu,
    /// `x` times the normal distribution.
    Gelu,
    /// The same by way of `tanh`.
    GeluApproximate,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// `relu6(x + 3) / 6`.
    HardSigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// `ln(1 + exp(x))`.
    Softplus,
    /// `x / (1 + |x|)`.
    Softsign,
    /// `x * sigmoid(x)`.
    Swish,
    /// `x * hard_sigmoid(x)`.
    HardSwish,
    /// `x * tanh(softplus(x))`.
    Mish,
    /// `exp(x)`.
    Exponential,
    /// `(x - center) * scale + offset`: the layers `Rescaling` and `Normalization`.
    Rescaling {
        /// What is subtracted first.
        center: f64,
        /// What it is multiplied by.
        scale: f64,
        /// What is added then.
        offset: f64,
    },
    /// `x`, but not below the first and not above the second.
    Clip(f64, f64),
    /// `x` to a power.
    Power(f64),
    /// An operation of `keras.ops`.
    Operation(Operation),
    /// `sign(x) * √|x|`, of `BilinearPool`.
    SignedSqrt,
    /// One of the user's: the path of a value that implements `nn_core::activations::Activation`.
    Custom(SourceId),
}

impl Elementwise {
    /// Whether the derivative may need what went in; otherwise what came out is enough, so that a layer need not keep what
    /// goes into its activation. Of a function of the user's only rustc knows (`Activation::KEEPS`, which says what is read
    /// in the end): it may.
    pub fn keeps_input(self) -> bool {
        match self {
            Elementwise::Operation(operation) => operation.keeps_input(),
            Elementwise::Gelu
            | Elementwise::GeluApproximate
            | Elementwise::Swish
            | Elementwise::HardSwish
            | Elementwise::Mish
            | Elementwise::ReluOptions { .. }
            | Elementwise::Clip(..)
            | Elementwise::Power(_)
            | Elementwise::Custom(_) => true,
            Elementwise::Relu
            | Elementwise::Relu6
            | Elementwise::LeakyRelu(_)
            | Elementwise::Elu(_)
            | Elementwise::Selu
            | Elementwise::Sigmoid
            | Elementwise::HardSigmoid
            | Elementwise::Tanh
            | Elementwise::Softplus
            | Elementwise::Softsign
            | Elementwise::Exponential
            | Elementwise::SignedSqrt
            | Elementwise::Rescaling { .. } => false,
        }
    }
}

impl Function {
    /// Whether the derivative follows from the output.
    pub fn from_output(&self) -> bool {
        matches!(self, Function::Elementwise(function) if !function.keeps_input())
    }

    /// Whether it works element by element and changes something.
    pub fn is_elementwise(&self) -> bool {
        matches!(self, Function::Elementwise(_))
    }

    /// The function on a value of so many axes: `softmax` runs along the last one.
    pub fn on(&self, rank: usize) -> Self {
        match self {
            Function::Softmax { log, .. } => Function::Softmax { axis: rank - 1, log: *log },
            Function::Linear | Function::Elementwise(_) => self.clone(),
        }
    }

    /// The function on one time step of its value: along the axis of time there is none.
    pub fn before_axis(&self) -> Option<Self> {
        match self {
            Function::Softmax { axis, log } => Some(Function::Softmax { axis: axis.checked_sub(1)?, log: *log }),
            Function::Linear | Function::Elementwise(_) => Some(self.clone()),
        }
    }
}
