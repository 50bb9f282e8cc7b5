//! Activation functions in the expansion.

use proc_macro2::TokenStream;
use quote::quote;

use super::Function;
use crate::layers::emit::{Call, Emit};

impl Function {
    /// The value that a kernel takes: `rt::activations::Relu`.
    pub fn value(&self) -> TokenStream {
        match self {
            Function::Elementwise { value, .. } => value.clone(),
            Function::Linear | Function::Softmax { .. } => quote!(rt::activations::Linear),
        }
    }
}

impl Emit for Function {
    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y, value) = (&call.x, &call.y, self.value());
        quote!(rt::activation::infer(simd, #x, #y, #value);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y, dy, dx, value) = (&call.x, &call.y, &call.dy, &call.dx, self.value());
        quote!(rt::activation::backward(simd, #x, #y, #dy, #dx, #value);)
    }
}
