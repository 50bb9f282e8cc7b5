//! What codegen asks of a layer: the struct of its weights, its geometry, its calls in training.
//!
//! All tokens stand in a scope where `rt` is `::nn::__rt`.

use proc_macro2::{Ident, TokenStream};

use super::Op;
use crate::shapes::Node;

/// The emission of one layer.
pub trait Emit {
    /// The type of the field that holds its weights; `None` without weights.
    fn weights(&self, _node: &Node, _dtype: &TokenStream) -> Option<TokenStream> {
        None
    }

    /// The unit struct with its geometry, complete.
    fn geometry(&self, _node: &Node) -> TokenStream {
        TokenStream::new()
    }

    /// The call that computes one sample at inference, for a layer that is a step of its own.
    fn infer(&self, _node: &Node, _x: &TokenStream, _y: &TokenStream) -> TokenStream {
        TokenStream::new()
    }

    /// The call that computes `y` from `x` for the samples of a shard.
    fn forward(&self, call: &Call<'_>) -> TokenStream;

    /// The call that computes `dx` from `dy` and adds to the gradients of the weights.
    fn backward(&self, call: &Call<'_>) -> TokenStream;
}

/// What a call in training refers to.
pub struct Call<'a> {
    pub node: &'a Node,
    /// `&values.conv1`, `&mut gradients.conv1`, and so on: slices.
    pub x: TokenStream,
    pub y: TokenStream,
    pub dy: TokenStream,
    pub dx: TokenStream,
    /// Where the input's gradient is wanted only on request: the condition.
    pub optional: Option<TokenStream>,
    /// The activation fused into a layer with weights.
    pub activation: TokenStream,
    /// The index of the step: dropout keeps its random numbers apart by it.
    pub index: usize,
    /// The entry of this layer in the statistics and in the shard's sums.
    pub statistics: Option<Ident>,
}

impl Call<'_> {
    /// `Option<&mut [T]>`: the gradient of the input, where somebody wants it.
    pub fn optional_dx(&self) -> TokenStream {
        let dx = &self.dx;
        match &self.optional {
            Some(condition) => quote::quote!(#condition.then_some(#dx)),
            None => quote::quote!(Some(#dx)),
        }
    }
}

impl Op {
    /// The layer behind the operation; `None` where nothing is computed.
    pub fn emit(&self) -> Option<&dyn Emit> {
        match self {
            Op::Conv2D(layer) => Some(layer),
            Op::Dense(layer) => Some(layer),
            Op::Pool2D(layer) => Some(layer),
            Op::BatchNormalization(layer) => Some(layer),
            Op::Activation(function) => Some(function),
            Op::Softmax(layer) => Some(layer),
            Op::Dropout(layer) => Some(layer),
            Op::Alone(layer) => Some(layer.as_ref()),
            Op::View => None,
        }
    }
}
