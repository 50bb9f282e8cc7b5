//! `PReLU` in the expansion.

use proc_macro2::TokenStream;
use quote::quote;

use super::PRelu;
use crate::layers::emit::{Call, Emit, Infer};
use crate::names;
use crate::shapes::Node;
use crate::shapes::dim::Dim;

impl Emit for PRelu {
    fn weights(&self, node: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        let slopes = Dim::product(&node.params[0].shape);
        Some(quote!(::nn::__rt::prelu::PReLU<#slopes, #dtype>))
    }

    fn geometry(&self, node: &Node) -> TokenStream {
        let name = names::geometry(&node.name);
        let shape = &node.input;
        let shared = (0..shape.len()).map(|axis| self.shared_axes.contains(&axis));
        let doc = names::described(node);
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::prelu::PReLUShape for #name {
                const SHAPE: &'static [usize] = &[#(#shape),*];
                const SHARED: &'static [bool] = &[#(#shared),*];
            }
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (node, x, y) = (call.node, call.x(), call.y());
        let (field, shape) = (&node.field, names::geometry(&node.name));
        quote!(rt::prelu::infer(simd, #shape, &self.#field, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, .. } = call;
        let (field, shape) = (&node.field, names::geometry(&node.name));
        quote!(rt::prelu::infer(simd, #shape, &self.#field, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, dy, dx, .. } = call;
        let (field, shape) = (&node.field, names::geometry(&node.name));
        quote!(rt::prelu::backward(simd, #shape, &self.#field, samples, #x, #dy, #dx, &mut sums.#field);)
    }
}
