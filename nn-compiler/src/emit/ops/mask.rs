//! `Masking`, and the making of masks.

use nn_graph::graph::Node;
use nn_graph::op::{MaskOp, Masking};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};
use crate::emit::{Context, names};

/// The number that does not count, and how many make a step.
fn value_and_features(op: &Masking, cx: &Context<'_>, node: &Node) -> TokenStream {
    let (value, features) = (names::float(op.mask_value), cx.size(&node.input[node.input.len() - 1]));
    quote!(#value, #features)
}

impl Emit for Masking {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (how, x, y) = (value_and_features(self, call.cx, call.node), call.x(), call.y());
        quote!(rt::masking::infer(#how, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (how, x, y) = (value_and_features(self, call.cx, call.node), &call.x, &call.y);
        quote!(rt::masking::infer(#how, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (how, x, dy, dx) = (value_and_features(self, call.cx, call.node), &call.x, &call.dy, &call.dx);
        quote!(rt::masking::backward(#how, #x, #dy, #dx);)
    }
}

fn made(op: &MaskOp, cx: &Context<'_>, inputs: &[TokenStream], y: &TokenStream, samples: TokenStream) -> TokenStream {
    match op {
        MaskOp::NonZero => quote!(rt::masks::non_zero(#(#inputs),*, #y);),
        MaskOp::Other(number) => {
            let number = names::float(*number);
            quote!(rt::masks::other_than(#(#inputs),*, #number, #y);)
        }
        MaskOp::Ones => quote!(rt::masks::ones(#y);),
        MaskOp::Any => quote!(rt::masks::any(#samples, [#(#inputs),*], #y);),
        MaskOp::Chain(rows) => {
            let rows = cx.size(rows);
            quote!(rt::masks::chain(#samples * #rows, [#(#inputs),*], #y);)
        }
    }
}

impl Emit for MaskOp {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        made(self, call.cx, &call.inputs, &call.y(), quote!(1))
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        made(self, call.cx, &call.inputs, &call.y, quote!(samples))
    }

    fn backward(&self, _: &Call<'_>) -> TokenStream {
        TokenStream::new()
    }
}
