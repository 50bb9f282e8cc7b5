//! What several layers share: padding, weights with their initializers, pairs of sizes.

pub use nn_shape::Padding;
use proc_macro2::TokenStream;

use super::values;
use crate::shapes::dim::Dim;

/// Height and width.
pub type Pair = [Dim; 2];

/// How a weight starts, what its size costs, what holds after each step.
#[derive(Clone)]
pub struct Weight {
    /// An expression of type `Initializer`.
    pub initializer: TokenStream,
    /// An expression of type `Regularizer`.
    pub regularizer: Option<TokenStream>,
    /// An expression of type `Constraint`.
    pub constraint: Option<TokenStream>,
}

impl Weight {
    /// A weight with nothing but this initializer.
    pub fn plain(initializer: &str) -> Self {
        Weight { initializer: values::default(initializer), regularizer: None, constraint: None }
    }
}

/// One weight of a layer: a field of its struct.
#[derive(Clone)]
pub struct Param {
    /// `kernel`; `forward.kernel` in a wrapper.
    pub name: String,
    /// Its shape in Keras' layout.
    pub shape: Vec<Dim>,
    /// Whether the optimizer changes it.
    pub trainable: bool,
    pub weight: Weight,
}

impl Param {
    /// A weight of this name.
    pub fn new(name: &str, shape: Vec<Dim>, trainable: bool, weight: Weight) -> Self {
        Param { name: name.to_string(), shape, trainable, weight }
    }
}

/// The type of a weight that may be left out: `[f32; 16]`, or `[f32; 0]`.
pub fn weight_type(present: bool, len: &Dim, dtype: &TokenStream) -> TokenStream {
    if present { quote::quote!([#dtype; #len]) } else { quote::quote!([#dtype; 0]) }
}

/// The number of elements of some weights.
pub fn param_count(params: &[Param]) -> Dim {
    let counts: Vec<Dim> = params.iter().map(|param| Dim::product(&param.shape)).collect();
    Dim::sum(&counts)
}
/// The options of a weight called `kernel`, in the order that `Args::weight` reads them.
pub const KERNEL: &[&str] = &["kernel_initializer", "kernel_regularizer", "kernel_constraint"];
/// The options of the kernel of a layer in which every channel has filters of its own.
pub const DEPTHWISE: &[&str] = &["depthwise_initializer", "depthwise_regularizer", "depthwise_constraint"];
/// The options of a weight called `pointwise_kernel`.
pub const POINTWISE: &[&str] = &["pointwise_initializer", "pointwise_regularizer", "pointwise_constraint"];
/// The options of a weight called `recurrent_kernel`.
pub const RECURRENT: &[&str] = &["recurrent_initializer", "recurrent_regularizer", "recurrent_constraint"];
/// The options of a weight called `embeddings`.
pub const EMBEDDINGS: &[&str] = &["embeddings_initializer", "embeddings_regularizer", "embeddings_constraint"];
/// The options of a weight called `bias`.
pub const BIAS: &[&str] = &["bias_initializer", "bias_regularizer", "bias_constraint"];
/// The options of a weight called `gamma`.
pub const GAMMA: &[&str] = &["gamma_initializer", "gamma_regularizer", "gamma_constraint"];
/// The options of a weight called `scale`.
pub const SCALE: &[&str] = &["scale_initializer", "scale_regularizer", "scale_constraint"];
/// The options of a weight called `beta`.
pub const BETA: &[&str] = &["beta_initializer", "beta_regularizer", "beta_constraint"];
/// The options of a weight called `alpha`.
pub const ALPHA: &[&str] = &["alpha_initializer", "alpha_regularizer", "alpha_constraint"];
