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
