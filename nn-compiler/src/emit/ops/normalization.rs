//! `LayerNormalization`, `RMSNormalization`, `GroupNormalization`.

use nn_graph::graph::Node;
use nn_graph::op::{Normalization, NormalizationKind};
use nn_graph::size::{Length, around};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer};
use crate::emit::{Context, names};

/// The module of the runtime, and the type of the weights without its arguments.
fn parts(op: &Normalization) -> (TokenStream, TokenStream) {
    match &op.kind {
        NormalizationKind::Rms | NormalizationKind::Unit => (quote!(rms_normalization), quote!(RMSNormalization)),
        NormalizationKind::Layer => (quote!(layer_normalization), quote!(LayerNormalization)),
        NormalizationKind::Group(_) => (quote!(group_normalization), quote!(GroupNormalization)),
    }
}

/// The weights of the network that it has, or those of a layer without.
fn weights_of(op: &Normalization, cx: &Context<'_>, node: &Node, network: TokenStream) -> TokenStream {
    if op.kind == NormalizationKind::Unit {
        return quote!(rt::rms_normalization::RMSNormalization { scale: [] });
    }
    let field = cx.field(node);
    quote!(#network.#field)
}

impl Emit for Normalization {
    fn weights(&self, cx: &Context<'_>, _: &Node) -> Option<TokenStream> {
        let ((module, layer), len, dtype) = (parts(self), cx.size(&self.len), &cx.dtype);
        let sizes = match &self.kind {
            NormalizationKind::Unit => return None,
            NormalizationKind::Rms => quote!(#len),
            NormalizationKind::Layer | NormalizationKind::Group(_) => {
                let present = |on: bool| if on { quote!(#len) } else { quote!(0) };
                let (gamma, beta) = (present(self.scale), present(self.center));
                quote!(#gamma, #beta)
            }
        };
        Some(quote!(::nn::__rt::#module::#layer<#sizes, #dtype>))
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc, (module, layer)) = (cx.geometry(node), names::described(node), parts(self));
        let shape_trait = names::word(&format!("{layer}Shape"));
        let (along, epsilon) = (&self.along, names::float(self.epsilon));
        let sizes = match &self.kind {
            NormalizationKind::Layer | NormalizationKind::Rms | NormalizationKind::Unit => {
                let input = cx.sizes(&node.input);
                let unit = (self.kind == NormalizationKind::Unit).then(|| {
                    quote! {
                        const SIZES: rt::rms_normalization::RMSNormalizationSizes =
                            rt::rms_normalization::RMSNormalizationSizes::unit(Self::SHAPE, Self::NORMALIZED);
                    }
                });
                quote! {
                    const SHAPE: &'static [usize] = &[#(#input),*];
                    const NORMALIZED: &'static [bool] = &[#(#along),*];
                    #unit
                }
            }
            NormalizationKind::Group(groups) => {
                let axis = along.iter().position(|along| *along).unwrap_or(0);
                let (dims, groups) = (cx.sizes(&around(&node.input, axis)), cx.size(groups));
                quote! {
                    const DIMS: [usize; 3] = [#(#dims),*];
                    const GROUPS: usize = #groups;
                }
            }
        };
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::#module::#shape_trait for #name {
                #sizes
                const EPSILON: f64 = #epsilon;
            }
        }
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let (shape, (module, _)) = (cx.geometry(node), parts(self));
        match what {
            Length::Scratch => quote!(rt::#module::scratch_len::<#shape>()),
            Length::Saved => quote!(rt::#module::saved_len::<#shape>()),
            Length::ScratchInto | Length::Bordered | Length::State => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, scratch, .. } = call;
        let (own, shape, (module, _)) = (weights_of(self, cx, node, quote!(self)), cx.geometry(node), parts(self));
        let (x, y) = (call.x(), call.y());
        quote!(rt::#module::infer(simd, #shape, &#own, #x, #y, #scratch);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, saved, .. } = call;
        let (own, shape, (module, _)) = (weights_of(self, cx, node, quote!(self)), cx.geometry(node), parts(self));
        quote!(rt::#module::forward(simd, #shape, &#own, samples, #x, #y, #saved);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, dy, saved, .. } = call;
        let (own, shape, (module, _)) = (weights_of(self, cx, node, quote!(self)), cx.geometry(node), parts(self));
        let (dx, sums) = (call.optional_dx(), weights_of(self, cx, node, quote!(sums)));
        quote! {
            rt::#module::backward(
                simd, #shape, &#own, samples, #x, #saved, #dy, &mut #sums, #dx, scratch,
            );
        }
    }
}
