//! `PReLU`.

use nn_graph::graph::Node;
use nn_graph::op::PRelu;
use nn_graph::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::{Context, names};

impl Emit for PRelu {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let (slopes, dtype) = (cx.size(&Size::product(&node.params[0].shape)), &cx.dtype);
        Some(quote!(::nn::__rt::prelu::PReLU<#slopes, #dtype>))
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc, shape) = (cx.geometry(node), names::described(node), cx.sizes(&node.input));
        let shared = (0..shape.len()).map(|axis| self.shared_axes.contains(&axis));
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

    without!(measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (field, shape, x, y) = (call.cx.field(call.node), call.cx.geometry(call.node), call.x(), call.y());
        quote!(rt::prelu::infer(simd, #shape, &self.#field, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, .. } = call;
        let (field, shape) = (cx.field(node), cx.geometry(node));
        quote!(rt::prelu::infer(simd, #shape, &self.#field, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, dy, dx, .. } = call;
        let (field, shape) = (cx.field(node), cx.geometry(node));
        quote!(rt::prelu::backward(simd, #shape, &self.#field, samples, #x, #dy, #dx, &mut sums.#field);)
    }
}
