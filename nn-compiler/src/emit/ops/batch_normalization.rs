//! `BatchNormalization`.

use nn_graph::graph::Node;
use nn_graph::op::{BatchNormalization, Op};
use nn_graph::size::around;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::{Call, Emit, Infer, Statistics, weight_type, without};
use crate::emit::training::partial_field;
use crate::emit::{Context, names};

/// The elements before, along and after the axis, for one sample.
fn dims(op: &BatchNormalization, cx: &Context<'_>, node: &Node) -> TokenStream {
    let dims = cx.sizes(&around(&node.input, op.axis));
    quote!([#(#dims),*])
}

/// The moments of a shard's input.
pub fn gather(op: &BatchNormalization, call: &Call<'_>) -> TokenStream {
    let Call { cx, node, x, .. } = call;
    let partial = partial(call);
    if let Some(mask) = mask(call) {
        let channels = cx.size(&node.input[op.axis]);
        return quote!(rt::batch_normalization::gather_masked(simd, #channels, #x, #mask, &mut values.#partial););
    }
    let dims = dims(op, cx, node);
    quote!(rt::batch_normalization::gather(simd, #dims, samples, #x, &mut values.#partial);)
}

/// The sums over a shard that the gradients need.
pub fn gather_backward(op: &BatchNormalization, call: &Call<'_>) -> TokenStream {
    let Call { cx, node, x, dy, .. } = call;
    let place = call.statistics.as_ref().map(|statistics| &statistics.place);
    let (field, dims, partial, epsilon) = (cx.field(node), dims(op, cx, node), partial(call), names::float(op.epsilon));
    quote! {
        rt::batch_normalization::gather_backward(
            simd, #dims, &pass.statistics[#place], #epsilon, samples, #x, #dy, &mut gradients.#partial,
            &mut sums.#field,
        );
    }
}

/// The statement that computes scale and shift in `memory`; empty for a node of another kind.
pub fn fold(cx: &Context<'_>, node: &Node, memory: &TokenStream) -> TokenStream {
    let Op::BatchNormalization(op) = &node.op else { return TokenStream::new() };
    let (field, epsilon, channels) = (cx.field(node), names::float(op.epsilon), cx.size(&node.input[op.axis]));
    quote! {
        let (scale, shift) = rt::split(&mut #memory[..], #channels);
        rt::batch_normalization::fold(simd, &self.#field, #epsilon, scale, shift);
    }
}

/// The mask of the input, where there is one.
fn mask<'a>(call: &'a Call<'_>) -> Option<&'a TokenStream> {
    call.masks.first()?.as_ref()
}

/// The field of a shard's values and gradients that holds what it gathers for this layer.
fn partial(call: &Call<'_>) -> Option<Ident> {
    call.statistics.as_ref().map(|statistics| partial_field(&statistics.name))
}

impl Emit for BatchNormalization {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let (channels, dtype) = (cx.size(&node.input[self.axis]), &cx.dtype);
        let gamma = weight_type(self.scale, &channels, dtype);
        let beta = weight_type(self.center, &channels, dtype);
        Some(quote!(::nn::__rt::batch_normalization::BatchNormalization<#channels, #dtype, #gamma, #beta>))
    }

    without!(geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (x, y, dims) = (call.x(), call.y(), dims(self, call.cx, call.node));
        let fold = call.fold.as_ref().map(|memory| fold(call.cx, call.node, memory));
        quote!(#fold rt::batch_normalization::infer(simd, #dims, scale, shift, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, statistics, .. } = call;
        let (field, dims, epsilon) = (cx.field(node), dims(self, cx, node), names::float(self.epsilon));
        match statistics {
            Some(Statistics { place, .. }) => quote! {
                rt::batch_normalization::forward(
                    simd, #dims, &self.#field, &pass.statistics[#place], #epsilon, samples, #x, #y,
                );
            },
            None => quote! {
                rt::batch_normalization::forward_frozen(simd, #dims, &self.#field, #epsilon, samples, #x, #y);
            },
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, dy, dx, statistics, .. } = call;
        let (field, dims, epsilon) = (cx.field(node), dims(self, cx, node), names::float(self.epsilon));
        match statistics {
            Some(Statistics { place, .. }) if mask(call).is_some() => {
                let mask = mask(call);
                quote! {
                    rt::batch_normalization::backward_masked(
                        simd, &self.#field, &pass.statistics[#place], #epsilon, #x, #mask, #dy, #dx,
                    );
                }
            }
            Some(Statistics { place, .. }) => quote! {
                rt::batch_normalization::backward(
                    simd, #dims, &self.#field, &pass.statistics[#place], #epsilon, samples, #x, #dy, #dx,
                );
            },
            None => quote! {
                rt::batch_normalization::backward_frozen(simd, #dims, &self.#field, #epsilon, samples, #dy, #dx);
            },
        }
    }
}
