//! `Normalization` and `Rescaling` by constants along an axis.

use nn_graph::graph::Node;
use nn_graph::op::{Constants, Rescale, RescaleKind};
use nn_graph::size::around;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::scope::{Users, users};
use crate::emit::{Context, names};

/// `&[T]`, of as many elements as lie along the axis.
fn constants(cx: &Context<'_>, constants: &Constants, count: &TokenStream) -> TokenStream {
    match constants {
        Constants::One(number) => {
            let number = names::float(*number);
            quote!(&[#number; #count])
        }
        Constants::Each(numbers) => {
            let numbers = numbers.iter().map(|number| names::float(*number));
            quote!(&[#(#numbers),*])
        }
        Constants::Path(path) => users(Users::Constants, cx.sources.tokens(*path)),
    }
}

impl Emit for Rescale {
    without!(weights, measure);

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc, dtype) = (cx.geometry(node), names::described(node), &cx.dtype);
        let dims = cx.sizes(&around(&node.input, self.axis));
        let kind = match self.kind {
            RescaleKind::Normalize => quote!(Normalize),
            RescaleKind::Denormalize => quote!(Denormalize),
            RescaleKind::Rescale => quote!(Rescale),
        };
        let [first, second] = self.constants.each_ref().map(|of| constants(cx, of, &dims[1]));
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl #name {
                const CONSTANTS: rt::rescaling::Constants<'static, #dtype> =
                    rt::rescaling::Constants::new(rt::rescaling::Kind::#kind, [#(#dims),*], [#first, #second]);
            }
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, x, y) = (call.cx.geometry(call.node), call.x(), call.y());
        quote!(rt::rescaling::infer(simd, &#shape::CONSTANTS, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, x, y) = (call.cx.geometry(call.node), &call.x, &call.y);
        quote!(rt::rescaling::infer(simd, &#shape::CONSTANTS, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, dy, dx) = (call.cx.geometry(call.node), &call.dy, &call.dx);
        quote!(rt::rescaling::backward(simd, &#shape::CONSTANTS, #dy, #dx);)
    }
}
