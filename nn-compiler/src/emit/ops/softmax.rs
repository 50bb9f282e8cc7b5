//! `softmax` and `log_softmax` over rows: the layer, and what `activation = softmax` becomes.

use nn_graph::op::Softmax;
use nn_graph::size::{Size, around};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Call, Emit, Infer, without};

impl Emit for Softmax {
    without!(weights, geometry, measure);

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (x, y, axes) = (call.x(), call.y(), call.cx.sizes(&around(&call.node.output, self.axis)));
        let name = if self.log { quote!(infer_log) } else { quote!(infer) };
        quote!(rt::softmax::#name(simd, [#(#axes),*], #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (x, y, axes) = (&call.x, &call.y, rows(self, call));
        let name = if self.log { quote!(infer_log) } else { quote!(infer) };
        quote!(rt::softmax::#name(simd, #axes, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (y, dy, dx, axes) = (&call.y, &call.dy, &call.dx, rows(self, call));
        let name = if self.log { quote!(backward_log) } else { quote!(backward) };
        quote!(rt::softmax::#name(simd, #axes, #y, #dy, #dx);)
    }
}

/// How often the axis runs in the samples of a shard, its length, and what lies inside of it.
fn rows(op: &Softmax, call: &Call<'_>) -> TokenStream {
    let [outer, n, inner] = around(&call.node.output, op.axis);
    let (n, inner) = (call.cx.size(&n), call.cx.size(&inner));
    let rows = match outer {
        Size::Known(1) => quote!(samples),
        // In parentheses: where tokens come from several lines, clippy suspects a missing comma before `*`.
        outer => {
            let outer = call.cx.size(&outer);
            quote!((samples * #outer))
        }
    };
    quote!([#rows, #n, #inner])
}
