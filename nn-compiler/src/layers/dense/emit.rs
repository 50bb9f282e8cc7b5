//! `Dense` in the expansion.

use proc_macro2::TokenStream;
use quote::quote;

use super::Dense;
use crate::layers::emit::{Call, Emit};
use crate::layers::options::weight_type;
use crate::shapes::Node;

impl Emit for Dense {
    fn weights(&self, node: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        let inputs = node.input.last()?;
        let units = &self.units;
        let bias = weight_type(self.use_bias, units, dtype);
        Some(quote!(::nn::__rt::dense::Dense<#inputs, #units, #dtype, #bias>))
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, activation, .. } = call;
        let field = &node.field;
        quote!(rt::dense::forward(simd, &self.#field, #x, #y, #activation);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, dy, .. } = call;
        let (field, dx) = (&node.field, call.optional_dx());
        quote!(rt::dense::backward(simd, &self.#field, #x, #dy, &mut sums.#field, #dx, scratch);)
    }
}
