//! Weights that are values by themselves.

use nn_graph::graph::Node;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, without};
use crate::emit::Context;

pub struct Weight;

/// The numbers of a weight, as a slice.
pub fn read(cx: &Context<'_>, node: &Node) -> TokenStream {
    let field = cx.field(node);
    match depth(node) {
        0 => quote!(self.#field.as_slice()),
        depth => {
            let flat = (0..depth).map(|_| quote!(.as_flattened()));
            quote!(self.#field #(#flat)*)
        }
    }
}

/// How many arrays lie around the innermost.
fn depth(node: &Node) -> usize {
    node.params.first().map_or(0, |param| param.shape.len().saturating_sub(1))
}

impl Emit for Weight {
    /// `[[f32; 64]; 100]`.
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let dtype = &cx.dtype;
        let shape = &node.params.first()?.shape;
        Some(cx.sizes(shape).into_iter().rev().fold(quote!(#dtype), |inner, size| quote!([#inner; #size])))
    }

    without!(geometry, measure, infer);

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (weight, y) = (read(call.cx, call.node), &call.y);
        quote!(rt::weight::forward(#weight, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, dy, .. } = call;
        let field = cx.field(node);
        let flat = match depth(node) {
            0 => quote!(.as_mut_slice()),
            depth => std::iter::repeat_n(quote!(.as_flattened_mut()), depth).collect(),
        };
        quote!(rt::weight::backward(simd, #dy, sums.#field #flat);)
    }
}
