//! Activation functions: the option `activation = …`, the layer `Activation<…>`, and each as a layer of its own.

use proc_macro2::TokenStream;

/// An activation function.
#[derive(Clone)]
pub enum Function {
    /// `linear`: nothing to do.
    Linear,
    /// Lane by lane.
    Elementwise {
        /// A value that implements `nn_core::activations::Activation`, as it is emitted:
        /// `::nn::__rt::activations::LeakyRelu(0.2)`.
        value: TokenStream,
        /// Whether the derivative needs what went in; otherwise what came out is enough.
        keeps_input: bool,
        /// `sigmoid`, whose logits Keras hands to BinaryCrossentropy.
        sigmoid: bool,
    },
    /// `softmax` along an axis (counted without the batch).
    Softmax { axis: usize, log: bool },
}
