//! `Embedding`.

use nn_graph::graph::Node;
use nn_graph::op::Embedding;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::Context;

/// The statement that lists the rows of the table that the samples use, with their gradients.
pub fn rows(call: &Call<'_>) -> TokenStream {
    let (x, dy) = (&call.x, &call.dy);
    quote!(rt::embedding::rows(#x, #dy, list))
}

impl Emit for Embedding {
    fn weights(&self, cx: &Context<'_>, _: &Node) -> Option<TokenStream> {
        let (input_dim, output_dim, dtype) = (cx.size(&self.input_dim), cx.size(&self.output_dim), &cx.dtype);
        Some(quote!(::nn::__rt::embedding::Embedding<#input_dim, #output_dim, #dtype>))
    }

    without!(geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (field, x, y) = (call.cx.field(call.node), call.x(), call.y());
        quote!(rt::embedding::infer(&self.#field, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (field, x, y) = (call.cx.field(call.node), &call.x, &call.y);
        quote!(rt::embedding::infer(&self.#field, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (field, x, dy) = (call.cx.field(call.node), &call.x, &call.dy);
        quote!(rt::embedding::backward(simd, #x, #dy, &mut sums.#field);)
    }
}
