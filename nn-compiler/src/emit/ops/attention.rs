//! `MultiHeadAttention`.

use nn_graph::graph::Node;
use nn_graph::op::Attention;
use nn_graph::size::Length;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer};
use crate::emit::{Context, names};

/// Query, value and key: in its place the operation has all three.
fn three<T>(items: &[T]) -> [&T; 3] {
    [&items[0], &items[1], &items[2]]
}

fn masks(mask: impl Fn(usize) -> TokenStream) -> TokenStream {
    let [query, value, key, attention] = [mask(0), mask(1), mask(2), mask(3)];
    quote!(rt::multi_head_attention::Masks { query: #query, value: #value, key: #key, attention: #attention })
}

fn dropout(op: &Attention, call: &Call<'_>) -> TokenStream {
    if op.dropout == 0.0 {
        return quote!(rt::multi_head_attention::Dropout::NONE);
    }
    let rate = names::float(op.dropout);
    let stream = call.stream(0, op.seed);
    quote!(rt::multi_head_attention::Dropout { rate: #rate, key: pass.key, stream: #stream, first })
}

impl Emit for Attention {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let [query, value, key] = three(&node.inputs).map(|input| input.shape.last().map(|size| cx.size(size)));
        let [heads, key_dim, value_dim, output] =
            [&self.num_heads, &self.key_dim, &self.value_dim, node.output.last()?].map(|size| cx.size(size));
        let none = quote!(0);
        let (head_bias, output_bias) = if self.use_bias { (&heads, &output) } else { (&none, &none) };
        let (layer, dtype) = (quote!(::nn::__rt::multi_head_attention::MultiHeadAttention), &cx.dtype);
        Some(quote! {
            #layer<#query, #key, #value, #heads, #key_dim, #value_dim, #output, #head_bias, #output_bias, #dtype>
        })
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc) = (cx.geometry(node), names::described(node));
        let [query, value, key] = three(&node.inputs).map(|input| cx.sizes(&input.shape));
        let [heads, key_dim, value_dim] = [&self.num_heads, &self.key_dim, &self.value_dim].map(|size| cx.size(size));
        let (key, output) = (key.last(), node.output.last().map(|size| cx.size(size)));
        let causal = self.use_causal_mask.then(|| {
            quote!(
                const USE_CAUSAL_MASK: bool = true;
            )
        });
        let pairs = self.attention_mask.as_ref().map(|sizes| {
            let [heads, queries, keys] = sizes.each_ref().map(|size| cx.size(size));
            quote!(
                const ATTENTION_MASK: [usize; 3] = [#heads, #queries, #keys];
            )
        });
        let nothing = (self.dropout > 0.0).then(|| {
            quote!(
                const NOTHING_OF_NOTHING: bool = true;
            )
        });
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::multi_head_attention::MultiHeadAttentionShape for #name {
                const QUERY: [usize; 2] = [#(#query),*];
                const VALUE: [usize; 2] = [#(#value),*];
                const KEY: usize = #key;
                const HEADS: usize = #heads;
                const KEY_DIM: usize = #key_dim;
                const VALUE_DIM: usize = #value_dim;
                const OUTPUT: usize = #output;
                #causal
                #pairs
                #nothing
            }
        }
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let (shape, dtype) = (cx.geometry(node), &cx.dtype);
        match what {
            Length::Scratch => quote!(rt::multi_head_attention::scratch_len::<#shape, #dtype>()),
            Length::Saved => quote!(rt::multi_head_attention::saved_len::<#shape, #dtype>()),
            Length::ScratchInto | Length::Bordered | Length::State => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, scratch, inputs, .. } = call;
        let (field, shape, y) = (cx.field(node), cx.geometry(node), call.y());
        let ([query, value, key], masks) = (three(inputs), masks(|input| call.mask(input)));
        quote! {
            rt::multi_head_attention::infer(simd, #shape, &self.#field, #query, #value, #key, #masks, #y, #scratch);
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, y, saved, inputs, .. } = call;
        let (field, shape, dropout) = (cx.field(node), cx.geometry(node), dropout(self, call));
        let ([query, value, key], masks) = (three(inputs), masks(|input| call.mask(input)));
        quote! {
            rt::multi_head_attention::forward(
                simd, #shape, &self.#field, samples, #query, #value, #key, #masks, #dropout, #y, #saved, scratch,
            );
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, dy, saved, inputs, dinputs, .. } = call;
        let (field, shape, dropout) = (cx.field(node), cx.geometry(node), dropout(self, call));
        let ([query, value, key], masks) = (three(inputs), masks(|input| call.mask(input)));
        quote! {
            rt::multi_head_attention::backward(
                simd, #shape, &self.#field, samples, #query, #value, #key, #masks, #dropout, #saved, #dy,
                &mut sums.#field, [#(#dinputs),*], scratch,
            );
        }
    }
}
