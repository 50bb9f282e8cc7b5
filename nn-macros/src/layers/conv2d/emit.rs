//! `Conv2D` in the expansion.

use proc_macro2::TokenStream;
use quote::quote;

use super::Conv2D;
use crate::layers::emit::{Call, Emit};
use crate::layers::options::{Padding, weight_type};
use crate::names;
use crate::shapes::Node;
use crate::shapes::dim::Dim;

impl Emit for Conv2D {
    fn weights(&self, node: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        let [height, width] = &self.kernel_size;
        let channels = &node.params[0].shape[2];
        let filters = &self.filters;
        let bias = weight_type(self.use_bias, filters, dtype);
        Some(quote!(::nn::__rt::conv2d::Conv2D<#height, #width, #channels, #filters, #dtype, #bias>))
    }

    fn geometry(&self, node: &Node) -> TokenStream {
        let name = names::geometry(&node.name);
        let (input, filters) = (&node.input, &self.filters);
        let kernel_size = &self.kernel_size;
        let strides = optional(&self.strides, quote!(STRIDES));
        let dilation = optional(&self.dilation_rate, quote!(DILATION_RATE));
        let padding = (self.padding == Padding::Same).then(|| {
            quote!(
                const PADDING: rt::shape::Padding = rt::shape::Padding::Same;
            )
        });
        let groups = &self.groups;
        let groups = (groups.known() != Some(1)).then(|| quote!(const GROUPS: usize = #groups;));
        let doc = names::described(node);
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::conv2d::Conv2DShape for #name {
                const INPUT: [usize; 3] = [#(#input),*];
                const FILTERS: usize = #filters;
                const KERNEL_SIZE: [usize; 2] = [#(#kernel_size),*];
                #strides
                #padding
                #dilation
                #groups
            }
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, activation, .. } = call;
        let (field, shape) = (&node.field, names::geometry(&node.name));
        quote!(rt::conv2d::forward(simd, #shape, &self.#field, samples, #x, #y, #activation, scratch);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, dy, .. } = call;
        let (field, shape, dx) = (&node.field, names::geometry(&node.name), call.optional_dx());
        quote!(rt::conv2d::backward(simd, #shape, &self.#field, samples, #x, #dy, &mut sums.#field, #dx, scratch);)
    }
}

/// A pair that the trait's default of 1 does not give already.
fn optional(pair: &[Dim; 2], name: TokenStream) -> Option<TokenStream> {
    let default = pair.iter().all(|dim| dim.known() == Some(1));
    (!default).then(|| quote!(const #name: [usize; 2] = [#(#pair),*];))
}
