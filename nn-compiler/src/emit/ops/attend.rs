//! `Attention` and `AdditiveAttention`.

use nn_graph::graph::Node;
use nn_graph::op::{Attend, Score};
use nn_graph::size::Length;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer};
use crate::emit::{Context, names};

fn masks(mask: impl Fn(usize) -> TokenStream) -> TokenStream {
    let [query, value] = [mask(0), mask(1)];
    quote!(rt::attend::Masks { query: #query, value: #value })
}

fn dropout(op: &Attend, call: &Call<'_>) -> TokenStream {
    if op.dropout == 0.0 {
        return quote!(rt::attend::Dropout::NONE);
    }
    let (rate, stream) = (names::float(op.dropout), call.stream(0, op.seed));
    quote!(rt::attend::Dropout { rate: #rate, key: pass.key, stream: #stream, first })
}

impl Emit for Attend {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let features = cx.size(node.input.last()?);
        let scale = match (self.use_scale, self.score) {
            (false, _) => quote!(0),
            (true, Score::Additive) => features,
            (true, Score::Dot | Score::Concat) => quote!(1),
        };
        let (weight, dtype) = (if self.score == Score::Concat { quote!(1) } else { quote!(0) }, &cx.dtype);
        Some(quote!(::nn::__rt::attend::Attend<#scale, #weight, #dtype>))
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc) = (cx.geometry(node), names::described(node));
        let [query, value] = [0, 1].map(|input| cx.sizes(&node.inputs[input].shape));
        let score = match self.score {
            Score::Dot => quote!(Dot),
            Score::Concat => quote!(Concat),
            Score::Additive => quote!(Additive),
        };
        let causal = self.use_causal_mask;
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl #name {
                const SIZES: rt::attend::AttendSizes = rt::attend::AttendSizes {
                    query: [#(#query),*],
                    value: [#(#value),*],
                    score: rt::attend::Score::#score,
                    use_causal_mask: #causal,
                };
            }
        }
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let shape = cx.geometry(node);
        match what {
            Length::Scratch | Length::Saved => quote!(#shape::SIZES.shares()),
            Length::ScratchInto | Length::Bordered | Length::State => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, scratch, inputs, .. } = call;
        let (field, shape, y, masks) = (cx.field(node), cx.geometry(node), call.y(), masks(|input| call.mask(input)));
        quote! {
            rt::attend::infer(
                simd, &#shape::SIZES, rt::attend::Attend::parts(&self.#field), [#(#inputs),*], #masks, #y, #scratch,
            );
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, y, saved, inputs, .. } = call;
        let (field, shape, dropout) = (cx.field(node), cx.geometry(node), dropout(self, call));
        let masks = masks(|input| call.mask(input));
        quote! {
            rt::attend::forward(
                simd, &#shape::SIZES, rt::attend::Attend::parts(&self.#field), samples, [#(#inputs),*], #masks, #dropout,
                #y, #saved, scratch,
            );
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, dy, saved, inputs, dinputs, .. } = call;
        let (field, shape, dropout) = (cx.field(node), cx.geometry(node), dropout(self, call));
        let masks = masks(|input| call.mask(input));
        quote! {
            rt::attend::backward(
                simd, &#shape::SIZES, rt::attend::Attend::parts(&self.#field), samples, [#(#inputs),*], #masks, #dropout,
                #saved, #dy, rt::attend::Attend::parts_mut(&mut sums.#field), [#(#dinputs),*], scratch,
            );
        }
    }
}
