//! `ConvLSTM1D` and `ConvLSTM2D`.

use nn_graph::graph::Node;
use nn_graph::op::ConvLstm;
use nn_graph::size::{Length, Size};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, option};
use crate::emit::{Context, data, names};

fn activations(op: &ConvLstm, cx: &Context<'_>) -> TokenStream {
    let (activation, recurrent) = (cx.function(&op.activation), cx.function(&op.recurrent_activation));
    quote!((#activation, #recurrent))
}

/// What its dropouts depend on.
fn random(op: &ConvLstm, call: &Call<'_>) -> TokenStream {
    if op.streams() == 0 {
        return quote!(<rt::recurrent::Random as rt::Default>::default());
    }
    let stream = call.stream(0, op.seed);
    quote!(rt::recurrent::Random { key: pass.key, stream: #stream, first_sample: first as u64 })
}

impl Emit for ConvLstm {
    fn weights(&self, cx: &Context<'_>, node: &Node) -> Option<TokenStream> {
        let gates = cx.size(&Size::product([&Size::Known(4), &self.filters]));
        let (filters, dtype) = (cx.size(&self.filters), &cx.dtype);
        let channels = cx.size(node.input.last()?);
        let bias = if self.use_bias { gates.clone() } else { quote!(0) };
        let [rows, columns] = [&self.kernel_size[0], &self.kernel_size[1]].map(|size| cx.size(size));
        Some(match node.input.len() {
            3 => quote!(::nn::__rt::conv_lstm::ConvLSTM1D<#columns, #channels, #filters, #gates, #bias, #dtype>),
            _ => quote!(::nn::__rt::conv_lstm::ConvLSTM2D<#rows, #columns, #channels, #filters, #gates, #bias, #dtype>),
        })
    }

    fn geometry(&self, cx: &Context<'_>, node: &Node) -> TokenStream {
        let (name, doc, padding) = (cx.geometry(node), names::described(node), data::padding(self.padding));
        let (input, filters) = (cx.sizes(&self.input(node)), cx.size(&self.filters));
        let [kernel, strides, dilation] =
            [&self.kernel_size, &self.strides, &self.dilation_rate].map(|sizes| cx.sizes(sizes));
        let (sequences, backwards) = (self.return_sequences, self.go_backwards);
        let starts = self.starts(node).then(|| quote!(.starts(true)));
        let dropouts = (self.streams() > 0).then(|| {
            let [dropout, recurrent] = [self.dropout, self.recurrent_dropout].map(names::float);
            quote!(.dropouts(#dropout, #recurrent))
        });
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl #name {
                const SIZES: rt::conv_lstm::ConvLstmSizes = rt::conv_lstm::ConvLstmSizes::new(
                    [#(#input),*],
                    #filters,
                    [#(#kernel),*],
                    [#(#strides),*],
                    [#(#dilation),*],
                    #padding,
                )
                .sequences(#sequences)
                .backwards(#backwards)
                #starts
                #dropouts;
            }
        }
    }

    fn measure(&self, cx: &Context<'_>, node: &Node, what: Length) -> TokenStream {
        let shape = cx.geometry(node);
        match what {
            Length::Scratch => quote!(#shape::SIZES.scratch_len()),
            Length::Saved => quote!(#shape::SIZES.saved_len()),
            Length::ScratchInto | Length::Bordered | Length::State => TokenStream::new(),
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { cx, node, scratch, .. } = call;
        let (field, shape, activations) = (cx.field(node), cx.geometry(node), activations(self, cx));
        let (x, y, mask, state) = (call.x(), call.y(), call.mask(0), call.state());
        let [h0, c0] = [1, 2].map(|input| option(call.inputs.get(input).cloned()));
        let [h, c] = [1, 2].map(|output| call.optional(output));
        quote! {
            rt::conv_lstm::infer(
                simd,
                &#shape::SIZES,
                rt::conv_lstm::Parts::parts(&self.#field),
                #activations,
                rt::recurrent::Sequence {
                    x: #x,
                    mask: #mask,
                    initial_state: [#h0, #c0],
                    state: #state,
                    y: #y,
                    final_state: [#h, #c],
                    scratch: #scratch,
                },
            );
        }
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, y, saved, .. } = call;
        let (field, shape, activations) = (cx.field(node), cx.geometry(node), activations(self, cx));
        let (mask, state, random) = (call.mask(0), call.carried(), random(self, call));
        let [h0, c0] = [1, 2].map(|input| option(call.inputs.get(input).cloned()));
        let [h, c] = [1, 2].map(|output| call.optional_output(output));
        quote! {
            rt::conv_lstm::forward(
                simd,
                &#shape::SIZES,
                rt::conv_lstm::Parts::parts(&self.#field),
                #activations,
                rt::recurrent::Forward {
                    samples,
                    x: #x,
                    mask: #mask,
                    initial_state: [#h0, #c0],
                    state: #state,
                    y: #y,
                    final_state: [#h, #c],
                    saved: #saved,
                    random: #random,
                    scratch,
                },
            );
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { cx, node, x, dy, saved, .. } = call;
        let (field, shape, activations) = (cx.field(node), cx.geometry(node), activations(self, cx));
        let (mask, random, dx) = (call.mask(0), random(self, call), call.optional_dx());
        let [h, c] = [1, 2].map(|output| call.optional_doutput(output));
        let [h0, c0] = [1, 2].map(|input| call.dinputs.get(input).cloned().unwrap_or_else(|| quote!(rt::None)));
        quote! {
            rt::conv_lstm::backward(
                simd,
                &#shape::SIZES,
                rt::conv_lstm::Parts::parts(&self.#field),
                #activations,
                rt::recurrent::Backward {
                    samples,
                    x: #x,
                    mask: #mask,
                    saved: #saved,
                    dy: #dy,
                    d_final_state: [#h, #c],
                    dx: #dx,
                    d_initial_state: [#h0, #c0],
                    random: #random,
                    scratch,
                },
                rt::conv_lstm::Parts::parts_mut(&mut sums.#field),
            );
        }
    }
}
