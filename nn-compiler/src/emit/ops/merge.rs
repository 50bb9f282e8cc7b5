//! Several values element by element, and one after another.

use nn_graph::graph::{Node, Operand};
use nn_graph::op::{Concatenate, Merge, Stack};
use nn_graph::size::Size;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::{Context, names};

/// `&[3, 4]` for each input.
pub fn input_shapes(cx: &Context<'_>, node: &Node) -> Vec<TokenStream> {
    let shape = |sizes: Vec<TokenStream>| quote!(&[#(#sizes),*]);
    node.inputs.iter().map(|input| shape(cx.sizes(&input.shape))).collect()
}

/// `[Option<&[T]>; N]`; `None` where no input has a mask.
fn masks(masks: &[Option<TokenStream>]) -> Option<TokenStream> {
    let each = masks.iter().map(|mask| match mask {
        Some(mask) => quote!(rt::Some(#mask)),
        None => quote!(rt::None),
    });
    (!masks.is_empty()).then(|| quote!([#(#each),*]))
}

impl Emit for Merge {
    without!(weights, measure);

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc, shapes) = (cx.geometry(node), names::described(node), input_shapes(cx, node));
        let (count, kind) = (names::number(shapes.len()), names::word(&format!("{self:?}")));
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::merge::MergeShape<#count> for #name {
                const KIND: rt::merge::Kind = rt::merge::Kind::#kind;
                const INPUTS: [&'static [usize]; #count] = [#(#shapes),*];
            }
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, y, inputs, activation) = (call.cx.geometry(call.node), call.y(), &call.inputs, call.activation());
        match masks(&call.masks) {
            Some(masks) => quote!(rt::merge::infer_masked(simd, #shape, [#(#inputs),*], #masks, #y);),
            None if call.in_place => {
                let others = &inputs[1..];
                quote!(rt::merge::infer_in_place(simd, #shape, #y, [#(#others),*], #activation);)
            }
            None => quote!(rt::merge::infer(simd, #shape, [#(#inputs),*], #y, #activation);),
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, y, inputs) = (call.cx.geometry(call.node), &call.y, &call.inputs);
        match masks(&call.masks) {
            Some(masks) => quote!(rt::merge::forward_masked(simd, #shape, samples, [#(#inputs),*], #masks, #y);),
            None => quote!(rt::merge::forward(simd, #shape, samples, [#(#inputs),*], #y);),
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, dy, inputs, dinputs, .. } = call;
        let shape = cx.geometry(node);
        match masks(&call.masks) {
            Some(masks) => quote! {
                rt::merge::backward_masked(simd, #shape, samples, [#(#inputs),*], #masks, #dy, [#(#dinputs),*]);
            },
            None => quote!(rt::merge::backward(simd, #shape, samples, [#(#inputs),*], #dy, [#(#dinputs),*]);),
        }
    }
}

/// The geometry of values one after another along an axis.
fn joined(cx: &Context<'_>, node: &Node, shapes: &[TokenStream], axis: usize) -> TokenStream {
    let (name, doc) = (cx.geometry(node), names::described(node));
    let (count, axis) = (names::number(shapes.len()), names::number(axis));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy)]
        struct #name;
        impl rt::concatenate::ConcatenateShape<#count> for #name {
            const INPUTS: [&'static [usize]; #count] = [#(#shapes),*];
            const AXIS: usize = #axis;
        }
    }
}

impl Emit for Stack {
    without!(weights, measure);

    /// That of a Concatenate of inputs with one more axis.
    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let shape = |input: &Operand| {
            let mut shape = input.shape.clone();
            shape.insert(self.axis, Size::Known(1));
            let sizes = cx.sizes(&shape);
            quote!(&[#(#sizes),*])
        };
        let shapes: Vec<TokenStream> = node.inputs.iter().map(shape).collect();
        joined(cx, node, &shapes, self.axis)
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, y, inputs) = (call.cx.geometry(call.node), call.y(), &call.inputs);
        quote!(rt::concatenate::infer(#shape, [#(#inputs),*], #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, y, inputs) = (call.cx.geometry(call.node), &call.y, &call.inputs);
        quote!(rt::concatenate::forward(#shape, samples, [#(#inputs),*], #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, dy, dinputs) = (call.cx.geometry(call.node), &call.dy, &call.dinputs);
        quote!(rt::concatenate::backward(#shape, samples, #dy, [#(#dinputs),*]);)
    }
}

impl Emit for Concatenate {
    without!(weights, measure);

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        joined(cx, node, &input_shapes(cx, node), self.axis)
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (shape, y, inputs) = (call.cx.geometry(call.node), call.y(), &call.inputs);
        quote!(rt::concatenate::infer(#shape, [#(#inputs),*], #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, y, inputs) = (call.cx.geometry(call.node), &call.y, &call.inputs);
        quote!(rt::concatenate::forward(#shape, samples, [#(#inputs),*], #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, dy, dinputs) = (call.cx.geometry(call.node), &call.dy, &call.dinputs);
        quote!(rt::concatenate::backward(#shape, samples, #dy, [#(#dinputs),*]);)
    }
}
