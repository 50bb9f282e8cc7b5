//! Convolutions of volumes, and transposed convolutions.

use nn_graph::graph::Node;
use nn_graph::op::{Convolution3D, Triple};
use nn_graph::size::Length;
use proc_macro2::TokenStream;
use quote::quote;

use super::convolution::pads;
use super::{Call, Emit, Infer, weight_type};
use crate::emit::{Context, names};

/// Three sizes that the trait's default of 1 does not give already.
fn optional(cx: &Context<'_>, sizes: &Triple, name: TokenStream) -> Option<TokenStream> {
    let default = sizes.iter().all(|size| size.known() == Some(1));
    let sizes = cx.sizes(sizes);
    (!default).then(|| quote!(const #name: [usize; 3] = [#(#sizes),*];))
}

impl Emit for Convolution3D {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let (kernel, filters, dtype) = (cx.sizes(&node.params[0].shape), cx.size(&self.filters), &cx.dtype);
        let layer = match (self.transposed, kernel.len()) {
            (false, _) => quote!(Conv3D),
            (true, 3) => quote!(Conv1DTranspose),
            (true, 4) => quote!(Conv2DTranspose),
            (true, _) => quote!(Conv3DTranspose),
        };
        let bias = weight_type(self.use_bias, &filters, dtype);
        Some(quote!(::nn::__rt::conv3d::#layer<#(#kernel,)* #dtype, #bias>))
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc) = (cx.geometry(node), names::described(node));
        let (input, filters) = (cx.sizes(&self.volume(node)), cx.size(&self.filters));
        let kernel_size = cx.sizes(&self.kernel_size);
        let strides = optional(cx, &self.strides, quote!(STRIDES));
        let dilation = optional(cx, &self.dilation_rate, quote!(DILATION_RATE));
        let pads = pads(cx, &self.pads);
        let groups = (self.groups.known() != Some(1)).then(|| {
            let groups = cx.size(&self.groups);
            quote!(const GROUPS: usize = #groups;)
        });
        let transposed = self.transposed.then(|| {
            quote!(
                const TRANSPOSED: bool = true;
            )
        });
        let more = self.output_padding.iter().any(|size| size.known() != Some(0));
        let output_padding = more.then(|| {
            let sizes = cx.sizes(&self.output_padding);
            quote!(const OUTPUT_PADDING: [usize; 3] = [#(#sizes),*];)
        });
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::conv3d::Conv3DShape for #name {
                const INPUT: [usize; 4] = [#(#input),*];
                const FILTERS: usize = #filters;
                const KERNEL_SIZE: [usize; 3] = [#(#kernel_size),*];
                #strides
                #pads
                #dilation
                #groups
                #transposed
                #output_padding
            }
        }
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let (shape, dtype) = (cx.geometry(node), &cx.dtype);
        match what {
            Length::Scratch | Length::ScratchInto => {
                quote!(<#shape as rt::conv3d::Conv3DShape>::SIZES.scratch_len::<#dtype>())
            }
            Length::Bordered | Length::Saved | Length::State => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, scratch, .. } = call;
        let (shape, field, x, y) = (cx.geometry(node), cx.field(node), call.x(), call.y());
        let (fold, epilogue) = (call.folded(), call.chained(&quote!(&self.#field.bias)));
        quote!(#fold rt::conv3d::infer(simd, #shape, &self.#field, #x, #y, #scratch, #epilogue);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, .. } = call;
        let (field, shape, activation) = (cx.field(node), cx.geometry(node), call.activation());
        quote!(rt::conv3d::forward(simd, #shape, &self.#field, samples, #x, #y, #activation, scratch);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, dy, .. } = call;
        let (field, shape, dx) = (cx.field(node), cx.geometry(node), call.optional_dx());
        quote!(rt::conv3d::backward(simd, #shape, &self.#field, samples, #x, #dy, &mut sums.#field, #dx, scratch);)
    }
}
