//! `Dot` and `Matmul`.

use nn_graph::graph::Node;
use nn_graph::op::Dot;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, merge, without};
use crate::emit::{Context, names};

/// Matrix products along the last two axes.
pub struct Matmul;

/// The sizes of a product, worked out while the network is compiled.
fn sizes(cx: &Context<'_>, node: &Node) -> TokenStream {
    let shapes = merge::input_shapes(cx, node);
    quote!(&const { rt::matmul::MatmulSizes::new(#(#shapes),*) })
}

impl Emit for Matmul {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (sizes, y, inputs) = (sizes(call.cx, call.node), call.y(), &call.inputs);
        quote!(rt::matmul::infer(simd, #sizes, [#(#inputs),*], #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (sizes, y, inputs) = (sizes(call.cx, call.node), &call.y, &call.inputs);
        quote!(rt::matmul::infer(simd, #sizes, [#(#inputs),*], #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, inputs, dy, dinputs, .. } = call;
        let sizes = sizes(cx, node);
        quote!(rt::matmul::backward(simd, #sizes, [#(#inputs),*], #dy, [#(#dinputs),*]);)
    }
}

impl Emit for Dot {
    without!(weights, measure);

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc, shapes) = (cx.geometry(node), names::described(node), merge::input_shapes(cx, node));
        let axes = self.axes.map(names::number);
        let normalize = self.normalize.then(|| {
            quote!(
                const NORMALIZE: bool = true;
            )
        });
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::dot::DotShape for #name {
                const INPUTS: [&'static [usize]; 2] = [#(#shapes),*];
                const AXES: [usize; 2] = [#(#axes),*];
                #normalize
            }
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, y, inputs) = (call.cx.geometry(call.node), call.y(), &call.inputs);
        quote!(rt::dot::infer(simd, #shape, [#(#inputs),*], #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, y, inputs) = (call.cx.geometry(call.node), &call.y, &call.inputs);
        quote!(rt::dot::forward(simd, #shape, samples, [#(#inputs),*], #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, inputs, y, dy, dinputs, .. } = call;
        let shape = cx.geometry(node);
        quote!(rt::dot::backward(simd, #shape, samples, [#(#inputs),*], #y, #dy, [#(#dinputs),*], scratch);)
    }
}
