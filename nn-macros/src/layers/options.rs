//! What several layers share: padding, weights with their initializers, pairs of sizes.

use proc_macro2::TokenStream;

use crate::shapes::dim::Dim;

/// `padding = valid` or `same`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Padding {
    Valid,
    Same,
}

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

/// One weight of a layer: a field of its struct.
pub struct Param {
    /// `kernel`.
    pub name: &'static str,
    /// Its shape in Keras' layout.
    pub shape: Vec<Dim>,
    /// Whether the optimizer changes it.
    pub trainable: bool,
    pub weight: Weight,
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
