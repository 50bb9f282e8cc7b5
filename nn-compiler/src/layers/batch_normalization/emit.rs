//! `BatchNormalization` in the expansion.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::BatchNormalization;
use crate::layers::emit::{Call, Emit};
use crate::layers::options::weight_type;
use crate::names;
use crate::plan::around;
use crate::shapes::Node;
use crate::shapes::dim::Dim;

impl BatchNormalization {
    /// The elements before, along and after the axis, for one sample.
    fn dims(&self, node: &Node) -> [Dim; 3] {
        around(&node.input, self.axis)
    }

    /// The moments of a shard's input.
    pub fn gather(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, .. } = call;
        let (dims, gathered) = (self.dims(node), gathered(call));
        if let Some(mask) = mask(call) {
            let channels = &dims[1];
            return quote!(rt::batch_normalization::gather_masked(simd, #channels, #x, #mask, &mut values.#gathered););
        }
        quote!(rt::batch_normalization::gather(simd, [#(#dims),*], samples, #x, &mut values.#gathered);)
    }

    /// The sums over a shard that the gradients need.
    pub fn gather_backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, dy, statistics, .. } = call;
        let (field, dims, gathered, epsilon) =
            (&node.field, self.dims(node), gathered(call), names::float(self.epsilon));
        quote! {
            rt::batch_normalization::gather_backward(
                simd, [#(#dims),*], &pass.statistics.#statistics, #epsilon, samples, #x, #dy, &mut gradients.#gathered,
                &mut sums.#field,
            );
        }
    }
}

/// The mask of the input, where there is one.
fn mask<'a>(call: &'a Call<'_>) -> Option<&'a TokenStream> {
    call.masks.first()?.as_ref()
}

/// The field of a shard's values and gradients that holds what it gathers for this layer.
fn gathered(call: &Call<'_>) -> Option<proc_macro2::Ident> {
    call.statistics.as_ref().map(|name| format_ident!("{name}_gathered"))
}

impl Emit for BatchNormalization {
    fn weights(&self, node: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        let channels = &node.input[self.axis];
        let gamma = weight_type(self.scale, channels, dtype);
        let beta = weight_type(self.center, channels, dtype);
        Some(quote!(::nn::__rt::batch_normalization::BatchNormalization<#channels, #dtype, #gamma, #beta>))
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, statistics, .. } = call;
        let (field, dims, epsilon) = (&node.field, self.dims(node), names::float(self.epsilon));
        match statistics {
            Some(name) => quote! {
                rt::batch_normalization::forward(
                    simd, [#(#dims),*], &self.#field, &pass.statistics.#name, #epsilon, samples, #x, #y,
                );
            },
            None => quote! {
                rt::batch_normalization::forward_frozen(simd, [#(#dims),*], &self.#field, #epsilon, samples, #x, #y);
            },
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, dy, dx, statistics, .. } = call;
        let (field, dims, epsilon) = (&node.field, self.dims(node), names::float(self.epsilon));
        match statistics {
            Some(name) if mask(call).is_some() => {
                let mask = mask(call);
                quote! {
                    rt::batch_normalization::backward_masked(
                        simd, &self.#field, &pass.statistics.#name, #epsilon, #x, #mask, #dy, #dx,
                    );
                }
            }
            Some(name) => quote! {
                rt::batch_normalization::backward(
                    simd, [#(#dims),*], &self.#field, &pass.statistics.#name, #epsilon, samples, #x, #dy, #dx,
                );
            },
            None => quote! {
                rt::batch_normalization::backward_frozen(simd, [#(#dims),*], &self.#field, #epsilon, samples, #dy, #dx);
            },
        }
    }
}
